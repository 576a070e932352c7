"""A real X display without a screen, and hands on its keyboard (Xvfb, xdotool). Linux only.

A gun is told from a person by the times that the display gives to its keys. A display that is to
wait between two keys wakes late on a busy computer, and then the gun is a person. So a gun's keys
are all with the display before it looks at the first, it waits between none of them, and it listens
to nobody else until the last. What pace a gun may have is a question for `scanning.wedge` alone.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from tests.fakes.waiting import LIMIT_S

MISSING = [name for name in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(name) is None]
MISSING += [name for name in ("X11", "Xtst") if ctypes.util.find_library(name) is None]
"""What this computer lacks; a test skips with it as the reason."""
_CLIENT_MESSAGE = 33
_US_ROWS = (
    ("1234567890-=", 10),
    ("qwertyuiop[]", 24),
    ("asdfghjkl;'", 38),
    ("zxcvbnm,./", 52),
    (" ", 65),
)
_US_ROWS_SHIFTED = (
    ("!@#$%^&*()_+", 10),
    ("QWERTYUIOP{}", 24),
    ('ASDFGHJKL:"', 38),
    ("ZXCVBNM<>?", 52),
)
_SHIFT_KEY, _RETURN_KEY = 50, 36
_AIM_MS = 200
_PERSON_MS = 120


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib.h, padded to the size of XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 24),
    )


@dataclass(frozen=True)
class XDisplay:
    """One display.

    Attributes:
        name: as in DISPLAY.
    """

    name: str

    @property
    def environ(self) -> dict[str, str]:
        """For programs that are to open their windows here."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def focus(self, window: int) -> None:
        """There is no window manager to do it."""
        self._xdotool("windowfocus", "--sync", str(window))

    def gun(self, text: str, *, enter: bool = True) -> None:
        """Aim, then type as a scanner gun does.

        It knows keys, not characters: it presses those of the United States, whatever this display
        makes of them.

        What follows a gun's Enter within 35 ms belongs to the same scan (`scanning.wedge`); no hand
        aims as quickly, but this program could.
        """
        keys = _keys(text, enter=enter)  # one that is not there must not leave the display held
        with self._connection() as holder, self._connection() as display:
            x11 = _library("X11")
            # Held by the one, the display reads nothing of the other, whose keys are more than one
            # message; so none of them comes late.
            x11.XGrabServer(holder)
            x11.XSync(holder, 0)
            _stroke(display, _SHIFT_KEY, after_ms=_AIM_MS)
            x11.XGrabServer(display)
            for key, shifted in keys:
                _press(display, key, shifted=shifted)
                # The same key twice in one millisecond, with nothing between, is what a key that
                # is held down looks like to Qt. Shift types nothing, and guns press it at will.
                _stroke(display, _SHIFT_KEY)
            x11.XUngrabServer(display)
            x11.XFlush(display)
            x11.XUngrabServer(holder)
            x11.XSync(holder, 0)
            x11.XSync(display, 0)

    def type(self, text: str) -> None:
        """As slowly as a person does, and Enter."""
        with self._connection() as display:
            for key, shifted in _keys(text, enter=True):
                _press(display, key, shifted=shifted, after_ms=_PERSON_MS)
            _library("X11").XSync(display, 0)

    def use_layout(self, *layout: str) -> None:
        """The computer's keyboard, as setxkbmap wants it said."""
        subprocess.run(
            ["setxkbmap", *layout],
            env=dict(os.environ) | self.environ,
            check=True,
            timeout=LIMIT_S,
        )

    def press(self, key: str) -> None:
        """A person looks for a moment, then presses a key."""
        self._xdotool("sleep", "0.5", "key", key)

    def ask_to_close(self, window: int) -> None:
        """What a window manager sends when somebody clicks the cross (ICCCM, 4.2.8.1)."""
        with self._connection() as display:
            x11 = _library("X11")
            x11.XInternAtom.restype = ctypes.c_ulong
            x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
            message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
            message.message_type = x11.XInternAtom(display, b"WM_PROTOCOLS", 0)
            message.data[0] = x11.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
            x11.XSendEvent(
                display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message)
            )

    @contextmanager
    def _connection(self) -> Iterator[ctypes.c_void_p]:
        x11 = _library("X11")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        display = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        assert display.value, f"no display {self.name}"
        # Asks the display, which could not answer the first key while another holds it.
        assert _library("Xtst").XTestQueryExtension(display, *(ctypes.byref(ctypes.c_int()),) * 4)
        try:
            yield display
        finally:
            x11.XCloseDisplay(display)  # sends what still waits to be sent

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments],
            env=dict(os.environ) | self.environ,
            check=True,
            timeout=LIMIT_S,
            capture_output=True,
        )


@cache
def _library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    assert found is not None, f"no lib{name}"
    return ctypes.CDLL(found)


def _stroke(display: ctypes.c_void_p, key: int, *, after_ms: int = 0) -> None:
    """Give this key to the display, which waits for so long before it presses it."""
    for is_down, wait_ms in ((True, after_ms), (False, 0)):
        _fake_key(display, key, is_down=is_down, after_ms=wait_ms)


def _press(display: ctypes.c_void_p, key: int, *, shifted: bool, after_ms: int = 0) -> None:
    """`_stroke`, with Shift or without."""
    if not shifted:
        _stroke(display, key, after_ms=after_ms)
        return
    _fake_key(display, _SHIFT_KEY, is_down=True, after_ms=after_ms)
    _stroke(display, key)
    _fake_key(display, _SHIFT_KEY, is_down=False)


def _fake_key(display: ctypes.c_void_p, key: int, *, is_down: bool, after_ms: int = 0) -> None:
    _library("Xtst").XTestFakeKeyEvent(display, key, is_down, ctypes.c_ulong(after_ms))


def _keys(text: str, *, enter: bool) -> list[tuple[int, bool]]:
    return [_us_key(character) for character in text] + [(_RETURN_KEY, False)] * enter


def _us_key(character: str) -> tuple[int, bool]:
    """The key's number (those of Linux), and whether it is pressed with Shift."""
    for is_shifted, rows in ((False, _US_ROWS), (True, _US_ROWS_SHIFTED)):
        for row, first in rows:
            if character in row:
                return first + row.index(character), is_shifted
    raise ValueError(f"no key for {character!r}")


@contextmanager
def x_display() -> Iterator[XDisplay]:
    """A display of its own number, ended with the block."""
    read, write = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            number = numbers.readline().strip()
        assert number, "Xvfb did not start"
        yield XDisplay(f":{number}")
    finally:
        server.terminate()
        server.wait(LIMIT_S)
