"""Files that came into the watched folder: told while nothing else is going on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from merchant_app.ui.files.notice import FolderNotice
from merchant_app.ui.files.states import SOURCES_MAX, Source


class FolderArrivals(QObject):
    """Lives in the GUI thread; `tell` may be called in any.

    Signals:
        wanted(object): a tuple of `Source`, to be read as if they had been dropped.
    """

    wanted = Signal(object)
    _came = Signal(object)

    def __init__(self, notice: FolderNotice, *, parent: QObject) -> None:
        super().__init__(parent)
        self._notice = notice
        self._paths: tuple[Path, ...] = ()
        self._quiet = True
        self._came.connect(self._file_came, Qt.ConnectionType.QueuedConnection)
        notice.wanted.connect(self._look_up)
        notice.dismissed.connect(self._dismiss)

    def tell(self, path: Path) -> None:
        """Any thread: this file holds a voucher. Only its path is kept, none of its codes."""
        self._came.emit(path)

    def may_speak(self, *, quiet: bool) -> None:
        """Whether nothing is at hand: a notice must not push a verdict about."""
        self._quiet = quiet
        self._show()

    @Slot(object)
    def _file_came(self, path: Path) -> None:
        others = tuple(known for known in self._paths if known != path)
        self._paths = (*others, path)[-SOURCES_MAX:]
        self._show()

    @Slot()
    def _look_up(self) -> None:
        paths, self._paths = self._paths, ()
        self._show()
        if paths:
            self.wanted.emit(tuple(Source(path.name, path) for path in paths))

    @Slot()
    def _dismiss(self) -> None:
        self._paths = ()
        self._show()

    def _show(self) -> None:
        self._notice.show_names([path.name for path in self._paths] if self._quiet else [])
