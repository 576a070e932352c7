"""The responsible person's code in Réglages, wired: presenter, view, the till's desk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from merchant_app.till.pin_desk import PinDesk, PinResult
from merchant_app.ui.background import Background, Outcome
from merchant_app.ui.reglages.pin_presenter import Panel, Presenter
from merchant_app.ui.reglages.pin_view import PinView


class PinScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`."""

    def __init__(
        self, view: PinView, desk: PinDesk, *, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._desk = desk
        self._background = background
        self._stopped = False
        self.panel: Panel | None = None
        self.presenter = Presenter(self, show=self._show)
        view.change.connect(self.enter_pressed)
        view.removal.connect(self._removal_pressed)

    def open(self) -> None:
        """Somebody came to Réglages."""
        self.presenter.open()

    def leave(self) -> None:
        """The till is being left: nothing more is shown."""
        self._stopped = True

    @Slot()
    def enter_pressed(self) -> None:
        """The button, or Enter in one of the fields."""
        view = self._view
        self.presenter.change_wanted(
            old=view.old.text(), new=view.new.text(), again=view.again.text()
        )

    # --- Hands -----------------------------------------------------------------------------------

    def change(self, new: str, *, old: str) -> None:
        def work() -> PinResult:
            return self._desk.change(new, old=old)

        self._background.start(work, self._finished, name="pin")

    def remove(self, old: str) -> None:
        def work() -> PinResult:
            return self._desk.remove(old)

        self._background.start(work, self._finished, name="pin")

    def is_set(self) -> bool:
        return self._desk.is_set

    def forget_typed(self) -> None:
        self._view.forget_typed()

    def _finished(self, outcome: Outcome[PinResult]) -> None:
        if not self._stopped:
            self.presenter.finished(outcome.told)

    @Slot()
    def _removal_pressed(self) -> None:
        self.presenter.removal_wanted(self._view.old.text())

    def _show(self, panel: Panel) -> None:
        self.panel = panel
        self._view.show_panel(panel)
