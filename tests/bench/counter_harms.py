"""The kinds of harm of the counter set: each changes a scene, in a strength from 1 to 5."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.bench.counter_scene import HEIGHT_PX, INK, MODULE_PX, PAPER, WIDTH_PX, Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.floating[Any]]


def _pick(strength: int, *values: float) -> float:
    return values[strength - 1]


def _distance(scene: Scene, strength: int) -> None:
    scene.px_per_module = _pick(strength, 2.6, 2.2, 1.9, 1.6, 1.4)


def _blur(scene: Scene, strength: int) -> None:
    scene.blur_px = _pick(strength, 1.8, 2.5, 3.1, 3.7, 4.4)


def _motion(scene: Scene, strength: int) -> None:
    import cv2
    import numpy as np

    length_px = _pick(strength, 4, 6, 8, 10, 13)
    angle = scene.random.uniform(0, math.pi)
    kernel = np.zeros((17, 17), np.float32)
    for step in np.linspace(-length_px / 2, length_px / 2, 200):
        kernel[round(8 + step * math.sin(angle)), round(8 + step * math.cos(angle))] += 1
    kernel /= kernel.sum()
    scene.lens = lambda image: cv2.filter2D(image, -1, kernel).astype(np.float32)


def _glare(scene: Scene, strength: int) -> None:
    import numpy as np

    share = _pick(strength, 0.18, 0.28, 0.38, 0.5, 0.65)
    where = scene.random.uniform(0.15, 0.85, 2)

    def over(image: Floats, corners: Floats) -> Floats:
        at = _inside(corners, where)
        radius = share * _side_px(corners)
        away = _distances(at) / radius
        light = 330 * np.exp(-(away**2))
        lit: Floats = np.clip(image + light, 0, 255).astype(np.float32)
        return lit

    scene.over = over


def _shadow(scene: Scene, strength: int) -> None:
    import numpy as np

    left_over = _pick(strength, 0.5, 0.35, 0.22, 0.14, 0.08)
    where = scene.random.uniform(0.3, 0.7, 2)
    angle = scene.random.uniform(0, 2 * math.pi)

    def over(image: Floats, corners: Floats) -> Floats:
        at = _inside(corners, where)
        rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
        side = (columns - at[0]) * math.cos(angle) + (rows - at[1]) * math.sin(angle)
        edge = (1 / (1 + np.exp(-side / 2.5))).astype(np.float32)
        lit: Floats = image * np.float32(left_over) + image * edge * np.float32(1 - left_over)
        return lit

    scene.over = over


def _low_light(scene: Scene, strength: int) -> None:
    import numpy as np

    light = _pick(strength, 0.3, 0.2, 0.13, 0.09, 0.06)
    scene.noise = 5.0
    scene.lens = lambda image: (image * np.float32(light) + np.float32(6)).astype(np.float32)


def _perspective(scene: Scene, strength: int) -> None:
    scene.tilt = _pick(strength, 30, 45, 54, 62, 68)


def _curve(scene: Scene, strength: int) -> None:
    """Around a bottle, or as a receipt curls: an arc of so many degrees."""
    import cv2
    import numpy as np

    arc = math.radians(_pick(strength, 40, 70, 95, 120, 145))

    def bend(card: Floats) -> Floats:
        side = len(card)
        across = np.linspace(-1, 1, side, dtype=np.float32) * math.sin(arc / 2)
        source = (np.arcsin(across) / (arc / 2) + 1) * (side - 1) / 2
        # What lies nearer the middle is nearer the camera: rows bulge a little as well.
        bulge = (np.cos(np.arcsin(across)) - math.cos(arc / 2)) * 0.05 * side
        columns = np.tile(source.astype(np.float32), (side, 1))
        rows = np.arange(side, dtype=np.float32)[:, None] + bulge.astype(np.float32)[None, :]
        return cv2.remap(  # type: ignore[return-value]
            card, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )

    scene.bend = bend


def _fold(scene: Scene, strength: int) -> None:
    """Folded in four and flattened badly: each quarter tilts its own way, dark in the crease."""
    import cv2
    import numpy as np

    depth = _pick(strength, 0.015, 0.03, 0.045, 0.06, 0.08)
    tilts = scene.random.uniform(0.5, 1.0, 2) * scene.random.choice([-1, 1], 2)

    def bend(card: Floats) -> Floats:
        side = len(card)
        unit = np.linspace(-1, 1, side, dtype=np.float32)
        shift_rows = depth * side * tilts[0] * (1 - np.abs(unit))
        shift_columns = depth * side * tilts[1] * (1 - np.abs(unit))
        rows = np.arange(side)[:, None] + shift_rows[None, :]
        columns = np.arange(side)[None, :] + shift_columns[:, None]
        bent = cv2.remap(
            card,
            columns.astype(np.float32),
            rows.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        crease = 1 - 6 * depth * np.exp(-((unit * side / (2 * MODULE_PX)) ** 2))
        return (bent * crease[:, None] * crease[None, :]).astype(np.float32)

    scene.bend = bend


def _stain(scene: Scene, strength: int) -> None:
    import cv2

    share = _pick(strength, 0.02, 0.035, 0.05, 0.065, 0.08)
    where = scene.random.uniform(0.3, 0.9, (3, 2))
    shades = scene.random.uniform(20, 240, 3)

    def over(image: Floats, corners: Floats) -> Floats:
        side = _side_px(corners)
        radius = max(2, round(side * math.sqrt(share / 3 / math.pi)))
        for place, shade in zip(where, shades, strict=True):
            x, y = _inside(corners, place)
            cv2.circle(image, (round(x), round(y)), radius, float(shade), -1)
        return image

    scene.over = over


def _moire(scene: Scene, strength: int) -> None:
    """A phone's pixels beating with the camera's: stripes in two directions."""
    import numpy as np

    depth = _pick(strength, 0.25, 0.4, 0.55, 0.7, 0.85)
    period_px = scene.random.uniform(5, 16)
    angle = scene.random.uniform(0, math.pi)

    def lens(image: Floats) -> Floats:
        rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
        along = columns * math.cos(angle) + rows * math.sin(angle)
        across = rows * math.cos(angle) - columns * math.sin(angle)
        stripes = np.sin(2 * math.pi * along / period_px)
        stripes = stripes * 0.7 + 0.3 * np.sin(2 * math.pi * across / (period_px * 1.7))
        seen: Floats = image * (1 - depth / 2 + depth / 2 * stripes).astype(np.float32)
        return seen

    scene.lens = lens


def _no_quiet_zone(scene: Scene, strength: int) -> None:
    """Cut out along its edge and laid on something dark; then also smaller and less sharp."""
    scene.quiet = False
    scene.px_per_module = _pick(strength, 5.0, 4.0, 3.2, 2.7, 2.3)
    scene.blur_px = _pick(strength, 0.7, 1.0, 1.2, 1.3, 1.4)


def _inverted(scene: Scene, strength: int) -> None:
    """A phone in its dark mode: light modules on black."""
    import numpy as np

    scene.bend = lambda card: (np.float32(PAPER + INK) - card).astype(np.float32)
    scene.px_per_module = _pick(strength, 5.0, 4.0, 3.0, 2.4, 2.0)
    scene.blur_px = _pick(strength, 0.7, 1.0, 1.2, 1.2, 1.2)


def _low_contrast(scene: Scene, strength: int) -> None:
    import numpy as np

    left_over = np.float32(_pick(strength, 0.35, 0.22, 0.15, 0.1, 0.07))
    scene.lens = lambda image: ((image - 128) * left_over + 150).astype(np.float32)


def _jpeg(scene: Scene, strength: int) -> None:
    """Sent on by a messenger: made small, squeezed hard."""
    import cv2
    import numpy as np

    scene.px_per_module = _pick(strength, 3.6, 3.2, 2.8, 2.5, 2.2)
    quality = int(_pick(strength, 35, 25, 17, 12, 8))

    def lens(image: Floats) -> Floats:
        grey = np.clip(image, 0, 255).astype(np.uint8)
        packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE).astype(np.float32)  # type: ignore[union-attr]

    scene.lens = lens
    scene.noise = 0.0


def _inside(corners: Floats, place: NDArray[np.float64]) -> tuple[float, float]:
    """A place of the code, 0 to 1 along its sides, in the picture."""
    across, down = float(place[0]), float(place[1])
    top = corners[0] * (1 - across) + corners[1] * across
    bottom = corners[3] * (1 - across) + corners[2] * across
    x, y = top * (1 - down) + bottom * down
    return float(x), float(y)


def _side_px(corners: Floats) -> float:
    import numpy as np

    return float(np.linalg.norm(corners[1] - corners[0]))


def _distances(at: tuple[float, float]) -> Floats:
    import numpy as np

    rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    away: Floats = np.hypot(columns - at[0], rows - at[1]).astype(np.float32)
    return away


HARMS: dict[str, Callable[[Scene, int], None]] = {
    "distance": _distance,
    "blur": _blur,
    "motion": _motion,
    "glare": _glare,
    "shadow": _shadow,
    "low light": _low_light,
    "perspective": _perspective,
    "curve": _curve,
    "fold": _fold,
    "stain": _stain,
    "moire": _moire,
    "no quiet zone": _no_quiet_zone,
    "inverted": _inverted,
    "low contrast": _low_contrast,
    "jpeg": _jpeg,
}
