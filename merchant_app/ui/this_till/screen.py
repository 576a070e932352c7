"""The screen of this till, wired: presenter, view, worker threads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.clock import Clock
from merchant_app.till.results import Status
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.key_place_screen import KeyPlaceScreen
from merchant_app.ui.this_till.presenter import Presenter, Screen
from merchant_app.ui.this_till.view import ThisTillView


class ThisTillScreen(KeyPlaceScreen):
    """Lives in the GUI thread; the presenter's `Hands`.

    Signals:
        enrolment_wanted(): this till is to be enrolled again.
        signed_out_here(): this computer is no till any more.
    """

    presenter: Presenter
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
        super().__init__(runner=runner, parent=parent)
        self.view = view
        self._clock = clock
        self.screen: Screen | None = None
        self.presenter = Presenter(self, status, show=self._show)
        view.leave.connect(self._leave)
        view.confirmed.connect(self._confirmed)
        view.enrol.connect(self.enrolment_wanted)
        view.back.connect(self.escape_pressed)

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self.view.setFocus()

    def status_came(self, status: Status) -> None:
        if not self._stopped:
            self.presenter.status_changed(status)

    # --- Hands -----------------------------------------------------------------------------------

    def signed_out(self) -> None:
        self.signed_out_here.emit()

    @Slot()
    def _leave(self) -> None:
        self.presenter.leave_wanted()

    @Slot()
    def _confirmed(self) -> None:
        self.presenter.confirmed()

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        self.view.show_screen(screen, now=self._clock.now())
