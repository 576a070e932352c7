"""The readers of this computer: the first decoder, helped where it has to be.

Importing this module loads no decoder; `available_readers` does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning import opencv, zbar, zxing
from merchant_app.scanning.decoder import Decoder, Reading, Sight
from merchant_app.scanning.preparation import RING, Preparation

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

WITNESS_EVERY = 4
"""zbar needs nine times as long as zxing-cpp: it looks at one in four of the frames in doubt."""
SILENT_EVERY = 4
"""Of frames in which nothing is seen, one in so many is also looked at prepared."""
DOUBTFUL_STEPS = 3
"""Preparations tried on a frame with a code that is seen and not read."""
KEEP_WORKED_FRAMES = 5
"""A preparation that worked is kept until it failed for so many frames."""

_log = logging.getLogger(__name__)

Loader: TypeAlias = Callable[[], Decoder | str]
"""Gives a decoder; or says, for the log, why it is not there."""


class Readers:
    """The first decoder, helped where it has to be: prepared pictures, then a second decoder.

    - An empty counter costs one quick look; every fourth of them also one prepared one, because a
      code in the dark is not even seen.
    - A code that is seen and not read gets three prepared looks, in turn from frame to frame, and
      now and then the second decoder.
    - A preparation that worked is used at once in the frames that follow, so that what needs two
      agreeing frames gets them.

    Belongs to one thread.
    """

    def __init__(
        self,
        first: Decoder,
        *,
        witness: Decoder | None = None,
        ring: Sequence[Preparation] = RING,
    ) -> None:
        self._first = first
        self._witness = witness
        self._ring = ring
        self._turn = 0
        self._silent = 0
        self._doubtful = 0
        self._worked: Preparation | None = None
        self._worked_frames_ago = 0

    @property
    def name(self) -> str:
        return self._first.name if self._witness is None else f"{self._first.name}+witness"

    def decode(self, grey: GreyImage) -> Sight:
        sight = self._first.decode(grey)
        if sight.readings and not sight.unread:
            self._silent = self._doubtful = 0
            return sight
        for preparation in self._due(sight):
            sight, helped = _add(sight, self._prepared(grey, preparation))
            if helped:
                self._worked, self._worked_frames_ago = preparation, 0
                break
        return self._ask_witness(grey, sight)

    def _due(self, sight: Sight) -> list[Preparation]:
        """The preparations for this frame."""
        if not self._ring:
            return []
        if self._worked is not None:
            self._worked_frames_ago += 1
            if self._worked_frames_ago <= KEEP_WORKED_FRAMES:
                return [self._worked]
            self._worked = None
        self._silent = 0 if sight.unread else self._silent + 1
        count = DOUBTFUL_STEPS if sight.unread else int(self._silent % SILENT_EVERY == 0)
        due = [self._ring[(self._turn + step) % len(self._ring)] for step in range(count)]
        self._turn += count
        return due

    def _prepared(self, grey: GreyImage, preparation: Preparation) -> Sight:
        sight = self._first.decode(preparation.apply(grey))
        readings = tuple(_scaled(reading, preparation.scale) for reading in sight.readings)
        return Sight(readings)

    def _ask_witness(self, grey: GreyImage, sight: Sight) -> Sight:
        if self._witness is None or not sight.unread:
            self._doubtful = 0
            return sight
        self._doubtful += 1
        if self._doubtful % WITNESS_EVERY != 1:
            return sight
        return _add(sight, self._witness.decode(grey))[0]


def _add(sight: Sight, other: Sight) -> tuple[Sight, bool]:
    """Both together, each code once; and whether that is more than before."""
    new = tuple(
        reading
        for reading in other.readings
        if not any(_same_place(reading, known) for known in sight.readings)
    )
    if not new:
        return sight, False
    return Sight((*sight.readings, *new), unread=max(0, sight.unread - len(new))), True


def _scaled(reading: Reading, scale: float) -> Reading:
    """A reading of an enlarged picture, in the pixels of the picture itself."""
    a, b, c, d = ((round(x / scale), round(y / scale)) for x, y in reading.corners)
    return replace(reading, corners=(a, b, c, d))


def _same_place(one: Reading, other: Reading) -> bool:
    """Whether two decoders read one code: by place, as they may differ on its characters."""
    x, y = (sum(corner[axis] for corner in one.corners) / 4 for axis in (0, 1))
    columns, rows = zip(*other.corners, strict=True)
    return min(columns) <= x <= max(columns) and min(rows) <= y <= max(rows)


def available_readers(loaders: Sequence[Loader] | None = None) -> Readers:
    """The best readers this computer has. Imports them, so not before it is needed.

    Args:
        loaders: the best first; zxing-cpp and zbar when not given.

    Raises:
        Problem: DECODERS_MISSING, there is none.
    """
    opencv.prepare()
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
