"""The controls of Réglages: one of several, a named row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from merchant_app.ui.labels import plain
from merchant_app.ui.theme import STEP, Look, Size


class OneOf(QWidget):
    """One of a few values, all of them in sight: no list drops down over the till, and a gun's
    keys find no window of their own. Arrow keys go from one to the next.

    Signals:
        chosen(int): somebody chose the value at this place.
    """

    chosen = Signal(int)

    def __init__(self, names: Sequence[str], *, title: str, column: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self) if column else QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing((0 if column else 4) * STEP)
        for place, name in enumerate(names):
            button = QRadioButton(name, self)
            button.setAccessibleDescription(title)
            self._group.addButton(button, place)
            layout.addWidget(button)
        if not column:
            layout.addStretch(1)
        self._group.idClicked.connect(self.chosen)

    def show_place(self, place: int) -> None:
        """Mark the value that holds."""
        self._group.button(place).setChecked(True)

    def buttons(self) -> list[QRadioButton]:
        """One for each value."""
        return [button for button in self._group.buttons() if isinstance(button, QRadioButton)]


class Volume(QSlider):
    """0 to 100, in steps of ten. The wheel passes: it is turned to scroll, not to be deafened."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, 100)
        self.setSingleStep(10)
        self.setPageStep(10)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def titled(look: Look, name: str, *parts: QWidget, parent: QWidget) -> QVBoxLayout:
    """A bold name and what belongs to it, one under the other."""
    label = plain(name, parent, wrap=True)
    label.setFont(look.font(Size.BODY, bold=True))
    column = QVBoxLayout()
    column.setSpacing(STEP)
    column.addWidget(label)
    for part in parts:
        column.addWidget(part)
    return column
