"""What the presenter puts into the fields, and which of them has the keyboard. No Qt.

Each order has a number that grows: the view carries out only orders it has not seen, so that what
a person is typing is never overwritten by painting the screen again.
"""

from __future__ import annotations

from merchant_app.ui.encaisser.states import Focus


class Fields:
    """GUI thread only."""

    def __init__(self) -> None:
        # The first order: from the first moment on, what is typed goes into the code field.
        self._orders = 1
        self.amount = self.purchase = self.code = (0, "")
        self.focus = (1, Focus.CODE)

    def fill_amount(self, text: str) -> None:
        self.amount = (self._next(), text)

    def fill_purchase(self, text: str) -> None:
        self.purchase = (self._next(), text)

    def fill_code(self, text: str) -> None:
        self.code = (self._next(), text)

    def set_focus(self, focus: Focus) -> None:
        self.focus = (self._next(), focus)

    def _next(self) -> int:
        self._orders += 1
        return self._orders
