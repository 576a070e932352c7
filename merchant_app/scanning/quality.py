"""Why a picture cannot be read, for words that help: too dark, too close, too far, blurred, glare.

Measured on a thumbnail of 320 pixels, and for sharpness on a piece of the picture itself. Nothing
is said of a counter that is lit and empty: only a surface that looks like a code, or a symbol that
a decoder located and could not read, gives rise to words. Wrong words are worse than none: a limit
in doubt was set to say nothing.

The limits were chosen on drawn pictures (tests/unit/scanning/test_scanning_quality.py): codes of
version 6 from 90 to 1,400 pixels wide with blur, darkness and glare in several strengths, and
counters without codes (wood, a page of print, shelves). Then tried on the 58 pictures of at least
300 pixels in the QR folders of zxing and zxing-cpp: none of the 16 that show patterns and no code
got words, nor did the one code that a frame's reading missed.
Sharpness is the width of the sharpest edges in pixels, not the variance of the Laplacian: that
falls with the contrast and with the size of the modules too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import GreyImage

THUMB_WIDTH_PX = 320
DARK_LEVEL_MAX = 45
"""Of 255. zxing-cpp still reads a code whose white is at 28; a webcam's noise is what it does not
survive, and that begins here."""
BLURRED_EDGE_PX = 6.5
"""A code in focus has edges of 1 to 5 pixels; from 8 on it is not read at any usual size."""
AROUND_BLURRED_EDGE_PX = 2.2
"""Pixels of the thumbnail: print and edges behind a code in focus have 1.0 to 1.5."""
AROUND_CONTRAST_MIN = 90
"""With less around the code, nobody can say whether what lies there is sharp."""
SUSPECT_SHARE_MIN = 0.02
"""Of the picture: smaller surfaces of contrast are print and pattern."""
CLOSE_SHARE_MIN, CLOSE_SHARE_MAX = 0.35, 0.9
"""Of the picture, for a surface from its top to its bottom: a code that does not fit into it. What
covers still more is a pattern: the squares of a code so near are too large to look like one."""
GLARE_SHARE_MIN = 0.06
"""Of a code, that is a white patch wider than any of its white parts."""
ADVICE_AFTER_S = 0.8
"""A hand that comes and goes, or a camera that focuses, is no reason for words."""
ADVICE_STAYS_S = 1.0
ADVICE_MAX_S = 10.0
"""Words that have not helped by then do not help, or they are wrong: a shelf behind the counter
that looks like a code must not be commented on all day."""
_WHITE = 250
_WINDOW_PX = 15
_SHARPNESS_CROP_PX = 256
_TINY = 1e-3


class Advice(Enum):
    """What would help; the screen has the words."""

    MORE_LIGHT = "more_light"
    TOO_CLOSE = "too_close"
    """The code does not fit into the picture."""
    MOVE_BACK = "move_back"
    """The code is blurred: nearer than the camera can focus, as far as one can tell."""
    CLOSER = "closer"
    """A decoder located a code, and it is too small to be seen on the thumbnail."""
    WIPE_LENS = "wipe_lens"
    """What lies around the code is not sharp either."""
    GLARE = "glare"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A surface that looks like a code: contrast in both directions, as much dark as light.

    Attributes:
        box: left, top, width, height in pixels of the thumbnail.
        share: of the picture.
        edge_px: width of its sharpest edges, in pixels of the picture.
        glare: share of it that is a white patch.
        around_edge_px: as `edge_px` in pixels of the thumbnail, for what lies around it; 0.0
            where too little contrast is there to tell.
    """

    box: tuple[int, int, int, int]
    share: float
    edge_px: float
    glare: float
    around_edge_px: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one picture.

    Attributes:
        bright: the level, of 255, that 95 of 100 pixels stay below.
        suspect: the largest surface that looks like a code; None: there is none.
        height_px: of the thumbnail.
    """

    bright: int
    suspect: Suspect | None
    height_px: int


def measure(grey: GreyImage) -> Measured:
    """Look at one picture; 1 to 2 ms at 1280x720. Any thread."""
    import cv2
    import numpy as np

    height, width = grey.shape
    if min(height, width) < _WINDOW_PX:
        return Measured(bright=255, suspect=None, height_px=0)
    # Every other pixel first: averaging all of them would take longer than all the rest.
    step = max(1, width // (2 * THUMB_WIDTH_PX))
    coarse = grey[::step, ::step]
    size = (THUMB_WIDTH_PX, max(_WINDOW_PX, round(height * THUMB_WIDTH_PX / width)))
    thumb: GreyImage = cv2.resize(coarse, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    levels = cv2.calcHist([thumb], [0], None, [256], [0, 256]).ravel().cumsum()
    bright = int(np.searchsorted(levels, 0.95 * thumb.size))
    box = _suspect_box(thumb)
    suspect = None if box is None else _suspect(grey, thumb, box)
    return Measured(bright=bright, suspect=suspect, height_px=thumb.shape[0])


def advise(measured: Measured, *, unread: int) -> Advice | None:
    """What would help to read the picture that was measured; None: nobody knows, or nothing is
    there to be read.

    Args:
        unread: symbols that a decoder located in it and could not read.
    """
    suspect = measured.suspect
    if suspect is None:
        if measured.bright <= DARK_LEVEL_MAX:
            return Advice.MORE_LIGHT
        return Advice.CLOSER if unread else None
    is_cut = suspect.box[3] >= measured.height_px - 2
    if is_cut and CLOSE_SHARE_MIN <= suspect.share <= CLOSE_SHARE_MAX:
        return Advice.TOO_CLOSE
    if suspect.edge_px >= BLURRED_EDGE_PX:
        is_lens = suspect.around_edge_px >= AROUND_BLURRED_EDGE_PX
        return Advice.WIPE_LENS if is_lens else Advice.MOVE_BACK
    if suspect.glare >= GLARE_SHARE_MIN:
        return Advice.GLARE
    return Advice.MORE_LIGHT if measured.bright <= DARK_LEVEL_MAX else None


class Advisor:
    """Says one thing at a time, late and for a while: words that flicker cannot be read.

    Pure; belongs to one thread.
    """

    def __init__(self) -> None:
        self._said: Advice | None = None
        self._said_since_s = 0.0
        self._confirmed_at_s = 0.0
        self._candidate: Advice | None = None
        self._candidate_since_s = 0.0
        self._tired_of: Advice | None = None

    def look(self, advice: Advice | None, *, at_s: float) -> Advice | None:
        """What to say now, after this was found.

        Args:
            advice: for a picture in which nothing was read; None: nothing is wrong with it.
            at_s: monotonic seconds of that picture; never less than in the call before.
        """
        if advice is not self._candidate:
            self._candidate, self._candidate_since_s = advice, at_s
        lasting = at_s - self._candidate_since_s >= ADVICE_AFTER_S
        if advice is None and lasting:
            self._tired_of = None
        if advice is not None and advice is self._said:
            self._confirmed_at_s = at_s
            if at_s - self._said_since_s >= ADVICE_MAX_S and advice is not Advice.MORE_LIGHT:
                self._said, self._tired_of = None, advice
        elif advice is not None and lasting and advice is not self._tired_of:
            self._said, self._said_since_s, self._confirmed_at_s = advice, at_s, at_s
        elif self._said is not None and at_s - self._confirmed_at_s >= ADVICE_STAYS_S:
            self._said = None
        return self._said

    def read(self) -> None:
        """A code was read: nothing is wrong, at once."""
        self._said = self._candidate = self._tired_of = None


def _suspect_box(thumb: GreyImage) -> tuple[int, int, int, int, int] | None:
    """Left, top, width, height, area of the largest surface that looks like a code."""
    import cv2
    import numpy as np

    window = (_WINDOW_PX, _WINDOW_PX)
    mean = cv2.blur(thumb, window).astype(np.float32)
    square = cv2.sqrBoxFilter(thumb, cv2.CV_32F, window)
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    across = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(thumb, cv2.CV_16S, 1, 0)), window)
    down = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(thumb, cv2.CV_16S, 0, 1)), window)
    kernel = np.ones(window, np.uint8)
    low, high = cv2.erode(thumb, kernel), cv2.dilate(thumb, kernel)
    span = cv2.subtract(high, low).astype(np.float32) + _TINY
    dark = (mean - low) / span
    # A line of print is light with a little dark; the edge of a table has one direction.
    mask = (spread > 20) & (spread > 0.24 * span) & (dark > 0.25) & (dark < 0.75)
    mask &= np.minimum(across, down) > 0.5 * np.maximum(across, down)
    nine = np.ones((9, 9), np.uint8)
    whole = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, nine)
    whole = cv2.morphologyEx(whole, cv2.MORPH_OPEN, nine)
    _count, _labels, found, _centres = cv2.connectedComponentsWithStats(whole)
    best: tuple[int, int, int, int, int] | None = None
    for left, top, width, height, area in found[1:].tolist():
        fits = 0.55 < width / height < 1.8 and area >= 0.55 * width * height
        large = area >= SUSPECT_SHARE_MIN * thumb.size
        if large and fits and (best is None or area > best[4]):
            best = (left, top, width, height, area)
    return best


def _suspect(grey: GreyImage, thumb: GreyImage, found: tuple[int, int, int, int, int]) -> Suspect:
    import cv2
    import numpy as np

    left, top, width, height, area = found
    scale = grey.shape[1] / thumb.shape[1]
    centre_x, centre_y = round((left + width / 2) * scale), round((top + height / 2) * scale)
    half = min(_SHARPNESS_CROP_PX // 2, round(max(width, height) * scale / 2))
    crop = grey[
        max(0, centre_y - half) : centre_y + half, max(0, centre_x - half) : centre_x + half
    ]
    edge_px, _contrast = _edge_width(crop, np.ones(crop.shape, np.bool_))
    white = (thumb[top : top + height, left : left + width] >= _WHITE).astype(np.uint8)
    thick = max(3, min(width, height) // 5)
    patch = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    around = np.ones(thumb.shape, np.bool_)
    margin = max(width, height) // 5
    above, before = max(0, top - margin), max(0, left - margin)
    around[above : top + height + margin, before : left + width + margin] = False
    around_px, contrast = _edge_width(thumb, around)
    return Suspect(
        box=(left, top, width, height),
        share=area / thumb.size,
        edge_px=edge_px,
        glare=float(patch.mean()),
        around_edge_px=around_px if contrast >= AROUND_CONTRAST_MIN else 0.0,
    )


def _edge_width(grey: GreyImage, chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Contrast over steepest slope: in how many pixels the sharpest edges rise; and the contrast,
    both where `chosen`."""
    import numpy as np

    levels = grey.astype(np.int16)
    across = np.abs(levels[:-1, 1:] - levels[:-1, :-1])
    down = np.abs(levels[1:, :-1] - levels[:-1, :-1])
    seen, slopes = grey[chosen], np.maximum(across, down)[chosen[1:, 1:]]
    if slopes.size == 0:
        return 0.0, 0.0
    # By counting: sorting fifty thousand pixels would take longer than all the rest.
    levels_seen = np.bincount(seen, minlength=256).cumsum()
    low, high = np.searchsorted(levels_seen, (0.02 * seen.size, 0.98 * seen.size))
    steepest = int(np.searchsorted(np.bincount(slopes).cumsum(), 0.99 * slopes.size))
    contrast = float(high - low)
    return contrast / max(1, steepest), contrast
