"""A drawn shape as a part of a layout."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.shapes import draw_shape


class ShapeView(QWidget):
    """One shape in one colour. GUI thread."""

    def __init__(self, shape: Shape, side_px: int, parent: QWidget) -> None:
        """`side_px`: best a multiple of `ICON_PX`."""
        super().__init__(parent)
        self._shape = shape
        self._colour = QColor()
        self.setFixedSize(side_px, side_px)

    def show_shape(self, shape: Shape, colour: str) -> None:
        """Another shape, or the same in another colour."""
        self._shape, self._colour = shape, QColor(colour)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_shape(painter, self._shape, QRectF(self.rect()), colour=self._colour)
        painter.end()
