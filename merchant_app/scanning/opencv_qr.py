"""OpenCV's own QR detector: the last witness, and the one that is never missing.

It takes about 25 ms for a camera's frame, too long for each of them; it is asked about still
pictures that the others did not read. It frees the interpreter while it works, so it needs no
process of its own (build/decisions/0050).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from merchant_app.scanning.decoder import Reading, Sight, clockwise

if TYPE_CHECKING:
    from merchant_app.scanning.frames import Corners, GreyImage

SIDE_PX_MIN = 21
"""No code has fewer modules on a side; smaller pictures make OpenCV raise."""
_log = logging.getLogger(__name__)


class OpenCvQr:
    """Reads with `cv2.QRCodeDetectorAruco`.

    Only ASCII is taken from it, which is what codes and tokens are: it tells no character set, and
    takes Shift JIS for Latin-1.
    """

    def __init__(self, cv2: Any) -> None:
        self._cv2 = cv2
        self._detector = cv2.QRCodeDetectorAruco()

    @property
    def name(self) -> str:
        return "opencv"

    def decode(self, grey: GreyImage) -> Sight:
        if min(grey.shape) < SIDE_PX_MIN:
            return Sight()
        try:
            _, texts, outlines, _ = self._detector.detectAndDecodeMulti(grey)
        except (self._cv2.error, UnicodeDecodeError) as error:
            # Its own assertions fail on some pictures, and bytes that are no UTF-8 reach Python
            # as an error instead of a text.
            _log.debug("opencv gave up on a picture: %s", type(error).__name__)
            return Sight()
        if outlines is None:
            return Sight()
        readings: list[Reading] = []
        unread_at: list[Corners] = []
        for text, outline in zip(texts, outlines, strict=True):
            corners = clockwise([(round(float(x)), round(float(y))) for x, y in outline])
            if text and text.isascii() and text.isprintable():
                readings.append(Reading(text, corners, self.name))
            else:
                unread_at.append(corners)
        return Sight(tuple(readings), unread=len(unread_at), unread_at=tuple(unread_at))


def load() -> OpenCvQr | str:
    """The decoder; or why it is not there, for the log."""
    try:
        import cv2
    except ImportError as missing:
        return f"opencv is missing: {missing}"
    if not hasattr(cv2, "QRCodeDetectorAruco"):
        return "opencv is missing: its wheel has no QR detector"
    return OpenCvQr(cv2)
