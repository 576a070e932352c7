"""The cascade for still pictures: everything this computer can try, the most promising first."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from merchant_app.clock import Clock
from merchant_app.scanning.decoder import Decoder, Sight
from merchant_app.scanning.evidence import Evidence, Proof
from merchant_app.scanning.frames import Corners
from merchant_app.scanning.looks import Look, only_ascii, scaled
from merchant_app.scanning.preparation import (
    CLOSE,
    CREASED,
    INVERTED,
    WIDE,
    Preparation,
    resized,
)
from merchant_app.scanning.tiles import SIDES_PX

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

WORKING_PX_MAX = 2_000_000
"""Larger pictures are prepared at this size: nobody's code needs more pixels than a camera's frame
has, and every preparation takes its time from the area."""
ENLARGED_PX_MAX = 1_000_000
"""Above that a picture is not made larger still: four times the time, for codes so small that
a sheet of paper holds hundreds of them."""
BRIEF_LOOKS = 2
"""Also taken at a picture in which all was read: another code may lie in the shadow."""

WITNESSES_AFTER = 4
"""Prepared looks; then each other decoder is asked once, before the rest of the preparations: a
large picture's time may be over by then, and what one decoder fails at another may find easy."""
_CLOSE_LOOKS = tuple((preparation, SIDES_PX[0]) for preparation in (*CLOSE[:3], *CREASED[:3]))
"""Into a place as soon as it is suspected: what helps most, at the size that reads most."""
_LAST_LOOKS = (
    *((preparation, SIDES_PX[0]) for preparation in (*CLOSE[3:], *CREASED[3:])),
    *((preparation, side_px) for preparation in CLOSE for side_px in SIDES_PX[1:]),
)
"""Into places that are still unread after everything else."""

_log = logging.getLogger(__name__)
_Step = Callable[[], Sight]


class Cascade:
    """Tries one look after the other until all is read or the time is over.

    First the decoder as it is; then its variants and prepared pictures; every place where something
    was located and not read is cut out, laid flat and refocused; then the other decoders, whose
    own suspicions are cut out in turn.
    """

    def __init__(
        self, first: Decoder, *, witnesses: Sequence[Decoder], variants: Sequence[Decoder]
    ) -> None:
        self._first = first
        self._witnesses = witnesses
        self._variants = variants

    def exhaust(self, grey: GreyImage, *, proves: Proof, budget_s: float, clock: Clock) -> Sight:
        """All codes of a picture, as far as the time goes. See `Readers.exhaust`."""
        ends_s = clock.monotonic_s() + budget_s
        evidence = Evidence(proves)
        evidence.first(self._first.decode(grey))
        for number, step in enumerate(self._steps(grey, evidence)):
            if evidence.settled and number >= BRIEF_LOOKS:
                break
            if clock.monotonic_s() >= ends_s:
                _log.info("a picture's time is over after %d looks", number)
                break
            evidence.add(step())
        return evidence.sight()

    def _steps(self, grey: GreyImage, evidence: Evidence) -> Iterator[_Step]:
        """One look each, made when it is asked for: later ones depend on what is suspected."""
        tried: list[Corners] = []
        for step in self._wide_steps(grey):
            yield step
            for corners in tuple(evidence.suspects):
                if corners not in tried:
                    tried.append(corners)
                    yield from self._into(grey, corners, _CLOSE_LOOKS, evidence)
        for corners in tried:
            yield from self._into(grey, corners, _LAST_LOOKS, evidence)

    def _wide_steps(self, grey: GreyImage) -> Iterator[_Step]:
        shrink = min(1.0, math.sqrt(WORKING_PX_MAX / max(1, grey.size)))
        working = resized(grey, shrink) if shrink < 1 else grey
        may_grow = working.size <= ENLARGED_PX_MAX
        prepared = [Look(self._first, step) for step in WIDE if may_grow or step.scale <= 1]
        variants = [Look(variant) for variant in self._variants]
        # The quickest variant before the preparations, the others after.
        for look in (*variants[:1], *prepared[:WITNESSES_AFTER]):
            yield partial(_at, look, working, shrink)
        for witness in self._witnesses:
            yield partial(_witnessed, Look(witness), working, shrink)
        for look in (*prepared[WITNESSES_AFTER:], *variants[1:]):
            yield partial(_at, look, working, shrink)
        for witness in self._witnesses:
            yield partial(_witnessed, Look(witness, INVERTED), working, shrink)

    def _into(
        self,
        grey: GreyImage,
        corners: Corners,
        looks: Sequence[tuple[Preparation, int]],
        evidence: Evidence,
    ) -> Iterator[_Step]:
        for preparation, side_px in looks:
            if evidence.is_read(corners):
                return
            look = Look(self._first, preparation)
            yield partial(look.into, grey, corners, side_px=side_px)


def _at(look: Look, working: GreyImage, shrink: float) -> Sight:
    return scaled(look.at(working), 1 / shrink)


def _witnessed(look: Look, working: GreyImage, shrink: float) -> Sight:
    return only_ascii(_at(look, working, shrink))
