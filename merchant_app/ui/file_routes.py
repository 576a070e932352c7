"""Which screen a file is for: the bank's where Relevés is seen, a voucher everywhere else."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Slot

from merchant_app.ui.files.dropping import DropTarget
from merchant_app.ui.files.screen import FilesScreen
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.releves.screen import RelevesScreen
from merchant_app.ui.theme import Look


class FileRoutes(QObject):
    """Lives in the GUI thread. Drops on the whole window, and Ctrl+O."""

    def __init__(
        self, look: Look, frame: TillFrame, files: FilesScreen, releves: RelevesScreen
    ) -> None:
        super().__init__(frame)
        self._frame = frame
        self._files = files
        self._releves = releves
        self.drops = DropTarget(look, frame) if files.reads else None
        if self.drops is not None:
            self.drops.dropped.connect(self._dropped)
            frame.screens.currentChanged.connect(self._say)

    def open_pressed(self) -> None:
        """The dialog of the screen in sight."""
        if self._sees_releves():
            self._releves.open_pressed()
        else:
            self._files.open_pressed()

    @Slot(object)
    def _dropped(self, data: QMimeData) -> None:
        if self._sees_releves() and self._releves.takes(data):
            self._releves.dropped(data)
        else:
            self._files.dropped(data)

    @Slot(int)
    def _say(self, _index: int) -> None:
        if self.drops is not None:
            self.drops.overlay.say(voucher=not self._sees_releves())

    def _sees_releves(self) -> bool:
        return self._frame.screens.currentWidget() is self._releves.view
