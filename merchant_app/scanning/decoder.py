"""What reads codes in a picture: the port, and the order in which readers are asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning.frames import Corners, Point

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage, GreyImage

WITNESS_EVERY = 4
"""zbar needs nine times as long as zxing-cpp: it looks at one in four of the frames in doubt."""

_log = logging.getLogger(__name__)


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
    """

    readings: tuple[Reading, ...] = ()
    unread: int = 0


class Decoder(Protocol):
    """Reads QR codes. One thread at a time; never raises, whatever the picture shows."""

    @property
    def name(self) -> str: ...

    def decode(self, grey: GreyImage) -> Sight:
        """All QR codes in the picture, in any direction."""
        ...


Loader: TypeAlias = Callable[[], Decoder | str]
"""Gives a decoder; or says, for the log, why it is not there."""


def clockwise(points: Sequence[Point]) -> Corners:
    """Four corners in our order, from any order around the code: turned, mirrored, whatever."""
    a, b, c, d = points
    doubled_area = sum(p[0] * q[1] - q[0] * p[1] for p, q in ((a, b), (b, c), (c, d), (d, a)))
    # y grows downwards, so clockwise to the eye is a positive area.
    ring = (a, b, c, d) if doubled_area >= 0 else (a, d, c, b)
    first = min(range(4), key=lambda index: (sum(ring[index]), ring[index]))
    return (ring[first], ring[(first + 1) % 4], ring[(first + 2) % 4], ring[(first + 3) % 4])


class Readers:
    """Asks the first decoder; the second only where the first sees a code it cannot read.

    So an empty counter costs one quick look, and a misread would need two independent programs to
    agree with a checksum. Belongs to one thread.
    """

    def __init__(self, first: Decoder, *, witness: Decoder | None = None) -> None:
        self._first = first
        self._witness = witness
        self._doubtful = 0

    @property
    def name(self) -> str:
        return self._first.name if self._witness is None else f"{self._first.name}+witness"

    def decode(self, grey: GreyImage) -> Sight:
        sight = self._first.decode(grey)
        if self._witness is None or not sight.unread:
            self._doubtful = 0
            return sight
        self._doubtful += 1
        if self._doubtful % WITNESS_EVERY != 1:
            return sight
        found = tuple(
            reading
            for reading in self._witness.decode(grey).readings
            if not any(_same_place(reading, known) for known in sight.readings)
        )
        return Sight((*sight.readings, *found), unread=max(0, sight.unread - len(found)))


def _same_place(one: Reading, other: Reading) -> bool:
    """Whether two decoders read one code: by place, as they may differ on its characters."""
    x, y = (sum(corner[axis] for corner in one.corners) / 4 for axis in (0, 1))
    columns, rows = zip(*other.corners, strict=True)
    return min(columns) <= x <= max(columns) and min(rows) <= y <= max(rows)


def grey_of(image: BgrImage) -> GreyImage:
    """The picture as decoders want it: at full size, grey, in one piece of memory."""
    import cv2

    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)  # type: ignore[return-value]


def available_readers(loaders: Sequence[Loader] | None = None) -> Readers:
    """The best readers this computer has. Imports them, so not before it is needed.

    Args:
        loaders: the best first; zxing-cpp and zbar when not given.

    Raises:
        Problem: DECODERS_MISSING, there is none.
    """
    from merchant_app.scanning import zbar, zxing

    decoders: list[Decoder] = []
    missing: list[str] = []
    for load in loaders if loaders is not None else (zxing.load, zbar.load):
        decoder = load()
        if isinstance(decoder, str):
            missing.append(decoder)
        else:
            decoders.append(decoder)
    # No warning: one reader is enough, and on macOS zbar is never there.
    _log.info("readers: %s; %s", [decoder.name for decoder in decoders], missing or "all")
    if not decoders:
        raise Problem(ProblemKind.DECODERS_MISSING, "; ".join(missing))
    return Readers(decoders[0], witness=decoders[1] if len(decoders) > 1 else None)
