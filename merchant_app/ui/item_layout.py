"""What layouts of our own have in common: the things they lay out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem


class ItemLayout(QLayout):
    """GUI thread. Its items are made in Python and belong to it until `takeAt`.

    Qt's own, made in `QLayout.addWidget`, Python knows by their address alone: when one is freed
    and the next lies there, PySide takes it for the one that was, and says that it is deleted.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        # A box around this asks twice for each answer it gives: nested, that is thousands of times.
        self._highs_known: dict[int, int] = {}
        self._hint_known: QSize | None = None
        self._least_known: QSize | None = None
        self.setContentsMargins(0, 0, 0, 0)

    def addWidget(self, widget: QWidget) -> None:
        """One more, behind the others."""
        self.addChildWidget(widget)
        self.addItem(QWidgetItem(widget))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self._forget()  # whoever takes it may delete it: nothing of it is asked any more
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def invalidate(self) -> None:
        """Something is seen or said that was not before."""
        self._forget()
        super().invalidate()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        high = self._highs_known.get(width)
        if high is None:
            high = self._highs_known[width] = self._height(width)
        return high

    def sizeHint(self) -> QSize:
        if self._hint_known is None:
            self._hint_known = self._hint()
        return self._hint_known

    def minimumSize(self) -> QSize:
        if self._least_known is None:
            self._least_known = self._least()
        return self._least_known

    def _height(self, width: int) -> int:
        """What all of it takes in this width, px."""
        raise NotImplementedError

    def _hint(self) -> QSize:
        """What it would best have."""
        raise NotImplementedError

    def _least(self) -> QSize:
        """What it cannot do without."""
        raise NotImplementedError

    def _forget(self) -> None:
        """What was worked out from the items."""
        self._highs_known.clear()
        self._hint_known = self._least_known = None
