"""The cameras to choose from: in Réglages, and on the first day."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from merchant_app.i18n import _
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.states import CameraEntry, Screen
from merchant_app.ui.row_list import RowList
from merchant_app.ui.theme import STEP

_LINES = 3


class CameraList(RowList):
    """GUI thread. Not there where this till works without a camera.

    Signals:
        wanted(str): the identity of a camera; empty: whichever is found.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: tuple[CameraEntry, ...] = ()
        self.setAccessibleName(_("Camera"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        line = self.fontMetrics().height() + 4 * STEP
        self.setFixedHeight(_LINES * line + 4 * STEP)
        self.currentRowChanged.connect(self._row_chosen)

    def show_screen(self, screen: Screen) -> None:
        """These are there now, and this one is in use."""
        self._entries = screen.cameras
        names = [words.camera(entry) for entry in screen.cameras]
        self.blockSignals(True)
        self.show_rows(names)
        self.setCurrentRow(screen.camera_row if names else -1)
        self.blockSignals(False)
        self.setVisible(bool(names))

    @Slot(int)
    def _row_chosen(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            self.wanted.emit(self._entries[row].identity)
