"""zxing-cpp: the first reader, and the only module that imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from merchant_app.scanning.decoder import Reading, Sight, clockwise

if TYPE_CHECKING:
    from merchant_app.scanning.frames import Corners, GreyImage


class Zxing:
    """Reads with zxing-cpp, called as measured: each argument has its reason.

    - `formats` QRCodeModel2: without it a 1080p frame costs twelve times as much, and with QRCode
      stray Micro QR codes are misread; with QRCodeModel2 none of 111,701 reads was wrong.
    - `try_downscale` stays on (the default): a code that fills the frame is lost without it.
    - `text_mode` Plain: the default spells the control characters of binary data as "<NUL>", so
      that it would pass for text.
    - the GIL is released, so the window stays alive.
    """

    def __init__(self, zxingcpp: Any, *, is_global: bool = False, is_model_1: bool = False) -> None:
        """
        Args:
            zxingcpp: the module.
            is_global: one threshold for the whole picture: the quickest look of all, and it reads
                some that fail with thresholds of their own for each region.
            is_model_1: QR codes of 1994 instead of today's: still printed on some labels.
        """
        self._zxingcpp = zxingcpp
        formats, binarizers = zxingcpp.BarcodeFormat, zxingcpp.Binarizer
        self._formats = formats.QRCodeModel1 if is_model_1 else formats.QRCodeModel2
        self._binarizer = binarizers.GlobalHistogram if is_global else binarizers.LocalAverage
        self.variants: tuple[Zxing, ...] = ()
        """The same decoder, called otherwise; for pictures that gave nothing."""

    @property
    def name(self) -> str:
        return "zxing-cpp"

    def decode(self, grey: GreyImage) -> Sight:
        if min(grey.shape) == 0:
            return Sight()
        found = self._zxingcpp.read_barcodes(
            grey,
            formats=self._formats,
            binarizer=self._binarizer,
            text_mode=self._zxingcpp.TextMode.Plain,
            return_errors=True,
        )
        readings = tuple(self._reading(barcode) for barcode in found if barcode.valid)
        unread_at = tuple(_corners(barcode) for barcode in found if not barcode.valid)
        return Sight(readings, unread=len(unread_at), unread_at=unread_at)

    def _reading(self, barcode: Any) -> Reading:
        is_bytes = barcode.content_type == self._zxingcpp.ContentType.Binary
        # As UTF-8 and not in the character set zxing-cpp guesses: a guess is no text.
        text = bytes(barcode.bytes).decode("utf-8", "replace") if is_bytes else barcode.text
        return Reading(
            text=text,
            corners=_corners(barcode),
            decoder=self.name,
            is_bytes=is_bytes,
        )


def _corners(barcode: Any) -> Corners:
    where = barcode.position
    ring = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    return clockwise([(point.x, point.y) for point in ring])


def load() -> Zxing | str:
    """The decoder; or why it is not there, for the log."""
    try:
        import zxingcpp
    except ImportError as missing:  # no wheel for this system
        return f"zxing-cpp is missing: {missing}"
    zxing = Zxing(zxingcpp)
    zxing.variants = (Zxing(zxingcpp, is_global=True), Zxing(zxingcpp, is_model_1=True))
    return zxing
