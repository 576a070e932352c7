"""The status pill in the top bar: shape, words and colour of the line. Pressing it asks now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from merchant_app.ui.palette import Tone
from merchant_app.ui.status_words import Pill
from merchant_app.ui.theme import STEP, TOUCH, Look, Size

_DOT = 10


class StatusPill(QAbstractButton):
    """GUI thread."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pill = Pill("", "", Tone.WAIT, filled=False)
        self.setFont(look.font(Size.SMALL, figures=True))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_pill(self, pill: Pill) -> None:
        """Say this; nothing happens when it says so already."""
        if pill == self._pill:
            return
        self._pill = pill
        self.setAccessibleName(pill.text)
        self.setAccessibleDescription(pill.why)
        self.setToolTip(pill.why)
        self.updateGeometry()
        self.update()

    @property
    def pill(self) -> Pill:
        """What it says now."""
        return self._pill

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._pill.text)
        return QSize(width + _DOT + 8 * STEP, max(TOUCH, self._look.touch() - 2 * STEP))

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._look.palette.tones[self._pill.tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = self.fontMetrics().height() + 3 * STEP
        box = QRectF(1.5, (self.height() - tall) / 2, self.width() - 3, tall)
        focused = self.hasFocus()
        rim = self._look.palette.accent if focused else colours.soft
        painter.setPen(QPen(QColor(rim), 3 if focused else 1))
        painter.setBrush(QColor(colours.soft))
        painter.drawRoundedRect(box, tall / 2, tall / 2)
        dot = QRectF(3 * STEP, (self.height() - _DOT) / 2, _DOT, _DOT)
        painter.setPen(QPen(QColor(colours.edge), 2))
        painter.setBrush(QColor(colours.edge) if self._pill.filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        painter.setPen(QColor(colours.ink))
        painter.setFont(self.font())
        painter.drawText(
            box.adjusted(_DOT + 5 * STEP - 1.5, 0, 0, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self._pill.text,
        )
        painter.end()
