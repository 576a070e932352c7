"""Files that macOS hands to the program that is open, one event each: a double click, the Dock."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent


class OpenedFiles(QObject):
    """Hears of them from its parent, the application. GUI thread.

    Signals:
        came(object): open these, a tuple of paths.
    """

    came = Signal(object)

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QFileOpenEvent):
            return super().eventFilter(watched, event)
        if event.file():  # an address of the web has none
            self.came.emit((Path(event.file()),))
        return True
