"""Whom a search found, a line each; the keyboard stays in the field above it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QListWidgetItem, QWidget

from merchant_app.i18n import _
from merchant_app.ui.encaisser.entry import Entry, HitLine
from merchant_app.ui.row_list import RowList
from merchant_app.ui.theme import Look, Size


class HitsView(RowList):
    """GUI thread.

    Signals:
        pressed_at(int): this one was clicked.
    """

    pressed_at = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[HitLine, ...] = ()
        self.setFont(look.font(Size.BODY, figures=True))
        self.setAccessibleName(_("Vouchers found"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.itemClicked.connect(self._clicked)
        self.hide()

    def show_entry(self, entry: Entry) -> None:
        """Paint the hits; hidden while there are none."""
        if entry.hits != self._lines:
            self._lines = entry.hits
            self.clear()
            for line in entry.hits:
                self.addItem(QListWidgetItem(f"{line.name}\n{line.facts}"))
        self.setCurrentRow(-1 if entry.selected is None else entry.selected)
        self.setVisible(bool(entry.hits))

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.pressed_at.emit(self.row(item))
