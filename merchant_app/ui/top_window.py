"""A window of pages, which says when it was first seen, and comes forward when it is looked for."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget


class TopWindow(QMainWindow):
    """GUI thread.

    Signals:
        first_painted(): once, after the first pixels: from here on slow things may be loaded.
    """

    first_painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._was_painted = False
        self._pages = QStackedWidget(self)
        self.setCentralWidget(self._pages)

    @property
    def page(self) -> QWidget | None:
        """What fills the window now."""
        return self._pages.currentWidget()

    @Slot(object)
    def turn_to(self, page: QWidget) -> None:
        """Fill the window with it; what was there before is gone."""
        before = self.page
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        if before is not None:
            self._pages.removeWidget(before)
            before.deleteLater()

    def after_first_paint(self) -> None:
        """Called once, after `first_painted`."""

    @Slot()
    def come_forward(self) -> None:
        """Somebody started Comptoir once more: this window is what they look for."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QApplication

        states = Qt.WindowState
        self.setWindowState((self.windowState() & ~states.WindowMinimized) | states.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)  # where a desktop lets no window come forward by itself

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            # After this paint has reached the screen, not before.
            QTimer.singleShot(0, self._tell_first_paint)

    @Slot()
    def _tell_first_paint(self) -> None:
        self.first_painted.emit()
        self.after_first_paint()
