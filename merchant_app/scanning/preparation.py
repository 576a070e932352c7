"""Pictures made easier to read: what light, lens and distance did to a code, undone a little.

The choice and its order were measured on pictures that no decoder was tuned for: most reads for
the time they take (tests/bench/qr.py, build/decisions/0050). Each step helps with something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from merchant_app.scanning.flattening import flattened

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage


@dataclass(frozen=True, slots=True)
class Preparation:
    """One way to prepare a picture.

    Attributes:
        name: for logs and measurements.
        scale: how much larger the prepared picture is.
        apply: makes it; needs OpenCV. Takes any picture that has at least one pixel.
    """

    name: str
    scale: float
    apply: Callable[[GreyImage], GreyImage]


def resized(grey: GreyImage, scale: float) -> GreyImage:
    """Larger by curves, smaller by averages: neither invents stripes."""
    import cv2

    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return cv2.resize(grey, size, interpolation=way)  # type: ignore[return-value]


def _gamma(grey: GreyImage, exponent: float) -> GreyImage:
    import cv2
    import numpy as np

    table = (np.linspace(0.0, 1.0, 256) ** exponent * 255).astype(np.uint8)
    return cv2.LUT(grey, table)  # type: ignore[return-value]


def _sharper(grey: GreyImage, *, radius_px: float = 2.0, amount: float = 1.5) -> GreyImage:
    import cv2

    soft = cv2.GaussianBlur(grey, (0, 0), radius_px)
    return cv2.addWeighted(  # type: ignore[return-value]
        grey, 1 + amount, soft, -amount, 0
    )


def _black_and_white(grey: GreyImage) -> GreyImage:
    import cv2

    return cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[1]  # type: ignore[return-value]


def _locally_black_and_white(grey: GreyImage, *, region_px: int) -> GreyImage:
    import cv2

    mean = cv2.ADAPTIVE_THRESH_MEAN_C
    return cv2.adaptiveThreshold(  # type: ignore[return-value]
        grey, 255, mean, cv2.THRESH_BINARY, region_px, 5
    )


def _more_contrast(grey: GreyImage) -> GreyImage:
    """CLAHE: each region's greys spread over the whole range, within limits."""
    import cv2

    # Its regions are an eighth of the picture, which cannot be less than a pixel.
    if min(grey.shape) < 8:
        return grey
    return cv2.createCLAHE(3.0, (8, 8)).apply(grey)  # type: ignore[return-value]


def _evenly_lit(grey: GreyImage, *, region_px: int = 41) -> GreyImage:
    """Light and contrast of each pixel's surroundings taken out: shadows, lamps, dark corners."""
    import cv2
    import numpy as np

    values = grey.astype(np.float32)
    mean = cv2.blur(values, (region_px, region_px))
    spread = np.sqrt(np.maximum(cv2.blur((values - mean) ** 2, (region_px, region_px)), 0))
    even: GreyImage = np.clip(128 + 55 * (values - mean) / (spread + 4), 0, 255).astype(np.uint8)
    return even


def _refocused(grey: GreyImage, *, blur_px: float, noise: float) -> GreyImage:
    """A lens that was out of focus, undone: Wiener's filter against a Gaussian blur.

    Args:
        grey: a small picture: the time grows with its area, 2 ms for 256x256.
        blur_px: sigma of the blur to undo.
        noise: its power relative to the picture's; less undoes more, and brings up more noise.
    """
    import cv2
    import numpy as np

    height, width = grey.shape
    border = 16  # a filter in frequencies wraps around: the border takes what comes round
    rows = cv2.getOptimalDFTSize(height + 2 * border)
    columns = cv2.getOptimalDFTSize(width + 2 * border)
    # Replicated and not mirrored: a picture of one pixel has nothing to mirror.
    framed = cv2.copyMakeBorder(
        grey, border, rows - height - border, border, columns - width - border, cv2.BORDER_REPLICATE
    )
    frequency_y = np.fft.fftfreq(rows)[:, None]
    frequency_x = np.fft.rfftfreq(columns)[None, :]
    lens = np.exp(-2 * (np.pi * blur_px) ** 2 * (frequency_x**2 + frequency_y**2))
    spectrum = np.fft.rfft2(framed) * lens / (lens * lens + noise)
    sharp = np.fft.irfft2(spectrum, s=(rows, columns))
    part = sharp[border : border + height, border : border + width]
    return np.clip(part, 0, 255).astype(np.uint8)


