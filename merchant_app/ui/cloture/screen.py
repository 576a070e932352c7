"""The Clôture screen, wired: presenter, view, worker threads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from merchant_app.clock import Clock, business_date
from merchant_app.till.results import Status
from merchant_app.ui.background import Done, Outcome
from merchant_app.ui.cloture import states as st
from merchant_app.ui.cloture.presenter import Presenter
from merchant_app.ui.cloture.view import (
    CLOSE_KEY,
    EARLIER_KEY,
    NUMBERS_KEY,
    PAPER_KEYS,
    PERIOD_KEY,
    SETTLE_KEY,
    ClotureView,
)
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, Command


class ClotureScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`.

    Signals:
        left(): Esc, with nothing to close here: back to selling.
        place_wanted(str): to the screen with this key.
        offered(): a forgotten day is to be seen, if nobody is selling.
        forgotten_changed(int): so many days wait to be closed.
    """

    left = Signal()
    place_wanted = Signal(str)
    offered = Signal()
    forgotten_changed = Signal(int)

    def __init__(
        self,
        view: ClotureView,
        *,
        runner: CommandRunner,
        clock: Clock,
        time_zone: str,
        parent: QObject,
    ) -> None:
        """`time_zone`: where the shop is; its days begin there."""
        super().__init__(parent)
        self._view = view
        self._runner = runner
        self._clock = clock
        self._time_zone = time_zone
        self._day = self._today()
        self._stopped = False
        self.screen: st.Screen | None = None
        self.presenter = Presenter(self, show=self._show)
        view.close_wanted.connect(self._close)
        view.period.connect(self._period)
        view.earlier.connect(self._earlier)
        view.confirmed.connect(self.enter_pressed)
        view.back.connect(self.escape_pressed)
        view.paper.connect(self._paper)
        view.chosen.connect(self._chosen)

    @property
    def view(self) -> ClotureView:
        """What is painted."""
        return self._view

    def morning(self) -> None:
        """The till was opened, or a new day began."""
        if not self._stopped:
            self.presenter.morning()

    def time_passes(self) -> None:
        """Called every second: a till that stays open has mornings too."""
        if self._day != self._today():
            self._day = self._today()
            self.morning()

    def _today(self) -> date:
        return business_date(self._clock.now(), self._time_zone)

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self._view.take_keyboard()

    def stop(self) -> None:
        """The till is being left: nothing more is shown."""
        self._stopped = True

    def status_came(self, status: Status) -> None:
        """Something was sold, sent or heard; whoever looks sees it."""
        if not self._stopped and self._view.isVisible():
            self.presenter.changed(unsent_sales=status.unsent_sales)

    # --- Hands -----------------------------------------------------------------------------------

    def run_command(self, command: Command) -> None:
        self._runner.run(command, self._command_done)

    def may_move_money(self) -> bool:
        return self._runner.may_move_money(self)

    def offer(self) -> None:
        self.offered.emit()

    def go_to_settle(self) -> None:
        self.place_wanted.emit(SETTLE_KEY)

    def open_path(self, path: Path) -> bool:
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        self.presenter.enter()

    @Slot()
    def escape_pressed(self) -> None:
        if self.presenter.escape():
            self.left.emit()

    def function_pressed(self, key: str) -> None:
        """F6 to F9: papers where a closing is read, the deeds of the figures elsewhere."""
        if self.screen is None:
            return
        if self.screen.read is not None and key in PAPER_KEYS.values():
            self._paper(next(paper for paper, own in PAPER_KEYS.items() if own == key))
        elif key == CLOSE_KEY:
            self.presenter.close_wanted()
        elif key == PERIOD_KEY:
            self.presenter.period_wanted()
        elif key == EARLIER_KEY:
            self.presenter.earlier_wanted()
        elif key == NUMBERS_KEY and self._view.shows_figures:
            self._view.toggle_numbers()

    # --- from the view ---------------------------------------------------------------------------

    @Slot()
    def _close(self) -> None:
        self.presenter.close_wanted()

    @Slot()
    def _period(self) -> None:
        self.presenter.period_wanted()

    @Slot()
    def _earlier(self) -> None:
        self.presenter.earlier_wanted()

    @Slot(object)
    def _paper(self, paper: st.Paper) -> None:
        self.presenter.paper_wanted(paper)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self.presenter.choose(index)

    # --- from the till ---------------------------------------------------------------------------

    def _command_done(self, command: Command, outcome: Outcome[Answer]) -> None:
        """GUI thread."""
        if self._stopped:
            return
        if isinstance(outcome, Done):
            self.presenter.answered(command, outcome.result)
        else:
            self.presenter.went_wrong(command, outcome.kind)

    def _show(self, screen: st.Screen) -> None:
        self.screen = screen
        if screen.preview is not None:
            self.forgotten_changed.emit(len(screen.preview.open_days))
        self._view.show_screen(screen)
