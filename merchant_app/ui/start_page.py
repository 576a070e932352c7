"""What is seen while the till opens: all that the first paint needs, and nothing else.

Painted by hand, in the palette's own text colour. Labels, layouts, even `QPainter.setPen` ask for
Qt's enums, which Python makes one name at a time when the first of them is used: 24 ms that whoever
starts the till would wait for. tests/ui/test_first_paint.py keeps it so.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QWidget

from merchant_app.i18n import _
from merchant_app.ui.theme import PANEL_WIDTH, STEP, Look, Size


class StartPage(QWidget):
    """A word and a sentence in the middle of the window. GUI thread."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._word = _("One moment…")
        self._sentence = _("Comptoir is opening the till.")
        self.setAccessibleName(self.told)
        look.changed.connect(self.update)

    @property
    def told(self) -> str:
        """What it says."""
        return f"{self._word} {self._sentence}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        width = min(PANEL_WIDTH, self.width() - 12 * STEP)
        word = _centred(self._word, self._look.font(Size.FIGURE, bold=True), width)
        sentence = _centred(self._sentence, self._look.font(Size.TITLE), width)
        below = word.boundingRect().height() + 4 * STEP
        height = below + sentence.boundingRect().height()
        corner = QPointF((self.width() - width) / 2, (self.height() - height) / 2)
        painter = QPainter(self)
        word.draw(painter, corner)
        sentence.draw(painter, corner + QPointF(0, below))
        painter.end()


def _centred(text: str, font: QFont, width_px: float) -> QTextLayout:
    """The text in lines of at most that width, one below the other."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width_px)
        line.setPosition(QPointF((width_px - line.naturalTextWidth()) / 2, height))
        height += line.height()
    layout.endLayout()
    return layout
