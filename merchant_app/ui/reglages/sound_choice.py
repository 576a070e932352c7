"""Whether and how loud verdicts are heard, and what they sound like: in Réglages, on the first
day."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.check_box import CheckBox
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.controls import Volume, beside
from merchant_app.ui.reglages.states import Chosen
from merchant_app.ui.theme import STEP, Look, Size


class SoundChoice(QWidget):
    """GUI thread.

    Signals:
        on_wanted(bool), volume_wanted(int): as named.
        tried(object): a `Sound` is to be heard.
    """

    on_wanted = Signal(bool)
    volume_wanted = Signal(int)
    tried = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._chosen: Chosen | None = None
        self.on = CheckBox(look, _("A sound for each verdict"), self)
        self.on.clicked.connect(self.on_wanted)
        self.volume = Volume(self)
        self.volume.setAccessibleName(_("Volume"))
        self.volume.valueChanged.connect(self._moved)
        self._percent = plain(parent=self)
        self._percent.setFont(look.font(Size.BODY, figures=True))
        # The widest it can be: the slider must not change its length while it is moved.
        self._percent.setMinimumWidth(
            self._percent.fontMetrics().horizontalAdvance(words.volume(100)) + STEP
        )
        self.tries: list[KeycapButton] = []
        for sound in words.TRIED:
            button = KeycapButton(look, role="plain", parent=self)
            button.say(words.sound(sound), "")
            button.setProperty("sound", sound.value)
            button.clicked.connect(self._try_pressed)
            self.tries.append(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(self.on)
        row = QHBoxLayout()
        row.addWidget(self.volume, 1)
        row.addWidget(self._percent)
        column.addLayout(row)
        column.addLayout(beside(*self.tries))

    def show_chosen(self, chosen: Chosen) -> None:
        """What holds now."""
        self._chosen = chosen
        self.on.setChecked(chosen.sound_on)
        if not self.volume.isSliderDown():
            self.volume.setValue(chosen.volume_percent)
        self._percent.setText(words.volume(self.volume.value()))
        for part in (self.volume, *self.tries):
            part.setEnabled(chosen.sound_on)

    @Slot(int)
    def _moved(self, percent: int) -> None:
        if self._chosen is not None and percent != self._chosen.volume_percent:
            self.volume_wanted.emit(percent)

    @Slot()
    def _try_pressed(self) -> None:
        wanted = self.sender().property("sound")
        for sound in words.TRIED:
            if sound.value == wanted:
                self.tried.emit(sound)
