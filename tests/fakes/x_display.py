"""A real X display without a screen, and hands on its keyboard (Xvfb, xdotool). Linux only.

A gun is told from a person by the times that the display gives to its keys. So a gun's keys are
all with the display before it looks at the first, and their pace is the display's own: however
busy the computer is, nothing comes between two of them.
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
_US_ROWS = (("1234567890-=", 10), ("qwertyuiop[]", 24), ("asdfghjkl;'", 38), ("zxcvbnm,./", 52))
_US_ROWS_SHIFTED = (
    ("!@#$%^&*()_+", 10),
    ("QWERTYUIOP{}", 24),
    ('ASDFGHJKL:"', 38),
    ("ZXCVBNM<>?", 52),
)
_SHIFT_KEY, _RETURN_KEY = 50, 36
_AIM_MS = 200
_TWICE_MS = 2
"""The same key twice in one millisecond is what a key that is held down looks like to Qt."""


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

    def gun(self, text: str, *, delay_ms: int = 0, enter: bool = True) -> None:
        """Aim, then type as a scanner gun does: at once, or with so much time before each key.

        It knows keys, not characters: it presses those of the United States, whatever this display
        makes of them.

        What follows a gun's Enter within 35 ms belongs to the same scan (`scanning.wedge`); no hand
        aims as quickly, but this program could.
        """
        keys = [_us_key(character) for character in text]
        if enter:
            keys.append((_RETURN_KEY, False))
        with self._connection() as (display, x11):
            wait_ms, before = _AIM_MS, 0
            for key, shifted in keys:
                _press(
                    display, key, shifted=shifted, after_ms=wait_ms + _TWICE_MS * (key == before)
                )
                wait_ms, before = delay_ms, key
            x11.XSync(display, 0)

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
        with self._connection() as (display, x11):
            x11.XInternAtom.restype = ctypes.c_ulong
            x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
            message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
            message.message_type = x11.XInternAtom(display, b"WM_PROTOCOLS", 0)
            message.data[0] = x11.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
            x11.XSendEvent(
                display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message)
            )

    @contextmanager
    def _connection(self) -> Iterator[tuple[ctypes.c_void_p, ctypes.CDLL]]:
        x11 = _library("X11")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        display = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        assert display.value, f"no display {self.name}"
        try:
            yield display, x11
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


def _press(display: ctypes.c_void_p, key: int, *, shifted: bool, after_ms: int) -> None:
    """Give this key to the display, which waits for so long before it presses it."""
    strokes = [(key, True), (key, False)]
    if shifted:
        strokes = [(_SHIFT_KEY, True), *strokes, (_SHIFT_KEY, False)]
    for place, (stroke, is_down) in enumerate(strokes):
        wait_ms = 0 if place else after_ms
        _library("Xtst").XTestFakeKeyEvent(display, stroke, is_down, ctypes.c_ulong(wait_ms))


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
