"""A box with a tick in it: a style sheet colours a box, and has no shape to put into it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QWidget

from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.shapes import draw_shape
from merchant_app.ui.theme import Look


class CheckBox(QCheckBox):
    """GUI thread."""

    def __init__(self, look: Look, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._look = look
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        palette = self._look.palette
        painter = QPainter(self)
        ink = QColor(palette.on_accent if self.isEnabled() else palette.muted)
        draw_shape(painter, Shape.TICK, QRectF(self.box()), colour=ink)
        painter.end()

    def box(self) -> QRect:
        """Where the box itself is."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        return self.style().subElementRect(part, option, self)