def _smoother(grey: GreyImage) -> GreyImage:
    import cv2

    return cv2.GaussianBlur(grey, (0, 0), 1.5)  # type: ignore[return-value]


def _inverted(grey: GreyImage) -> GreyImage:
    import cv2

    return cv2.bitwise_not(grey)  # type: ignore[return-value]


AS_IT_IS = Preparation("as it is", 1.0, lambda grey: grey)
INVERTED = Preparation("inverted", 1.0, _inverted)  # for decoders that know no light modules
_BRIGHTER = Preparation("brighter", 1.0, lambda grey: _gamma(grey, 0.5))
_DARKER = Preparation("darker", 1.0, lambda grey: _gamma(grey, 3.0))  # glare, shadows
_SHARPER = Preparation("sharper", 1.0, _sharper)
_BLACK_AND_WHITE = Preparation("black and white", 1.0, _black_and_white)
_TWICE = Preparation("twice as large", 2.0, lambda grey: resized(grey, 2.0))  # far away
_LARGER = Preparation("larger and brighter", 1.5, lambda grey: _gamma(resized(grey, 1.5), 0.5))
_LOCALLY = Preparation(
    "locally black and white", 1.0, lambda grey: _locally_black_and_white(grey, region_px=31)
)
_CONTRAST = Preparation("more contrast", 1.0, _more_contrast)
_EVEN = Preparation("evenly lit", 1.0, _evenly_lit)
_HALF_SHARPER = Preparation("half and sharper", 0.5, lambda grey: _sharper(resized(grey, 0.5)))

RING = (
    _HALF_SHARPER,
    _LARGER,
    _CONTRAST,
    _DARKER,
    _SHARPER,
    _BLACK_AND_WHITE,
    _TWICE,
    _LOCALLY,
)
"""For a whole frame of the camera: one in turn."""

WIDE = (
    _HALF_SHARPER,  # grain, moiré, and codes that fill the picture
    _BRIGHTER,
    Preparation("half as large", 0.5, lambda grey: resized(grey, 0.5)),
    Preparation(
        "widely black and white", 1.0, lambda grey: _locally_black_and_white(grey, region_px=51)
    ),
    _SHARPER,
    _CONTRAST,
    _BLACK_AND_WHITE,
    _DARKER,
    _LARGER,
    _EVEN,
    _TWICE,
    _LOCALLY,
    Preparation("brighter and sharper", 1.0, lambda grey: _sharper(_gamma(grey, 0.5))),
    Preparation(
        "twice and much sharper",
        2.0,
        lambda grey: _sharper(resized(grey, 2.0), radius_px=4.0, amount=2.0),
    ),
    Preparation("twice and evenly lit", 2.0, lambda grey: _evenly_lit(resized(grey, 2.0))),
)
"""For a whole still picture: all of them, the most reads for the time first."""

CLOSE = (
    Preparation("refocused", 1.0, lambda grey: _refocused(grey, blur_px=2.5, noise=0.01)),
    AS_IT_IS,
    _CONTRAST,
    _SHARPER,
    _LOCALLY,
    Preparation("much refocused", 1.0, lambda grey: _refocused(grey, blur_px=4.0, noise=0.005)),
    Preparation(
        "brighter, refocused",
        1.0,
        lambda grey: _refocused(_gamma(grey, 0.5), blur_px=2.5, noise=0.01),
    ),
    _EVEN,
    _DARKER,
    Preparation("smoother", 1.0, _smoother),
    Preparation("slightly refocused", 1.0, lambda grey: _refocused(grey, blur_px=1.5, noise=0.01)),
)
"""For a tile: one suspected code, upright and of known size."""

CREASED = (
    Preparation("flattened", 1.0, flattened),
    Preparation("flattened, more contrast", 1.0, lambda grey: _more_contrast(flattened(grey))),
    Preparation(
        "flattened, refocused",
        1.0,
        lambda grey: _refocused(flattened(grey), blur_px=2.0, noise=0.01),
    ),
    Preparation("flattened smoothly", 1.0, lambda grey: flattened(grey, neighbourhood_modules=2.5)),
    Preparation("flattened otherwise", 1.0, lambda grey: flattened(grey, guess=1)),
)
"""For a tile that none of those made readable: the paper is not flat."""
