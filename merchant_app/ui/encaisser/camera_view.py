"""The live picture with its codes outlined; in words why, when there is no picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.scanning.camera import (
    Asleep,
    Busy,
    CameraStatus,
    Ended,
    Lost,
    Missing,
    Running,
    Starting,
    Stopped,
    Unreadable,
    problem_of,
)
from merchant_app.ui import words
from merchant_app.ui.encaisser import camera_words
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.theme import RADIUS, STEP, Look, Size, tinted

if TYPE_CHECKING:
    from merchant_app.scanning.confirmation import InView
    from merchant_app.scanning.frames import Frame
    from merchant_app.scanning.quality import Advice

# On the live picture, whatever it shows: white with a dark rim is seen on everything.
_OUTLINE = QColor("#FFFFFF")
_OUTLINE_SURE = QColor("#2FD6A3")
_RIM = QColor(0, 0, 0, 170)
_WORDS = "#F2F0EB"
_NIGHT = QColor("#17191B")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the vouchers in view?

    Attributes:
        numbers: by the texts of their codes, which are secrets.
        by_key: typing the number chooses; otherwise it would end up in an amount.
    """

    numbers: Mapping[str, int] = field(repr=False)
    by_key: bool


_NO_CHOICE = Choice({}, by_key=False)


class CameraView(QWidget):
    """16:9. GUI thread.

    Signals:
        again(): the button under the words: look again, or play again.
        picked(int): the outline of the voucher with this number was clicked.
    """

    again = Signal()
    picked = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._image: QImage | None = None
        self._frame: Frame | None = None
        self._codes: tuple[InView, ...] = ()
        self._choice = _NO_CHOICE
        self._advice: Advice | None = None
        self._mirrored = False
        self._least_px = self._most_px = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._word = plain(parent=self, wrap=True)
        self._word.setFont(look.font(Size.BODY, bold=True))
        self._sentence = plain(parent=self, wrap=True)
        self._sentence.setFont(look.font(Size.SMALL))
        self._button = KeycapButton(look, role="plain", parent=self)
        self._button.clicked.connect(self.again)
        for label in (self._word, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * STEP, 2 * STEP, 4 * STEP, 2 * STEP)
        column.setSpacing(2 * STEP)
        column.addStretch()
        column.addWidget(self._word)
        column.addWidget(self._sentence)
        self._button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()
        look.changed.connect(self._colour)
        self._colour()
        self.show_status(Starting())

    def give_way(self, *, least_px: int, most_px: int) -> None:
        """The picture is as high as there is room for, within these; its words are seen whole."""
        self._least_px, self._most_px = least_px, most_px
        self._limit()

    def _limit(self) -> None:
        if self._least_px:
            self.setMaximumHeight(max(self._most_px, self._words_px()))
            self.updateGeometry()

    def _words_px(self) -> int:
        layout = self.layout()
        return layout.minimumHeightForWidth(self.width()) if layout and self.told else 0

    def sizeHint(self) -> QSize:
        return QSize(336, self.minimumSizeHint().height() if self._least_px else 189)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, max(self._least_px, self._words_px()))

    def hasHeightForWidth(self) -> bool:
        return not self._least_px

    def heightForWidth(self, width: int) -> int:
        return round(width * 9 / 16)

    @property
    def told(self) -> str:
        """The words in place of the picture; empty while there is one."""
        return "" if self._word.isHidden() else f"{self._word.text()}. {self._sentence.text()}"

    @property
    def is_crowded(self) -> bool:
        """Two vouchers are in view, and it asks which."""
        return bool(self._choice.numbers)

    @property
    def asks(self) -> str:
        """The words of that question."""
        return _asked(self._choice) if self.is_crowded else ""

    @property
    def advised(self) -> str:
        """The words on the picture; empty while it can be read."""
        return "" if self._advice is None else camera_words.advice(self._advice)

    def show_advice(self, advice: Advice | None) -> None:
        """Say on the picture what would help to read it; None: nothing has to be said."""
        self._advice = advice
        if not self.told:
            self.setAccessibleDescription(self.advised or _("Live picture"))
        self.update()

    @property
    def is_mirrored(self) -> bool:
        """Whether the picture is shown as in a mirror."""
        return self._mirrored

    def mirror(self, *, mirrored: bool) -> None:
        """Show the picture as a mirror would, for whoever moves a voucher in front of herself; the
        outlines follow, reading is not concerned."""
        self._mirrored = mirrored
        self.update()

    def show_picture(
        self, frame: Frame, in_view: tuple[InView, ...], *, choice: Choice | None = None
    ) -> None:
        """Paint this frame; `choice`: two vouchers at once."""
        height, width = frame.image.shape[:2]
        # No copy: the image looks at the frame's own memory, which is kept alive beside it.
        self._frame = frame
        self._image = QImage(
            frame.image.data, width, height, frame.image.strides[0], QImage.Format.Format_BGR888
        )
        self._codes, self._choice = in_view, choice or _NO_CHOICE
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._image is None or event.button() != Qt.MouseButton.LeftButton:
            return
        box = _fitted(QRectF(self.rect()), self._image.width(), self._image.height())
        for code in self._codes:
            number = self._choice.numbers.get(code.text)
            around = _placed(code, box, self._image.width(), mirrored=self._mirrored)
            if number is not None and around.boundingRect().contains(event.position()):
                self.picked.emit(number)
                return

    def show_status(self, status: CameraStatus) -> None:
        """Say what the camera is doing when there is no picture."""
        if not isinstance(status, Running):
            self._image = self._frame = None
            self._codes, self._choice = (), _NO_CHOICE
        self._tell(*_told(status))

    def show_problem(self, kind: ProblemKind) -> None:
        """Say what else is in the way of scanning with the camera."""
        told = words.problem(kind)
        self._tell(told.word, told.sentence, "")

    def _tell(self, word: str, sentence: str, button: str) -> None:
        self._word.setText(word)
        self._sentence.setText(sentence)
        self._button.say(button, "")
        self._word.setVisible(bool(word))
        self._sentence.setVisible(bool(sentence))
        self._button.setVisible(bool(button))
        self._limit()
        self.setAccessibleName(_("Camera"))
        self.setAccessibleDescription(f"{word}. {sentence}" if word else _("Live picture"))
        self.update()

    def show_absent(self) -> None:
        """This till works without a camera."""
        self.show_status(Stopped())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.palette.window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_NIGHT)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        if self._image is not None:
            self._paint_picture(painter, self._image)
        painter.end()

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        box = _fitted(QRectF(self.rect()), image.width(), image.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.save()
        if self._mirrored:
            painter.translate(2 * box.center().x(), 0)
            painter.scale(-1, 1)
        painter.drawImage(box, image)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for code in self._codes:
            if code.missed_frames:
                continue
            corners = _placed(code, box, image.width(), mirrored=self._mirrored)
            sure = _OUTLINE_SURE if code.confirmed and not self.is_crowded else _OUTLINE
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((_RIM, 6.0), (sure, 3.0)):
                pen = QPen(colour, width)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolygon(corners)
            number = self._choice.numbers.get(code.text)
            if number is not None:
                self._paint_number(painter, number, corners.boundingRect().center())
        if self.is_crowded:
            self._paint_band(painter, box, self.asks)
        elif self._advice is not None:
            self._paint_band(painter, box, camera_words.advice(self._advice))

    def _paint_number(self, painter: QPainter, number: int, centre: QPointF) -> None:
        painter.setFont(self._look.font(Size.FIGURE, bold=True, figures=True))
        radius = self._look.pixels(Size.FIGURE) * 0.75
        painter.setPen(QPen(QColor(_OUTLINE), 3))
        painter.setBrush(_NIGHT)
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(QColor(_WORDS))
        around = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, str(number))

    def _paint_band(self, painter: QPainter, box: QRectF, text: str) -> None:
        """Words at the foot of the picture, on as many lines as they need."""
        painter.setFont(self._look.font(Size.BODY, bold=True))
        room = box.adjusted(2 * STEP, 2 * STEP, -2 * STEP, -2 * STEP)
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        flags = centred | Qt.TextFlag.TextWordWrap
        band = QRectF(box)
        band.setTop(painter.boundingRect(room, flags, text).top() - 2 * STEP)
        painter.fillRect(band, QColor(0, 0, 0, 200))
        painter.setPen(QColor(_WORDS))
        painter.drawText(room, flags, text)

    def _colour(self) -> None:
        for label in (self._word, self._sentence):
            label.setPalette(tinted(_WORDS))
        self.update()


