"""Pictures made easier to read: what light, lens and distance did to a code, undone a little.

The choice and its order were measured on photographs that no decoder was tuned for: most reads for
the time they take. Each step helps with something else, so they are taken in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage


@dataclass(frozen=True, slots=True)
class Preparation:
    """One way to prepare a picture.

    Attributes:
        name: for logs and measurements.
        scale: how much larger the prepared picture is.
        apply: makes it; needs OpenCV.
    """

    name: str
    scale: float
    apply: Callable[[GreyImage], GreyImage]


def _gamma(grey: GreyImage, exponent: float) -> GreyImage:
    import cv2
    import numpy as np

    table = (np.linspace(0.0, 1.0, 256) ** exponent * 255).astype(np.uint8)
    return cv2.LUT(grey, table)  # type: ignore[return-value]


def _larger(grey: GreyImage, scale: float) -> GreyImage:
    import cv2

    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def _sharper(grey: GreyImage) -> GreyImage:
    import cv2

    soft = cv2.GaussianBlur(grey, (0, 0), 2)
    return cv2.addWeighted(grey, 2.5, soft, -1.5, 0)  # type: ignore[return-value]


def _black_and_white(grey: GreyImage) -> GreyImage:
    import cv2

    return cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[1]  # type: ignore[return-value]


def _locally_black_and_white(grey: GreyImage) -> GreyImage:
    import cv2

    mean = cv2.ADAPTIVE_THRESH_MEAN_C
    return cv2.adaptiveThreshold(  # type: ignore[return-value]
        grey, 255, mean, cv2.THRESH_BINARY, 31, 5
    )


RING = (
    Preparation("larger and brighter", 1.5, lambda grey: _gamma(_larger(grey, 1.5), 0.5)),
    Preparation("darker", 1.0, lambda grey: _gamma(grey, 3.0)),  # glare, shadows
    Preparation("sharper", 1.0, _sharper),
    Preparation("black and white", 1.0, _black_and_white),
    Preparation("twice as large", 2.0, lambda grey: _larger(grey, 2.0)),  # far away
    Preparation("locally black and white", 1.0, _locally_black_and_white),
)
