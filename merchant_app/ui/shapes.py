"""The shapes beside the words: sharp at every size and pixel ratio, in any colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.icon_files import GRID, drawing

ICON_PX = GRID
"""The side of a shape beside words: where its straight lines fall on whole pixels."""


def draw_shape(painter: QPainter, shape: Shape, box: QRectF, *, colour: QColor) -> None:
    """Draw into a square box.

    Args:
        painter: its state is kept.
        shape: its value is the name of its file in resources/icons/24.
        box: best of `ICON_PX`, or a multiple of it.
        colour: the one colour of the shape.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(box.width(), box.height())
    # From a whole pixel on: half a pixel aside, each straight line would be two grey ones.
    painter.translate(round(box.center().x() - side / 2), round(box.center().y() - side / 2))
    painter.scale(side / GRID, side / GRID)
    for part in drawing(shape.value):
        if part.pen is None:
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            pen = QPen(part.pen)
            pen.setColor(colour)
            painter.setPen(pen)
        painter.setBrush(colour if part.filled else Qt.BrushStyle.NoBrush)
        painter.drawPath(part.path)
    painter.restore()
