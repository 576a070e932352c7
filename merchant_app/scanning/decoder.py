"""What reads codes in a picture: the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from merchant_app.scanning.frames import Corners, Point

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage, GreyImage


@dataclass(frozen=True, slots=True)
class Reading:
    """One code that was read in one picture.

    Attributes:
        text: a secret when it is a voucher's. What is no UTF-8 is replaced by U+FFFD.
        corners: of the code without its margin; outside the picture at most by rounding.
        decoder: who read it.
        is_bytes: the payload is no text.
    """

    text: str = field(repr=False)
    corners: Corners
    decoder: str
    is_bytes: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What one decoder saw in one picture.

    Attributes:
        readings: the codes it read; only those whose error correction held.
        unread: how many more it located but could not read.
        unread_at: where, for those of which it says so; never more than `unread`.
    """

    readings: tuple[Reading, ...] = ()
    unread: int = 0
    unread_at: tuple[Corners, ...] = ()


class Decoder(Protocol):
    """Reads QR codes. One thread at a time; never raises, whatever the picture shows."""

    @property
    def name(self) -> str: ...

    def decode(self, grey: GreyImage) -> Sight:
        """All QR codes in the picture, in any direction."""
        ...


def clockwise(points: Sequence[Point]) -> Corners:
    """Four corners in our order, from any order around the code: turned, mirrored, whatever."""
    a, b, c, d = points
    doubled_area = sum(p[0] * q[1] - q[0] * p[1] for p, q in ((a, b), (b, c), (c, d), (d, a)))
    # y grows downwards, so clockwise to the eye is a positive area.
    ring = (a, b, c, d) if doubled_area >= 0 else (a, d, c, b)
    first = min(range(4), key=lambda index: (sum(ring[index]), ring[index]))
    return (ring[first], ring[(first + 1) % 4], ring[(first + 2) % 4], ring[(first + 3) % 4])


def same_place(one: Corners, other: Corners) -> bool:
    """Whether two decoders mean one code: by its place, as they may differ on its characters.

    A code printed inside another shares its middle and not its size.
    """
    x, y = (sum(corner[axis] for corner in one) / 4 for axis in (0, 1))
    (left, right), (top, bottom) = _extent(other, axis=0), _extent(other, axis=1)
    if not (left <= x <= right and top <= y <= bottom):
        return False
    size, other_size = (
        (1 + _length(corners, axis=0)) * (1 + _length(corners, axis=1)) for corners in (one, other)
    )
    return max(size, other_size) <= _SIZES_DIFFER_MAX * min(size, other_size)


_SIZES_DIFFER_MAX = 2.5
"""In area. Decoders draw a code's outline up to a margin apart; a code within a code is smaller."""


def _extent(corners: Corners, *, axis: int) -> tuple[int, int]:
    along = [corner[axis] for corner in corners]
    return min(along), max(along)


def _length(corners: Corners, *, axis: int) -> int:
    low, high = _extent(corners, axis=axis)
    return high - low


def grey_of(image: BgrImage) -> GreyImage:
    """The picture as decoders want it: at full size, grey, in one piece of memory."""
    import cv2

    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)  # type: ignore[return-value]
