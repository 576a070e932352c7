"""Where there is not the least height something needs, it scrolls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from merchant_app.ui.following_scroll import FollowingScroll
from merchant_app.ui.theme import STEP

_HEIGHT_MIN = 20 * STEP


class Overflow(FollowingScroll):
    """GUI thread. What is inside has the room there is, as if this were not here; its least height
    where that is more. The window never grows for it."""

    def __init__(self, inside: QWidget, *, parts: Sequence[QWidget] = (), parent: QWidget) -> None:
        """`parts`: of what is inside, those that are to be seen whole; see `FollowingScroll`."""
        super().__init__(inside, margin_px=3 * STEP, parts=parts, parent=parent)
        self.setWidgetResizable(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.inside.minimumSizeHint().width(), _HEIGHT_MIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.verticalScrollBar().maximum():
            super().keyPressEvent(event)
        else:
            event.ignore()  # it is for whoever has something to turn

    def viewportEvent(self, event: QEvent) -> bool:
        # Not `event`: there Qt deletes this very object, and nothing may be called of it then.
        asks = event.type() == QEvent.Type.LayoutRequest
        handled = super().viewportEvent(event)
        if asks:
            self._fit()
        return handled

    def _fit(self) -> None:
        room, policies = self.contentsRect().size(), Qt.ScrollBarPolicy
        scrolls = _least_high(self.inside, room.width()) > room.height()
        self.setVerticalScrollBarPolicy(
            policies.ScrollBarAlwaysOn if scrolls else policies.ScrollBarAlwaysOff
        )
        if scrolls:
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            room.setHeight(_least_high(self.inside, room.width()))
        self.inside.resize(room)


def _least_high(widget: QWidget, width: int) -> int:
    """Of pages, for the one that is seen."""
    if isinstance(widget, QStackedWidget):
        seen = widget.currentWidget()
        return 0 if seen is None else _least_high(seen, width)
    layout = widget.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.minimumHeightForWidth(width)
    return widget.minimumSizeHint().expandedTo(widget.minimumSize()).height()
