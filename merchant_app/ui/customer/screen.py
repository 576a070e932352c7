"""The customer's screen, wired: made when wanted, on the other monitor if there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from merchant_app.i18n import _
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.encaisser.states import Screen
from merchant_app.ui.theme import Look

if TYPE_CHECKING:
    # Loaded when somebody wants it.
    from merchant_app.ui.customer.view import CustomerView


class CustomerScreen(QObject):
    """Lives in the GUI thread.

    Attributes:
        view: None while nobody wants it.
    """

    def __init__(self, look: Look, facts: CounterFacts, till: QWidget, *, parent: QObject) -> None:
        """`till`: the cashier's window, which this one keeps away from."""
        super().__init__(parent)
        self._look = look
        self._facts = facts
        self._till = till
        self._last: Screen | None = None
        self.view: CustomerView | None = None

    @Slot(bool)
    def use(self, wanted: bool) -> None:
        """Open it, or take it away; at once, in the middle of a sale too."""
        if not wanted:
            self.stop()
        elif self.view is None:
            from merchant_app.ui.customer.view import CustomerView

            self.view = CustomerView(self._look, self._title())
            self._say()
            self._place(self.view)

    @Slot(object)
    def sale_shown(self, screen: Screen) -> None:
        """The cashier sees this now."""
        self._last = screen
        self._say()

    def _say(self) -> None:
        if self.view is not None and self._last is not None:
            from merchant_app.ui.customer.words import shown

            self.view.show_words(shown(self._last))

    def stop(self) -> None:
        """The till is left, or nobody wants it any more."""
        if self.view is not None:
            self.view.close()
            self.view.deleteLater()
            self.view = None

    def _title(self) -> str:
        if self._facts.training:
            return f"{self._facts.shop_name} · {_('Training mode')}"
        return self._facts.shop_name

    def _place(self, view: CustomerView) -> None:
        other = other_screen(self._till.screen(), QGuiApplication.screens())
        if other is None:
            view.show()
        else:
            view.setGeometry(other.geometry())
            view.showFullScreen()


def other_screen(own: QScreen | None, screens: list[QScreen]) -> QScreen | None:
    """The monitor that the till is not on; None: there is one monitor only."""
    return next((screen for screen in screens if screen is not own), None)
