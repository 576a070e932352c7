"""Every key of the window, before anything else sees it: a scanner gun's, and the till's own.

Installed on the window's handle, where each key press passes once, whatever has the focus. So a
gun's Enter never presses a button, and its characters never stay in an amount.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, assert_never

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QRadioButton

from merchant_app.scanning.keyboard_layout import meant
from merchant_app.scanning.wedge import PAUSE_S, Completed, KeyDeed, PassOn, Swallow, Wedge
from merchant_app.ui.encaisser.entry_fields import EntryField, FieldContent

_TICK_MARGIN_MS = 5
_KEYS_FIRST_MS = 10
"""From the end of a pause to the end of the scan: whatever is in the window's queue by then was
pressed during the pause."""


class KeyUser(Protocol):
    """Who acts on keys. GUI thread."""

    def gun_scanned(self, text: str) -> None:
        """A gun typed this; the keyboard's layout is undone already. A secret."""
        ...

    def enter_pressed(self) -> None: ...

    def escape_pressed(self) -> None: ...

    def undo_pressed(self) -> None: ...

    def paste_pressed(self) -> bool:
        """Ctrl+V. False: the field that has the keyboard takes it."""
        ...

    def open_pressed(self) -> None:
        """Ctrl+O: a file is to be opened."""
        ...

    def print_pressed(self) -> None:
        """Ctrl+P: a receipt."""
        ...

    def function_pressed(self, key: str) -> None:
        """ "F1" to "F12": places and deeds. A gun never types one."""
        ...


class Keys(QObject):
    """The event filter. GUI thread."""

    def __init__(self, user: KeyUser, *, monotonic_s: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._user = user
        self._monotonic_s = monotonic_s
        self._wedge = Wedge()
        self._before: tuple[EntryField, FieldContent] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._paused)
        self._keys_first = QTimer(self)
        self._keys_first.setSingleShot(True)
        self._keys_first.timeout.connect(self._ended)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return self._swallows(event)

    def _swallows(self, event: QKeyEvent) -> bool:
        focus = QApplication.focusWidget()
        # The event's own time: after a stall a person's keys come at once and would look like a
        # gun's. Events that programs make have none.
        at_s = event.timestamp() / 1000 if event.timestamp() else self._monotonic_s()
        text = "" if _is_command(event) else event.text()
        deed = self._wedge.key(
            text,
            at_s=at_s,
            in_text_field=isinstance(focus, QLineEdit),
            auto_repeat=event.isAutoRepeat(),
        )
        return self._follow(deed, event)

    def _follow(self, deed: KeyDeed, event: QKeyEvent) -> bool:
        match deed:
            case PassOn(starts_burst=starts_burst):
                if starts_burst:
                    self._note_field()
                return self._own_key(event)
            case Swallow(retract=retract):
                if retract:
                    self._take_back()
                self._keys_first.stop()
                if self._wedge.deadline_s is not None:
                    self._pause.start(round(PAUSE_S * 1000) + _TICK_MARGIN_MS)
                return True
            case Completed(scan=scan, key=key):
                self._pause.stop()
                self._keys_first.stop()
                self._user.gun_scanned(meant(scan.text))
                return self._follow(key, event)
            case _:
                assert_never(deed)

    def _paused(self) -> None:
        # A window that was busy has a timer that is due and keys that wait, and may take the timer
        # first: a scan would fall into two, neither of them a code.
        self._keys_first.start(_KEYS_FIRST_MS)

    def _ended(self) -> None:
        deadline = self._wedge.deadline_s
        if deadline is None:
            return
        scan = self._wedge.tick(deadline)
        if scan is not None:
            self._user.gun_scanned(meant(scan.text))

    def _note_field(self) -> None:
        focus = QApplication.focusWidget()
        self._before = (focus, focus.content()) if isinstance(focus, EntryField) else None

    def _take_back(self) -> None:
        if self._before is not None:
            field, content = self._before
            field.put_back(content)
            self._before = None

    def _own_key(self, event: QKeyEvent) -> bool:
        """The keys that mean the same everywhere in the window."""
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._user.paste_pressed()
        for standard, pressed in (
            (QKeySequence.StandardKey.Undo, self._user.undo_pressed),
            (QKeySequence.StandardKey.Open, self._user.open_pressed),
            (QKeySequence.StandardKey.Print, self._user.print_pressed),
        ):
            if event.matches(standard):
                if not event.isAutoRepeat():
                    pressed()
                return True
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if not event.isAutoRepeat():
                    self._enter()
                return True
            case Qt.Key.Key_Escape:
                if not event.isAutoRepeat():
                    self._user.escape_pressed()
                return True
            case key if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F12:
                if not event.isAutoRepeat():
                    self._user.function_pressed(f"F{key - Qt.Key.Key_F1 + 1}")
                return True
            case _:
                return False

    def _enter(self) -> None:
        # Somebody who went to a button with Tab and presses Enter means that button; a choice is
        # made with the arrows, and Enter after it is the screen's.
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton) and not isinstance(focus, QRadioButton):
            focus.click()
        else:
            self._user.enter_pressed()


def _is_command(event: QKeyEvent) -> bool:
    """Ctrl+V and the like type nothing. AltGr does, and Windows calls it Ctrl+Alt."""
    keys = Qt.KeyboardModifier
    held = event.modifiers() & (keys.ControlModifier | keys.AltModifier | keys.MetaModifier)
    return bool(held) and held != keys.ControlModifier | keys.AltModifier
