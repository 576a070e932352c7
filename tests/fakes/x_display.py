"""A real X display without a screen, and hands on its keyboard (Xvfb, xdotool). Linux only."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MISSING = [name for name in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(name) is None]
"""What this computer lacks; a test skips with it as the reason."""
_CLIENT_MESSAGE = 33
_US_ROWS = (("1234567890-=", 10), ("qwertyuiop[]", 24), ("asdfghjkl;'", 38), ("zxcvbnm,./", 52))
_US_ROWS_SHIFTED = (
    ("!@#$%^&*()_+", 10),
    ("QWERTYUIOP{}", 24),
    ('ASDFGHJKL:"', 38),
    ("ZXCVBNM<>?", 52),
)
_LIMIT_S = 30


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
        """Aim, then type as a scanner gun does: at once, with its Enter.

        What follows a gun's Enter within 35 ms belongs to the same scan (`scanning.wedge`); no hand
        aims as quickly, but this program could. From one key to the next pass `delay_ms`, or a
        little more.
        """
        # xdotool waits half of its delay after a key went down, and half after it came up.
        pace = ("--delay", str(2 * delay_ms))
        ending = ("key", "Return") if enter else ()
        self._xdotool("sleep", "0.2", "type", *pace, "--args", "1", text, *ending)

    def us_gun(self, text: str) -> None:
        """A gun that knows keys, not characters: it presses those of the United States, whatever
        this display makes of them."""
        keys = [_us_key(character) for character in text]
        self._xdotool("sleep", "0.2", "key", "--delay", "0", *keys, "Return")

    def use_layout(self, *layout: str) -> None:
        """The computer's keyboard, as setxkbmap wants it said."""
        subprocess.run(
            ["setxkbmap", *layout],
            env=dict(os.environ) | self.environ,
            check=True,
            timeout=_LIMIT_S,
        )

    def press(self, key: str) -> None:
        """A person looks for a moment, then presses a key."""
        self._xdotool("sleep", "0.5", "key", key)

    def ask_to_close(self, window: int) -> None:
        """What a window manager sends when somebody clicks the cross (ICCCM, 4.2.8.1)."""
        name = ctypes.util.find_library("X11")
        assert name is not None
        x11 = ctypes.CDLL(name)
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XInternAtom.restype = ctypes.c_ulong
        x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
        display = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
        message.message_type = x11.XInternAtom(display, b"WM_PROTOCOLS", 0)
        message.data[0] = x11.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        x11.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
        x11.XCloseDisplay(display)

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments],
            env=dict(os.environ) | self.environ,
            check=True,
            timeout=_LIMIT_S,
            capture_output=True,
        )


def _us_key(character: str) -> str:
    """How xdotool is told to press this key: by its number (those of Linux)."""
    for row, first in _US_ROWS:
        if character in row:
            return str(first + row.index(character))
    for row, first in _US_ROWS_SHIFTED:
        if character in row:
            return f"shift+{first + row.index(character)}"
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
        server.wait(_LIMIT_S)
