"""Pictures of a counter as a webcam takes them when something is wrong: seeded, 1280x720, grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno

from tests.fakes.camera_scene import TOKEN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import GreyImage

    Levels = NDArray[np.float64]

WIDTH, HEIGHT = 1280, 720
_NOISE = 3.0


class Studio:
    """Makes pictures from one seed."""

    def __init__(self, seed: int) -> None:
        import numpy as np

        self._random = np.random.default_rng(seed)

    def wood(self) -> Levels:
        """An empty counter."""
        import numpy as np

        down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
        grain: Levels = 95 + 40 * (across / WIDTH) + 6 * np.sin(across / 9 + 4 * np.sin(down / 70))
        return grain

    def print_page(self) -> Levels:
        """A page of small print, lit as it should be."""
        import cv2
        import numpy as np

        page = np.full((HEIGHT, WIDTH), 225, np.uint8)
        for line in range(30, HEIGHT, 26):
            self._words(page, (20, line), 0.6, 40, letters=90)
        return cv2.GaussianBlur(page, (0, 0), 0.6).astype(np.float64)

    def shelf(self) -> Levels:
        """Spines of books."""
        import numpy as np

        shelf = np.zeros((HEIGHT, WIDTH), np.uint8)
        left = 0
        while left < WIDTH:
            wide = int(self._random.integers(15, 70))
            shelf[:, left : left + wide] = self._random.integers(30, 220)
            ink = int(self._random.integers(0, 255))
            for line in range(int(self._random.integers(20, 200)), 600, 22):
                self._words(shelf, (left + 2, line), 0.4, ink, letters=4)
            left += wide
        return shelf.astype(np.float64)

    def code(self, side_px: int, *, blur: float = 0.0) -> Levels:
        """A voucher's code with its margin; `blur` in pixels (sigma)."""
        import cv2
        import numpy as np

        made = segno.make(TOKEN, micro=False, error="m", boost_error=False)
        dark = np.array([[*row] for row in made.matrix])
        paper = np.pad(1.0 - dark, 4, constant_values=1.0) * 205 + 30
        way = cv2.INTER_AREA if side_px < 3 * len(paper) else cv2.INTER_NEAREST
        drawn = cv2.resize(paper, (side_px, side_px), interpolation=way)
        return blurred(drawn.astype(np.float64), blur)

    def photograph(self, scene: Levels) -> GreyImage:
        """With the noise of a webcam."""
        import numpy as np

        noisy = scene + self._random.normal(0, _NOISE, scene.shape)
        return np.clip(noisy, 0, 255).astype(np.uint8)

    def _words(
        self, page: GreyImage, at: tuple[int, int], size: float, ink: int, *, letters: int
    ) -> None:
        import cv2

        chance = self._random.integers(97, 130, letters)
        text = "".join(chr(code) if code < 123 else " " for code in chance)
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (ink,), 1)


def blurred(scene: Levels, sigma: float) -> Levels:
    """Out of focus."""
    import cv2
    import numpy as np

    return cv2.GaussianBlur(scene, (0, 0), sigma).astype(np.float64) if sigma else scene


def with_code(scene: Levels, code: Levels) -> Levels:
    """The code in the middle of the scene, cut where it does not fit."""
    side = len(code)
    top, left = HEIGHT // 2 - side // 2, WIDTH // 2 - side // 2
    above, before = max(0, -top), max(0, -left)
    result = scene.copy()
    part = code[above : above + HEIGHT - max(0, top), before : before + WIDTH - max(0, left)]
    first, start = max(0, top), max(0, left)
    result[first : first + part.shape[0], start : start + part.shape[1]] = part
    return result


def with_glare(scene: Levels, radius_px: int) -> Levels:
    """A lamp mirrored in the middle of the scene."""
    import cv2
    import numpy as np

    light = np.zeros(scene.shape)
    cv2.circle(light, (WIDTH // 2 - 20, HEIGHT // 2 - 30), radius_px, (1.0,), -1)
    return scene + 300 * blurred(light, 12)
