"""Archives, in Réglages: one at a time, with its progress, and what became of it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from merchant_app.errors import ProblemKind
from merchant_app.till.archive_results import ArchiveResult, ArchivesOverview, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All that the view paints.

    Attributes:
        overview: None until the journal was asked.
        working: an archive is being made.
        progress: how far it is, as far as it was told.
        stopping: somebody does not want it any more.
        told: what became of the last one; a `ProblemKind`: this computer was in the way.
    """

    overview: ArchivesOverview | None = None
    working: bool = False
    progress: Progress | None = None
    stopping: bool = False
    told: ArchiveResult | ProblemKind | None = None


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def ask(self) -> None:
        """`Presenter.overview_came` follows."""
        ...

    def make(self, folder: Path) -> None:
        """`Presenter.progressed` follows, often, and `Presenter.finished`."""
        ...

    def stop(self) -> None:
        """Make it no more; `Presenter.finished` follows all the same."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, *, show: Callable[[Panel], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._panel = Panel()

    def open(self) -> None:
        """Somebody came to this screen; an archive that is being made goes on."""
        self._publish(self._panel if self._panel.working else replace(self._panel, told=None))
        self._hands.ask()

    def overview_came(self, overview: ArchivesOverview) -> None:
        self._publish(replace(self._panel, overview=overview))

    def folder_chosen(self, folder: str) -> None:
        """The archive goes there."""
        if not self._panel.working:
            self._publish(Panel(overview=self._panel.overview, working=True))
            self._hands.make(Path(folder))

    def progressed(self, progress: Progress) -> None:
        if self._panel.working:
            self._publish(replace(self._panel, progress=progress))

    def stop_pressed(self) -> None:
        if self._panel.working and not self._panel.stopping:
            self._publish(replace(self._panel, stopping=True))
            self._hands.stop()

    def finished(self, told: ArchiveResult | ProblemKind) -> None:
        """It is there, or it is not."""
        self._publish(Panel(overview=self._panel.overview, told=told))
        self._hands.ask()

    def _publish(self, panel: Panel) -> None:
        self._panel = panel
        self._show(panel)
