"""Columns as long as there is room for them, in rows below each other where there is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from merchant_app.ui.item_layout import ItemLayout


class Widths(Enum):
    """What columns make of the room they do not need.

    Attributes:
        EVEN: all are equally wide.
        FIRST, LAST: each as it needs, that one takes the rest.
        LEAST: each as it needs, from the left.
    """

    EVEN = auto()
    FIRST = auto()
    LAST = auto()
    LEAST = auto()


class FlowGrid(ItemLayout):
    """GUI thread. As few rows as the width allows, about evenly filled; never wider than there is
    room, but for what is in it alone too wide.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        per_row_max: int | None = None,
        widths: Widths,
        gap_px: int,
        row_gap_px: int = 0,
    ) -> None:
        """
        Args:
            parent: whose layout it is; None: it is put into another.
            per_row_max: never more beside each other; None: all of them.
            widths: of the columns.
            gap_px: between columns.
            row_gap_px: between rows.
        """
        super().__init__(parent)
        self._per_row_max = per_row_max
        self._shared = widths
        self._gap_px, self._row_gap_px = gap_px, row_gap_px

    def add_layout(self, layout: QLayout) -> None:
        """One more cell: what is laid out in it."""
        self.addChildLayout(layout)
        self.addItem(layout)

    # --- QLayout ---------------------------------------------------------------------------------

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inside = rect.marginsRemoved(self.contentsMargins())
        widths = self._widths(inside.width())
        rows = list(self._rows(widths))
        top = inside.top()
        for row in rows:
            # A single row has all the height there is: what is in it may have use for it.
            high = inside.height() if len(rows) == 1 else _height(row, widths)
            left = inside.left()
            for item, wide in zip(row, widths, strict=False):
                item.setGeometry(QRect(left, top, wide, high))
                left += wide + self._gap_px
            top += high + self._row_gap_px

    # --- who stands where ------------------------------------------------------------------------

    def _hint(self) -> QSize:
        items = self._seen()
        widths = next(self._columns(items), [])
        return self._with_margins(self._wide(widths), self._high(widths))

    def _least(self) -> QSize:
        items = self._seen()
        wide = max((item.minimumSize().width() for item in items), default=0)
        high = max((item.minimumSize().height() for item in items), default=0)
        return self._with_margins(wide, high)

    def _height(self, width: int) -> int:
        margins = self.contentsMargins()
        room = width - margins.left() - margins.right()
        widths = self._widths(room)
        return self._high(widths) + margins.top() + margins.bottom()

    @property
    def columns(self) -> int:
        """How many stand beside each other now."""
        return len(self._widths(self.geometry().width()))

    def _seen(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _columns(self, items: Sequence[QLayoutItem]) -> Iterator[list[int]]:
        """The least widths of the columns, for one row, for two, and so on."""
        tried = 0
        most = min(len(items), self._per_row_max or len(items))
        for rows in range(1, len(items) + 1):
            count = -(-len(items) // rows)
            if count == tried or count > most:
                continue
            tried = count
            least = [
                max(item.minimumSize().width() for item in items[place::count])
                for place in range(count)
            ]
            yield [max(least)] * count if self._shared is Widths.EVEN else least

    def _widths(self, room_px: int) -> list[int]:
        """Of the columns that there is room for."""
        widths: list[int] = []
        for widths in self._columns(self._seen()):
            if self._wide(widths) <= room_px:
                break
        if not widths:
            return widths
        spare = max(0, room_px - self._wide(widths))
        if self._shared is Widths.EVEN:
            return [wide + spare // len(widths) for wide in widths]
        if self._shared is not Widths.LEAST or len(widths) == 1:
            widths[0 if self._shared is Widths.FIRST else -1] += spare
        return widths

    def _rows(self, widths: Sequence[int]) -> Iterator[list[QLayoutItem]]:
        items = self._seen()
        for first in range(0, len(items), len(widths) or 1):
            yield items[first : first + len(widths)]

    def _wide(self, widths: Sequence[int]) -> int:
        return sum(widths) + max(0, len(widths) - 1) * self._gap_px

    def _high(self, widths: Sequence[int]) -> int:
        highs = [_height(row, widths) for row in self._rows(widths)]
        return sum(highs) + max(0, len(highs) - 1) * self._row_gap_px

    def _with_margins(self, wide: int, high: int) -> QSize:
        margins = self.contentsMargins()
        return QSize(
            wide + margins.left() + margins.right(), high + margins.top() + margins.bottom()
        )


def _height(row: Sequence[QLayoutItem], widths: Sequence[int]) -> int:
    return max(
        item.heightForWidth(wide) if item.hasHeightForWidth() else item.sizeHint().height()
        for item, wide in zip(row, widths, strict=False)
    )
