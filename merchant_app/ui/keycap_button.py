"""A button that shows the key which does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
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
_AROUND, _SPARE = 4 * STEP, 6 * STEP
"""Left and right of text and key: what must be, and what is well to have besides."""
_RIM = 6
"""The button's own edge above and below: two lines of the usual text fit a button of one."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """How text and cap are set; `width` is both together, `cap_width` 0 where there is no key.
    `high`: what the button must be to show it whole."""

    lines: tuple[str, ...]
    font: QFont
    cap_font: QFont
    width: int
    cap_width: int
    high: int
    is_full_size: bool

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        several = len(self.lines) > 1
        return Qt.AlignmentFlag.AlignHCenter if several else Qt.AlignmentFlag.AlignLeft


class KeycapButton(QPushButton):
    """Its text, and its key on a small cap. Clicking does not take the keyboard's focus: after
    that the next Enter would press the button again instead of what it should do.

    Where it is narrow its text goes on in the next line, and the button grows.
    """

    def __init__(self, look: Look, *, role: str, parent: QWidget | None = None) -> None:
        """`role`: "main", "plain" or "quiet"; the style sheet knows them."""
        super().__init__(parent)
        self._look = look
        self._key = ""
        self._shape: Shape | None = None
        self._small = look.font(Size.SMALL)
        self._high = look.touch()
        self._was_laid_out = False
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
        self._grow()
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
        # A layout never gives more height than this: what the last width needed is said here too.
        return QSize(self._width_of((self.text(),)) + _SPARE, self._high)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(self.text().split(" ")), self._look.touch())

    def narrow_width(self) -> int:
        """The least width at which two lines are enough."""
        return self._width_of(_wrapped(self.text(), self.fontMetrics(), lines_max=2))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._setting(width).high

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._was_laid_out = True
        self._grow()
        super().resizeEvent(event)

    def _grow(self) -> None:
        """Not before a layout gave it a width: what it needs at any other would be waited for."""
        if not self._was_laid_out:
            return
        high = self.heightForWidth(self.width())
        if high != self._high:
            self._high = high
            self.updateGeometry()

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
        setting = self._setting(self.width())
        start = (self.width() - setting.width) / 2
        painter.setPen(colour)
        painter.setFont(setting.font)
        text = setting.width - setting.cap_width
        painter.drawText(
            QRectF(start, 0, text + 1, self.height()),
            Qt.AlignmentFlag.AlignVCenter | setting.alignment,
            "\n".join(setting.lines),
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
    def is_whole(self) -> bool:
        """Whether its text and its key are seen, at their full size."""
        setting = self._setting(self.width())
        return setting.is_full_size and setting.high <= self.height()

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return QColor(self._look.palette.muted)
        if self.property("role") == "main":
            return QColor(self._look.palette.on_accent)
        return self.palette().color(QPalette.ColorRole.ButtonText)

    def _setting(self, width: int) -> _Setting:
        """Full size, on as many lines as it takes; smaller only where a word is too wide."""
        for scale in _SCALES:
            font = _scaled(self.font(), scale)
            cap_font = _scaled(self._small, scale)
            metrics, cap = QFontMetrics(font), self._cap_width(cap_font)
            lines = _wrapped(self.text(), metrics, room_px=width - _AROUND - cap)
            wide = max(map(metrics.horizontalAdvance, lines)) + cap
            if wide + _AROUND <= width:
                break
        high = max(self._look.touch(), len(lines) * metrics.height() + _RIM)
        return _Setting(lines, font, cap_font, wide, cap, high, is_full_size=scale == _SCALES[0])

    def _width_of(self, lines: Sequence[str]) -> int:
        text = max(map(self.fontMetrics().horizontalAdvance, lines))
        return text + self._cap_width(self._small) + _AROUND

    def _cap_width(self, font: QFont) -> int:
        if not self._key:
            return 0
        return QFontMetrics(font).horizontalAdvance(self._key) + 3 * STEP + _GAP


def _scaled(font: QFont, scale: float) -> QFont:
    scaled = QFont(font)
    scaled.setPixelSize(max(_LEAST_PX, round(font.pixelSize() * scale)))
    return scaled


def _wrapped(
    text: str, metrics: QFontMetrics, *, room_px: int = 0, lines_max: int = 0
) -> tuple[str, ...]:
    """Broken at spaces into as few lines as there is room for, each about as long as the others;
    given `lines_max`, into no more than these, whatever room that takes."""
    words = text.split(" ")
    if not lines_max and metrics.horizontalAdvance(text) <= room_px:
        return (text,)
    spans = {
        (first, last): metrics.horizontalAdvance(" ".join(words[first:last]))
        for first, last in combinations(range(len(words) + 1), 2)
    }
    if not lines_max:
        lines_max = len(_filled(spans, len(words), room_px))
    for room in sorted(spans.values()):  # the narrowest that needs no further line
        breaks = _filled(spans, len(words), room)
        widest = max(spans[span] for span in breaks)
        if len(breaks) <= lines_max and widest <= room:
            return tuple(" ".join(words[first:last]) for first, last in breaks)
    return tuple(words)


def _filled(spans: dict[tuple[int, int], int], count: int, room_px: int) -> list[tuple[int, int]]:
    """Each line takes all the words it has room for, and one at least."""
    lines: list[tuple[int, int]] = []
    first = 0
    while first < count:
        last = first + 1
        while last < count and spans[first, last + 1] <= room_px:
            last += 1
        lines.append((first, last))
        first = last
    return lines
