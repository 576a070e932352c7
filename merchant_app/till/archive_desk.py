"""Archives: all that a screen can ask about them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from merchant_app.till import archives, purges
from merchant_app.till.archive_results import (
    ArchiveResult,
    ArchivesOverview,
    LastArchive,
    OnProgress,
)
from merchant_app.till.purge_results import Kept, Purgeable, PurgeResult
from merchant_app.till.till import Till


class ArchiveDesk(Protocol):
    """Every method may block: call them from worker threads. They raise Problems."""

    def overview(self) -> ArchivesOverview:
        """Immediately, but for the journal's thread."""
        ...

    def archive_to(
        self,
        folder: Path,
        *,
        cancelled: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> ArchiveResult:
        """Make one archive of everything there is, in this folder, and verify it from there.

        Takes minutes on a slow stick; the till goes on selling meanwhile. Whatever comes of it but
        `Archived`, nothing is left in the folder. A till makes one archive at a time.

        Raises:
            Problem: the till's own disk has no room, its keyring no key, or its journal is damaged.
        """
        ...

    def purgeable(self) -> Purgeable | Kept:
        """What the last archive holds and may be removed here: of closed years whose keeping time
        is over, and only what is settled. Reads it all: seconds."""
        ...

    def purge(self, archive: Path) -> PurgeResult:
        """Remove it; `archive` is the last one that was made, at hand: it is verified once more.

        Selling waits meanwhile, seconds to a minute. A crash at any moment leaves the journal of
        before or the purged one, whole.

        Raises:
            Problem: the till's own disk has no room or fails.
        """
        ...


class LiveArchiveDesk:
    """See `ArchiveDesk`."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._one_at_a_time = threading.Lock()

    def overview(self) -> ArchivesOverview:
        last = archives.last_archive(self._till)
        return ArchivesOverview(
            last=None if last is None else LastArchive(last.at, str(last.detail["name"])),
            year_due=archives.year_due(self._till),
        )

    def archive_to(
        self,
        folder: Path,
        *,
        cancelled: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> ArchiveResult:
        with self._one_at_a_time:
            return archives.archive_to(
                self._till, folder, cancelled=cancelled, on_progress=on_progress
            )

    def purgeable(self) -> Purgeable | Kept:
        return purges.purgeable(self._till)

    def purge(self, archive: Path) -> PurgeResult:
        with self._one_at_a_time:
            return purges.purge(self._till, archive)


def _assert_protocol(live: LiveArchiveDesk) -> ArchiveDesk:
    return live
