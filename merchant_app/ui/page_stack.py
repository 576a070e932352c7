"""Pages of which one is seen: only that one asks for room."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


class PageStack(QWidget):
    """GUI thread. A QStackedWidget asks for as much as its largest page needs, whichever is seen,
    and a layout never asks it for less."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seen: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def addWidget(self, page: QWidget) -> None:
        """The first is seen."""
        self._column.addWidget(page)
        page.setVisible(self._seen is None)
        self._seen = self._seen or page

    def currentWidget(self) -> QWidget | None:
        """The page that is seen."""
        return self._seen

    def setCurrentWidget(self, page: QWidget) -> None:
        """Turn to it."""
        if page is self._seen:
            return
        if self._seen is not None:
            self._seen.hide()
        self._seen = page
        page.show()
