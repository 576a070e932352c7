"""From readings of single frames to scans: once per code, until it has left the view. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from merchant_app.scanning.decoder import Reading
from merchant_app.scanning.frames import Corners
from merchant_app.vouchers.scan import TokenText, classify

AGREEING_FRAMES = 2
"""Wanted of a code without a signature. One of a token: its signature proves the reading."""
GONE_FRAMES = 5
GONE_AFTER_S = 1.0
"""A code is gone when 5 looks and 1.0 s in a row did not show it.

A hand that shakes or a camera that focuses again hides a code for up to half a second; taking one
voucher away and showing it, or the next, takes a person longer than a second. Both are asked for:
frames alone would be 0.17 s at 30 pictures a second, and time alone also passes while nobody looks
(a pause, a lost camera), when nothing is known to have left.
"""
READINGS_MAX = 16
"""Codes looked at in one frame: a sheet full of codes must not slow the counter down."""


@dataclass(frozen=True, slots=True)
class InView:
    """A code that is in front of the camera, or was a moment ago.

    Attributes:
        text: a secret when it is a voucher's.
        corners: where it was last seen.
        is_bytes: the payload is no text.
        confirmed: enough frames agreed; it was or is being reported.
        missed_frames: how many of the last frames did not show it; 0 when it is seen now.
    """

    text: str = field(repr=False)
    corners: Corners
    is_bytes: bool
    confirmed: bool
    missed_frames: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was shown: reported once until it left the view.

    Attributes:
        text: a secret when it is a voucher's; `vouchers.scan.classify` says what it is.
        corners: in the frame that confirmed it.
        is_bytes: the payload is no text.
        frame_number: of the frame that confirmed it.
        captured_at_s: monotonic, of that frame.
        in_view: all codes in view then, this one included: with two, ask which.
    """

    text: str = field(repr=False)
    corners: Corners
    is_bytes: bool
    frame_number: int
    captured_at_s: float
    in_view: tuple[InView, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A code that had been reported left the view; shown again, it will be reported again."""

    text: str = field(repr=False)


ScanEvent: TypeAlias = Scanned | Left


@dataclass(slots=True)
class _Presence:
    """One code, from the frame that first showed it until it is gone."""

    reading: Reading
    wanted_frames: int
    seen_at_s: float
    seen_frames: int = 0
    missed_frames: int = 0
    reported: bool = False

    def view(self) -> InView:
        return InView(
            text=self.reading.text,
            corners=self.reading.corners,
            is_bytes=self.reading.is_bytes,
            confirmed=self.seen_frames >= self.wanted_frames,
            missed_frames=self.missed_frames,
        )


class Confirmation:
    """Counts agreeing frames per code, never per scanner: with two codes in view, a count shared
    by both would end with the wrong one. Belongs to one thread."""

    def __init__(
        self,
        *,
        agreeing_frames: int = AGREEING_FRAMES,
        gone_frames: int = GONE_FRAMES,
        gone_after_s: float = GONE_AFTER_S,
    ) -> None:
        self._agreeing_frames = agreeing_frames
        self._gone_frames = gone_frames
        self._gone_after_s = gone_after_s
        self._present: dict[str, _Presence] = {}

    @property
    def in_view(self) -> tuple[InView, ...]:
        """The codes in front of the camera, the longest there first."""
        return tuple(presence.view() for presence in self._present.values())

    def look(
        self, readings: Iterable[Reading], *, frame_number: int, captured_at_s: float
    ) -> tuple[ScanEvent, ...]:
        """Take in what one frame showed.

        Args:
            readings: of this frame; the same text twice in one frame counts once.
            frame_number: of this frame.
            captured_at_s: monotonic seconds; never less than in the call before.
        """
        seen: dict[str, Reading] = {}
        for reading in readings:
            if len(seen) < READINGS_MAX:
                seen.setdefault(reading.text, reading)
        for text, reading in seen.items():
            self._saw(text, reading, captured_at_s)
        left = self._missed(seen, captured_at_s)
        in_view = self.in_view
        return (*left, *self._confirmed(in_view, frame_number, captured_at_s))

    def forget(self) -> None:
        """Report what is in view once more: the cashier wants the voucher that lies there again."""
        self._present.clear()

    def _saw(self, text: str, reading: Reading, at_s: float) -> None:
        presence = self._present.get(text)
        if presence is None:
            signed = isinstance(classify(text), TokenText)
            wanted = 1 if signed else self._agreeing_frames
            presence = self._present[text] = _Presence(reading, wanted, at_s)
        presence.reading = reading
        presence.seen_at_s = at_s
        presence.seen_frames += 1
        presence.missed_frames = 0

    def _missed(self, seen: dict[str, Reading], at_s: float) -> list[Left]:
        left = []
        for text, presence in list(self._present.items()):
            if text in seen:
                continue
            presence.missed_frames += 1
            absent_s = at_s - presence.seen_at_s
            if presence.missed_frames >= self._gone_frames and absent_s >= self._gone_after_s:
                del self._present[text]
                if presence.reported:
                    left.append(Left(text))
        return left

    def _confirmed(
        self, in_view: tuple[InView, ...], frame_number: int, captured_at_s: float
    ) -> list[Scanned]:
        events = []
        for code in in_view:
            presence = self._present[code.text]
            if code.confirmed and not presence.reported:
                presence.reported = True
                events.append(
                    Scanned(
                        text=code.text,
                        corners=code.corners,
                        is_bytes=code.is_bytes,
                        frame_number=frame_number,
                        captured_at_s=captured_at_s,
                        in_view=in_view,
                    )
                )
        return events
