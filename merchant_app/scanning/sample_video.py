"""The sample video: vouchers held into a webcam, for who has no camera, and for the bench.

The same cards and seed give the same pictures. It is MPEG-4 in an MP4 file, which OpenCV's wheel
writes and reads on every system: about 14 MB a minute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from merchant_app.scanning import opencv
from merchant_app.scanning.sample_card import (
    CARD_HEIGHT,
    CARD_LEFT,
    CARD_TOP,
    CARD_WIDTH,
    CardSprite,
    SampleCard,
    draw_card,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import BgrImage

    Floats = NDArray[np.float32]

__all__ = ["Appearance", "SampleCard", "write_sample_video"]

MOVE_S = 0.5
"""A hand brings a voucher before the camera in about half a second."""
CARD_SHARE = 0.5
"""Of the picture's width: an arm's length from a webcam on a till."""
_NOISE_LEVELS = 4
_MARGIN_PX = 64


@dataclass(frozen=True, slots=True)
class Appearance:
    """When one card's code can be seen: the truth a measurement is held against.

    Attributes:
        card: index of the card.
        first_frame: index of the first frame that shows its code whole; in a looped file the
            number of the camera's frame is this plus whole lengths of the film.
        last_frame: of the last one.
    """

    card: int
    first_frame: int
    last_frame: int


@dataclass(frozen=True, slots=True)
class _Pose:
    """Where the card is in one frame.

    Attributes:
        x: of its middle, as a share of the picture's width.
        y: likewise of the height.
        turn: in radians.
        tilt: how much its far edge is shortened by perspective, as a share.
        blur_px: by motion.
    """

    x: float
    y: float
    turn: float = 0.0
    tilt: float = 0.0
    blur_px: int = 0


@dataclass(frozen=True, slots=True)
class _Shot:
    """One frame to be drawn; `card` is None between two cards."""

    card: int | None
    pose: _Pose
    gain: float


def write_sample_video(
    path: Path,
    cards: Sequence[SampleCard],
    *,
    fps: int = 30,
    size: tuple[int, int] = (1280, 720),
    seconds_per_card: float = 4.0,
    gap_seconds: float = 1.2,
    steady: bool = False,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> tuple[Appearance, ...]:
    """Draw the film and put it at `path` when it is whole.

    Args:
        path: an .mp4 file; replaced when it exists.
        cards: in the order in which they are held up.
        fps: pictures a second.
        size: width and height in pixels, 16:9.
        seconds_per_card: from entering the picture to having left it.
        gap_seconds: with an empty counter, before each card and at the end.
        steady: no hand and no motion: each card is there whole from one frame to the next, for
            measuring from a known frame.
        seed: of noise and motion.
        progress: called with 0.0 to 1.0 in this thread, after each frame; raising ends the work.

    Returns:
        For each card, when its code can be seen.

    Raises:
        OSError: the file cannot be written.
    """
    opencv.prepare()
    import cv2

    scene = _Scene(size, seed)
    sprites = [scene.fit(draw_card(card, hand=not steady)) for card in cards]
    shots = list(_shots(len(cards), fps, seconds_per_card, gap_seconds, steady=steady))
    unfinished = path.with_name(f".{path.stem}.unfinished.mp4")
    writer = cv2.VideoWriter(
        str(unfinished), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), float(fps), size
    )
    whole: dict[int, list[int]] = {index: [] for index in range(len(cards))}
    try:
        if not writer.isOpened():
            raise OSError(f"the video cannot be written to {path.parent}")
        for number, shot in enumerate(shots):
            sprite = sprites[shot.card] if shot.card is not None else None
            image, is_whole = scene.draw(sprite, shot.pose, shot.gain)
            if shot.card is not None and is_whole:
                whole[shot.card].append(number)
            writer.write(image)
            if progress is not None:
                progress((number + 1) / len(shots))
        writer.release()
        unfinished.replace(path)
    finally:
        writer.release()
        unfinished.unlink(missing_ok=True)
    return tuple(Appearance(card, at[0], at[-1]) for card, at in whole.items() if at)


def _shots(
    cards: int, fps: int, seconds_per_card: float, gap_seconds: float, *, steady: bool
) -> Iterator[_Shot]:
    gap_frames, card_frames = round(gap_seconds * fps), round(seconds_per_card * fps)
    number = 0
    for card in [*range(cards), None]:
        for _ in range(gap_frames):
            yield _Shot(None, _Pose(0.5, 0.5), _gain(number / fps, steady=steady))
            number += 1
        if card is None:
            return
        for step in range(card_frames):
            gain = _gain(number / fps, steady=steady)
            pose = _Pose(0.5, 0.5) if steady else _held(card, step, card_frames, fps)
            yield _Shot(card, pose, gain)
            number += 1


def _gain(at_s: float, *, steady: bool) -> float:
    """Daylight and the camera's exposure drift; in steps, as a camera's exposure does."""
    if steady:
        return 1.0
    return 1.0 + round(3 * math.sin(at_s * 0.5)) / 60


def _held(card: int, step: int, steps: int, fps: int) -> _Pose:
    """A hand comes from below, holds the card, never quite still, and goes."""
    at_s, left_s = step / fps, (steps - 1 - step) / fps
    away, speed = 0.0, 0.0
    nearest_s = min(at_s, left_s)
    if nearest_s < MOVE_S:
        share = nearest_s / MOVE_S
        away = (1 - share) ** 3
        speed = 3 * (1 - share) ** 2
    side = 1 if card % 2 else -1
    phase = card * 1.7
    return _Pose(
        x=0.5 + side * 0.35 * away + 0.008 * math.sin(1.4 * at_s + phase),
        y=0.47 + 1.15 * away + 0.008 * math.sin(1.9 * at_s + phase + 1),
        turn=side * 0.04 + 0.03 * math.sin(phase),
        tilt=0.05 * side + 0.03 * math.cos(phase),
        blur_px=min(25, int(speed * 9)),
    )


class _Scene:
    """The counter behind the cards, and what a cheap sensor makes of it."""

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        import numpy as np

        self._width, self._height = size
        self._random = np.random.default_rng(seed)
        self._counter = _counter(size, self._random)
        shape = (self._height + _MARGIN_PX, self._width + _MARGIN_PX, 3)
        self._noise: BgrImage = self._random.integers(0, _NOISE_LEVELS, shape, dtype=np.uint8)
        self._scale = CARD_SHARE * self._width / CARD_WIDTH

    def fit(self, sprite: CardSprite) -> CardSprite:
        """The sprite at about the size it is shown, smoothed once for all frames."""
        import cv2
        import numpy as np

        scale = self._scale
        height, width = sprite.mask.shape
        to = (round(width * scale), round(height * scale))
        image = cv2.resize(sprite.image, to, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(sprite.mask, to, interpolation=cv2.INTER_AREA)
        return CardSprite(
            image.astype(np.uint8), mask.astype(np.uint8), (sprite.code * scale).astype(np.float32)
        )

    def draw(self, sprite: CardSprite | None, pose: _Pose, gain: float) -> tuple[BgrImage, bool]:
        """One frame, and whether it shows the sprite's code whole."""
        import cv2

        image = self._counter.copy()
        is_whole = sprite is not None and self._place(image, sprite, pose)
        if gain != 1.0:
            cv2.convertScaleAbs(image, image, gain)
        down, right = (int(n) for n in self._random.integers(0, _MARGIN_PX, 2))
        grain = self._noise[down : down + self._height, right : right + self._width]
        cv2.add(image, grain, image)
        return image, is_whole

    def _place(self, image: BgrImage, sprite: CardSprite, pose: _Pose) -> bool:
        import cv2
        import numpy as np

        height, width = sprite.mask.shape
        outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        placed = self._posed(outline, pose)
        left, top = (max(0, int(v)) for v in placed.min(axis=0))
        right = min(self._width, math.ceil(placed[:, 0].max()))
        bottom = min(self._height, math.ceil(placed[:, 1].max()))
        if right - left < 2 or bottom - top < 2:
            return False
        shifted = (placed - (left, top)).astype(np.float32)
        turn = cv2.getPerspectiveTransform(outline, shifted)
        box = (right - left, bottom - top)
        card = cv2.warpPerspective(sprite.image, turn, box)
        mask = cv2.warpPerspective(sprite.mask, turn, box)
        if pose.blur_px > 1:
            card = cv2.blur(card, (1, pose.blur_px))
        part = image[top:bottom, left:right]
        cv2.copyTo(card, cv2.threshold(mask, 128, 255, cv2.THRESH_BINARY)[1], part)
        code = cv2.perspectiveTransform(sprite.code[None], turn)[0] + (left, top)
        inside = (code >= 0) & (code < (self._width, self._height))
        return bool(inside.all())

    def _posed(self, points: Floats, pose: _Pose) -> Floats:
        """The sprite's outline in the picture; the middle of its card is what is posed."""
        import numpy as np

        middle = np.array(
            [CARD_LEFT + CARD_WIDTH / 2, CARD_TOP + CARD_HEIGHT / 2], np.float32
        ) * np.float32(self._scale)
        flat = points - middle
        # The farther edge is seen smaller; `tilt` is its share over the width of the card.
        depth = 1 + pose.tilt * flat[:, :1] / (CARD_WIDTH * self._scale)
        flat = flat / depth
        cos, sin = math.cos(pose.turn), math.sin(pose.turn)
        turned = np.stack(
            [flat[:, 0] * cos - flat[:, 1] * sin, flat[:, 0] * sin + flat[:, 1] * cos], axis=1
        )
        # By whole pixels: the codec then finds the card of the frame before, and the file is a
        # third as large.
        at = np.array([round(pose.x * self._width), round(pose.y * self._height)], np.float32)
        return (turned + at).astype(np.float32)


def _counter(size: tuple[int, int], random: np.random.Generator) -> BgrImage:
    """A shop out of focus: shelves of books above, a wooden counter below, warm light."""
    import cv2
    import numpy as np

    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = (58, 82, 112)
    x = 0
    while x < width:
        spine = int(random.integers(width // 60, width // 18))
        colour = [int(c) for c in random.integers((30, 50, 80), (110, 150, 210))]
        for shelf in range(2):
            top = int(shelf * height * 0.33 + random.integers(0, height // 14))
            cv2.rectangle(
                image, (x, top), (x + spine - 2, int((shelf + 1) * height * 0.32)), colour, -1
            )
        x += spine
    table = int(height * 0.7)
    fade = np.linspace(1.0, 0.72, height - table, dtype=np.float32)[:, None, None]
    image[table:] = (np.array([92, 142, 190], np.float32) * fade).astype(np.uint8)
    for _ in range(9):
        centre = (int(random.integers(0, width)), int(random.integers(0, table)))
        cv2.circle(image, centre, int(random.integers(8, height // 22)), (140, 205, 250), -1)
    return cv2.GaussianBlur(image, (0, 0), height / 40).astype(np.uint8)
