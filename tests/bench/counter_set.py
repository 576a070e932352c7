"""The synthetic counter set: vouchers as customers show them, each harmed in one way.

Same seed, same pictures. Fourteen kinds of harm in five strengths, on a counter that is never quite
clean: every code also lies a little turned and tilted, a little out of focus, in a little noise.
Strength 1 is an ordinary day; 5 is meant to be beyond what anything reads, so that progress shows.
The payload has a voucher token's size and alphabet: version 6 at level M.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import segno

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import GreyImage

    Floats: TypeAlias = NDArray[np.floating[Any]]
    Random: TypeAlias = np.random.Generator

STRENGTHS = (1, 2, 3, 4, 5)
WIDTH_PX = 800
HEIGHT_PX = 600
PX_PER_MODULE = 5.0
"""A voucher held as the camera view asks for it: a code of 41 modules is 205 px wide."""
_MODULE_PX = 12
"""Of the drawing, before it is placed: fine enough that placing it is what blurs it."""
_FINER = 3
_QUIET_MODULES = 4
_PAPER = 228.0
_INK = 34.0
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One picture of one code.

    Attributes:
        kind: of harm, one of `KINDS`.
        strength: 1 to 5.
        grey: the picture.
        text: what the code says.
    """

    kind: str
    strength: int
    grey: GreyImage
    text: str


@dataclass(slots=True)
class _Scene:
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


def samples(*, seed: int, per_cell: int, kinds: tuple[str, ...] | None = None) -> Iterator[Sample]:
    """The set: `per_cell` pictures for each kind and strength, all of them 800x600."""
    import numpy as np

    for number, (kind, harm) in enumerate(_HARMS.items()):
        if kinds is not None and kind not in kinds:
            continue
        for strength in STRENGTHS:
            for turn in range(per_cell):
                random = np.random.default_rng([seed, number, strength, turn])
                scene = _Scene(random)
                harm(scene, strength)
                text = _token_like(random)
                yield Sample(kind, strength, _picture(scene, text), text)


def _token_like(random: Random) -> str:
    return "V1:" + "".join(_BASE32[index] for index in random.integers(0, 32, 151))


def _picture(scene: _Scene, text: str) -> GreyImage:
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
    rows = np.array([[_INK if dark else _PAPER for dark in row] for row in matrix], np.float32)
    margin = _QUIET_MODULES if quiet else 0
    modules = np.pad(rows, margin, constant_values=_PAPER)
    side = len(modules) * _MODULE_PX
    card = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)
    low, high = margin * _MODULE_PX, side - margin * _MODULE_PX
    corners = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    return card.astype(np.float32), corners


def _placed(scene: _Scene, side: int, code: Floats) -> Floats:
    """How the card lies before the camera: turned by anything, tilted by what the scene says."""
    import cv2
    import numpy as np

    random = scene.random
    scale = scene.px_per_module / _MODULE_PX
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


def _pick(strength: int, *values: float) -> float:
    return values[strength - 1]


def _distance(scene: _Scene, strength: int) -> None:
    scene.px_per_module = _pick(strength, 2.6, 2.2, 1.9, 1.6, 1.4)


def _blur(scene: _Scene, strength: int) -> None:
    scene.blur_px = _pick(strength, 1.8, 2.5, 3.1, 3.7, 4.4)


def _motion(scene: _Scene, strength: int) -> None:
    import cv2
    import numpy as np

    length_px = _pick(strength, 4, 6, 8, 10, 13)
    angle = scene.random.uniform(0, math.pi)
    kernel = np.zeros((17, 17), np.float32)
    for step in np.linspace(-length_px / 2, length_px / 2, 200):
        kernel[round(8 + step * math.sin(angle)), round(8 + step * math.cos(angle))] += 1
    kernel /= kernel.sum()
    scene.lens = lambda image: cv2.filter2D(image, -1, kernel).astype(np.float32)


def _glare(scene: _Scene, strength: int) -> None:
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


def _shadow(scene: _Scene, strength: int) -> None:
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


def _low_light(scene: _Scene, strength: int) -> None:
    import numpy as np

    light = _pick(strength, 0.3, 0.2, 0.13, 0.09, 0.06)
    scene.noise = 5.0
    scene.lens = lambda image: (image * np.float32(light) + np.float32(6)).astype(np.float32)


def _perspective(scene: _Scene, strength: int) -> None:
    scene.tilt = _pick(strength, 30, 45, 54, 62, 68)


def _curve(scene: _Scene, strength: int) -> None:
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


def _fold(scene: _Scene, strength: int) -> None:
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
        crease = 1 - 6 * depth * np.exp(-((unit * side / (2 * _MODULE_PX)) ** 2))
        return (bent * crease[:, None] * crease[None, :]).astype(np.float32)

    scene.bend = bend


def _stain(scene: _Scene, strength: int) -> None:
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


def _moire(scene: _Scene, strength: int) -> None:
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


def _no_quiet_zone(scene: _Scene, strength: int) -> None:
    """Cut out along its edge and laid on something dark; then also smaller and less sharp."""
    scene.quiet = False
    scene.px_per_module = _pick(strength, 5.0, 4.0, 3.2, 2.7, 2.3)
    scene.blur_px = _pick(strength, 0.7, 1.0, 1.2, 1.3, 1.4)


def _inverted(scene: _Scene, strength: int) -> None:
    """A phone in its dark mode: light modules on black."""
    import numpy as np

    scene.bend = lambda card: (np.float32(_PAPER + _INK) - card).astype(np.float32)
    scene.px_per_module = _pick(strength, 5.0, 4.0, 3.0, 2.4, 2.0)
    scene.blur_px = _pick(strength, 0.7, 1.0, 1.2, 1.2, 1.2)


def _low_contrast(scene: _Scene, strength: int) -> None:
    import numpy as np

    left_over = np.float32(_pick(strength, 0.35, 0.22, 0.15, 0.1, 0.07))
    scene.lens = lambda image: ((image - 128) * left_over + 150).astype(np.float32)


def _jpeg(scene: _Scene, strength: int) -> None:
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


_HARMS: dict[str, Callable[[_Scene, int], None]] = {
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
KINDS = tuple(_HARMS)
