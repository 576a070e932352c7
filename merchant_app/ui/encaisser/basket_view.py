"""The vouchers already debited in this purchase, and what is left to pay."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _, formatting
from merchant_app.money import Money
from merchant_app.ui.encaisser.states import BasketLine, Ready, Screen
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, Size, tinted


class BasketView(QFrame):
    """GUI thread.

    Signals:
        new_purchase(): the button for the next customer.
        undo(): the button that undoes the last debit.
    """

    new_purchase = Signal()
    undo = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[BasketLine, ...] | None = None
        self._title = plain(_("Vouchers of this purchase"), self)
        self._title.setFont(look.font(Size.BODY, bold=True))
        self._next = KeycapButton(look, role="plain", parent=self)
        self._next.clicked.connect(self.new_purchase)
        self._undo = KeycapButton(look, role="plain", parent=self)
        self._undo.clicked.connect(self.undo)
        if look.is_large:
            for button in (self._next, self._undo):
                button.give_up_place_when_hidden()
        self._empty = plain(_("None yet."), self)
        self._rest_name = plain(parent=self)
        self._rest_name.setFont(look.font(Size.BODY if look.is_large else Size.TITLE))
        self._rest = plain(parent=self)
        self._rest.setFont(look.font(Size.TITLE, bold=True, figures=True))
        self._list = QWidget(self)
        self._rows = QGridLayout(self._list)
        self._rows.setContentsMargins(0, 0, 2 * STEP, 0)
        self._rows.setVerticalSpacing(STEP)
        self._rows.setColumnStretch(0, 1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._list)
        self._scroll.setMinimumHeight(1)
        self._lay_out()
        look.changed.connect(self._colour)
        self._colour()

    def _lay_out(self) -> None:
        rest = QHBoxLayout()
        rest.addWidget(self._rest_name, 1)
        rest.addWidget(self._rest)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing((1 if self._look.is_large else 2) * STEP)
        column.addWidget(self._title)
        column.addWidget(self._empty)
        column.addWidget(self._scroll, 1)
        column.addLayout(rest)
        column.addWidget(self._next)
        column.addWidget(self._undo)

    def show_screen(self, screen: Screen) -> None:
        """Paint what belongs here."""
        if screen.basket != self._shown:
            self._shown = screen.basket
            self._fill(screen.basket)
        self._empty.setVisible(not screen.basket)
        self._scroll.setVisible(True)
        self._rest_name.setText(_("Total") if screen.left is None else _("Left to pay"))
        rest = screen.left if screen.left is not None else _total(screen.basket)
        self._rest.setText(formatting.money(rest) if rest is not None else "")
        self._rest_name.setVisible(rest is not None)
        self._next.say(_("New purchase"), _("Esc") if isinstance(screen.state, Ready) else "")
        self._next.setVisible(bool(screen.basket) or screen.purchase is not None)
        if screen.undo is None:
            self._undo.say(_("Undo the last debit"), _("Ctrl+Z"))
        else:
            self._undo.say(
                _("Undo {amount}").format(amount=formatting.money(screen.undo)), _("Ctrl+Z")
            )
        self._undo.setToolTip(_("Undo the last debit"))
        self._undo.setVisible(screen.undo is not None)

    def lines(self) -> tuple[str, ...]:
        """What the list says, for whoever reads it aloud or checks it."""
        return tuple(
            f"{_name_of(line)} {formatting.money(line.amount)}" for line in self._shown or ()
        )

    def _fill(self, basket: tuple[BasketLine, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        font = self._look.font(Size.BODY, figures=True)
        for row, line in enumerate(basket):
            for column, text in enumerate((_name_of(line), formatting.money(line.amount))):
                label = plain(text, self._list)
                label.setFont(font)
                if not line.confirmed:
                    label.setPalette(tinted(self._look.palette.tones[Tone.LATER].ink))
                self._rows.addWidget(label, row, column)
        self._rows.setRowStretch(len(basket), 1)

    def _colour(self) -> None:
        self._empty.setPalette(tinted(self._look.palette.muted))
        self._fill(self._shown or ())


def _name_of(line: BasketLine) -> str:
    return line.label if line.confirmed else _("{label} · offline").format(label=line.label)


def _total(basket: tuple[BasketLine, ...]) -> Money | None:
    total: Money | None = None
    for line in basket:
        total = line.amount if total is None else total + line.amount
    return total
