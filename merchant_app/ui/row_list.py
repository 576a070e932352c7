"""A list whose rows are read whole: what is too long for a line goes on in the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyleOptionViewItem, QWidget

_WHOLE = Qt.ItemDataRole.UserRole + 70
"""The text as it was given."""
_ROUNDED_PX = 2
"""A line as it is laid out is up to so much wider than its words as they are measured."""


class RowList(QListWidget):
    """GUI thread. Qt's own word wrap forgets the padding of the style: it makes room for two lines,
    and cuts off the second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[str, ...] = ()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model().rowsInserted.connect(self._came)

    def show_rows(self, rows: Sequence[str]) -> None:
        """Paint them; where they are the same already nothing moves."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.clear()
            self.addItems(list(rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            for row in range(self.count()):
                self._break(self.item(row))

    @Slot(QModelIndex, int, int)
    def _came(self, _parent: QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            self._break(self.item(row))

    def _break(self, item: QListWidgetItem) -> None:
        whole = item.data(_WHOLE)
        if whole is None:
            whole = item.text()
            item.setData(_WHOLE, whole)
        has_font = item.data(Qt.ItemDataRole.FontRole) is not None
        metrics = QFontMetrics(item.font() if has_font else self.font())
        bar = self.verticalScrollBar().sizeHint().width()  # whether it is there or not
        room = self.maximumViewportSize().width() - bar - self._around(item, metrics) - _ROUNDED_PX
        text = "\n".join(_broken(whole, metrics, room)) if room > 0 else whole
        if text != item.text():
            item.setText(text)

    def _around(self, item: QListWidgetItem, metrics: QFontMetrics) -> int:
        """What a row has beside its text: the style's padding, and its icon."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        hint = self.itemDelegate().sizeHint(option, self.indexFromItem(item))
        return hint.width() - max(map(metrics.horizontalAdvance, item.text().split("\n")))


def _broken(text: str, metrics: QFontMetrics, room_px: int) -> Iterator[str]:
    """At spaces; each line takes all the words it has room for, and one at least."""
    for given in text.split("\n"):
        line, *words = given.split(" ")
        for word in words:
            longer = f"{line} {word}"
            if metrics.horizontalAdvance(longer) > room_px:
                yield line
                line = word
            else:
                line = longer
        yield line
