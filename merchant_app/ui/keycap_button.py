"""A button that shows the key which does the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from merchant_app.ui.theme import STEP, Look, Size

_GAP = 3 * STEP


class KeycapButton(QPushButton):
    """Its text, and its key on a small cap. Clicking does not take the keyboard's focus: after
    that the next Enter would press the button again instead of what it should do."""

    def __init__(self, look: Look, *, role: str, parent: QWidget | None = None) -> None:
        """`role`: "main", "plain" or "quiet"; the style sheet knows them."""
        super().__init__(parent)
        self._look = look
        self._key = ""
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
        return QSize(self._text_width() // 2 + 8 * STEP, self._look.touch())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        colour = self._ink()
        cap = self._cap_width() if self._cap_fits() else 0
        font = self._fitting_font()
        text = QFontMetrics(font).horizontalAdvance(self.text())
        start = (self.width() - text - cap) / 2
        painter.setPen(colour)
        painter.setFont(font)
        painter.drawText(
            QRectF(start, 0, text + 1, self.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.text(),
        )
        if cap:
            self._paint_cap(painter, colour, start + text + _GAP)
        painter.end()

    def _paint_cap(self, painter: QPainter, colour: QColor, left: float) -> None:
        height = self._look.pixels(Size.SMALL) + 2 * STEP
        box = QRectF(left, (self.height() - height) / 2, self._cap_width() - _GAP, height)
        faint = QColor(colour)
        faint.setAlphaF(0.55)
        painter.setPen(faint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), STEP, STEP)
        painter.setPen(colour)
        painter.setFont(self._small)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return QColor(self._look.palette.muted)
        if self.property("role") == "main":
            return QColor(self._look.palette.on_accent)
        return self.palette().color(QPalette.ColorRole.ButtonText)

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

    def _cap_fits(self) -> bool:
        return self._text_width() + self._cap_width() + 4 * STEP <= self.width()