def _placed(code: InView, box: QRectF, image_width: int, *, mirrored: bool) -> QPolygonF:
    """The outline of a code, on the widget."""
    scale = box.width() / image_width
    return QPolygonF(
        [
            QPointF(box.x() + (image_width - x if mirrored else x) * scale, box.y() + y * scale)
            for x, y in code.corners
        ]
    )


def _asked(choice: Choice) -> str:
    if len(choice.numbers) > 2:
        if choice.by_key:
            return _("Several vouchers: type the number of one, or click it.")
        return _("Several vouchers: click one, or show only one.")
    if choice.by_key:
        return _("Two vouchers: type 1 or 2, or click one.")
    return _("Two vouchers: click one, or show only one.")


def _fitted(box: QRectF, width: int, height: int) -> QRectF:
    """The largest rectangle of these proportions in the middle of the box."""
    scale = min(box.width() / width, box.height() / height)
    size = (width * scale, height * scale)
    return QRectF(box.center().x() - size[0] / 2, box.center().y() - size[1] / 2, size[0], size[1])


def _told(status: CameraStatus) -> tuple[str, str, str]:
    match status:
        case Starting():
            return _("The camera is starting…"), "", ""
        case Running():
            return "", "", ""
        case Missing() | Busy() | Lost() | Unreadable():
            kind = problem_of(status)
            assert kind is not None
            told = words.problem(kind)
            button = "" if isinstance(status, Unreadable) else _("Look again")
            return told.word, told.sentence, button
        case Ended():
            return _("The video is over"), "", _("Play again")
        case Asleep():
            return _("The camera is asleep"), _("Press any key to wake it."), ""
        case Stopped():
            return _("Without camera"), _("Use the scanner gun, or type the code."), ""
        case _:
            assert_never(status)
