"""The À traiter screen, painted from one `Screen` value: the list at the left, one card to read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.till.matters import Card, Choice
from merchant_app.till.results import Interrupted
from merchant_app.ui.a_traiter import states as st
from merchant_app.ui.a_traiter import words
from merchant_app.ui.a_traiter.presenter import NOTE_MAX
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.encaisser.entry_fields import EntryField
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.function_keys import (
    CALLED_KEY,
    LOSS_KEY,
    NO_KEY,
    PLATFORM_KEY,
    RETRIED_KEY,
    YES_KEY,
)
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.message import Message
from merchant_app.ui.page_stack import PageStack
from merchant_app.ui.palette import Tone
from merchant_app.ui.row_list import RowList
from merchant_app.ui.shapes import ICON_PX, draw_shape
from merchant_app.ui.spoken_roles import announce, speak_as
from merchant_app.ui.theme import STEP, Look, Size, tinted

CHOICE_KEYS = {
    Choice.CUSTOMER_CALLED: CALLED_KEY,
    Choice.RETRIED: RETRIED_KEY,
    Choice.LOSS_ACCEPTED: LOSS_KEY,
    Choice.PLATFORM_ASKED: PLATFORM_KEY,
}
_LIST_SHARE, _LIST_SHARE_LARGE = 0.36, 0.38
_LIST_MIN, _LIST_MAX = 280, 460


class ATraiterView(QWidget):
    """GUI thread.

    Signals:
        chosen(int): the list went to this line.
        deed(object): a `Choice`: its button was pressed.
        answered(bool): the answer to a question: were the goods handed over?
        confirmed(), back(): the two buttons while a deed waits for its Enter.
        note(str): a person changed the note.
    """

    chosen = Signal(int)
    deed = Signal(object)
    answered = Signal(bool)
    confirmed = Signal()
    back = Signal()
    note = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: tuple[words.Row, ...] = ()
        self._tone = Tone.QUIET
        self._was_browsing = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Grouping, _("To settle"))
        FocusRing(look, self)
        self.title = plain(_("To settle"), self)
        self.title.setFont(look.font(Size.TITLE, bold=True))
        self.list = RowList(self)
        self.list.setAccessibleName(_("To settle"))
        self.list.setIconSize(QSize(ICON_PX, ICON_PX))
        self.list.currentRowChanged.connect(self.chosen)
        self.card = CardView(look, self)
        self.field = EntryField(look, "", self)
        self.field.setFont(look.font(Size.BODY))
        self.field.setMaxLength(NOTE_MAX)
        self.field.edited.connect(self.note)
        self._note_name = plain(parent=self)
        self._note_name.setBuddy(self.field)
        self._note_name.setFont(look.font(Size.BODY, bold=True))
        self._message = plain(parent=self, wrap=True)
        self.buttons = {choice: self._button("plain") for choice in CHOICE_KEYS}
        self.buttons[Choice.CUSTOMER_CALLED].clicked.connect(self._call_pressed)
        self.buttons[Choice.RETRIED].clicked.connect(self._retry_pressed)
        self.buttons[Choice.LOSS_ACCEPTED].clicked.connect(self._loss_pressed)
        self.buttons[Choice.PLATFORM_ASKED].clicked.connect(self._platform_pressed)
        self.yes, self.no = self._button("main"), self._button("plain")
        self.yes.clicked.connect(self._yes_pressed)
        self.no.clicked.connect(self._no_pressed)
        self.main, self.other = self._button("main"), self._button("plain")
        self.main.clicked.connect(self.confirmed)
        self.other.clicked.connect(self.back)
        self._lay_out()
        look.changed.connect(self._colour)

    def _button(self, role: str) -> KeycapButton:
        return KeycapButton(self._look, role=role, parent=self)

    def _lay_out(self) -> None:
        deeds = QGridLayout()
        for place, button in enumerate(self.buttons.values()):
            deeds.addWidget(button, place // 2, place % 2)
        question = ButtonRows()
        question.add_all(self.yes, self.no)
        confirming = QGridLayout()
        confirming.addWidget(self._note_name, 0, 0, 1, 2)
        confirming.addWidget(self.field, 1, 0, 1, 2)
        confirming.addWidget(self.main, 2, 0)
        confirming.addWidget(self.other, 2, 1)
        # With large text only as high as what is seen: the card needs the room.
        self._panels = PageStack(self) if self._look.is_large else QStackedWidget(self)
        self._nothing = QWidget(self._panels)
        self._deeds, self._question, self._confirming = (
            self._panel(layout) for layout in (deeds, question, confirming)
        )
        self._panels.addWidget(self._nothing)
        right = QVBoxLayout()
        right.setSpacing((2 if self._look.is_large else 3) * STEP)
        right.addWidget(self.card, 1)
        right.addWidget(self._message)
        right.addWidget(self._panels)
        self._left = QWidget(self)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(3 * STEP)
        left.addWidget(self.title)
        left.addWidget(self.list, 1)
        margin = (4 if self._look.is_large else 6) * STEP
        whole = QHBoxLayout(self)
        whole.setContentsMargins(margin, 5 * STEP, margin, 5 * STEP)
        whole.setSpacing(margin)
        whole.addWidget(self._left)
        whole.addLayout(right, 1)

    def _panel(self, layout: QGridLayout | ButtonRows) -> QWidget:
        panel = QWidget(self._panels)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)  # the last row of buttons keeps its place
        column.addLayout(layout)
        self._panels.addWidget(panel)
        return panel

    def resizeEvent(self, event: QResizeEvent) -> None:
        share = round(self.width() * (_LIST_SHARE_LARGE if self._look.is_large else _LIST_SHARE))
        width = max(_LIST_MIN, min(_LIST_MAX, share))
        if width != self._left.width():
            self._left.setFixedWidth(width)
            blocked, row = self.list.blockSignals(True), self.list.currentRow()
            self._draw_rows()
            self.list.setCurrentRow(row)
            self.list.blockSignals(blocked)
        super().resizeEvent(event)

    def show_screen(self, screen: st.Screen, place: Place) -> None:
        """Paint it."""
        self.title.setText(words.title(screen))
        self._fill(screen, place)
        self._left.setVisible(bool(screen.items))
        if screen.items and self.hasFocus():
            self.take_keyboard()  # the list was not there yet when somebody came
        self.card.show_card(words.card_of(screen, place), None)
        self._show_panel(screen)
        line = words.news(screen.news)
        match screen.mode:
            case st.Confirming(choice) if isinstance(screen.item, Card) and not line.text:
                line = Message(words.asked(choice, screen.item).sentence, Tone.CHOICE)
            case st.Recording(choice):
                line = Message(words.recording(choice), Tone.WAIT)
            case _:
                pass
        if line.text and line.text != self._message.text() and self.isVisible():
            announce(self, line.text)
        self._message.setText(line.text)
        self._message.setVisible(bool(line.text) or not self._look.is_large)
        self._message.setAccessibleName(line.text)
        self._tone = line.tone
        self._colour_message()

    @property
    def message(self) -> str:
        """The sentence beside the deeds."""
        return self._message.text()

    def take_keyboard(self) -> None:
        """Arrow keys go through the list."""
        (self.list if self._left.isVisible() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def labels(self) -> tuple[QLabel, ...]:
        """The texts, for whoever measures them."""
        return (self.title, self._note_name, self._message, *self.card.labels())

    # --- parts -----------------------------------------------------------------------------------

    def _fill(self, screen: st.Screen, place: Place) -> None:
        rows = tuple(words.row_of(item, place) for item in screen.items)
        blocked = self.list.blockSignals(True)
        if rows != self._rows:
            self._rows = rows
            self._draw_rows()
        self.list.setCurrentRow(-1 if screen.chosen is None else screen.chosen)
        self.list.blockSignals(blocked)

    def _draw_rows(self) -> None:
        self.list.clear()
        for row in self._rows:
            item = QListWidgetItem(f"{row.title}\n{row.detail}")
            item.setFont(self._look.font(Size.BODY, figures=True))
            item.setIcon(self._icon(row))
            item.setToolTip(row.detail)
            if row.decided:
                item.setForeground(QColor(self._look.palette.muted))
            self.list.addItem(item)

    def _icon(self, row: words.Row) -> QIcon:
        colours = self._look.palette.tones[row.tone]
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(ICON_PX * ratio), round(ICON_PX * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw_shape(painter, row.shape, QRectF(0, 0, ICON_PX, ICON_PX), colour=QColor(colours.edge))
        painter.end()
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            icon.addPixmap(pixmap, mode)  # without this Qt tints the one of a selected line
        return icon

    def _show_panel(self, screen: st.Screen) -> None:
        item = screen.item
        busy = isinstance(screen.mode, st.Recording)
        self.list.setEnabled(isinstance(screen.mode, st.Browsing))
        if isinstance(screen.mode, st.Confirming) and isinstance(item, Card):
            self._show_confirming(words.asked(screen.mode.choice, item), screen.note_fill)
            self._panels.setCurrentWidget(self._confirming)
        elif isinstance(item, Interrupted):
            self.yes.say(_("Yes, handed over"), YES_KEY)
            self.no.say(_("No, nothing given"), NO_KEY)
            self.yes.setEnabled(not busy)
            self.no.setEnabled(not busy)
            self._panels.setCurrentWidget(self._question)
        elif possible := st.deeds_for(item):
            for choice, button in self.buttons.items():
                button.say(words.deed(choice), CHOICE_KEYS[choice])
                button.setEnabled(choice in possible and not busy)
            self._panels.setCurrentWidget(self._deeds)
        else:
            self._panels.setCurrentWidget(self._nothing)
        seen = self._panels.currentWidget()
        self._panels.setVisible(seen is not self._nothing)
        browsing = isinstance(screen.mode, st.Browsing)
        if browsing and not self._was_browsing and self.isVisible():
            self.take_keyboard()
        self._was_browsing = browsing

    def _show_confirming(self, asked: words.Asked, fill: tuple[int, str]) -> None:
        self.field.obey(fill)
        self.field.setAccessibleName(asked.note_name)
        self._note_name.setText(asked.note_name)
        self._note_name.setVisible(bool(asked.note_name))
        self.field.setVisible(bool(asked.note_name))
        self.main.say(asked.button, _("Enter"))
        self.other.say(_("Back"), _("Esc"))
        if asked.note_name and self._was_browsing:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _colour(self) -> None:
        self._draw_rows()
        self._colour_message()

    def _colour_message(self) -> None:
        self._message.setPalette(tinted(self._look.palette.tones[self._tone].ink))

    # --- buttons: bound methods, because a signal must not be connected to anything else ----------

    def _call_pressed(self) -> None:
        self.deed.emit(Choice.CUSTOMER_CALLED)

    def _retry_pressed(self) -> None:
        self.deed.emit(Choice.RETRIED)

    def _loss_pressed(self) -> None:
        self.deed.emit(Choice.LOSS_ACCEPTED)

    def _platform_pressed(self) -> None:
        self.deed.emit(Choice.PLATFORM_ASKED)

    def _yes_pressed(self) -> None:
        self.answered.emit(True)

    def _no_pressed(self) -> None:
        self.answered.emit(False)
