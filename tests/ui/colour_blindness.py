"""How colours reach eyes that lack one kind of cone.

Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision
Deficiency, IEEE TVCG 15 (6), 2009, table 1, severity 1.0; on linear RGB.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtGui import QImage


class Eyes(Enum):
    """Who looks."""

    PROTANOPE = "protanope"
    DEUTERANOPE = "deuteranope"
    TRITANOPE = "tritanope"


MATRICES = {
    Eyes.PROTANOPE: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    Eyes.DEUTERANOPE: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    Eyes.TRITANOPE: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(colour: str, eyes: Eyes) -> str:
    """A colour as these eyes see it; both as "#RRGGBB"."""
    linear = [_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)]
    return "#" + "".join(f"{_byte(_dot(row, linear)):02X}" for row in MATRICES[eyes])


def picture_seen(picture: QImage, eyes: Eyes) -> QImage:
    """A whole picture as these eyes see it."""
    import numpy as np

    image = picture.convertToFormat(QImage.Format.Format_RGB888)
    width, height, stride = image.width(), image.height(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, stride)
    values = rows[:, : 3 * width].reshape(height, width, 3) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    mixed = np.clip(linear @ np.array(MATRICES[eyes]).T, 0, 1)
    coded = np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055)
    whole = np.ascontiguousarray((coded * 255).round().astype(np.uint8))
    return QImage(whole.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _dot(row: Sequence[float], linear: Sequence[float]) -> float:
    return sum(share * value for share, value in zip(row, linear, strict=True))


def _byte(linear: float) -> int:
    value = min(1.0, max(0.0, linear))
    coded = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(coded * 255)
