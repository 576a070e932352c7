"""Full pages: a Problem in the way, and the end after a bug."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.page import Page
from merchant_app.ui.palette import Tone
from merchant_app.ui.spoken_roles import announce, speak_as
from merchant_app.ui.theme import STEP, Look


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

    def showEvent(self, event: QShowEvent) -> None:
        """Enter tries again as it is; whoever hears the screen is told where that is."""
        super().showEvent(event)
        announce(self, self.told)
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)


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
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Grouping)
        FocusRing(look, self)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard is at the page: an Enter that was meant for the till closes nothing."""
        super().showEvent(event)
        announce(self, self.told)
        self.setFocus(Qt.FocusReason.OtherFocusReason)


def _add_row(column: QVBoxLayout, buttons: Sequence[QWidget]) -> None:
    row = QHBoxLayout()
    row.setSpacing(3 * STEP)
    for button in buttons:
        row.addWidget(button)
    column.addSpacing(2 * STEP)
    column.addLayout(row)
    column.setAlignment(row, Qt.AlignmentFlag.AlignLeft)
