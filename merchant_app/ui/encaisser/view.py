"""The Encaisser screen, painted from one `Screen` value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _, ngettext
from merchant_app.ui import words
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.basket_view import BasketView
from merchant_app.ui.encaisser.camera_view import CameraView
from merchant_app.ui.encaisser.card import Card
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.encaisser.deeds import Deeds, deeds_of, is_busy
from merchant_app.ui.encaisser.entry import NOTHING, Entry, Mark
from merchant_app.ui.encaisser.entry_fields import AmountField, CodeField, EntryField, PinField
from merchant_app.ui.encaisser.hits_view import HitsView
from merchant_app.ui.encaisser.states import (
    LOOKED_UP,
    Focus,
    Ready,
    Screen,
    SellingStopped,
    Several,
    State,
)
from merchant_app.ui.files.panel import FilePanel
from merchant_app.ui.function_keys import ACCEPT_KEY
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.overflow import Overflow
from merchant_app.ui.page_stack import PageStack
from merchant_app.ui.palette import Tone
from merchant_app.ui.receipt.panel import ReceiptPanel
from merchant_app.ui.spoken_roles import announce
from merchant_app.ui.theme import STEP, Look, Size, tinted

if TYPE_CHECKING:
    from merchant_app.ui.manual.shelf import Spot

_SIDE_SHARE = 0.36
_SIDE_MIN, _SIDE_MAX = 320, 560
_SIDE_MIN_LARGE = 400
_CAMERA_MIN_LARGE = 120
_CAMERA_FIRST = 100
"""Its share of what is left over: all, until it is as high as it can be."""


class EncaisserView(QWidget):
    """GUI thread.

    Signals:
        main_pressed(), other_pressed(): the two buttons; Enter and Esc mean the same, except
            while a question is asked.
        accept_pressed(): the third one, there only while a debit has no answer, or is beyond a
            limit that can be lifted; `ACCEPT_KEY`.
    """

    main_pressed = Signal()
    other_pressed = Signal()
    accept_pressed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._focus_order = 0
        self._spoken = ""
        self._is_wrong = False
        # In the order in which they are read: so Tab goes through them.
        self.purchase = AmountField(look, _("Purchase"), self)
        self.card = CardView(look, self)
        self.amount = AmountField(look, _("To debit"), self)
        self.pin = PinField(look, _("Manager’s PIN"), self)
        self.main = KeycapButton(look, role="main", parent=self)
        self.accept = KeycapButton(look, role="plain", parent=self)
        self.accept.give_up_place_when_hidden()
        self.other = KeycapButton(look, role="plain", parent=self)
        self.files = FilePanel(look, self)
        self.receipt = ReceiptPanel(look, self)
        self.camera = CameraView(look, self)
        self.open_file = self._open_button()
        self.code = CodeField(look, _("Voucher code"), self)
        self.hits = HitsView(look, self)
        self.basket = BasketView(look, self)
        self.main.clicked.connect(self.main_pressed)
        self.accept.clicked.connect(self.accept_pressed)
        self.other.clicked.connect(self.other_pressed)
        self._purchase_message = plain(parent=self, wrap=True)
        self._message = plain(parent=self, wrap=True)
        self._entry_message = plain(parent=self, wrap=True)
        self._entry = NOTHING
        self._purchase_name = self._name(_("&Purchase"), self.purchase)
        self._amount_name = self._name(_("To &debit"), self.amount)
        self._pin_name = self._name(_("P&IN"), self.pin)
        for part in (self._pin_name, self.pin):
            part.hide()  # before the row is laid out: there is no room for both
        self._code_name = self._name(_("Voucher &code"), self.code)
        self._lay_out()
        look.changed.connect(self._colour)
        self._deeds: Deeds | None = None
        self._state: State = Ready()
        self._colour()

    def _name(self, text: str, field: QWidget) -> QLabel:
        label = plain(text, self)
        label.setBuddy(field)
        label.setFont(self._look.font(Size.BODY, bold=True))
        return label

    def _open_button(self) -> KeycapButton:
        large = self._look.is_large
        button = KeycapButton(self._look, role="plain" if large else "quiet", parent=self)
        button.say("…" if large else _("Open a file"), "" if large else _("Ctrl+O"))
        button.setAccessibleName(_("Open a file"))
        button.setToolTip(_("Open a file"))
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return button

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing((2 if self._look.is_large else 4) * STEP)
        self._fill_left(left)
        inside = QWidget(self)
        right = QVBoxLayout(inside)
        right.setSpacing((3 if self._look.is_large else 4) * STEP)
        if self._look.is_large:  # the verdict needs the room on the other side
            right.addLayout(self._purchase_row())
        right.addWidget(self.camera, _CAMERA_FIRST if self._look.is_large else 0)
        code = QVBoxLayout()
        code.setSpacing(STEP)
        name, field = QHBoxLayout(), QHBoxLayout()
        field.setSpacing(2 * STEP)
        name.addWidget(self._code_name)
        field.addWidget(self.code, 1)
        # Beside the name a word fits, and its key; beside the field, when text is large, a sign.
        (field if self._look.is_large else name).addWidget(
            self.open_file, 0, Qt.AlignmentFlag.AlignRight
        )
        code.addLayout(name)
        code.addLayout(field)
        code.addWidget(self._entry_message)
        code.addWidget(self.hits)
        right.addLayout(code)
        right.addWidget(self.basket, 1)
        right.setContentsMargins(0, 0, 0, 0)
        self._side = Overflow(inside, parent=self)
        margin = (4 if self._look.is_large else 6) * STEP
        whole = QHBoxLayout(self)
        whole.setContentsMargins(margin, 5 * STEP, margin, 5 * STEP)
        whole.setSpacing(margin)
        left.setContentsMargins(0, 0, 0, 0)
        self._counter_page = QWidget(self)
        self._counter_page.setLayout(left)
        self._left = PageStack(self)
        self._left.addWidget(self._counter_page)
        self._left.addWidget(self.files)
        self._left.addWidget(self.receipt)
        whole.addWidget(self._left, 1)
        whole.addWidget(self._side)
        if self._look.is_large:  # the purchase heads this column, the button follows the field
            QWidget.setTabOrder(self.receipt.close_button, self.purchase)
            QWidget.setTabOrder(self.code, self.open_file)

    def _purchase_row(self) -> QLayout:
        return self._row(self._purchase_message, (self._purchase_name, self.purchase))

    def _fill_left(self, left: QVBoxLayout) -> None:
        """Purchase, card, amount, buttons."""
        names = [self._amount_name, self._pin_name]
        if not self._look.is_large:
            left.addLayout(self._purchase_row())
            names.append(self._purchase_name)
        widest = max(name.sizeHint().width() for name in names)
        for name in names:
            name.setFixedWidth(widest)
        left.addWidget(self.card, 1)
        # The code is asked for in the place of the amount.
        amount = (self._amount_name, self.amount)
        left.addLayout(self._row(self._message, (self._pin_name, self.pin), amount))
        self._buttons = ButtonRows()
        self._buttons.add_all(self.main, self.accept, self.other)
        left.addLayout(self._buttons)

    def _row(self, message: QLabel, *named: tuple[QLabel, QWidget]) -> QLayout:
        """A field with its name; the message beside it, or under it when the text is large."""
        large = self._look.is_large
        width = self.purchase.fontMetrics().horizontalAdvance("10 000,00 €") + 10 * STEP
        row = QHBoxLayout()
        row.setSpacing(3 * STEP)
        for name, field in named:
            row.addWidget(name)
            row.addWidget(field, 1 if large else 0)
            if not large:
                field.setFixedWidth(width)
        if not large:
            row.addWidget(message, 1)
            return row
        column = QVBoxLayout()
        column.setSpacing(2 * STEP)
        column.addLayout(row)
        column.addWidget(message)
        return column

    def resizeEvent(self, event: QResizeEvent) -> None:
        share = round(self.width() * _SIDE_SHARE)
        least = _SIDE_MIN_LARGE if self._look.is_large else _SIDE_MIN
        width = max(least, min(_SIDE_MAX, share))
        self._side.setFixedWidth(width)
        high = self.camera.heightForWidth(width)
        if self._look.is_large:
            self.camera.give_way(least_px=min(high, _CAMERA_MIN_LARGE), most_px=high)
        else:
            self.camera.setFixedHeight(high)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no field wants: the card, where it says more than is seen."""
        details = self.card.details
        match event.key():
            case Qt.Key.Key_PageDown if details.scrolls:
                details.turn_page(1)
            case Qt.Key.Key_PageUp if details.scrolls:
                details.turn_page(-1)
            case _:
                super().keyPressEvent(event)

    def show_screen(self, screen: Screen, card: Card) -> None:
        """Paint it; `card` is the screen's card, in words."""
        deeds = deeds_of(screen)
        # Not while it is still being looked up: "painted" means that the verdict can be seen.
        looked_up = isinstance(screen.state, LOOKED_UP)
        self.card.show_card(card, screen.number if looked_up else None)
        self._announce(card)
        self.purchase.obey(screen.purchase_fill)
        self.code.obey(screen.code_fill)
        if deeds.amount_shown:
            self.amount.obey(screen.amount_fill)
        elif self.amount.text():
            self.amount.setText("")
        busy = is_busy(screen)
        # Read-only, never disabled, while money is in flight: a disabled field loses the keyboard.
        self.purchase.setReadOnly(busy)
        self.code.setReadOnly(busy or isinstance(screen.state, SellingStopped))
        self.amount.setReadOnly(busy or not deeds.amount)
        self.amount.is_one_of_several = isinstance(screen.state, Several)
        self.amount.setEnabled(deeds.amount_shown)
        self._amount_name.setEnabled(deeds.amount_shown)
        self._show_pin(seen=deeds.pin)
        if self._look.is_large and not deeds.pin:  # what says nothing leaves its room to the card
            self._amount_name.setVisible(deeds.amount_shown)
            self.amount.setVisible(deeds.amount_shown)
        self._show_deeds(deeds)
        error = screen.purchase_error
        self._is_wrong = error is not None
        self._purchase_message.setText(
            words.bad_amount(error, self._currency)
            if error is not None
            else ("" if screen.purchase is not None else _("optional"))
        )
        # Under the field a line that says nothing would only take room from the card.
        self._purchase_message.setVisible(not self._look.is_large or error is not None)
        self._show_entry(screen.entry)
        self.basket.show_screen(screen)
        self._deeds, self._state = deeds, screen.state
        self._colour()
        self._move_focus(screen.focus)

    def _show_pin(self, *, seen: bool) -> None:
        """The responsible person's code in the place of the amount, or the amount."""
        if not seen:
            self.pin.clear()
        self._pin_name.setVisible(seen)
        self.pin.setVisible(seen)
        self._amount_name.setVisible(not seen)
        self.amount.setVisible(not seen)

    def show_files(self, *, seen: bool) -> None:
        """The panel of files in the place of purchase, card and amount, or these again."""
        self._left.setCurrentWidget(self.files if seen else self._counter_page)

    def show_receipt(self, *, seen: bool) -> None:
        """The receipt in the same place, or purchase, card and amount again."""
        self._left.setCurrentWidget(self.receipt if seen else self._counter_page)

    def help_spot(self) -> Spot | None:
        """Where the manual speaks of what is seen now."""
        # Only when asked for: nothing of the manual is loaded before the first paint.
        from merchant_app.ui.encaisser.help_spots import spot_of
        from merchant_app.ui.manual import shelf

        seen = self._left.currentWidget()
        if seen is self._counter_page:
            return spot_of(self._state)
        return shelf.about(type(seen).__module__)

    def set_currency(self, currency: str) -> None:
        """The shop's: errors in amounts speak of its decimals."""
        self._currency = currency

    @property
    def message(self) -> str:
        """What stands beside the amount."""
        return self._message.text()

    def labels(self) -> tuple[QLabel, ...]:
        """The texts of the screen, for whoever measures them."""
        said = (self._purchase_message, self._message, self._entry_message, *self.card.labels())
        return self._purchase_name, self._amount_name, self._pin_name, self._code_name, *said

    def _show_deeds(self, deeds: Deeds) -> None:
        enter_key, escape_key = ("", "") if deeds.asks else (_("Enter"), _("Esc"))
        for button, deed, key in (
            (self.main, deeds.enter, enter_key),
            (self.accept, deeds.accept, ACCEPT_KEY),
            (self.other, deeds.escape, escape_key),
        ):
            button.say(deed.text, key if deed.enabled else "")
            button.setEnabled(deed.enabled)
            button.setVisible(bool(deed.text))
        # Three share the row by what they say; the two that are there nearly always keep theirs.
        three = bool(deeds.accept.text)
        self._buttons.share(*((33, 37, 30) if three else (3, 0, 2)))
        self._buttons.setSpacing((2 if three or self._look.is_large else 3) * STEP)
        self._message.setText(deeds.message)
        self._message.setVisible(bool(deeds.message) or not self._look.is_large)

    def _show_entry(self, entry: Entry) -> None:
        self.code.show_mark(entry.mark)
        said = _spoken(entry)
        if said and said != _spoken(self._entry):
            announce(self.code, said)
        self._entry = entry
        self._entry_message.setText(entry.message)
        self._entry_message.setVisible(bool(entry.message))
        self.hits.show_entry(entry)
        # There is room for one of the two lists; the other comes back with the next card.
        self.basket.setVisible(not entry.hits)

    def _announce(self, card: Card) -> None:
        if card.spoken == self._spoken:
            return
        self._spoken = card.spoken
        announce(self.card, card.spoken)

    def _move_focus(self, order: tuple[int, Focus]) -> None:
        number, focus = order
        # Qt would give the keyboard to a field that nobody sees, from the screen that is seen.
        if number == self._focus_order or not self.isVisible():
            return
        self._focus_order = number
        field: EntryField
        match focus:
            case Focus.CODE:
                field = self.code
            case Focus.AMOUNT:
                field = self.amount
            case Focus.PURCHASE:
                field = self.purchase
            case Focus.PIN:
                field = self.pin
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def _colour(self) -> None:
        palette = self._look.palette
        wrong = palette.tones[Tone.NO].ink
        self._purchase_message.setPalette(tinted(wrong if self._is_wrong else palette.muted))
        bad = self._entry.mark is Mark.WRONG
        self._entry_message.setPalette(tinted(wrong if bad else palette.text))
        if self._deeds is not None:
            tone = palette.tones[self._deeds.tone]
            self._message.setPalette(tinted(tone.ink))


def _spoken(entry: Entry) -> str:
    """What a screen reader says of it; nothing of a count-down."""
    if entry.selected is not None:
        line = entry.hits[entry.selected]
        return f"{line.name}, {line.facts}"
    if entry.hits:
        count = len(entry.hits)
        return ngettext("{n} voucher found.", "{n} vouchers found.", count).format(n=count)
    match entry.mark:
        case Mark.RIGHT:
            return _("The code is complete.")
        case Mark.WRONG:
            return entry.message
        case Mark.NONE:
            return ""
