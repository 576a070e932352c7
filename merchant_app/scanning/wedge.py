"""Scanner guns that pose as keyboards ("wedges"): told from a person by their speed. Pure.

The window asks for every key, wherever the focus is, before anything else sees it:

    deed = wedge.key(event.text(), at_s=event.timestamp() / 1000, in_text_field=...,
                     auto_repeat=event.isAutoRepeat())

and does what it says. Give the *event's own* time, not the time of handling it: after a stall of
the window a person's keys come out of the queue at once, and would look like a gun.

The first five keys of a gun reach the field that has the focus, because nobody can know yet. With
the sixth, `Swallow.retract` says how many: take the field back to what it was when `PassOn` said
`starts_burst`. (A copy of the field is better than deleting characters: a field that takes only
digits has refused some, and a selection was typed over.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

GUN_INTERVAL_MAX_S = 0.035
"""Between two keys of a gun. The quickest typists need 60 ms on average; two fingers that roll over
two keys can be quicker once, but not five times in a row."""
GUN_CHARACTERS_MIN = 6
PAUSE_S = 0.1
"""Ends a scan that has no Enter. Longer than the gaps of a Bluetooth gun."""
CHARACTERS_MAX = 4_296
"""A QR code holds no more characters (ISO/IEC 18004, version 40-L)."""
_EVENT_TIME_STEP_S = 0.001
"""Windows give whole milliseconds; sums of them are not exact in floating point."""
_SUFFIXES = ("\r", "\n", "\t")


@dataclass(frozen=True, slots=True)
class WedgeScan:
    """What a gun typed, as it arrived: ask `keyboard_layout.meant` what it meant.

    Attributes:
        text: without its Enter. A secret when it is a voucher's.
        in_text_field: whether a text field had the focus when it began.
    """

    text: str = field(repr=False)
    in_text_field: bool


@dataclass(frozen=True, slots=True)
class Swallow:
    """The key belongs to a gun: nobody else may see it.

    Attributes:
        retract: so many characters before it did reach the focused field; take them back now.
    """

    retract: int = 0


@dataclass(frozen=True, slots=True)
class PassOn:
    """Let the key go where it was going.

    Attributes:
        starts_burst: it may be the first of a gun: note what the focused field holds.
    """

    starts_burst: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """A scan is complete.

    Attributes:
        scan: what was scanned.
        key: what to do with the key at hand: swallowed when it is the scan's Enter; passed on
            when it is the next key, after a scan without Enter whose `tick` came too late.
    """

    scan: WedgeScan
    key: Swallow | PassOn = Swallow()


KeyDeed: TypeAlias = Swallow | PassOn | Completed


class Wedge:
    """Watches keys. Belongs to one thread; times are monotonic seconds of one clock."""

    def __init__(
        self,
        *,
        gun_interval_max_s: float = GUN_INTERVAL_MAX_S,
        gun_characters_min: int = GUN_CHARACTERS_MIN,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._gun_interval_max_s = gun_interval_max_s
        self._gun_characters_min = gun_characters_min
        self._pause_s = pause_s
        self._burst: list[str] = []
        self._passed_on = 0
        self._began_in_field = False
        self._is_gun = False
        self._is_tail = False
        self._last_at_s = float("-inf")

    @property
    def deadline_s(self) -> float | None:
        """When to call `tick`; None when no scan is under way."""
        return self._last_at_s + self._pause_s if self._is_gun else None

    def key(
        self, text: str, *, at_s: float, in_text_field: bool, auto_repeat: bool = False
    ) -> KeyDeed:
        """One key that was pressed.

        Args:
            text: what it types; empty for keys that type nothing (Shift, F1, arrows).
            at_s: when it was pressed.
            in_text_field: whether a text field has the focus.
            auto_repeat: the key is held down: 30 characters a second, and yet a person.
        """
        if not text:
            # Shift comes between the characters of a gun: it neither ends nor prolongs anything.
            return PassOn()
        scan = self.tick(at_s)
        deed = self._one_key(text, at_s, in_text_field=in_text_field, auto_repeat=auto_repeat)
        if scan is None:
            return deed
        # After a pause a key never completes or continues a scan, so it is a plain deed.
        return Completed(scan, deed if isinstance(deed, PassOn) else Swallow())

    def tick(self, at_s: float) -> WedgeScan | None:
        """Time has passed: ends a scan that has no Enter."""
        if not self._is_gun or at_s < self._last_at_s + self._pause_s - _EVENT_TIME_STEP_S / 2:
            return None
        return self._complete()

    def _one_key(
        self, text: str, at_s: float, *, in_text_field: bool, auto_repeat: bool
    ) -> KeyDeed:
        since_s = at_s - self._last_at_s
        self._last_at_s = at_s
        if self._is_tail and since_s <= self._gun_interval_max_s:
            return Swallow()
        self._is_tail = False
        if auto_repeat and not self._is_gun:
            self._reset()
            return PassOn()
        if text in _SUFFIXES:
            return self._suffix()
        if self._is_gun:
            self._append(text)
            return Swallow()
        return self._maybe_gun(text, since_s, in_text_field=in_text_field)

    def _suffix(self) -> KeyDeed:
        if self._is_gun:
            scan = self._complete()
            # The second half of CR LF, or the next line of a payload with many: none of it may
            # press the button that has the focus.
            self._is_tail = True
            return Completed(scan)
        self._reset()
        return PassOn()

    def _maybe_gun(self, text: str, since_s: float, *, in_text_field: bool) -> KeyDeed:
        starts_burst = not self._burst or since_s > self._gun_interval_max_s
        if starts_burst:
            self._reset()
            self._began_in_field = in_text_field
        self._append(text)
        if len(self._burst) >= self._gun_characters_min and len(set(self._burst)) > 1:
            self._is_gun = True
            return Swallow(retract=self._passed_on)
        self._passed_on += in_text_field
        return PassOn(starts_burst=starts_burst)

    def _append(self, text: str) -> None:
        if len(self._burst) < CHARACTERS_MAX:
            self._burst.append(text)

    def _complete(self) -> WedgeScan:
        scan = WedgeScan("".join(self._burst), self._began_in_field)
        self._reset()
        return scan

    def _reset(self) -> None:
        self._burst = []
        self._passed_on = 0
        self._is_gun = False
