"""Which screen a file is for: the bank's where Relevés is seen, a voucher everywhere else. What is
opened from the desktop comes to no screen: there its kind decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Slot

from merchant_app.ui.files.dropping import DropTarget
from merchant_app.ui.files.screen import FilesScreen
from merchant_app.ui.files.states import Source
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.function_keys import STATEMENTS_KEY
from merchant_app.ui.key_places import LazyPlace
from merchant_app.ui.theme import Look

if TYPE_CHECKING:
    from merchant_app.ui.releves.screen import RelevesScreen


BANK_SUFFIXES = frozenset({".csv", ".ofx", ".xml"})
"""No voucher comes in one of these."""


class FileRoutes(QObject):
    """Lives in the GUI thread. Drops on the whole window, and Ctrl+O."""

    def __init__(
        self,
        look: Look,
        frame: TillFrame,
        files: FilesScreen,
        releves: LazyPlace[RelevesScreen],
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
        (self._releves_in_sight() or self._files).open_pressed()

    def open_given(self, paths: Sequence[Path], *, go: Callable[[str], None]) -> None:
        """These were opened with Comptoir on the desktop; `go` leads to the place of a key."""
        if all(path.suffix.lower() in BANK_SUFFIXES for path in paths):
            go(STATEMENTS_KEY)
            self._releves.get().files_given(paths)
        else:
            self._files.open_sources(tuple(Source(path.name, path) for path in paths))

    @Slot(object)
    def _dropped(self, data: QMimeData) -> None:
        releves = self._releves_in_sight()
        if releves is not None and releves.takes(data):
            releves.dropped(data)
        else:
            self._files.dropped(data)

    @Slot(int)
    def _say(self, _index: int) -> None:
        if self.drops is not None:
            self.drops.overlay.say(voucher=self._releves_in_sight() is None)

    def _releves_in_sight(self) -> RelevesScreen | None:
        releves = self._releves.made
        if releves is None or self._frame.screens.currentWidget() is not releves.view:
            return None
        return releves
