"""The vouchers of this purchase, debited or waiting for it, and what is left to pay."""

from __future__ import annotations

from functools import reduce
from operator import add

from PySide6.QtCore import QSize, Qt, Signal
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
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.states import BasketLine, Ready, Screen, Several, WaitingLine
from merchant_app.ui.encaisser.waiting_row import WaitingRow
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, Size, tinted


class _Scroll(QScrollArea):
    """As high as there is room for, and no less than it asks for."""

    _least_px = 0

    def ask_for(self, least_px: int) -> None:
        self._least_px = least_px
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        # No more than the least: a layout that wraps texts would give it that, whoever wants it.
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._least_px)


class BasketView(QFrame):
    """GUI thread.

    Signals:
        new_purchase(): the button for the next customer.
        undo(): the button that undoes the last debit.
        receipt(): the button for its receipt.
        chosen(object), removed(object): the id of a voucher that waits; its row was clicked.
    """

    new_purchase = Signal()
    undo = Signal()
    receipt = Signal()
    chosen = Signal(object)
    removed = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[tuple[BasketLine, ...], tuple[WaitingLine, ...], bool] = ((), (), False)
        self._title = plain(_("Vouchers of this purchase"), self, wrap=True)
        self._title.setFont(look.font(Size.BODY, bold=True))
        self._next = KeycapButton(look, role="plain", parent=self)
        self._next.clicked.connect(self.new_purchase)
        self._undo = KeycapButton(look, role="plain", parent=self)
        self._undo.clicked.connect(self.undo)
        self._receipt = KeycapButton(look, role="plain", parent=self)
        self._receipt.clicked.connect(self.receipt)
        self._gives_receipts = False
        if look.is_large:
            for button in (self._next, self._undo, self._receipt):
                button.give_up_place_when_hidden()
        self._empty = plain(_("None yet."), self)
        self._rest_name = plain(parent=self)
        self._rest_name.setFont(look.font(Size.BODY if look.is_large else Size.TITLE))
        self._rest = plain(parent=self)
        self._rest.setFont(look.font(Size.TITLE, bold=True, figures=True))
        self._waiting: list[WaitingRow] = []
        self._list = QWidget(self)
        self._rows = QGridLayout(self._list)
        self._rows.setContentsMargins(0, 0, 2 * STEP, 0)
        self._rows.setVerticalSpacing(STEP)
        self._rows.setColumnStretch(0, 1)
        self._scroll = _Scroll(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._list)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._bring_chosen_into_view)
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
        last = ButtonRows()
        last.setSpacing((1 if self._look.is_large else 2) * STEP)
        last.add_all(self._undo, self._receipt)
        last.share(3, 2)
        column.addLayout(last)

    def show_screen(self, screen: Screen) -> None:
        """Paint what belongs here."""
        shown = (screen.basket, screen.waiting, isinstance(screen.state, Several))
        if shown != self._shown:
            self._shown = shown
            self._fill()
        self._empty.setVisible(not screen.basket and not screen.waiting)
        self._scroll.setVisible(True)
        self._rest_name.setText(_("Total") if screen.left is None else _("Left to pay"))
        rest = _rest(screen)
        self._rest.setText(formatting.money(rest) if rest is not None else "")
        self._rest_name.setVisible(rest is not None)
        self._next.say(_("New purchase"), _("Esc") if isinstance(screen.state, Ready) else "")
        begun = bool(screen.basket) or screen.purchase is not None
        # While vouchers wait, the list needs the room, and Esc is said to remove them.
        self._next.setVisible(begun and not (screen.waiting and self._look.is_large))
        if screen.undo is None:
            self._undo.say(_("Undo the last debit"), _("Ctrl+Z"))
        else:
            self._undo.say(
                _("Undo {amount}").format(amount=formatting.money(screen.undo)), _("Ctrl+Z")
            )
        self._undo.setToolTip(_("Undo the last debit"))
        self._undo.setVisible(screen.undo is not None)
        self._receipt.setVisible(self._gives_receipts and screen.undo is not None)

    def give_receipts(self) -> None:
        """There is a button for the receipt of the last debit."""
        self._gives_receipts = True
        self.show_receipt_trouble(trouble=False)

    def show_receipt_trouble(self, *, trouble: bool) -> None:
        """The last receipt was not printed, and nobody was looking."""
        self._receipt.say(_("Receipt not printed") if trouble else _("Receipt"), _("Ctrl+P"))

    def lines(self) -> tuple[str, ...]:
        """What the list says, for whoever reads it aloud or checks it."""
        return tuple(f"{_name_of(line)} {formatting.money(line.amount)}" for line in self._shown[0])

    def waiting_rows(self) -> tuple[WaitingRow, ...]:
        """The vouchers that are debited next, from the top."""
        return tuple(self._waiting)

    def _fill(self) -> None:
        basket, waiting, _removable = self._shown
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
        for row in range(self._rows.rowCount()):
            self._rows.setRowStretch(row, 0)
        self._waiting = [self._waiting_row(line) for line in waiting]
        for row, waits in enumerate(self._waiting, start=len(basket)):
            self._rows.addWidget(waits, row, 0, 1, 2)
        self._rows.setRowStretch(len(basket) + len(waiting), 1)
        # A line, and that there are more.
        lines = min(1.6, len(basket) + len(waiting))
        self._scroll.ask_for(round(lines * self._look.touch()))
        self._bring_chosen_into_view()

    def _bring_chosen_into_view(self) -> None:
        """Asked once more whenever the list has got its place: before, nobody knows where it is."""
        self._rows.activate()
        for row in self._waiting:
            if row.line.chosen:
                self._scroll.ensureWidgetVisible(row, 0, STEP)

    def _waiting_row(self, line: WaitingLine) -> WaitingRow:
        row = WaitingRow(self._look, line, self._list, removable=self._shown[2])
        row.chosen.connect(self.chosen)
        row.removed.connect(self.removed)
        return row

    def _colour(self) -> None:
        self._empty.setPalette(tinted(self._look.palette.muted))
        self._fill()


def _name_of(line: BasketLine) -> str:
    return line.label if line.confirmed else _("{label} · offline").format(label=line.label)


def _rest(screen: Screen) -> Money | None:
    """Left to pay once what waits is debited; the sum of everything, while no total is known."""
    amounts = [line.amount for line in screen.basket]
    amounts += [line.amount for line in screen.waiting]
    if screen.left is None:
        return reduce(add, amounts) if amounts else None
    waiting = sum(line.amount.minor for line in screen.waiting)
    return Money(max(0, screen.left.minor - waiting), screen.left.currency)
