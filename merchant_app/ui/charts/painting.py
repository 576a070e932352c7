"""How a bar is painted: full, hatched, or a dashed outline."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from merchant_app.ui.charts.series import Mark
from merchant_app.ui.palette import Palette, Tone
from merchant_app.ui.theme import STEP

_HATCH_PX = 7
_HATCH_WIDTH_PX = 2.4
_ROUND_PX = 3.0


def draw_bar(painter: QPainter, box: QRectF, mark: Mark, palette: Palette) -> None:
    """Fill a box as its mark says.

    Args:
        painter: its state is kept.
        box: the whole bar, the axis included.
        mark: what it means.
        palette: every colour comes from here; each edge has 3 to 1 on the ground (WCAG 1.4.11).
    """
    painter.save()
    match mark:
        case Mark.FULL:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            painter.drawRoundedRect(box, _ROUND_PX, _ROUND_PX)
        case Mark.HATCHED:
            _hatch(painter, box, QColor(palette.accent), QColor(palette.surface))
        case Mark.OPEN:
            pen = QPen(QColor(palette.tones[Tone.NO].edge), 2)
            pen.setDashPattern([2, 1.6])
            painter.setPen(pen)
            painter.setBrush(QColor(palette.tones[Tone.NO].soft))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        case _:
            assert_never(mark)
    painter.restore()


def _hatch(painter: QPainter, box: QRectF, colour: QColor, ground: QColor) -> None:
    """Lines of our own: those of Qt's brushes are too thin to be seen from where one stands."""
    shape = QPainterPath()
    shape.addRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), _ROUND_PX, _ROUND_PX)
    painter.fillPath(shape, ground)
    painter.save()
    painter.setClipPath(shape)
    painter.setPen(QPen(colour, _HATCH_WIDTH_PX))
    start = box.left() - box.height()
    while start < box.right():
        painter.drawLine(QLineF(start, box.bottom(), start + box.height(), box.top()))
        start += _HATCH_PX
    painter.restore()
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(shape)


def draw_key(painter: QPainter, box: QRectF, mark: Mark, palette: Palette) -> None:
    """A small sample of a mark, for the legend."""
    side = min(box.width(), box.height()) - STEP
    draw_bar(painter, QRectF(box.left(), box.center().y() - side / 2, side, side), mark, palette)
