"""The synthetic counter set: vouchers as customers show them, each harmed in one way.

Same seed, same pictures. Fifteen kinds of harm in five strengths, on a counter that is never quite
clean: every code also lies a little turned and tilted, a little out of focus, in a little noise.
Strength 1 is an ordinary day; 5 is meant to be beyond what anything reads, so that progress shows.
The payload has a voucher token's size and alphabet: version 6 at level M.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.counter_harms import HARMS
from tests.bench.counter_scene import Scene, picture

if TYPE_CHECKING:
    import numpy as np

    from merchant_app.scanning.frames import GreyImage

KINDS = tuple(HARMS)
STRENGTHS = (1, 2, 3, 4, 5)
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


def samples(*, seed: int, per_cell: int, kinds: tuple[str, ...] | None = None) -> Iterator[Sample]:
    """The set: `per_cell` pictures for each kind and strength, all of them 800x600."""
    import numpy as np

    for number, (kind, harm) in enumerate(HARMS.items()):
        if kinds is not None and kind not in kinds:
            continue
        for strength in STRENGTHS:
            for turn in range(per_cell):
                random = np.random.default_rng([seed, number, strength, turn])
                scene = Scene(random)
                harm(scene, strength)
                text = _token_like(random)
                yield Sample(kind, strength, picture(scene, text), text)


def _token_like(random: np.random.Generator) -> str:
    return "V1:" + "".join(_BASE32[index] for index in random.integers(0, 32, 151))
