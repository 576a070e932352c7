"""The screen of this till, wired: presenter, view, worker threads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.clock import Clock
from merchant_app.till.results import Status
from merchant_app.ui.background import Done, Outcome
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, Command
from merchant_app.ui.this_till.presenter import Presenter, Screen
from merchant_app.ui.this_till.view import ThisTillView


class ThisTillScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`.

    Signals:
        left(): back to selling.
        enrolment_wanted(): this till is to be enrolled again.
        signed_out_here(): this computer is no till any more.
    """

    left = Signal()
    enrolment_wanted = Signal()
    signed_out_here = Signal()

    def __init__(
        self,
        view: ThisTillView,
        status: Status,
        *,
        runner: CommandRunner,
        clock: Clock,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._runner = runner
        self._clock = clock
        self._stopped = False
        self.screen: Screen | None = None
        self.presenter = Presenter(self, status, show=self._show)
        view.leave.connect(self._leave)
        view.confirmed.connect(self._confirmed)
        view.enrol.connect(self.enrolment_wanted)
        view.back.connect(self.escape_pressed)

    @property
    def view(self) -> ThisTillView:
        """What is painted."""
        return self._view

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self._view.setFocus()

    def stop(self) -> None:
        """The till is being left: nothing more is shown."""
        self._stopped = True

    def status_came(self, status: Status) -> None:
        if not self._stopped:
            self.presenter.status_changed(status)

    @Slot()
    def escape_pressed(self) -> None:
        if self.presenter.back():
            self.left.emit()

    # --- Hands -----------------------------------------------------------------------------------

    def run_command(self, command: Command) -> None:
        self._runner.run(command, self._command_done)

    def may_move_money(self) -> bool:
        return self._runner.may_move_money(self)

    def signed_out(self) -> None:
        self.signed_out_here.emit()

    @Slot()
    def _leave(self) -> None:
        self.presenter.leave_wanted()

    @Slot()
    def _confirmed(self) -> None:
        self.presenter.confirmed()

    def _command_done(self, command: Command, outcome: Outcome[Answer]) -> None:
        """GUI thread."""
        if self._stopped:
            return
        if isinstance(outcome, Done):
            self.presenter.answered(command, outcome.result)
        else:
            self.presenter.went_wrong(outcome.kind)

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        self._view.show_screen(screen, now=self._clock.now())
