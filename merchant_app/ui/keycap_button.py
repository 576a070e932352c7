"""A button that shows the key which does the same."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.shapes import ICON_PX, draw_shape
from merchant_app.ui.theme import STEP, Look, Size

_GAP = 3 * STEP
_SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.45)
_LEAST_PX = 12
"""Twice as large a text still has its keys: about half of that is the usual size."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """How text and cap are set; `width` is both together, `cap_width` 0 where there is none."""

    text: str
    font: QFont
    cap_font: QFont
    width: int
    cap_width: int

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        two = "\n" in self.text
        return Qt.AlignmentFlag.AlignHCenter if two else Qt.AlignmentFlag.AlignLeft


class KeycapButton(QPushButton):
    """Its text, and its key on a small cap. Clicking does not take the keyboard's focus: after
    that the next Enter would press the button again instead of what it should do."""

    def __init__(self, look: Look, *, role: str, parent: QWidget | None = None) -> None:
        """`role`: "main", "plain" or "quiet"; the style sheet knows them."""
        super().__init__(parent)
        self._look = look
        self._key = ""
        self._shape: Shape | None = None
        self._small = look.font(Size.SMALL)
        self.setProperty("role", role)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # A button that has nothing to do now is not shown, and keeps its place: nothing jumps.
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)

    def say(self, text: str, key: str) -> None:
        """Change text and key; cheap when both are as before."""
        if text == self.text() and key == self._key:
            return
        self._key = key
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(key)
        self.updateGeometry()
        self.update()

    def say_shape(self, shape: Shape, name: str) -> None:
        """A shape in place of words, in a button of its own width; `name` is heard."""
        self._shape = shape
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def give_up_place_when_hidden(self) -> None:
        """For a column that is short of room."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(False)
        self.setSizePolicy(policy)

    @property
    def key(self) -> str:
        return self._key

    def sizeHint(self) -> QSize:
        return QSize(self._text_width() + self._cap_width() + 10 * STEP, self._look.touch())

    def minimumSizeHint(self) -> QSize:
        # Less than the text: it is painted smaller, never cut, in a window too narrow for it.
        return QSize(self._text_width() * 2 // 5 + 8 * STEP, self._look.touch())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        if self.hasFocus() and self.property("role") == "main":
            # Its rim is nearly as dark as itself: a second one inside is seen by everybody.
            painter.setPen(QPen(QColor(self._look.palette.on_accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(5, 5, -5, -5), STEP, STEP)
        colour = self._ink()
        if self._shape is not None:
            side = min(ICON_PX, self.height(), self.width())
            box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            draw_shape(painter, self._shape, box, colour=colour)
            painter.end()
            return
        setting = self._setting()
        start = (self.width() - setting.width) / 2
        painter.setPen(colour)
        painter.setFont(setting.font)
        text = setting.width - setting.cap_width
        painter.drawText(
            QRectF(start, 0, text + 1, self.height()),
            Qt.AlignmentFlag.AlignVCenter | setting.alignment,
            setting.text,
        )
        if setting.cap_width:
            self._paint_cap(painter, colour, start + text + _GAP, setting)
        painter.end()

    def _paint_cap(self, painter: QPainter, colour: QColor, left: float, setting: _Setting) -> None:
        height = setting.cap_font.pixelSize() + 2 * STEP
        box = QRectF(left, (self.height() - height) / 2, setting.cap_width - _GAP, height)
        faint = QColor(colour)
        faint.setAlphaF(0.55)
        painter.setPen(faint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), STEP, STEP)
        painter.setPen(colour)
        painter.setFont(setting.cap_font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    @property
    def shows_key(self) -> bool:
        """Whether there is room for the cap."""
        return bool(self._setting().cap_width) or not self._key

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return QColor(self._look.palette.muted)
        if self.property("role") == "main":
            return QColor(self._look.palette.on_accent)
        return self.palette().color(QPalette.ColorRole.ButtonText)

    def _setting(self) -> _Setting:
        """The largest type in which text and cap fit, on one line or on two; the text alone, as
        small as it must be, where even the smallest is too wide."""
        for scale in _SCALES:
            font = _scaled(self.font(), scale)
            cap_font = _scaled(self._small, scale)
            cap = QFontMetrics(cap_font).horizontalAdvance(self._key) + 3 * STEP + _GAP
            cap = cap if self._key else 0
            for text in (self.text(), _in_two(self.text())):
                lines = text.split("\n")
                metrics = QFontMetrics(font)
                width = max(map(metrics.horizontalAdvance, lines)) + cap
                high = len(lines) > 1 and len(lines) * metrics.height() > self.height()
                if width + 4 * STEP <= self.width() and not high:
                    return _Setting(text, font, cap_font, width, cap)
        font = self._fitting_font()
        width = QFontMetrics(font).horizontalAdvance(self.text())
        return _Setting(self.text(), font, self._small, width, 0)

    def _fitting_font(self) -> QFont:
        font = QFont(self.font())
        room = self.width() - 4 * STEP
        if self._text_width() > room:
            font.setPixelSize(max(11, int(font.pixelSize() * room / self._text_width())))
        return font

    def _text_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text())

    def _cap_width(self) -> int:
        if not self._key:
            return 0
        return QFontMetrics(self._small).horizontalAdvance(self._key) + 3 * STEP + _GAP


def _scaled(font: QFont, scale: float) -> QFont:
    scaled = QFont(font)
    scaled.setPixelSize(max(_LEAST_PX, round(font.pixelSize() * scale)))
    return scaled


def _in_two(text: str) -> str:
    """Broken at the space nearest to the middle, if there is one."""
    spaces = [place for place, character in enumerate(text) if character == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"
