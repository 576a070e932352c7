"""The manual in the window: opened at the page about what is seen, and out of a sale's way.

Keys come here first. While the manual is closed they are the window's; while it is open, a scan or
a place's key closes it and does what it always does.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol, TypeAlias, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from merchant_app.errors import Bug
from merchant_app.i18n import Language, active
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.keys import KeyUser
from merchant_app.ui.manual import shelf
from merchant_app.ui.manual.shelf import ManualPage, Spot
from merchant_app.ui.manual.view import ManualView
from merchant_app.ui.theme import Look

READ_AFTER_MS = 2_000
"""After the window is there: opening the till comes first."""

Shelf: TypeAlias = tuple[Language, tuple[ManualPage, ...]]
"""Every page, and in which language."""


class ManualPlace(QObject):
    """Lives in the GUI thread. A `KeyUser` before the window's own."""

    def __init__(
        self, look: Look, covered: QWidget, *, user: KeyUser, background: Background
    ) -> None:
        """
        Args:
            look: of the window.
            covered: what the manual lies over.
            user: who acts on keys otherwise.
            background: reads the pages before somebody asks for one; on an old disk that takes
                longer than a key press may.
        """
        super().__init__(covered)
        self._background = background
        self._read: Shelf | None = None
        self._look = look
        self._covered = covered
        self._user = user
        self.view: ManualView | None = None
        self._came_from: QWidget | None = None
        self._closing = False
        covered.installEventFilter(self)
        QTimer.singleShot(READ_AFTER_MS, self._read_pages)

    @Slot()
    def _read_pages(self) -> None:
        self._background.start(partial(_read, active()), self._pages_read, name="manual")

    def _pages_read(self, outcome: Outcome[Shelf | None]) -> None:
        if isinstance(outcome, Done):
            self._read = outcome.result

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
        pages = self._read[1] if self._read is not None and self._read[0] is active() else None
        self.view = ManualView(self._look, self._covered, pages=pages)
        self.view.left.connect(self.close)
        self.view.open_at(spot_about(focus if inside else seen))

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


def _read(language: Language) -> Shelf | None:
    try:
        return language, shelf.load(language)
    except Bug:
        # No till stops for its manual: whoever asks for a page that does not ship is told then.
        return None


@runtime_checkable
class SaysWhatItIsAbout(Protocol):
    """A widget that is about something else from one state to the next."""

    def help_spot(self) -> Spot | None:
        """Where help is in the state that is seen; None: where it is about the whole screen."""
        ...


def spot_about(seen: QWidget | None) -> Spot:
    """Where help is about this widget, or about what it lies in."""
    found: Spot | None = None
    while seen is not None:
        own = shelf.about(type(seen).__module__)
        if found is not None and own not in (None, found):
            break
        if isinstance(seen, SaysWhatItIsAbout):
            said = seen.help_spot()
            if said is not None:
                return said
        found = found or own
        seen = seen.parentWidget()
    return found or shelf.FIRST
