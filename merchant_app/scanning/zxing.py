"""zxing-cpp: the first reader, and the only module that imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from merchant_app.scanning.decoder import Reading, Sight, clockwise

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage


class Zxing:
    """Reads with zxing-cpp, called as measured: each argument has its reason.

    - `formats` QRCodeModel2: without it a 1080p frame costs twelve times as much, and with QRCode
      stray Micro QR codes are misread; with QRCodeModel2 none of 111,701 reads was wrong.
    - `try_downscale` stays on (the default): a code that fills the frame is lost without it.
    - `text_mode` Plain: the default spells the control characters of binary data as "<NUL>", so
      that it would pass for text.
    - the GIL is released, so the window stays alive.
    """

    def __init__(self, zxingcpp: Any) -> None:
        self._zxingcpp = zxingcpp

    @property
    def name(self) -> str:
        return "zxing-cpp"

    def decode(self, grey: GreyImage) -> Sight:
        if min(grey.shape) == 0:
            return Sight()
        found = self._zxingcpp.read_barcodes(
            grey,
            formats=self._zxingcpp.BarcodeFormat.QRCodeModel2,
            text_mode=self._zxingcpp.TextMode.Plain,
            return_errors=True,
        )
        readings = tuple(self._reading(barcode) for barcode in found if barcode.valid)
        return Sight(readings, unread=len(found) - len(readings))

    def _reading(self, barcode: Any) -> Reading:
        where = barcode.position
        ring = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
        is_bytes = barcode.content_type == self._zxingcpp.ContentType.Binary
        # As UTF-8 and not in the character set zxing-cpp guesses: a guess is no text.
        text = bytes(barcode.bytes).decode("utf-8", "replace") if is_bytes else barcode.text
        return Reading(
            text=text,
            corners=clockwise([(point.x, point.y) for point in ring]),
            decoder=self.name,
            is_bytes=is_bytes,
        )


def load() -> Zxing | str:
    """The decoder; or why it is not there, for the log."""
    try:
        import zxingcpp
    except ImportError as missing:  # no wheel for this system
        return f"zxing-cpp is missing: {missing}"
    return Zxing(zxingcpp)
