"""The readers of this computer: the first decoder, helped where it has to be.

Importing this module loads no decoder; `available_readers` does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from merchant_app.clock import Clock, SystemClock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning import opencv, opencv_qr, zbar, zxing
from merchant_app.scanning.blending import Blend
from merchant_app.scanning.cascade import Cascade
from merchant_app.scanning.decoder import Decoder, Sight
from merchant_app.scanning.evidence import Evidence, Proof, checks_out
from merchant_app.scanning.frames import Corners
from merchant_app.scanning.looks import Look, only_ascii
from merchant_app.scanning.preparation import CLOSE, CREASED, RING, Preparation
from merchant_app.scanning.tiles import SIDES_PX

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

WITNESS_EVERY = 4
"""zbar needs nine times as long as zxing-cpp: it looks at one in four of the frames in doubt."""
SILENT_EVERY = 2
"""Of frames in which nothing is seen, one in so many is also looked at prepared."""
DOUBTFUL_STEPS = 3
"""Preparations tried on a frame with a code that is seen and not read."""
CLOSE_STEPS = 4
"""Looks into a place of a frame; the time set for a frame may end them sooner."""
KEEP_WORKED_FRAMES = 5
"""A preparation that worked is kept until it failed for so many frames."""
RECENT_FRAMES = 10
"""A code that was read is looked for at its place for so long: a third of a second."""
SUSPECT_FRAMES = 3
"""A place where only a prepared picture showed something is looked into for so long: it may be
print that looks like a code, and an empty counter must stay cheap."""
FRAME_BUDGET_S = 0.025
"""For all looks at one frame: three quarters of the time between two of them at 30 a second."""
STILL_BUDGET_S = 3.0
"""For a picture from a file. The cashier waits for it; the customer too."""

_log = logging.getLogger(__name__)

Loader: TypeAlias = Callable[[], Decoder | str]
"""Gives a decoder; or says, for the log, why it is not there."""


class _Turns:
    """Preparations taken in turn from frame to frame; what worked is kept while it works."""

    def __init__(self, ring: Sequence[Preparation]) -> None:
        self._ring = ring
        self._turn = 0
        self._worked: Preparation | None = None
        self._worked_frames_ago = 0

    def due(self, count: int) -> list[Preparation]:
        """The preparations for this frame: what worked lately, or the next so many."""
        if not self._ring:
            return []
        if self._worked is not None:
            self._worked_frames_ago += 1
            if self._worked_frames_ago <= KEEP_WORKED_FRAMES:
                return [self._worked]
            self._worked = None
        due = [self._ring[(self._turn + step) % len(self._ring)] for step in range(count)]
        self._turn += count
        return due

    def worked(self, preparation: Preparation) -> None:
        """This one read a code: it is the next frame's, too."""
        self._worked, self._worked_frames_ago = preparation, 0


