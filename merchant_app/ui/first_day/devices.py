"""The steps of the first day that try a device: camera, sounds, printer. What is chosen there is
what Réglages chooses, by the same hands."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from merchant_app.i18n import _
from merchant_app.settings.options import FirstDay
from merchant_app.ui.check_box import CheckBox
from merchant_app.ui.encaisser.camera_view import CameraView
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.first_day.step_page import StepPage
from merchant_app.ui.flow_grid import FlowGrid, Widths
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.camera_list import CameraList
from merchant_app.ui.reglages.printer_choice import PrinterChoice
from merchant_app.ui.reglages.sound_choice import SoundChoice
from merchant_app.ui.reglages.states import Note, Screen
from merchant_app.ui.theme import STEP, Look

_PICTURE_PX = 400


class CameraPage(StepPage):
    """The live picture, and which camera it is of. Whatever is read is tried, not sold."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, FirstDay.CAMERA)
        self.camera = CameraView(look, self.body.inside)
        self.camera.setFixedSize(_PICTURE_PX, self.camera.heightForWidth(_PICTURE_PX))
        self.cameras = CameraList(self.body.inside)
        self.mirrored = CheckBox(look, _("Show the picture as in a mirror"), self.body.inside)
        beside = QVBoxLayout()
        beside.setSpacing(2 * STEP)
        beside.addWidget(self.cameras)
        beside.addWidget(self.mirrored)
        beside.addStretch(1)
        halves = FlowGrid(widths=Widths.LAST, gap_px=6 * STEP, row_gap_px=3 * STEP)
        halves.addWidget(self.camera)
        halves.setAlignment(self.camera, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        halves.add_layout(beside)
        self.inside.addLayout(halves)
        self._arrange(self.main, self.pass_button, self.back_button)
        self._say_what_to_do(has_camera=True)

    def show_screen(self, screen: Screen) -> None:
        """Paint it."""
        self.cameras.show_screen(screen)
        self.mirrored.setVisible(bool(screen.cameras))
        self.mirrored.setChecked(screen.chosen.mirrored)
        self.camera.mirror(mirrored=screen.chosen.mirrored)
        self._say_what_to_do(has_camera=bool(screen.cameras))
        if screen.note is Note.CODE_READ:
            self._tell(words.note(screen.note), Tone.YES)
        else:
            self._tell("")

    def gun_read(self) -> None:
        """A scanner gun typed something: that works, too."""
        self._tell(_("The scanner gun works."), Tone.YES)

    def _say_what_to_do(self, *, has_camera: bool) -> None:
        if has_camera:
            sentence = _("Hold any QR code in front of it. A scanner gun can be tried here, too.")
        else:
            sentence = _("You can do without: a scanner gun or the typed code will do.")
        self.say(_("The camera"), sentence)


class SoundsPage(StepPage):
    """What verdicts sound like.

    Signals:
        heard(object): a `Sound` is to be played.
    """

    heard = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, FirstDay.SOUNDS)
        self.say(_("Did you hear it?"), _("Two rising notes: a voucher was debited."))
        self.sounds = SoundChoice(look, self.body.inside)
        self.inside.addWidget(self.sounds)
        self.main.say(_("Yes, I heard it"), _("Enter"))
        self.not_heard = self._button("plain", _("No, play it again"))
        self.not_heard.clicked.connect(self._play_again)
        self._arrange(self.main, self.not_heard, self.pass_button, self.back_button)

    def show_screen(self, screen: Screen) -> None:
        """Paint it."""
        self.sounds.show_chosen(screen.chosen)
        self.not_heard.setEnabled(screen.chosen.sound_on)

    def take_keyboard(self) -> None:
        """It is played for whoever comes here."""
        super().take_keyboard()
        self._tell("")
        self.heard.emit(Sound.YES)

    @Slot()
    def _play_again(self) -> None:
        self._tell(
            _(
                "Turn up this computer’s own volume, or plug in a loudspeaker. Without sound "
                "nothing is lost: the word and the shape say the same."
            )
        )
        self.heard.emit(Sound.YES)


class PrinterPage(StepPage):
    """What receipts are printed on, if on anything."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, FirstDay.PRINTER)
        self.say(
            _("A printer for receipts?"),
            _("Only for customers who ask for one; “None” is fine."),
        )
        self.printer = PrinterChoice(look, self.body.inside)
        self.inside.addWidget(self.printer)
        self._arrange(self.main, self.pass_button, self.back_button)

    def show_screen(self, screen: Screen) -> None:
        """Paint it."""
        self.printer.show_chosen(screen.chosen.printer)
