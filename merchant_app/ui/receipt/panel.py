"""The receipt panel, painted from one state: in the place of purchase, card and amount."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.reports.receipts import ticket_of
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.function_keys import PDF_KEY
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.receipt import states as st
from merchant_app.ui.receipt import words
from merchant_app.ui.receipt.paper import CodeView, PaperView
from merchant_app.ui.spoken_roles import announce, speak_as
from merchant_app.ui.theme import STEP, Look, Size, tinted

_COLUMNS = 42


class ReceiptPanel(QWidget):
    """GUI thread.

    Signals:
        print_wanted(), pdf_wanted(), left(): the three buttons; so do Enter, `PDF_KEY`, Esc.
    """

    print_wanted = Signal()
    pdf_wanted = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._state: st.State = st.Closed()
        self.columns = _COLUMNS
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Grouping, _("Receipt"))
        FocusRing(look, self, outside_px=STEP)
        self._title = plain(parent=self, wrap=True)
        self._title.setFont(look.font(Size.TITLE, bold=True))
        self._message = plain(parent=self, wrap=True)
        self._message.setFont(look.font(Size.BODY, bold=True))
        self.paper = PaperView(look)
        self.preview = QScrollArea(self)
        self.preview.setWidgetResizable(True)
        self.preview.setFrameShape(QFrame.Shape.NoFrame)
        self.preview.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        speak_as(self.preview, QAccessible.Role.Document, _("What is printed"))
        FocusRing(look, self.preview)
        self.code = CodeView(self)
        self.code.setAccessibleName(_("A QR code that holds the receipt"))
        self._hint = plain(_("The customer scans this: the receipt is on the phone."), self)
        self._hint.setWordWrap(True)
        self.print_out = KeycapButton(look, role="main", parent=self)
        self.print_out.clicked.connect(self.print_wanted)
        self.pdf = KeycapButton(look, role="plain", parent=self)
        self.pdf.clicked.connect(self.pdf_wanted)
        self.close_button = KeycapButton(look, role="plain", parent=self)
        self.close_button.clicked.connect(self.left)
        self._lay_out()
        look.changed.connect(self._colour)
        self._colour()

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(4 * STEP)
        middle.addWidget(self.preview, 11)
        code = QVBoxLayout()
        code.setSpacing(2 * STEP)
        if self._look.is_large:
            # One below the other, in what scrolls: each as wide as there is room.
            scrolled = QWidget(self.preview)
            code.setContentsMargins(0, 0, 0, 0)
            code.addWidget(self.paper)
            scrolled.setLayout(code)
            self.preview.setWidget(scrolled)
        else:
            self.preview.setWidget(self.paper)
            middle.addLayout(code, 9)
        code.addWidget(self.code)
        code.addWidget(self._hint)
        code.addStretch(1)
        buttons = ButtonRows()
        buttons.setSpacing((2 if self._look.is_large else 3) * STEP)
        buttons.add_all(self.print_out, self.pdf, self.close_button)
        buttons.share(4, 3, 3)
        column = QVBoxLayout(self)
        room = (1 if self._look.is_large else 2) * STEP  # for the ring around the panel
        column.setContentsMargins(room, room, room, room)
        column.setSpacing((2 if self._look.is_large else 4) * STEP)
        column.addWidget(self._title)
        column.addLayout(middle, 1)
        column.addWidget(self._message)
        column.addLayout(buttons)

    def show_state(self, state: st.State) -> None:
        """Paint it; the keyboard comes here when it opens."""
        before, self._state = self._state, state
        self._title.setText(words.title(state))
        shown = isinstance(state, st.Shown)
        self.preview.setVisible(shown)
        if isinstance(state, st.Shown):
            self.paper.show_ticket(
                ticket_of(state.receipt, columns=self.columns), columns=self.columns
            )
        modules = state.read.modules if isinstance(state, st.Shown) else None
        self.code.setVisible(modules is not None)
        self._hint.setVisible(modules is not None)
        self.code.show_modules(modules or ())
        self._say_buttons(state)
        text, _tone = words.message(state)
        if text and text != self._message.text():
            announce(self, text)
        self._message.setText(text)
        self._colour()
        if isinstance(before, st.Closed) and not isinstance(state, st.Closed):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def labels(self) -> tuple[QLabel, ...]:
        """The texts, for whoever measures them."""
        return (self._title, self._message, self._hint)

    def _say_buttons(self, state: st.State) -> None:
        free = isinstance(state, st.Shown) and state.doing is st.Doing.NOTHING
        again = isinstance(state, st.Shown) and bool(state.receipt.copy)
        wanted = _("Print a duplicate") if again else _("Print")
        for button, text, key, can in (
            (self.print_out, wanted, _("Enter"), free),
            (self.pdf, _("PDF"), PDF_KEY, free),
            (self.close_button, _("Close"), _("Esc"), True),
        ):
            button.say(text, key)
            button.setEnabled(can)
            button.setVisible(button is self.close_button or isinstance(state, st.Shown))

    def _colour(self) -> None:
        _text, tone = words.message(self._state)
        self._message.setPalette(tinted(self._look.palette.tones[tone].ink))
