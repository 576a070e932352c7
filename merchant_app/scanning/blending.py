"""Several frames of one code put together: what is noise in each of them averages out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from merchant_app.scanning.decoder import Decoder, Sight, same_place
from merchant_app.scanning.tiles import Tile, cut_out

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import Corners, GreyImage

NEWEST_SHARE = 0.25
"""Of the newest frame in the average: seven frames then hold nine tenths of it, so that what is
shown next is not mixed with what was shown before for longer than a blink."""
SHIFT_PX_MAX = 8.0
"""Corners are found a module off at most; a larger shift is another picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Blended:
    """Attributes:
    tile: the average, at the place of its newest frame.
    """

    tile: Tile

    def read_by(self, decoder: Decoder) -> Sight:
        """What a decoder reads in it, in the newest frame's pixels."""
        sight = decoder.decode(self.tile.grey)
        return Sight(tuple(map(self.tile.placed, sight.readings)))


class Blend:
    """Averages the frames of one code, laid flat by its corners and shifted onto each other.

    Two codes after each other in one place mix for a few frames; a mixture has no valid error
    correction, and so is not read. Belongs to one thread.
    """

    def __init__(self) -> None:
        self._corners: Corners | None = None
        self._mean: NDArray[np.float32] | None = None

    def add(self, grey: GreyImage, corners: Corners, *, side_px: int) -> Blended | None:
        """Take in a frame; the average so far, or None while it is this frame alone."""
        import cv2
        import numpy as np

        tile = cut_out(grey, corners, side_px=side_px)
        if tile is None:
            return None
        newest = tile.grey.astype(np.float32)
        is_new = self._corners is None or not same_place(corners, self._corners)
        self._corners = corners
        if self._mean is None or is_new or self._mean.shape != newest.shape:
            self._mean = newest
            return None
        (right, down), _ = cv2.phaseCorrelate(newest, self._mean)
        if max(abs(right), abs(down)) > SHIFT_PX_MAX:
            self._mean = newest
            return None
        shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
        size = (newest.shape[1], newest.shape[0])
        moved = cv2.warpAffine(newest, shift, size, borderMode=cv2.BORDER_REPLICATE)
        self._mean = (self._mean * (1 - NEWEST_SHARE) + moved * NEWEST_SHARE).astype(np.float32)
        return Blended(Tile(np.clip(self._mean, 0, 255).astype(np.uint8), tile.back))
