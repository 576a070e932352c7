"""The step that makes this computer a till: a code by camera, gun or hand; or practice first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from merchant_app.i18n import _
from merchant_app.settings.options import FirstDay
from merchant_app.ui.encaisser.camera_view import CameraView
from merchant_app.ui.first_day.step_page import StepPage
from merchant_app.ui.flow_grid import FlowGrid, Widths
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, Size
from merchant_app.vouchers.scan import CodeText, Foreign, TokenText, classify, enrolment_of

if TYPE_CHECKING:
    from merchant_app.ui.manual.shelf import Spot

_PICTURE_PX = 300


class EnrolPage(StepPage):
    """This computer is no till yet.

    Signals:
        wanted(str, str): enrol at this address with this code.
        practise(): to the till for practising, which needs no code.
    """

    wanted = Signal(str, str)
    practise = Signal()

    def __init__(
        self,
        look: Look,
        *,
        again: bool = False,
        may_practise: bool = False,
        may_go_back: bool = False,
        has_camera: bool = False,
    ) -> None:
        """
        Args:
            look: of the window.
            again: this computer is a till already, and is to be enrolled anew.
            may_practise: there is a till to practise with.
            may_go_back: there is a step before this one.
            has_camera: the camera's picture is shown beside the fields.
        """
        super().__init__(look, None if again else FirstDay.ENROLMENT)
        self.again = again
        self._may_go_back = again or may_go_back
        self._busy = False
        self._introduce()
        self.address = QLineEdit(self.body.inside)
        self.address.setPlaceholderText("https://")
        self.code = QLineEdit(self.body.inside)
        self.camera = CameraView(look, self.body.inside)
        self.camera.setFixedSize(_PICTURE_PX, self.camera.heightForWidth(_PICTURE_PX))
        self.camera.setVisible(has_camera)
        # Two names of one thing: Enter of this page enrols.
        self.button = self.main
        self.try_first = self._button("plain", _("Practise first"))
        self.try_first.clicked.connect(self.practise)
        self.try_first.setVisible(may_practise)
        halves = FlowGrid(widths=Widths.FIRST, gap_px=6 * STEP, row_gap_px=3 * STEP)
        halves.add_layout(self._form())
        halves.addWidget(self.camera)
        halves.setAlignment(self.camera, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.inside.addLayout(halves)
        shown = [self.button]
        shown += [self.try_first] if may_practise else []
        shown += [self.back_button] if self._may_go_back else []
        self._arrange(*shown)
        self._changed()

    def help_spot(self) -> Spot | None:
        """A till that is enrolled again mostly is one that was blocked."""
        # Only when asked for: nothing of the manual is loaded before the first paint.
        from merchant_app.ui.manual.shelf import Spot

        return Spot("this-till", "blocked") if self.again else None

    def _introduce(self) -> None:
        if self.again:
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
                _(
                    "Show the QR code of your enrolment to the camera, scan it with the gun, or "
                    "type the code you were given."
                ),
            )

    def _form(self) -> QVBoxLayout:
        form = QVBoxLayout()
        form.setSpacing(STEP)
        for name, field in (
            (_("&Address of the service"), self.address),
            (_("Enrolment &code"), self.code),
        ):
            label = plain(name, self.body.inside)
            label.setFont(self._look.font(Size.BODY, bold=True))
            label.setBuddy(field)
            field.setAccessibleName(name.replace("&", ""))
            field.textChanged.connect(self._changed)
            form.addWidget(label)
            form.addWidget(field)
            form.addSpacing(2 * STEP)
        form.addStretch(1)
        return form

    def take_keyboard(self) -> None:
        """What is still missing is typed first."""
        (self.code if self.address.text() else self.address).setFocus()

    @Slot()
    def submit(self) -> None:
        """Enter, or the button."""
        if self.button.isEnabled():
            self.wanted.emit(self.address.text().strip(), self.code.text().strip())

    @Slot()
    def enter_pressed(self) -> None:
        self.submit()

    @Slot()
    def escape_pressed(self) -> None:
        self.go_back()

    def go_back(self) -> None:
        """Esc, or the button."""
        if self._may_go_back and not self._busy:
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
        self._tell(sentence, Tone.NO)

    @property
    def error(self) -> str:
        return self.message

    def take_scan(self, text: str) -> None:
        """A gun or the camera read something: the code, whatever has the focus; the service's
        address too, where the QR code brings it. Nothing is sent before somebody presses Enter."""
        if self._busy:
            return
        seen = classify(text)
        if isinstance(seen, TokenText | CodeText) or seen in _NO_CODES:
            self.show_error(_("That is no enrolment code. It came with the platform’s message."))
            return
        told = enrolment_of(text)
        if told.address:
            self.address.setText(told.address)
        self.code.setText(told.code)
        self.show_error("")
        self.take_keyboard()

    @Slot()
    def _changed(self) -> None:
        filled = bool(self.address.text().strip() and self.code.text().strip())
        self.button.setEnabled(filled and not self._busy)
        for button in (self.back_button, self.try_first):
            button.setEnabled(not self._busy)
        self.button.say(
            _("Enrolling…") if self._busy else _("Enrol this till"),
            "" if self._busy else _("Enter"),
        )


_NO_CODES = frozenset(Foreign) - {Foreign.ENROLMENT, Foreign.MISTYPED_CODE, Foreign.OTHER_TEXT}
"""What a scan may be that was never an enrolment code; a bare one looks like other text."""
