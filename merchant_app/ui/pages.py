"""Full pages: a Problem in the way, enrolment, and the end after a bug."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.page import Page
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, Size, tinted


class ProblemPage(Page):
    """A Problem before the till could be opened.

    Signals:
        retry(), leave(): the two buttons.
    """

    retry = Signal()
    leave = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, tone=Tone.NO)
        self.again = KeycapButton(look, role="main", parent=self._panel)
        self.again.say(_("Try again"), _("Enter"))
        self.again.clicked.connect(self.retry)
        self._close = KeycapButton(look, role="plain", parent=self._panel)
        self._close.say(_("Close Comptoir"), "")
        self._close.clicked.connect(self.leave)
        _add_row(self.column, (self.again, self._close))


class CrashPage(Page):
    """A promise of our own code was broken. Nothing more is sold in this window.

    Signals:
        leave(): the button.
    """

    leave = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, tone=Tone.NO)
        self.say(
            _("Comptoir stopped, to be safe"),
            _("Comptoir found a fault of its own. Everything recorded is safe in the journal."),
        )
        more = plain(
            _(
                "Hand nothing over that was not shown as debited. Close Comptoir and open it "
                "again: it asks about what was interrupted."
            ),
            self._panel,
            wrap=True,
        )
        self.column.addWidget(more)
        close = KeycapButton(look, role="main", parent=self._panel)
        close.say(_("Close Comptoir"), "")
        close.clicked.connect(self.leave)
        _add_row(self.column, (close,))


class EnrolPage(Page):
    """This computer is no till yet.

    Signals:
        wanted(str, str): enrol at this address with this code.
        back(): leave it as it is; only where there is a till to go back to.
    """

    wanted = Signal(str, str)
    back = Signal()

    def __init__(self, look: Look, *, again: bool = False) -> None:
        """`again`: this computer is a till already, and is to be enrolled anew."""
        super().__init__(look)
        self.again = again
        if again:
            self.say(
                _("Enrol this till again"),
                _(
                    "Ask the platform for a new enrolment code, then type it or scan it with the "
                    "gun. Everything recorded here is kept and sent."
                ),
            )
        else:
            self.say(
                _("This till is not enrolled yet"),
                _("Type, or scan with the gun, the enrolment code you were given."),
            )
        self.address = QLineEdit(self._panel)
        self.address.setPlaceholderText("https://")
        self.code = QLineEdit(self._panel)
        self.code.setEchoMode(QLineEdit.EchoMode.Normal)
        self._message = plain(parent=self._panel, wrap=True)
        form = QGridLayout()
        form.setHorizontalSpacing(4 * STEP)
        form.setVerticalSpacing(3 * STEP)
        for row, (name, field) in enumerate(
            ((_("&Address of the service"), self.address), (_("Enrolment &code"), self.code))
        ):
            label = plain(name, self._panel)
            label.setFont(look.font(Size.BODY, bold=True))
            label.setBuddy(field)
            field.setAccessibleName(name.replace("&", ""))
            field.textChanged.connect(self._changed)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
        self.column.addLayout(form)
        self.column.addWidget(self._message)
        self.button = KeycapButton(look, role="main", parent=self._panel)
        self.button.clicked.connect(self.submit)
        self._back = KeycapButton(look, role="plain", parent=self._panel)
        self._back.say(_("Back"), _("Esc"))
        self._back.clicked.connect(self.go_back)
        self._back.give_up_place_when_hidden()
        self._back.setVisible(again)
        _add_row(self.column, (self.button, self._back))
        self._busy = False
        self._changed()

    def submit(self) -> None:
        """Enter, or the button."""
        if self.button.isEnabled():
            self.wanted.emit(self.address.text().strip(), self.code.text().strip())

    def go_back(self) -> None:
        """Esc, or the button."""
        if self.again and not self._busy:
            self.back.emit()

    def show_busy(self, *, busy: bool) -> None:
        """The service is being asked."""
        self._busy = busy
        for field in (self.address, self.code):
            field.setEnabled(not busy)
        self._changed()
        if busy:
            self.show_error("")

    def show_error(self, sentence: str) -> None:
        """Why it did not work."""
        self._message.setText(sentence)
        self._message.setPalette(tinted(self._look.palette.tones[Tone.NO].ink))

    @property
    def error(self) -> str:
        return self._message.text()

    def take_scan(self, text: str) -> None:
        """A gun read something: the code, whatever has the focus."""
        self.code.setText(text.strip())
        self.code.setFocus()

    def _changed(self) -> None:
        filled = bool(self.address.text().strip() and self.code.text().strip())
        self.button.setEnabled(filled and not self._busy)
        self._back.setEnabled(not self._busy)
        self.button.say(
            _("Enrolling…") if self._busy else _("Enrol this till"),
            "" if self._busy else _("Enter"),
        )


def _add_row(column: QVBoxLayout, buttons: Sequence[QWidget]) -> None:
    row = QHBoxLayout()
    row.setSpacing(3 * STEP)
    for button in buttons:
        row.addWidget(button)
    column.addSpacing(2 * STEP)
    column.addLayout(row)
    column.setAlignment(row, Qt.AlignmentFlag.AlignLeft)
