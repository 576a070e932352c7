"""The part of Réglages that makes archives, wired: presenter, view, the till's desk."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from merchant_app.till.archive_results import ArchiveResult, ArchivesOverview, Progress
from merchant_app.till.purge_results import Kept, Purgeable, PurgeResult
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.reglages.archive_presenter import Panel, Presenter
from merchant_app.ui.reglages.archive_view import ArchivesView

if TYPE_CHECKING:
    from merchant_app.till.archive_desk import ArchiveDesk


class ArchivesScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`."""

    _progressed = Signal()

    def __init__(
        self,
        view: ArchivesView,
        desk: ArchiveDesk,
        *,
        time_zone: str,
        background: Background,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._desk = desk
        self._time_zone = time_zone
        self._background = background
        self._cancelled = threading.Event()
        self._guard = threading.Lock()
        self._newest: Progress | None = None
        self._stopped = False
        self.panel: Panel | None = None
        self.presenter = Presenter(self, show=self._show)
        # Queued, so that it arrives in the GUI thread: it is emitted in the worker's.
        self._progressed.connect(self._progress_came, Qt.ConnectionType.QueuedConnection)
        view.folder_chosen.connect(self._folder_chosen)
        view.stop.connect(self._stop_pressed)
        view.purging.archive_chosen.connect(self._archive_chosen)
        view.purging.meant.connect(self._erase_pressed)
        view.purging.not_meant.connect(self._keep_pressed)

    def open(self) -> None:
        """Somebody came to Réglages."""
        self.presenter.open()

    def leave(self) -> None:
        """The till is being left: an archive that is being made is given up. What is being erased
        goes on: whatever ends it, the journal of before is there, or the one without."""
        self._stopped = True
        self._cancelled.set()

    # --- Hands -----------------------------------------------------------------------------------

    def ask(self) -> None:
        self._background.start(self._desk.overview, self._overview_came, name="archives")
        self._background.start(self._desk.purgeable, self._purgeable_came, name="purgeable")

    def make(self, folder: Path) -> None:
        cancelled = self._cancelled = threading.Event()

        def work() -> ArchiveResult:
            return self._desk.archive_to(folder, cancelled=cancelled, on_progress=self._tell)

        self._background.start(work, self._made, name="archive")

    def stop(self) -> None:
        self._cancelled.set()

    def erase(self, archive: Path) -> None:
        def work() -> PurgeResult:
            return self._desk.purge(archive)

        self._background.start(work, self._erased, name="purge")

    # --- workers ---------------------------------------------------------------------------------

    def _tell(self, progress: Progress) -> None:
        """In the worker's thread: only the newest is ever painted, whoever is slow."""
        with self._guard:
            waits = self._newest is not None
            self._newest = progress
        if not waits:
            self._progressed.emit()

    @Slot()
    def _progress_came(self) -> None:
        with self._guard:
            progress, self._newest = self._newest, None
        if progress is not None and not self._stopped:
            self.presenter.progressed(progress)

    def _overview_came(self, outcome: Outcome[ArchivesOverview]) -> None:
        # What is in the way of the journal is told where somebody sells.
        if isinstance(outcome, Done) and not self._stopped:
            self.presenter.overview_came(outcome.result)

    def _purgeable_came(self, outcome: Outcome[Purgeable | Kept]) -> None:
        if isinstance(outcome, Done) and not self._stopped:
            self.presenter.purgeable_came(outcome.result)

    def _erased(self, outcome: Outcome[PurgeResult]) -> None:
        if not self._stopped:
            self.presenter.erased(outcome.told)

    def _made(self, outcome: Outcome[ArchiveResult]) -> None:
        if not self._stopped:
            self.presenter.finished(outcome.told)

    # --- from the view ---------------------------------------------------------------------------

    @Slot(str)
    def _folder_chosen(self, folder: str) -> None:
        self.presenter.folder_chosen(folder)

    @Slot()
    def _stop_pressed(self) -> None:
        self.presenter.stop_pressed()

    @Slot(str)
    def _archive_chosen(self, file: str) -> None:
        self.presenter.archive_chosen(file)

    @Slot()
    def _erase_pressed(self) -> None:
        self.presenter.erase_pressed()

    @Slot()
    def _keep_pressed(self) -> None:
        self.presenter.keep_pressed()

    def _show(self, panel: Panel) -> None:
        self.panel = panel
        self._view.show_panel(panel, time_zone=self._time_zone)
