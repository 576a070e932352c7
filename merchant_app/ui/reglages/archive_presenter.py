"""Archives, in Réglages: one at a time, with its progress, and what became of it; and what may be
erased here because an archive has it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from merchant_app.errors import ProblemKind
from merchant_app.till.archive_results import ArchiveResult, ArchivesOverview, Progress
from merchant_app.till.purge_results import Kept, Purgeable, PurgeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Purging:
    """Erasing what need not be kept here.

    Attributes:
        offer: what may go; None: nothing, or nobody knows yet.
        archive: the file that has it: somebody chose it, and is asked whether it is meant.
        working: it is being erased; there is no way back.
        told: what became of it; a `ProblemKind`: this computer was in the way.
    """

    offer: Purgeable | None = None
    archive: Path | None = None
    working: bool = False
    told: PurgeResult | ProblemKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All that the view paints.

    Attributes:
        overview: None until the journal was asked.
        working: an archive is being made.
        progress: how far it is, as far as it was told.
        stopping: somebody does not want it any more.
        told: what became of the last one; a `ProblemKind`: this computer was in the way.
        purging: what may be erased, is being erased, or was.
    """

    overview: ArchivesOverview | None = None
    working: bool = False
    progress: Progress | None = None
    stopping: bool = False
    told: ArchiveResult | ProblemKind | None = None
    purging: Purging = Purging()


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def ask(self) -> None:
        """`Presenter.overview_came` and `Presenter.purgeable_came` follow."""
        ...

    def make(self, folder: Path) -> None:
        """`Presenter.progressed` follows, often, and `Presenter.finished`."""
        ...

    def stop(self) -> None:
        """Make it no more; `Presenter.finished` follows all the same."""
        ...

    def erase(self, archive: Path) -> None:
        """`Presenter.erased` follows."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, *, show: Callable[[Panel], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._panel = Panel()

    def open(self) -> None:
        """Somebody came to this screen; what is being done goes on."""
        panel = self._panel
        if not panel.working:
            panel = replace(panel, told=None)
        if not panel.purging.working:
            panel = replace(panel, purging=Purging(offer=panel.purging.offer))
        self._publish(panel)
        self._hands.ask()

    def overview_came(self, overview: ArchivesOverview) -> None:
        self._publish(replace(self._panel, overview=overview))

    def folder_chosen(self, folder: str) -> None:
        """The archive goes there."""
        if not self._is_busy:
            purging = Purging(offer=self._panel.purging.offer)
            self._publish(Panel(overview=self._panel.overview, working=True, purging=purging))
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
        panel = self._panel
        self._publish(Panel(overview=panel.overview, told=told, purging=panel.purging))
        self._hands.ask()

    # --- erasing ---------------------------------------------------------------------------------

    def purgeable_came(self, found: Purgeable | Kept) -> None:
        """What may go; while somebody is asked about it, or it goes, nothing changes."""
        purging = self._panel.purging
        if not purging.working and purging.archive is None:
            offer = found if isinstance(found, Purgeable) else None
            self._publish_purging(replace(purging, offer=offer))

    def archive_chosen(self, file: str) -> None:
        """This one has it: is it meant?"""
        offer = self._panel.purging.offer
        if offer is not None and not self._is_busy:
            self._publish_purging(Purging(offer=offer, archive=Path(file)))

    def keep_pressed(self) -> None:
        """It is not."""
        purging = self._panel.purging
        if not purging.working:
            self._publish_purging(Purging(offer=purging.offer))

    def erase_pressed(self) -> None:
        """It is."""
        purging = self._panel.purging
        if purging.archive is not None and not self._is_busy:
            self._publish_purging(replace(purging, working=True))
            self._hands.erase(purging.archive)

    def erased(self, told: PurgeResult | ProblemKind) -> None:
        """It is gone, or it is not."""
        self._publish_purging(Purging(told=told))
        self._hands.ask()

    @property
    def _is_busy(self) -> bool:
        return self._panel.working or self._panel.purging.working

    def _publish_purging(self, purging: Purging) -> None:
        self._publish(replace(self._panel, purging=purging))

    def _publish(self, panel: Panel) -> None:
        self._panel = panel
        self._show(panel)
