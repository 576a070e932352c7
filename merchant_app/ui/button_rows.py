"""Buttons side by side, in as many rows as they need to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayoutItem, QWidget

from merchant_app.ui.item_layout import ItemLayout
from merchant_app.ui.keycap_button import KeycapButton


@dataclass(frozen=True, slots=True)
class _Part:
    """One that is seen: at `wide_px` its text is on one line, at `narrow_px` on two."""

    item: QLayoutItem
    narrow_px: int
    wide_px: int
    share: int


class ButtonRows(ItemLayout):
    """GUI thread. One row where every button has room for its text on two lines at most; else two
    rows, or more, about evenly filled. A row is as wide as the layout, and all in it equally high.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[int, ...] = ()
        self._known: list[_Part] | None = None

    def add_all(self, *buttons: QWidget) -> None:
        """From the left, and from the top."""
        for button in buttons:
            self.addWidget(button)

    def share(self, *shares: int) -> None:
        """How the width is divided among all in order, where that leaves each enough."""
        if shares != self._shares:
            self._shares = shares
            self.invalidate()

    # --- QLayout ---------------------------------------------------------------------------------

    def isEmpty(self) -> bool:
        return not self._parts()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        top = rect.top()
        for row in self._rows(rect.width()):
            left, high = rect.left(), max(self._highs(row, rect.width()))
            for part, wide in zip(row, self._widths(row, rect.width()), strict=True):
                widget = part.item.widget()
                if widget is not None:  # its own limit is the height it had in another row
                    widget.setGeometry(QRect(left, top, wide, high))
                left += wide + self.spacing()
            top += high + self.spacing()

    # --- who stands where ------------------------------------------------------------------------

    def _hint(self) -> QSize:
        parts = self._parts()
        wide = sum(part.wide_px for part in parts) + self._gaps(parts)
        high = max((part.item.sizeHint().height() for part in parts), default=0)
        return QSize(wide, high)

    def _least(self) -> QSize:
        parts = self._parts()
        wide = max((part.item.minimumSize().width() for part in parts), default=0)
        high = max((part.item.minimumSize().height() for part in parts), default=0)
        return QSize(wide, high)

    def _height(self, width: int) -> int:
        rows = self._rows(width)
        highs = [max(self._highs(row, width)) for row in rows]
        return sum(highs) + self._gaps(rows)

    def _forget(self) -> None:
        self._known = None
        super()._forget()

    def _parts(self) -> list[_Part]:
        if self._known is not None:
            return self._known
        parts = self._known = []
        for number, item in enumerate(self._items):
            if item.isEmpty():
                continue
            button = item.widget()
            wide = item.sizeHint().width()
            narrow = button.narrow_width() if isinstance(button, KeycapButton) else wide
            share = self._shares[number] if number < len(self._shares) else 0
            parts.append(_Part(item, min(narrow, wide), wide, share))
        return parts

    def _rows(self, width: int) -> list[Sequence[_Part]]:
        parts = self._parts()
        for cuts in range(len(parts)):
            fitting = [
                rows for rows in _cut(parts, cuts) if all(self._wide(row) <= width for row in rows)
            ]
            if fitting:
                return min(fitting, key=_widest)
        return [[part] for part in parts]

    def _wide(self, row: Sequence[_Part]) -> int:
        return sum(part.narrow_px for part in row) + self._gaps(row)

    def _widths(self, row: Sequence[_Part], width: int) -> list[int]:
        room = width - self._gaps(row)
        shares = [part.share for part in row]
        if sum(shares):
            shared = [room * share // sum(shares) for share in shares]
            if all(wide >= part.narrow_px for part, wide in zip(row, shared, strict=True)):
                return _filling(shared, room)
        spare = room - sum(part.wide_px for part in row)
        if spare >= 0:
            return _filling([part.wide_px + spare // len(row) for part in row], room)
        # Between two lines and one, each as near to the one as the others.
        over = sum(part.wide_px - part.narrow_px for part in row)
        left = max(0, room - sum(part.narrow_px for part in row))
        return _filling(
            [
                part.narrow_px + (part.wide_px - part.narrow_px) * left // max(1, over)
                for part in row
            ],
            room,
        )

    def _highs(self, row: Sequence[_Part], width: int) -> Iterator[int]:
        for part, wide in zip(row, self._widths(row, width), strict=True):
            item = part.item
            tall = item.heightForWidth(wide) if item.hasHeightForWidth() else 0
            yield tall or item.sizeHint().height()

    def _gaps(self, of: Sequence[object]) -> int:
        return max(0, len(of) - 1) * self.spacing()


def _cut(parts: Sequence[_Part], cuts: int) -> Iterator[list[Sequence[_Part]]]:
    """All ways to cut them this often, in order."""
    for places in combinations(range(1, len(parts)), cuts):
        yield [parts[first:last] for first, last in pairwise((0, *places, len(parts)))]


def _widest(rows: Sequence[Sequence[_Part]]) -> int:
    return max(sum(part.wide_px for part in row) for row in rows)


def _filling(widths: list[int], room: int) -> list[int]:
    """The last takes the pixels that are left over."""
    widths[-1] += room - sum(widths)
    return widths
