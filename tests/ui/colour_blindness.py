"""How colours reach eyes that lack one kind of cone, or all; and how far apart they are.

Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision
Deficiency, IEEE TVCG 15 (6), 2009, table 1, severity 1.0; on linear RGB. Without any cones there
is luminance alone: the weights of ITU-R BT.709, as in WCAG.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Eyes(Enum):
    """What the eyes that look lack: red, green, blue, every colour."""

    PROTANOPIA = "protanopia"
    DEUTERANOPIA = "deuteranopia"
    TRITANOPIA = "tritanopia"
    ACHROMATOPSIA = "achromatopsia"


MATRICES = {
    Eyes.PROTANOPIA: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    Eyes.DEUTERANOPIA: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    Eyes.TRITANOPIA: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    Eyes.ACHROMATOPSIA: ((0.2126, 0.7152, 0.0722),) * 3,
}


def seen(colour: str, eyes: Eyes) -> str:
    """A colour as these eyes see it; both as "#RRGGBB"."""
    linear = [_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)]
    return "#" + "".join(f"{_byte(_dot(row, linear)):02X}" for row in MATRICES[eyes])


def luminances(picture: QImage) -> list[float]:
    """WCAG's relative luminance of every pixel, row by row."""
    import numpy as np

    weights = np.array(MATRICES[Eyes.ACHROMATOPSIA][0])
    return [float(value) for value in (_linear_pixels(picture) @ weights).ravel()]


def picture_seen(picture: QImage, eyes: Eyes) -> QImage:
    """A whole picture as these eyes see it."""
    import numpy as np

    linear = _linear_pixels(picture)
    height, width = linear.shape[:2]
    mixed = np.clip(linear @ np.array(MATRICES[eyes]).T, 0, 1)
    coded = np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055)
    whole = np.ascontiguousarray((coded * 255).round().astype(np.uint8))
    return QImage(whole.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _linear_pixels(picture: QImage) -> NDArray[np.float64]:
    """Rows of pixels of linear red, green and blue."""
    import numpy as np

    image = picture.convertToFormat(QImage.Format.Format_RGB888)
    width, height, stride = image.width(), image.height(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, stride)
    values = rows[:, : 3 * width].reshape(height, width, 3) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def distance(one: str, other: str) -> float:
    """How different two colours "#RRGGBB" look: CIEDE2000; about 1 is just seen side by side."""
    return ciede2000(_lab(one), _lab(other))


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The difference of two colours in CIE L*a*b*.

    Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula: Implementation Notes, Supplementary
    Test Data, and Mathematical Observations, Color Research and Application 30 (1), 2005; the
    names are the paper's.
    """
    (l1, a1, b1), (l2, a2, b2) = one, other
    grey = 1.5 - 0.5 * _share((hypot(a1, b1) + hypot(a2, b2)) / 2)
    c1, c2 = hypot(grey * a1, b1), hypot(grey * a2, b2)
    h1, h2 = degrees(atan2(b1, grey * a1)) % 360, degrees(atan2(b2, grey * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = 2 * sqrt(c1 * c2) * sin(radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    middle = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    t = (
        1
        - 0.17 * cos(radians(middle - 30))
        + 0.24 * cos(radians(2 * middle))
        + 0.32 * cos(radians(3 * middle + 6))
        - 0.20 * cos(radians(4 * middle - 63))
    )
    s_l = 1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rotation = -2 * _share(chroma) * sin(radians(60 * exp(-(((middle - 275) / 25) ** 2))))
    parts = (l2 - l1) / s_l, (c2 - c1) / s_c, hue / s_h
    return sqrt(sum(part * part for part in parts) + rotation * parts[1] * parts[2])


def _share(chroma: float) -> float:
    return sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _lab(colour: str) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour, white D65."""
    linear = [_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)]
    x, y, z = (_cube_root(_dot(row, linear) / white) for row, white in _XYZ)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


_XYZ = (
    ((0.4124564, 0.3575761, 0.1804375), 0.95047),
    ((0.2126729, 0.7151522, 0.0721750), 1.0),
    ((0.0193339, 0.1191920, 0.9503041), 1.08883),
)
"""IEC 61966-2-1, and its white."""


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _dot(row: Sequence[float], linear: Sequence[float]) -> float:
    return sum(share * value for share, value in zip(row, linear, strict=True))


def _byte(linear: float) -> int:
    value = min(1.0, max(0.0, linear))
    coded = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(coded * 255)
