"""The panel of files, painted from one state: in the place of purchase, card and amount."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.encaisser.entry_fields import EntryField
from merchant_app.ui.files import states as st
from merchant_app.ui.files import words
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.row_list import RowList
from merchant_app.ui.spoken_roles import announce, speak_as
from merchant_app.ui.theme import STEP, Look, Size

_BAR_HEIGHT = 2 * STEP
_PASSWORD_MAX = 127
"""ISO 32000-2, 7.6.4.3.3: no PDF's password is longer."""


class _Bar(QWidget):
    """How far it is. The words beside it say the same."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._done = 0.0
        self.setFixedHeight(_BAR_HEIGHT)
        look.changed.connect(self.update)

    def show_done(self, done: float) -> None:
        """From 0 to 1."""
        self._done = done
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = _BAR_HEIGHT / 2
        for share, colour in (
            (1.0, self._look.palette.line),
            (self._done, self._look.palette.accent),
        ):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(
                QRectF(0, 0, self.width() * share, self.height()), radius, radius
            )
        painter.end()


class FilePanel(QWidget):
    """GUI thread.

    Signals:
        entered(): the main button, or a double click in the list; Enter does the same.
        left(): the other button; Esc does the same.
    """

    entered = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._state: st.State = st.Idle()
        self._spoken = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Grouping, _("File"))
        FocusRing(look, self, outside_px=STEP)
        self.card = CardView(look, self)
        self._progress = plain(parent=self)
        self._bar = _Bar(look, self)
        self._name = plain(_("&Password of the file"), self)
        self._name.setFont(look.font(Size.BODY, bold=True))
        self.password = EntryField(look, _("Password of the file"), self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaxLength(_PASSWORD_MAX)
        self.password.edited.connect(self._password_edited)
        self._name.setBuddy(self.password)
        self.list = RowList(self)
        self.list.setAccessibleName(_("Vouchers in the file"))
        self.list.itemDoubleClicked.connect(self.entered)
        self.main = KeycapButton(look, role="main", parent=self)
        self.main.clicked.connect(self.entered)
        self.other = KeycapButton(look, role="plain", parent=self)
        self.other.clicked.connect(self.left)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing((2 if self._look.is_large else 4) * STEP)
        column.addWidget(self.card, 2)
        column.addWidget(self._progress)
        column.addWidget(self._bar)
        column.addWidget(self._name)
        column.addWidget(self.password)
        column.addWidget(self.list, 3)
        buttons = ButtonRows()
        buttons.setSpacing(3 * STEP)
        buttons.add_all(self.main, self.other)
        buttons.share(3, 2)
        column.addLayout(buttons)

    def show_state(self, state: st.State) -> None:
        """Paint it; the keyboard goes where it is needed, when the state is another one."""
        before, self._state = self._state, state
        card = words.card_of(state)
        self.card.show_card(card, None)
        self._progress.setText(words.progress_text(state))
        self._progress.setVisible(isinstance(state, st.Reading))
        self._bar.setVisible(isinstance(state, st.Reading))
        self._bar.show_done(_done(state))
        asks = isinstance(state, st.AskingPassword)
        self._name.setVisible(asks)
        self.password.setVisible(asks)
        self.list.setVisible(isinstance(state, st.Choosing))
        if state == before:
            return
        self.password.clear()  # nothing of it stays, whatever comes next
        if isinstance(state, st.Choosing):
            self._fill(state)
        self._say_buttons()
        self._announce(card.spoken)
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """To what the state asks for."""
        match self._state:
            case st.Idle():
                return
            case st.AskingPassword():
                wanted: QWidget = self.password
            case st.Choosing():
                wanted = self.list
            case st.Reading() | st.Told():
                wanted = self
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def labels(self) -> tuple[QLabel, ...]:
        """The texts, for whoever measures them."""
        return (self._progress, self._name, *self.card.labels())

    def _fill(self, state: st.Choosing) -> None:
        self.list.clear()
        for offer in state.offers:
            row = words.row_of(offer)
            item = QListWidgetItem(f"{row.title}\n{row.detail}" if row.detail else row.title)
            item.setFont(self._look.font(Size.BODY, figures=True))
            item.setToolTip(row.detail)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _say_buttons(self) -> None:
        enter, escape = "", _("Cancel")
        match self._state:
            case st.AskingPassword():
                enter = _("Open the file")
            case st.Choosing():
                enter = _("Look this voucher up")
            case st.Told():
                enter, escape = _("Next voucher"), ""
            case st.Idle() | st.Reading():
                pass
        for button, text, key in (
            (self.main, enter, _("Enter")),
            (self.other, escape, _("Esc")),
        ):
            button.say(text, key)
            button.setVisible(bool(text))
        self._password_edited(self.password.text())

    def _password_edited(self, text: str) -> None:
        self.main.setEnabled(not isinstance(self._state, st.AskingPassword) or bool(text))

    def _announce(self, spoken: str) -> None:
        if spoken != self._spoken and not isinstance(self._state, st.Idle):
            announce(self.card, spoken)
        self._spoken = spoken


def _done(state: st.State) -> float:
    if not isinstance(state, st.Reading) or state.progress is None:
        return 0.0
    return (state.progress.page - 1) / state.progress.pages
