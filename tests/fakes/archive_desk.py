"""A desk that makes no archive, but says that it does. For tests of screens."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.till.archive_desk import ArchiveDesk
from merchant_app.till.archive_results import (
    ArchiveCancelled,
    ArchiveResult,
    ArchivesOverview,
    OnProgress,
    Progress,
)
from merchant_app.till.purge_results import Keep, Kept, Purgeable, PurgeResult


@dataclass
class FakeArchiveDesk:
    """Holds the `ArchiveDesk` protocol.

    Knobs:
        told: what `overview` says.
        steps: what is told of the progress of the next one.
        gate: clear it, and an archive waits until it is set or cancelled.
        results: what becomes of the next ones, or the Problem they meet.
        folders: where archives were wanted, in order.
        may_go: what `purgeable` says.
        purges: what becomes of the next ones, or the Problem they meet; they wait for the gate.
        purged_with: the archives that were given for that, in order.
    """

    told: ArchivesOverview = field(default_factory=lambda: ArchivesOverview(None, None))
    steps: tuple[Progress, ...] = ()
    gate: threading.Event = field(default_factory=threading.Event)
    results: deque[ArchiveResult | Problem] = field(default_factory=deque)
    folders: list[Path] = field(default_factory=list)
    may_go: Purgeable | Kept = field(default_factory=lambda: Kept(Keep.TOO_YOUNG))
    purges: deque[PurgeResult | Problem] = field(default_factory=deque)
    purged_with: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def overview(self) -> ArchivesOverview:
        return self.told

    def archive_to(
        self,
        folder: Path,
        *,
        cancelled: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> ArchiveResult:
        self.folders.append(folder)
        for step in self.steps:
            if on_progress is not None:
                on_progress(step)
        while not self.gate.wait(0.01):
            if cancelled is not None and cancelled.is_set():
                return ArchiveCancelled()
        result = self.results.popleft()
        if isinstance(result, Problem):
            raise result
        return result

    def purgeable(self) -> Purgeable | Kept:
        return self.may_go

    def purge(self, archive: Path) -> PurgeResult:
        self.purged_with.append(archive)
        self.gate.wait()
        result = self.purges.popleft()
        if isinstance(result, Problem):
            raise result
        return result


def _assert_protocol(fake: FakeArchiveDesk) -> ArchiveDesk:
    return fake
