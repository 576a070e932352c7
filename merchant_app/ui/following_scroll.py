"""What does not fit scrolls, and follows the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from merchant_app.ui.theme import STEP


class FollowingScroll(QScrollArea):
    """GUI thread. Up and down only; it takes no keyboard itself: what is inside has it.

    Attributes:
        inside: what scrolls.
    """

    def __init__(
        self,
        inside: QWidget,
        *,
        margin_px: int = 12 * STEP,
        parts: Sequence[QWidget] = (),
        parent: QWidget,
    ) -> None:
        """
        Args:
            inside: what scrolls.
            margin_px: what is seen above and below whatever has the keyboard.
            parts: those of it that are to be seen whole when the keyboard is in them.
            parent: what it lies in.
        """
        super().__init__(parent)
        self.inside = inside
        self._margin_px = margin_px
        self._parts = tuple(parts)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._keyboard_went)

    def sizeHint(self) -> QSize:
        # Never as high as what is inside: a layout would take that for the least it needs.
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    @Slot(QWidget, QWidget)
    def _keyboard_went(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.inside.isAncestorOf(now):
            return
        for part in self._parts:
            if part is now or part.isAncestorOf(now):
                self.ensureWidgetVisible(part, 0, 0)
        self.ensureWidgetVisible(now, 0, self._margin_px)
