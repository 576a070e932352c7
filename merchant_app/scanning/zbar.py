"""ZBar by way of pyzbar: the second reader, and the only module that imports it.

It is allowed to fail: its library may be missing, and pyzbar stumbles over codes of which it knows
only a part.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merchant_app.scanning.decoder import Reading, Sight, clockwise

if TYPE_CHECKING:
    from merchant_app.scanning.frames import Corners, GreyImage

_log = logging.getLogger(__name__)


class Zbar:
    """Reads with ZBar; a picture takes about nine times as long as with zxing-cpp.

    Codes and tokens are ASCII and arrive unharmed. For other text ZBar guesses a character set,
    and may take UTF-8 with accents for Shift JIS.
    """

    def __init__(self, pyzbar: Any) -> None:
        self._pyzbar = pyzbar

    @property
    def name(self) -> str:
        return "zbar"

    def decode(self, grey: GreyImage) -> Sight:
        if min(grey.shape) == 0:
            return Sight()
        try:
            found = self._pyzbar.decode(grey, symbols=[self._pyzbar.ZBarSymbol.QRCODE])
        except ValueError as error:
            # One part of a structured-append series (ISO/IEC 18004, 8) has no orientation, and
            # pyzbar takes ZBar's -1 for an unknown enum member. It saw a code; it read none.
            _log.debug("zbar gave up on a picture: %s", error)
            return Sight(unread=1)
        return Sight(tuple(self._reading(code) for code in found))

    def _reading(self, code: Any) -> Reading:
        data = bytes(code.data)
        text = data.decode("utf-8", "replace")
        return Reading(
            text=text,
            corners=_corners(code),
            decoder=self.name,
            # ZBar has already turned what it took for Latin-1 or Shift JIS into UTF-8, so bytes
            # come back mangled; control characters are what still shows.
            is_bytes="\ufffd" in text or any(ord(c) < 32 and c not in "\t\r\n" for c in text),
        )


def _corners(code: Any) -> Corners:
    points = [(point.x, point.y) for point in code.polygon]
    if len(points) != 4:  # pyzbar gives the convex hull: three corners when two coincide
        left, top, width, height = code.rect
        right, bottom = left + width, top + height
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return clockwise(points)


def load() -> Zbar | str:
    """The decoder; or why it is not there, for the log."""
    _find_the_packaged_library()
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError) as missing:  # OSError: a library of Windows that will not load
        return f"zbar is missing: {missing}"
    return Zbar(pyzbar)


def _find_the_packaged_library() -> None:
    """pyzbar looks for ZBar where the system keeps its libraries; packaged, it lies beside us."""
    bundle = getattr(sys, "_MEIPASS", None)
    packaged = sorted(Path(bundle).glob("libzbar*")) if bundle else []
    if not packaged:  # on Windows pyzbar's wheel brings it, and knows where
        return
    import ctypes.util

    in_the_system = ctypes.util.find_library

    def find_library(name: str) -> str | None:
        return str(packaged[0]) if name == "zbar" else in_the_system(name)

    ctypes.util.find_library = find_library
