"""Labels that cannot be surprised: plain text only, and cut with an ellipsis where asked.

A QLabel renders what looks like markup, and widens its window to fit any text; texts from outside
(a holder's name, a shop's) would get both.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from merchant_app.ui.outside import printable


def plain(text: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """A label that shows its text as it is."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setText(text)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
    return label


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
