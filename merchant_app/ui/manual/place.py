"""The manual in the window: opened at the page about what is seen, and out of a sale's way.

Keys come here first. While the manual is closed they are the window's; while it is open, a scan or
a place's key closes it and does what it always does.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from merchant_app.ui.keys import KeyUser
from merchant_app.ui.manual import shelf
from merchant_app.ui.manual.view import ManualView
from merchant_app.ui.theme import Look


class ManualPlace(QObject):
    """Lives in the GUI thread. A `KeyUser` before the window's own."""

    def __init__(self, look: Look, covered: QWidget, *, user: KeyUser) -> None:
        """`covered`: what the manual lies over. `user`: who acts on keys otherwise."""
        super().__init__(covered)
        self._look = look
        self._covered = covered
        self._user = user
        self.view: ManualView | None = None
        self._came_from: QWidget | None = None
        self._closing = False
        covered.installEventFilter(self)

    @property
    def is_open(self) -> bool:
        return self.view is not None

    def open(self, seen: QWidget | None) -> None:
        """At the page about the keyboard's place in `seen`, or about `seen` itself."""
        if self.view is not None or self._closing:
            return
        focus = QApplication.focusWidget()
        self._came_from = focus
        inside = focus is not None and seen is not None and seen.isAncestorOf(focus)
        # Made anew each time: the language, and the size of the window, may be others now.
        self.view = ManualView(self._look, self._covered)
        self.view.left.connect(self.close)
        self.view.open_at(page_about(focus if inside else seen))

    @Slot()
    def close(self) -> None:
        """Back to the till. A voucher that is scanned, or a card that turns, does it too."""
        view, self.view = self.view, None
        if view is None:
            return
        came_from, self._came_from = self._came_from, None
        view.hide()
        view.deleteLater()
        if came_from is not None and came_from.isVisible():
            came_from.setFocus()

    # --- keys (KeyUser) --------------------------------------------------------------------------

    def gun_scanned(self, text: str) -> None:
        self.close()
        self._user.gun_scanned(text)

    def enter_pressed(self) -> None:
        if self.view is not None:
            self.view.next_hit()
        else:
            self._user.enter_pressed()

    def escape_pressed(self) -> None:
        if self.view is not None:
            self.close()
        else:
            self._user.escape_pressed()

    def undo_pressed(self) -> None:
        if self.view is None:
            self._user.undo_pressed()

    def paste_pressed(self) -> bool:
        return self.view is None and self._user.paste_pressed()

    def open_pressed(self) -> None:
        self.close()
        self._user.open_pressed()

    def print_pressed(self) -> None:
        if self.view is None:
            self._user.print_pressed()

    def function_pressed(self, key: str) -> None:
        # A place's key leads there, and the key that asked for help closes it again.
        self._closing = self.view is not None
        self.close()
        self._user.function_pressed(key)
        self._closing = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.view is not None:
            self.view.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)


def page_about(seen: QWidget | None) -> str:
    """The name of the page about this widget, or about what it lies in."""
    while seen is not None:
        page = shelf.about(type(seen).__module__)
        if page is not None:
            return page
        seen = seen.parentWidget()
    return shelf.FIRST
