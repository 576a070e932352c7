"""Tiles: one suspected code cut out of a picture, laid flat and upright by its corners."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from merchant_app.scanning.decoder import Reading, clockwise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import Corners, GreyImage

SIDES_PX = (205, 287, 410)
"""Of the code in its tile: 5, 7 and 10 pixels for each of a voucher's 41 modules. Where one of them
beats with the camera's pixels, another does not."""
_MARGIN_SHARE = 8
"""An eighth of the side, around the code: its quiet zone, and room for corners that are off."""
_AREA_PX_MIN = 16 * 16
"""Smaller than that no code was ever read (measured: 1.4 pixels for a module, 21 modules)."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """Attributes:
    grey: the code with its margin, a square.
    back: 3x3, from the tile's pixels to the picture's.
    """

    grey: GreyImage
    back: NDArray[np.float64]

    def placed(self, reading: Reading, scale: float = 1.0) -> Reading:
        """A reading of this tile, prepared `scale` times as large, in the picture's pixels."""
        import cv2
        import numpy as np

        ring = np.array([reading.corners], np.float64) / scale
        points = cv2.perspectiveTransform(ring, self.back)[0]
        return replace(reading, corners=clockwise([(round(x), round(y)) for x, y in points]))


def cut_out(grey: GreyImage, corners: Corners, *, side_px: int) -> Tile | None:
    """The tile at these corners; None when they enclose no code: a line, a dot, a bow tie.

    Args:
        grey: the picture.
        corners: clockwise; they may lie outside the picture, which is continued by its edge.
        side_px: of the code in the tile, without its margin.
    """
    import cv2
    import numpy as np

    ring = np.array(corners, np.float32)
    if not cv2.isContourConvex(ring) or cv2.contourArea(ring) < _AREA_PX_MIN:
        return None
    low = side_px // _MARGIN_SHARE
    high = low + side_px
    square = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    there = cv2.getPerspectiveTransform(ring, square)
    size = side_px + 2 * low
    flat = cv2.warpPerspective(
        grey, there, (size, size), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return Tile(flat.astype(np.uint8), np.linalg.inv(there).astype(np.float64))
