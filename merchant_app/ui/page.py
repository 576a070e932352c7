"""A full page: a word, a sentence or two, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import CARD_RADIUS, PANEL_WIDTH, STEP, Look, Size, tinted


class Page(QWidget):
    """A word, a sentence or two, and what can be done, in the middle of the window."""

    def __init__(self, look: Look, *, tone: Tone = Tone.QUIET) -> None:
        super().__init__()
        self._look = look
        self._tone = tone
        self._panel = QWidget(self)
        self._panel.setMaximumWidth(round(PANEL_WIDTH * min(look.text_scale, 1.45)))
        self._word = plain(parent=self._panel, wrap=True)
        self._word.setFont(look.font(Size.FIGURE, bold=True))
        self._sentence = plain(parent=self._panel, wrap=True)
        self._sentence.setFont(look.font(Size.TITLE))
        self.column = QVBoxLayout(self._panel)
        padding = (6 if look.is_large else 10) * STEP
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(4 * STEP)
        self.column.addWidget(self._word)
        self.column.addWidget(self._sentence)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._panel, 20)
        across.addStretch(1)
        down = QVBoxLayout(self)
        down.setContentsMargins(6 * STEP, 6 * STEP, 6 * STEP, 6 * STEP)
        down.addStretch(1)
        down.addLayout(across)
        down.addStretch(1)
        look.changed.connect(self._colour)
        self._colour()

    def say(self, word: str, sentence: str) -> None:
        """Change the words."""
        self._word.setText(word)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.setAccessibleName(f"{word}. {sentence}")

    @property
    def told(self) -> str:
        """What it says."""
        return f"{self._word.text()}. {self._sentence.text()}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._look.palette.tones[self._tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        quiet = self._tone is Tone.QUIET
        painter.setPen(QPen(QColor(self._look.palette.line if quiet else colours.edge), 1))
        painter.setBrush(QColor(self._look.palette.surface))
        box = QRectF(self._panel.geometry()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, CARD_RADIUS, CARD_RADIUS)
        painter.end()

    def _colour(self) -> None:
        quiet = self._tone is Tone.QUIET
        colours = self._look.palette.tones[self._tone]
        self._word.setPalette(tinted(self._look.palette.text if quiet else colours.ink))
        self.update()
