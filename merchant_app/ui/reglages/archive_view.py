"""The part of Réglages that makes archives, painted from one `Panel` value."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel, plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages import archive_words as words
from merchant_app.ui.reglages.archive_presenter import Panel
from merchant_app.ui.reglages.controls import SystemDialog, beside, titled_label
from merchant_app.ui.reglages.purge_view import PurgeView
from merchant_app.ui.theme import STEP, Look, tinted


class ArchivesView(QWidget):
    """GUI thread.

    Signals:
        folder_chosen(str): an archive is to go there.
        stop(): the one that is being made is not wanted any more.
    """

    folder_chosen = Signal(str)
    stop = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._panel = Panel()
        title = _("Archives")
        self._dialog = SystemDialog(_("Where the archive goes"), self)
        self._dialog.chosen.connect(self.folder_chosen)
        self.last = ElidedLabel(self)
        self.due = plain(parent=self, wrap=True)
        self.told = plain(parent=self, wrap=True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(3 * STEP)
        self.bar.setAccessibleName(title)
        self.make = KeycapButton(look, role="plain", parent=self)
        self.make.say(_("Make an archive…"), "")
        self.make.setAccessibleDescription(_("Where the archive goes"))
        self.make.clicked.connect(self._dialog.open)
        self.stop_button = KeycapButton(look, role="plain", parent=self)
        self.stop_button.say(_("Stop"), "")
        self.stop_button.setAccessibleDescription(title)
        self.stop_button.clicked.connect(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(titled_label(look, title, self))
        for part in (self.last, self.due, self.told, self.bar):
            column.addWidget(part)
        column.addLayout(beside(self.make, self.stop_button))
        look.changed.connect(self._colour)
        self.purging = PurgeView(look, self)
        column.addWidget(self.purging)
        self.show_panel(self._panel, time_zone="UTC")

    def show_panel(self, panel: Panel, *, time_zone: str) -> None:
        """Paint it."""
        self._panel = panel
        self.last.show_text(words.last(panel, time_zone))
        self.due.setText(words.due(panel))
        self.due.setVisible(bool(words.due(panel)))
        said = words.progress(panel) if panel.working else words.told(panel.told)
        self.told.setText(said)
        self.told.setVisible(bool(said))
        self.bar.setValue(words.percent(panel.progress))
        self.bar.setVisible(panel.working)
        # The keyboard stays with the job: Stop takes the place of the button that began it.
        had_keyboard = self.make.hasFocus() or self.stop_button.hasFocus()
        self.make.setVisible(not panel.working)
        self.stop_button.setVisible(panel.working)
        self.stop_button.setEnabled(not panel.stopping)
        self.make.setEnabled(not panel.purging.working)
        if had_keyboard:
            (self.stop_button if panel.working else self.make).setFocus()
        had_keyboard = self.purging.has_keyboard
        self.purging.show_panel(panel)
        if had_keyboard and not self.purging.has_keyboard:
            self.make.setFocus()
        self._colour()

    def close_dialog(self) -> None:
        """No folder is chosen any more, and no archive."""
        self._dialog.close()
        self.purging.close_dialog()

    def _colour(self) -> None:
        tones = self._look.palette.tones
        tone = Tone.CHOICE if self._panel.working else words.tone(self._panel.told)
        self.told.setPalette(tinted(tones[tone].ink))
        self.due.setPalette(tinted(tones[Tone.CHOICE].ink))
