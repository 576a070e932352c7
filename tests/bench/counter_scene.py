"""The counter of the counter set: a drawn code, placed, harmed, and taken a picture of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import segno

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import GreyImage

    Floats: TypeAlias = NDArray[np.floating[Any]]
    Random: TypeAlias = np.random.Generator

WIDTH_PX = 800
HEIGHT_PX = 600
PX_PER_MODULE = 5.0
"""A voucher held as the camera view asks for it: a code of 41 modules is 205 px wide."""
MODULE_PX = 12
"""Of the drawing, before it is placed: fine enough that placing it is what blurs it."""
_FINER = 3
_QUIET_MODULES = 4
PAPER = 228.0
INK = 34.0


@dataclass(slots=True)
class Scene:
    """What a kind of harm may change before and after the code is placed.

    Attributes:
        random: of this sample.
        px_per_module: how near the code is.
        tilt: degrees away from the camera.
        bend: applied to the drawn card.
        over: applied to the placed card, with the code's corners: stains, glare, shadow.
        lens: applied to the whole picture: blur, light, noise, compression.
        quiet: whether the paper reaches beyond the code.
        blur_px: of the lens, sigma.
        noise: of the sensor, sigma in grey levels.
    """

    random: Random
    px_per_module: float = PX_PER_MODULE
    tilt: float = 0.0
    bend: Callable[[Floats], Floats] | None = None
    over: Callable[[Floats, Floats], Floats] | None = None
    lens: Callable[[Floats], Floats] | None = None
    quiet: bool = True
    blur_px: float = 0.7
    noise: float = 3.0


def picture(scene: Scene, text: str) -> GreyImage:
    """Draw, bend, place on the counter, harm, take the picture."""
    import cv2
    import numpy as np

    card, code = _card(text, quiet=scene.quiet)
    if scene.bend is not None:
        card = scene.bend(card)
    turn = _placed(scene, len(card), code)
    paper, mask = _seen(card, turn), _seen(np.ones_like(card), turn)
    image = (_counter(scene.random) * (1 - mask) + paper * mask).astype(np.float32)
    if scene.over is not None:
        corners = cv2.perspectiveTransform(code[None], turn)[0]
        image = scene.over(image, corners.astype(np.float32))
    image = cv2.GaussianBlur(image, (0, 0), scene.blur_px).astype(np.float32)
    if scene.lens is not None:
        image = scene.lens(image)
    noise = scene.random.normal(0, scene.noise, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _seen(card: Floats, turn: Floats) -> Floats:
    """The card on the sensor: each pixel gathers the light of its whole area."""
    import cv2
    import numpy as np

    finer = np.diag([_FINER, _FINER, 1]).astype(np.float32)
    large = cv2.warpPerspective(card, finer @ turn, (WIDTH_PX * _FINER, HEIGHT_PX * _FINER))
    return cv2.resize(large, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _card(text: str, *, quiet: bool) -> tuple[Floats, Floats]:
    """The drawn code with its margin, and its corners without."""
    import cv2
    import numpy as np

    matrix = segno.make(text, micro=False, error="m", boost_error=False).matrix
    rows = np.array([[INK if dark else PAPER for dark in row] for row in matrix], np.float32)
    margin = _QUIET_MODULES if quiet else 0
    modules = np.pad(rows, margin, constant_values=PAPER)
    side = len(modules) * MODULE_PX
    card = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)
    low, high = margin * MODULE_PX, side - margin * MODULE_PX
    corners = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    return card.astype(np.float32), corners


def _placed(scene: Scene, side: int, code: Floats) -> Floats:
    """How the card lies before the camera: turned by anything, tilted by what the scene says."""
    import cv2
    import numpy as np

    random = scene.random
    scale = scene.px_per_module / MODULE_PX
    turned = math.radians(random.uniform(0, 360))
    tilted = math.radians(scene.tilt + random.uniform(0, 8))
    towards = random.uniform(0, 2 * math.pi)
    flat = (np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32) - side / 2) * scale
    cos, sin = math.cos(turned), math.sin(turned)
    flat = flat @ np.array([[cos, sin], [-sin, cos]])
    axis = np.array([math.cos(towards), math.sin(towards)])
    along = flat @ axis
    # The camera stands 900 px away from the card's middle; what leans away gets smaller.
    depth = 1 + along * math.sin(tilted) / 900
    seen = (flat + np.outer(along * (math.cos(tilted) - 1), axis)) / depth[:, None]
    middle = np.array([WIDTH_PX, HEIGHT_PX]) / 2 + random.uniform(-60, 60, 2)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    return cv2.getPerspectiveTransform(corners, (seen + middle).astype(np.float32)).astype(
        np.float32
    )


def _counter(random: Random) -> Floats:
    """A counter with things on it: edges and print that are no code."""
    import cv2
    import numpy as np

    image = np.full((HEIGHT_PX, WIDTH_PX), random.integers(70, 190), np.uint8)
    for _ in range(14):
        left, top = (int(v) for v in random.integers((0, 0), (WIDTH_PX, HEIGHT_PX)))
        size = (int(random.integers(20, 200)), int(random.integers(8, 120)))
        shade = float(random.uniform(20, 235))
        cv2.rectangle(image, (left, top), (left + size[0], top + size[1]), shade, -1)
    for line in range(10):
        at = (int(random.integers(0, WIDTH_PX - 200)), 40 + line * 56)
        cv2.putText(image, "Librairie 12,90", at, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 25.0, 2)
    daylight = np.linspace(-18, 18, WIDTH_PX, dtype=np.float32)  # from one side
    lit: Floats = image.astype(np.float32) + daylight
    return lit
