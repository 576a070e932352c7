"""Labels that cannot be surprised: plain text only, and cut with an ellipsis where asked.

A QLabel renders what looks like markup, and widens its window to fit any text; texts from outside
(a holder's name, a shop's) would get both.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from merchant_app.ui.outside import printable

_LINE_MAX_EMS = 38
"""About 80 characters of French: an eye that comes back from a longer line misses the next one
(WCAG 2.2, 1.4.8)."""


def plain(
    text: str = "", parent: QWidget | None = None, *, wrap: bool = False, across: bool = False
) -> QLabel:
    """A label that shows its text as it is.

    Args:
        text: what it shows.
        parent: what it is in.
        wrap: its words go on below where there is no room.
        across: a strip of one line, as long as its place is wide; else lines are short enough to
            be read, however wide the place.
    """
    label = _Paragraph(parent) if wrap and not across else QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setText(text)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
    return label


class _Paragraph(QLabel):
    """Lines of a length that is read with ease, at the left of a place that is wider."""

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        kept_free = margins.left() + margins.right()
        return super().heightForWidth(min(width, self._line_max_px()) + kept_free)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_free()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._keep_free()

    def _keep_free(self) -> None:
        free = max(0, self.width() - self._line_max_px())
        left = free // 2 if self.alignment() & Qt.AlignmentFlag.AlignHCenter else 0
        margins = QMargins(left, 0, free - left, 0)
        if margins != self.contentsMargins():
            self.setContentsMargins(margins)

    def _line_max_px(self) -> int:
        return _LINE_MAX_EMS * self.font().pixelSize()


class ElidedLabel(QLabel):
    """One line of text from anywhere, cut with an ellipsis; the whole text in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Whatever it is; see `outside.printable`."""
        clean = printable(text)
        self.setText(clean)
        self.setAccessibleName(clean)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box: QRect = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(box, int(self.alignment()), shown)
        painter.end()
        self.setToolTip(self.text() if shown != self.text() else "")
