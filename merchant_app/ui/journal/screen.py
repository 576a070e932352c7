"""The Journal, wired: presenters, views, worker threads."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QWidget

from merchant_app.clock import Clock, business_date, local_time
from merchant_app.settings.options import SIREN
from merchant_app.till.journal_query import Here
from merchant_app.till.journal_results import ExportForm, ExportResult, ExportWish, SaleKind
from merchant_app.till.results import Status
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.function_keys import EXPORT_KEY, UNDO_KEY
from merchant_app.ui.journal.export_presenter import ExportPresenter
from merchant_app.ui.journal.export_states import Panel, Span
from merchant_app.ui.journal.export_view import ExportView
from merchant_app.ui.journal.presenter import Presenter
from merchant_app.ui.journal.states import Screen
from merchant_app.ui.journal.view import JournalView
from merchant_app.ui.key_place_screen import KeyPlaceScreen
from merchant_app.ui.ports import Opened
from merchant_app.ui.theme import Look


class JournalPages(QStackedWidget):
    """The journal, and the panel of exports in its place."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.journal = JournalView(look, self)
        self.exports = ExportView(look, self)
        self.addWidget(self.journal)
        self.addWidget(self.exports)


class JournalScreen(KeyPlaceScreen):
    """Lives in the GUI thread; both presenters' hands.

    Signals:
        undo_wanted(): the last redemption is to be undone, at the checkout.
    """

    presenter: Presenter
    undo_wanted = Signal()
    _progressed = Signal(int)

    def __init__(
        self,
        look: Look,
        opened: Opened,
        *,
        runner: CommandRunner,
        background: Background,
        clock: Clock,
        parent: QObject,
    ) -> None:
        """Without options nothing can be kept: a SIREN that is typed is none the next time."""
        super().__init__(runner=runner, parent=parent)
        self._pages = JournalPages(look)
        self._counter = opened.counter
        self._options = opened.options
        self._background = background
        self._clock = clock
        self._cancelled = threading.Event()
        self.screen: Screen | None = None
        self.panel: Panel | None = None
        self.presenter = Presenter(self, show=self._show)
        self.exports = ExportPresenter(self, today=self._today, show=self._show_panel)
        self._progressed.connect(self._progress_came, Qt.ConnectionType.QueuedConnection)
        self._connect()

    def _connect(self) -> None:
        view, panel = self._pages.journal, self._pages.exports
        view.searched.connect(self._searched)
        view.kind_wanted.connect(self._kind_wanted)
        view.chosen.connect(self._chosen)
        view.more_wanted.connect(self._more_wanted)
        view.export_wanted.connect(self.export_pressed)
        view.undo_wanted.connect(self.undo_pressed)
        view.settle_wanted.connect(self._settle_pressed)
        panel.form_wanted.connect(self._form_wanted)
        panel.span_wanted.connect(self._span_wanted)
        panel.moved.connect(self._moved)
        panel.days_typed.connect(self._days_typed)
        panel.folder_wanted.connect(self._folder_wanted)
        panel.siren_typed.connect(self._siren_typed)
        panel.confirmed.connect(self.enter_pressed)
        panel.back.connect(self.escape_pressed)
        panel.see_folder.connect(self._see_folder)

    @property
    def view(self) -> JournalPages:
        """What is painted."""
        return self._pages

    def open(self) -> None:
        """Somebody came here."""
        self._pages.setCurrentWidget(self._pages.journal)
        self.presenter.open()
        self._pages.journal.take_keyboard()

    def stop(self) -> None:
        """The till is being left: nothing more is shown, no file is finished."""
        super().stop()
        self._cancelled.set()
        self._pages.exports.close_dialogs()

    def status_came(self, _status: Status) -> None:
        """Something was sent or heard: what is read may be another thing by now."""
        if not self._stopped and self._pages.isVisible():
            self.presenter.changed_elsewhere()

    @property
    def _exporting(self) -> bool:
        return self._pages.currentWidget() is self._pages.exports

    # --- Hands -----------------------------------------------------------------------------------

    def here(self) -> Here:
        facts = self._counter.facts
        now = self._clock.now()
        zone = local_time(now, facts.time_zone).tzinfo
        assert zone is not None  # `local_time` is aware
        return Here(now, zone, facts.currency)

    def write_out(self, wish: ExportWish, *, siren: str) -> None:
        self._cancelled = threading.Event()
        job = _ExportJob(self, wish, siren=siren, cancelled=self._cancelled)
        self._background.start(job.work, self._written, name="export")

    def stop_writing(self) -> None:
        self._cancelled.set()

    def open_folder(self, folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        if self._exporting:
            self.exports.enter()
        else:
            self._pages.journal.take_list()

    @Slot()
    def escape_pressed(self) -> None:
        if self._exporting:
            if self.exports.escape():
                self._pages.exports.close_dialogs()
                self._pages.setCurrentWidget(self._pages.journal)
                self._pages.journal.take_keyboard()
        elif self.presenter.escape():
            self.left.emit()
        else:
            self._pages.journal.take_keyboard()

    def function_pressed(self, key: str) -> None:
        """The deeds."""
        if key == EXPORT_KEY:
            self.export_pressed()
        elif key == UNDO_KEY and not self._exporting:
            self.undo_pressed()

    @Slot()
    def export_pressed(self) -> None:
        if self._exporting:
            return
        siren = "" if self._options is None else self._options.get(SIREN)
        self.exports.open(folder=_documents(), siren=siren)
        self._pages.setCurrentWidget(self._pages.exports)
        self._pages.exports.take_keyboard()

    @Slot()
    def undo_pressed(self) -> None:
        screen = self.screen
        if screen is not None and screen.life is not None and screen.life.can_undo:
            self.undo_wanted.emit()

    @Slot()
    def _settle_pressed(self) -> None:
        self.go_to_settle()

    # --- from the views --------------------------------------------------------------------------

    @Slot(str)
    def _searched(self, text: str) -> None:
        self.presenter.searched(text)

    @Slot(object)
    def _kind_wanted(self, kind: SaleKind) -> None:
        self.presenter.kind_chosen(kind)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self.presenter.choose(index)

    @Slot()
    def _more_wanted(self) -> None:
        self.presenter.more_wanted()

    @Slot(object)
    def _form_wanted(self, form: ExportForm) -> None:
        self.exports.form_chosen(form)

    @Slot(object)
    def _span_wanted(self, span: Span) -> None:
        self.exports.span_chosen(span)

    @Slot(bool)
    def _moved(self, forward: bool) -> None:
        self.exports.moved(forward=forward)

    @Slot(object, object)
    def _days_typed(self, first: object, last: object) -> None:
        self.exports.days_typed(first, last)  # type: ignore[arg-type]  # a signal's objects

    @Slot(str)
    def _folder_wanted(self, folder: str) -> None:
        self.exports.folder_chosen(Path(folder) if folder else _documents())

    @Slot(str)
    def _siren_typed(self, text: str) -> None:
        self.exports.siren_typed(text)

    @Slot()
    def _see_folder(self) -> None:
        self.exports.folder_wanted()

    # --- answers ---------------------------------------------------------------------------------

    @Slot(int)
    def _progress_came(self, rows: int) -> None:
        if not self._stopped:
            self.exports.wrote(rows)

    def _written(self, outcome: Outcome[ExportResult]) -> None:
        if self._stopped:
            return
        if isinstance(outcome, Done):
            self.exports.done(outcome.result)
        else:
            self.exports.went_wrong(outcome.kind)

    def tell_progress(self, rows: int) -> None:
        """Any thread."""
        self._progressed.emit(rows)

    def keep_siren(self, siren: str) -> None:
        """In a worker.

        Raises:
            Problem: it cannot be kept.
        """
        if self._options is not None:
            self._options.set(SIREN, siren)

    def export(self, wish: ExportWish, cancelled: threading.Event) -> ExportResult:
        """In a worker."""

        def go_on(rows: int) -> bool:
            self.tell_progress(rows)
            return not cancelled.is_set()

        return self._counter.journal.export(wish, go_on=go_on)

    def _today(self) -> date:
        return business_date(self._clock.now(), self._counter.facts.time_zone)

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        place = Place(self._clock.now(), self._counter.facts.time_zone)
        self._pages.journal.show_screen(screen, place)

    def _show_panel(self, panel: Panel) -> None:
        self.panel = panel
        self._pages.exports.show_panel(panel)


class _ExportJob:
    """One export on its way through a worker thread."""

    def __init__(
        self, screen: JournalScreen, wish: ExportWish, *, siren: str, cancelled: threading.Event
    ) -> None:
        self._screen = screen
        self._wish = wish
        self._siren = siren
        self._cancelled = cancelled

    def work(self) -> ExportResult:
        """In the worker."""
        if self._siren:
            self._screen.keep_siren(self._siren)
        return self._screen.export(self._wish, self._cancelled)


def _documents() -> Path:
    folder = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(folder))
