"""One look at a picture: a decoder, through a preparation, its findings in the picture's pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from merchant_app.scanning.decoder import Decoder, Reading, Sight
from merchant_app.scanning.frames import Corners
from merchant_app.scanning.preparation import AS_IT_IS, Preparation
from merchant_app.scanning.tiles import cut_out

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage


@dataclass(frozen=True, slots=True)
class Look:
    """A decoder, through a preparation."""

    decoder: Decoder
    preparation: Preparation = AS_IT_IS

    def at(self, grey: GreyImage) -> Sight:
        """The whole picture."""
        sight = self.decoder.decode(self.preparation.apply(grey))
        return scaled(sight, 1 / self.preparation.scale)

    def into(self, grey: GreyImage, corners: Corners, *, side_px: int) -> Sight:
        """One place of it, cut out and laid flat; what is unread there is not said again."""
        tile = cut_out(grey, corners, side_px=side_px)
        if tile is None:
            return Sight()
        sight = self.decoder.decode(self.preparation.apply(tile.grey))
        scale = self.preparation.scale
        return Sight(tuple(tile.placed(reading, scale) for reading in sight.readings))


def scaled(sight: Sight, factor: float) -> Sight:
    """The same sight of a picture that is `factor` times as large."""
    if factor == 1:
        return sight
    return replace(
        sight,
        readings=tuple(_scaled(reading, factor) for reading in sight.readings),
        unread_at=tuple(_times(corners, factor) for corners in sight.unread_at),
    )


def _scaled(reading: Reading, factor: float) -> Reading:
    return replace(reading, corners=_times(reading.corners, factor))


def _times(corners: Corners, factor: float) -> Corners:
    a, b, c, d = ((round(x * factor), round(y * factor)) for x, y in corners)
    return (a, b, c, d)


def only_ascii(sight: Sight) -> Sight:
    """What may be believed of a witness: zbar and OpenCV guess at character sets, and guess wrong.

    Codes and tokens are ASCII. Another text stays unread, so that the first decoder, which knows
    character sets, is asked about its place.
    """
    sure = tuple(reading for reading in sight.readings if reading.text.isascii())
    unsure = tuple(reading.corners for reading in sight.readings if not reading.text.isascii())
    return Sight(sure, sight.unread + len(unsure), (*sight.unread_at, *unsure))
