"""PDF pages, drawn so that their codes have enough pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from merchant_app.scanning.files.findings import (
    Damaged,
    LibraryMissing,
    NeedsPassword,
    TooLarge,
)
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.refusal import Refusal

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

_POINTS_PER_INCH = 72
_DPI = 200
"""A code of 2 cm has 157 pixels then: almost 4 for each module of a voucher's 41."""
_FINE_DPI = 400
_DRAWN_PIXELS_MAX = 24_000_000
"""A page can be as large as a house; it is drawn coarser then."""
_SIDE_MIN_PX = 800
"""A page can be as small as a label; it is drawn finer then."""
_PICTURES_MAX = 12
"""Embedded pictures of a page that are looked at as they are."""
_WRONG_PASSWORD = 4
"""FPDF_ERR_PASSWORD of fpdfview.h."""


class Document:
    """An opened PDF. Child process only: the library is C++ and its input is anybody's."""

    def __init__(self, data: bytes, *, password: str | None, limits: Limits) -> None:
        """
        Raises:
            Refusal: damaged, encrypted, or the library is missing.
        """
        try:
            import pypdfium2
        except ImportError as missing:
            raise Refusal(LibraryMissing("pypdfium2")) from missing
        self._limits = limits
        self._library = pypdfium2
        try:
            self._pdf: Any = pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code == _WRONG_PASSWORD:
                raise Refusal(NeedsPassword(was_wrong=password is not None)) from None
            raise Refusal(Damaged()) from error

    @property
    def pages(self) -> int:
        """How many it says it has."""
        return len(self._pdf)

    def drawn(self, index: int) -> Iterator[GreyImage]:
        """The page as one sees it; then finer, then its own pictures. Stop when one has a code.

        Raises:
            Refusal: this page is damaged, or too large.
        """
        try:
            page = self._pdf[index]
            width, height = page.get_size()
            scales = _scales(width, height)
            for scale in scales:
                yield page.render(scale=scale, grayscale=True).to_numpy().squeeze()
            yield from self._pictures(page)
        except self._library.PdfiumError as error:
            raise Refusal(Damaged()) from error
        except MemoryError:
            raise Refusal(TooLarge()) from None

    def _pictures(self, page: Any) -> Iterator[GreyImage]:
        """Pictures that the page shows smaller than they are, or hides behind something."""
        import cv2

        is_picture = self._library.raw.FPDF_PAGEOBJ_IMAGE
        seen = 0
        for picture in page.get_objects(filter=[is_picture]):
            width, height = picture.get_px_size()
            if not 0 < width * height <= self._limits.pixels_max:
                continue
            seen += 1
            if seen > _PICTURES_MAX:
                return
            pixels = picture.get_bitmap().to_numpy()
            if pixels.ndim == 2 or pixels.shape[2] == 1:
                yield pixels.squeeze()
            else:
                yield cv2.cvtColor(pixels[:, :, :3], cv2.COLOR_BGR2GRAY)


def _scales(width_pt: float, height_pt: float) -> tuple[float, ...]:
    """How many pixels for a point: usual, then fine; once where both come to the same."""
    if width_pt <= 0 or height_pt <= 0:
        raise Refusal(Damaged())
    most = (_DRAWN_PIXELS_MAX / (width_pt * height_pt)) ** 0.5
    least = _SIDE_MIN_PX / min(width_pt, height_pt)
    usual, fine = (min(most, max(least, dpi / _POINTS_PER_INCH)) for dpi in (_DPI, _FINE_DPI))
    return (usual, fine) if fine > usual * 1.1 else (usual,)
