"""The customer's window: large enough for the other side of the counter, and never the keyboard's.

Its type follows the size of its window, not the desktop's text: it is read from two metres away.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from merchant_app.ui.customer.words import Shown
from merchant_app.ui.outside import printable
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import Look, Size

_SHOP, _LEAD, _FIGURE, _NOTE = 0.05, 0.09, 0.22, 0.07
"""Heights of the four lines of text, as shares of the window's height."""
_MARGIN = 0.06
_LEAST_PX = 12


class CustomerView(QWidget):
    """GUI thread."""

    def __init__(self, look: Look, shop: str) -> None:
        """`shop`: what stands above everything, from outside."""
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self._look = look
        self._shop = printable(shop)
        self._shown = Shown("")
        # It must not take the keyboard from the till: the next scan would be lost.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWindowTitle(self._shop)
        self.resize(800, 480)
        self.setMinimumSize(480, 300)
        look.changed.connect(self.update)

    @property
    def shown(self) -> Shown:
        """What stands there now."""
        return self._shown

    def show_words(self, shown: Shown) -> None:
        """Paint them."""
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(" ".join(filter(None, (shown.lead, shown.figure, shown.note))))
            self.update()

    def lines(self) -> list[tuple[str, QFont, QRect]]:
        """Each line of text with its type and its room."""
        wide, high = self.width(), self.height()
        across, lead = round(wide * _MARGIN), self._shown.lead
        # Without an amount the words are what matters: in the middle, and larger.
        bare = not self._shown.figure
        placed = (
            (self._shop, _SHOP, 0.06, False),
            (lead, _LEAD * (1.4 if bare else 1), 0.38 if bare else 0.24, True),
            (self._shown.figure, _FIGURE, 0.40, True),
            (self._shown.note, _NOTE, 0.58 if bare else 0.74, False),
        )
        lines = []
        for text, share, top, bold in placed:
            if not text:
                continue
            font = self._fitting(text, round(high * share), wide - 2 * across, bold=bold)
            room = QRect(across, round(high * top), wide - 2 * across, round(high * share * 1.5))
            # Only a shop's name can be too long even so; our own words are measured in a test.
            cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            lines.append((cut, font, room))
        return lines

    def _fitting(self, text: str, height: int, room: int, *, bold: bool) -> QFont:
        """The type of this height, or the largest in which the text is not cut."""
        font = self._look.font(Size.VERDICT, bold=bold, figures=True)
        font.setPixelSize(max(_LEAST_PX, height))
        needed = QFontMetrics(font).horizontalAdvance(text)
        if needed > room:
            font.setPixelSize(max(_LEAST_PX, int(font.pixelSize() * room / needed)))
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self._look.palette
        colours = palette.tones[self._shown.tone]
        match self._shown.tone:
            case Tone.YES:
                ground, ink = colours.solid, colours.on_solid
            case Tone.CHOICE:
                ground, ink = colours.soft, colours.ink
            case _:
                ground, ink = palette.window, palette.text
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(ground))
        for text, font, room in self.lines():
            painter.setFont(font)
            painter.setPen(QColor(ink))
            painter.drawText(QRectF(room), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
