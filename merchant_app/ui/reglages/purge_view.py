"""The part of the archives that erases what they have, painted from the same `Panel` value."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.reglages import purge_words as words
from merchant_app.ui.reglages.archive_presenter import Panel
from merchant_app.ui.reglages.controls import SystemDialog, beside
from merchant_app.ui.theme import STEP, Look, tinted


class PurgeView(QWidget):
    """GUI thread. Not seen while there is nothing to erase and nothing to say of it.

    Signals:
        archive_chosen(str): this file has what goes.
        meant(): it is to go.
        not_meant(): it is to stay.
    """

    archive_chosen = Signal(str)
    meant = Signal()
    not_meant = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._panel = Panel()
        self._dialog = SystemDialog(words.archive_wanted(self._panel), self, files="*.zip")
        self._dialog.chosen.connect(self.archive_chosen)
        self.said = plain(parent=self, wrap=True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(3 * STEP)
        self.bar.setRange(0, 0)  # nobody can say how far it is
        self.bar.setAccessibleName(_("Archives"))
        self.bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the keyboard stays with the job
        FocusRing(look, self.bar, outside_px=STEP)
        self._offer, self._question = QWidget(self), QWidget(self)
        self.erase = self._button(_("Erase them…"), self._offer)
        self.erase.clicked.connect(self._dialog.open)
        self.keep = self._button(_("Keep everything"), self._question)
        self.keep.clicked.connect(self.not_meant)
        self.sure = self._button(_("Erase for good"), self._question)
        self.sure.clicked.connect(self.meant)
        for rows, buttons in (
            (self._offer, (self.erase,)),
            (self._question, (self.keep, self.sure)),
        ):
            row = beside(*buttons)
            row.setContentsMargins(0, 0, 0, 0)
            rows.setLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * STEP, 0, 0)
        column.setSpacing(STEP)
        for part in (self.said, self.bar, self._offer, self._question):
            column.addWidget(part)
        look.changed.connect(self._colour)
        self.show_panel(self._panel)

    def _button(self, text: str, parent: QWidget) -> KeycapButton:
        button = KeycapButton(self._look, role="plain", parent=parent)
        button.say(text, "")
        button.setAccessibleDescription(_("Archives"))
        return button

    def show_panel(self, panel: Panel) -> None:
        """Paint it."""
        self._panel = panel
        purging = panel.purging
        text = words.said(panel)
        self._dialog.rename(words.archive_wanted(panel))
        self.said.setText(text)
        self.bar.setVisible(purging.working)
        had_keyboard = self.has_keyboard
        asks = purging.archive is not None and not purging.working
        self._question.setVisible(asks)
        self._offer.setVisible(purging.offer is not None and not asks and not purging.working)
        # An archive that is being made will be the last one: it can be chosen then.
        self.erase.setEnabled(not panel.working)
        self.setVisible(bool(text))
        self._colour()
        if asks and not self.sure.hasFocus():
            self.keep.setFocus()  # Enter alone erases nothing
        elif had_keyboard and purging.working:
            self.bar.setFocus()
        elif had_keyboard and purging.offer is not None:
            self.erase.setFocus()

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is somewhere in here."""
        return any(one.hasFocus() for one in (self.erase, self.keep, self.sure, self.bar))

    def close_dialog(self) -> None:
        """No archive is chosen any more."""
        self._dialog.close()

    @Slot()
    def _colour(self) -> None:
        tones = self._look.palette.tones
        tone = words.tone(self._panel.purging)
        self.said.setPalette(tinted(tones[tone].ink))