class Readers:
    """The first decoder, helped where it has to be: by prepared pictures and by other decoders.

    A camera's frames (`decode`):

    - An empty counter costs one quick look; every second of them also one prepared one, because a
      code in the dark is not even seen.
    - A code that is seen and not read, or was read a moment ago, is looked into at its place: cut
      out, laid flat, refocused, averaged with the frames before; then three prepared looks at the
      whole frame, in turn from frame to frame, and now and then the second decoder.
    - A preparation that worked is used at once in the frames that follow, so that what needs two
      agreeing frames gets them.
    - Whatever is tried ends with the time set for a frame.

    A still picture (`exhaust`) gets everything at once, within a time of its own.

    Belongs to one thread.
    """

    def __init__(
        self,
        first: Decoder,
        *,
        witness: Decoder | None = None,
        last: Sequence[Decoder] = (),
        variants: Sequence[Decoder] = (),
        ring: Sequence[Preparation] = RING,
        proves: Proof = checks_out,
        missing: Sequence[str] = (),
        clock: Clock | None = None,
    ) -> None:
        """
        Args:
            first: asked about every frame.
            witness: another decoder, asked where the first sees a code and does not read it.
            last: more of them, too slow for frames: only for still pictures.
            variants: the first decoder called otherwise; the quickest of them first.
            ring: preparations of whole frames.
            proves: decides when two looks read different texts in one place: a token's signature,
                a code's check characters. Without a proof neither counts.
            missing: the names of decoders that this computer lacks.
            clock: for the time that a frame or a picture may take; the system's when not given.
        """
        self._first = first
        self._witness = witness
        self._proves = proves
        self._clock = clock if clock is not None else SystemClock()
        self._wide, self._close = _Turns(ring), _Turns((*CLOSE[:4], CREASED[0], *CLOSE[4:]))
        self._cascade = Cascade(
            first,
            witnesses=(*([witness] if witness is not None else []), *last),
            variants=variants,
        )
        self._blend = Blend()
        self._silent = 0
        self._doubtful = 0
        self._recent: tuple[Corners, ...] = ()
        self._recent_frames = 0
        self.missing = tuple(missing)
        """The names of decoders that this computer lacks; empty: all are there."""

    @property
    def name(self) -> str:
        return self._first.name if self._witness is None else f"{self._first.name}+witness"

    def exhaust(self, grey: GreyImage, *, budget_s: float = STILL_BUDGET_S) -> Sight:
        """All codes of a still picture: a file, a paste, a page. Never raises, whatever it shows.

        Not for frames: what was learned from them stays untouched.

        Args:
            grey: the picture at its full size.
            budget_s: after which no further look begins; one look takes up to 0.3 s more.
        """
        if min(grey.shape) == 0:
            return Sight()
        return self._cascade.exhaust(
            grey, proves=self._proves, budget_s=budget_s, clock=self._clock
        )

    def decode(self, grey: GreyImage) -> Sight:
        """All codes of a camera's frame that can be read in its time. Never raises."""
        if min(grey.shape) == 0:
            return Sight()
        ends_s = self._clock.monotonic_s() + FRAME_BUDGET_S
        evidence = Evidence(self._proves)
        evidence.first(self._first.decode(grey))
        if not evidence.settled:
            self._look_into_places(grey, evidence, ends_s)
        if not evidence.settled:
            self._look_again(grey, evidence, ends_s)
        sight = evidence.sight()
        self._remember(sight, evidence.suspects)
        return sight

    def _look_into_places(self, grey: GreyImage, evidence: Evidence, ends_s: float) -> None:
        """Where something is seen or just was: there the time of a frame is spent first."""
        places = list(evidence.suspects) or list(self._recent)
        if not places:
            return
        corners = places[0]
        side_px = SIDES_PX[0]
        blended = self._blend.add(grey, corners, side_px=side_px)
        if blended is not None and evidence.add(blended.read_by(self._first)):
            return
        for preparation in self._close.due(CLOSE_STEPS):
            if self._clock.monotonic_s() >= ends_s:
                return
            if evidence.add(Look(self._first, preparation).into(grey, corners, side_px=side_px)):
                self._close.worked(preparation)
                return

    def _look_again(self, grey: GreyImage, evidence: Evidence, ends_s: float) -> None:
        is_doubtful = bool(evidence.sight().unread)
        self._silent = 0 if is_doubtful else self._silent + 1
        count = DOUBTFUL_STEPS if is_doubtful else int(self._silent % SILENT_EVERY == 0)
        for preparation in self._wide.due(count):
            if self._clock.monotonic_s() >= ends_s:
                return
            if evidence.add(Look(self._first, preparation).at(grey)):
                self._wide.worked(preparation)
                break
        if self._witness is None or not evidence.sight().unread:
            self._doubtful = 0
            return
        self._doubtful += 1
        if self._doubtful % WITNESS_EVERY == 1:
            evidence.add(only_ascii(self._witness.decode(grey)))

    def _remember(self, sight: Sight, suspects: Sequence[Corners]) -> None:
        """Where the next frames are looked into, and for how many of them."""
        self._recent_frames -= 1
        if sight.readings:
            self._recent = tuple(reading.corners for reading in sight.readings)
            self._recent_frames = RECENT_FRAMES
            self._silent = 0
        elif suspects and self._recent_frames <= 0:
            self._recent = tuple(suspects)
            self._recent_frames = SUSPECT_FRAMES
        elif self._recent_frames <= 0:
            self._recent = ()


def available_readers(
    loaders: Sequence[Loader] | None = None,
    *,
    proves: Proof = checks_out,
    clock: Clock | None = None,
) -> Readers:
    """The best readers this computer has. Imports them, so not before it is needed.

    Args:
        loaders: the best first; zxing-cpp, zbar and OpenCV's own when not given.
        proves: see `Readers`.
        clock: see `Readers`.

    Raises:
        Problem: DECODERS_MISSING, there is none.
    """
    opencv.prepare()
    decoders: list[Decoder] = []
    missing: list[str] = []
    for load in loaders if loaders is not None else (zxing.load, zbar.load, opencv_qr.load):
        decoder = load()
        if isinstance(decoder, str):
            missing.append(decoder)
        else:
            decoders.append(decoder)
    # No warning: one reader is enough, and on macOS zbar is never there.
    _log.info("readers: %s; %s", [decoder.name for decoder in decoders], missing or "all")
    if not decoders:
        raise Problem(ProblemKind.DECODERS_MISSING, "; ".join(missing))
    first, *others = decoders
    quick = [decoder for decoder in others if not isinstance(decoder, opencv_qr.OpenCvQr)]
    return Readers(
        first,
        witness=quick[0] if quick else None,
        last=[decoder for decoder in others if decoder not in quick[:1]],
        variants=first.variants if isinstance(first, zxing.Zxing) else (),
        proves=proves,
        missing=[reason.split(" is missing")[0] for reason in missing],
        clock=clock,
    )
