"""The Relevés screen, wired: presenter, view, worker threads, the bank's file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from merchant_app.clock import Clock
from merchant_app.i18n import _
from merchant_app.till.counter import CounterFacts
from merchant_app.till.results import Status
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.function_keys import BANK_KEY, EARLIER_KEY, NUMBERS_KEY, OUTSTANDING_KEY
from merchant_app.ui.key_place_screen import KeyPlaceScreen
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves.presenter import Presenter
from merchant_app.ui.releves.view import (
    RelevesView,
)

_PATTERNS = "*.csv *.ofx *.qfx *.xml *.txt"


class RelevesScreen(KeyPlaceScreen):
    """Lives in the GUI thread; the presenter's `Hands`."""

    presenter: Presenter
    _progressed = Signal(int)

    def __init__(
        self,
        view: RelevesView,
        facts: CounterFacts,
        *,
        runner: CommandRunner,
        clock: Clock,
        parent: QObject,
    ) -> None:
        super().__init__(runner=runner, parent=parent)
        self.view = view
        self._dialog: QFileDialog | None = None
        self.screen: st.Screen | None = None
        self.presenter = Presenter(self, clock=clock, facts=facts, show=self._show)
        view.chosen.connect(self._chosen)
        view.confirmed.connect(self.enter_pressed)
        view.back.connect(self.escape_pressed)
        view.lines_wanted.connect(self._lines)
        view.bank_wanted.connect(self.open_pressed)
        view.outstanding_wanted.connect(self._outstanding)
        view.earlier_wanted.connect(self._earlier)
        self._progressed.connect(self._progress_came, Qt.ConnectionType.QueuedConnection)

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self.view.take_keyboard()

    def stop(self) -> None:
        super().stop()
        self.give_way()
        self.presenter.stop()

    def status_came(self, status: Status) -> None:
        """Nothing here hangs on it: a statement is made when somebody asks."""

    # --- the bank's file -------------------------------------------------------------------------

    def takes(self, data: QMimeData) -> bool:
        """Whether a drop is a file; a code that is dropped is a voucher's."""
        return data.hasUrls() and any(url.isLocalFile() for url in data.urls())

    def dropped(self, data: QMimeData) -> None:
        """Files, while this screen is seen."""
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        self.presenter.files_came(paths)

    def files_given(self, paths: Sequence[Path]) -> None:
        """Opened on the desktop, perhaps before there is a statement to compare them with."""
        self.presenter.files_given(paths)

    @Slot()
    def open_pressed(self) -> None:
        """Choose the bank's file."""
        self.presenter.bank_wanted()

    @Slot()
    def give_way(self) -> None:
        """To a scan: the dialog must not lie over its verdict."""
        if self._dialog is not None:
            self._dialog.reject()

    @Slot(int)
    def _dialog_closed(self, result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is None:
            return
        paths = [Path(path) for path in dialog.selectedFiles()] if result else []
        dialog.deleteLater()
        self.view.activateWindow()
        if paths and not self._stopped:
            self.presenter.files_came(paths)

    # --- Hands -----------------------------------------------------------------------------------

    def tell_progress(self, lines: int) -> None:
        self._progressed.emit(lines)

    def choose_file(self) -> None:
        if self._dialog is not None:
            return
        dialog = QFileDialog(self.view, _("Open the bank’s file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        ours, every = _("Bank’s files"), _("All files")
        dialog.setNameFilters([f"{ours} ({_PATTERNS})", f"{every} (*)"])
        folder = QStandardPaths.StandardLocation.DownloadLocation
        dialog.setDirectory(QStandardPaths.writableLocation(folder))
        dialog.setModal(False)
        dialog.finished.connect(self._dialog_closed)
        self._dialog = dialog
        dialog.show()

    def copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        self.presenter.enter()

    def function_pressed(self, key: str) -> None:
        """The deeds."""
        if self.screen is not None and self.screen.page is st.Page.OUTSTANDING:
            if key == NUMBERS_KEY:
                self.view.by_expiry.toggle()
            return
        deeds = {
            NUMBERS_KEY: self.presenter.lines_wanted,
            BANK_KEY: self.presenter.bank_wanted,
            OUTSTANDING_KEY: self.presenter.outstanding_wanted,
            EARLIER_KEY: self.presenter.earlier_wanted,
        }
        if key in deeds:
            deeds[key]()

    # --- from the view ---------------------------------------------------------------------------

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self.presenter.choose(index)

    @Slot()
    def _lines(self) -> None:
        self.presenter.lines_wanted()

    @Slot()
    def _outstanding(self) -> None:
        self.presenter.outstanding_wanted()

    @Slot()
    def _earlier(self) -> None:
        self.presenter.earlier_wanted()

    # --- from the till ---------------------------------------------------------------------------

    @Slot(int)
    def _progress_came(self, lines: int) -> None:
        if not self._stopped:
            self.presenter.progressed(lines)

    def _show(self, screen: st.Screen) -> None:
        self.screen = screen
        self.view.show_screen(screen)
