"""The half of the presenter that watches what is typed into the field for codes. No Qt."""

from __future__ import annotations

from math import ceil

from merchant_app.ui.encaisser import entry
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import Entry
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers import typed

TICK_S = 1.0


class ByHand:
    """GUI thread only. Its call-backs have numbers below nought, those of money above."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._alarms = 0
        self._tick = 0
        self._typed: typed.Typed = typed.NotACode()
        self._order = stage.fields.code[0]
        self._free_at_s = 0.0

    def edited(self, text: str) -> None:
        """The field holds this now."""
        self._order = self._stage.fields.code[0]
        self._typed = typed.read(text)

    def pause(self, wait_s: int) -> None:
        """No typed code is looked up for so long: count down."""
        stage = self._stage
        self._free_at_s = stage.clock.monotonic_s() + wait_s
        stage.come_to(st.TypingPaused())
        self._ring()

    def time_came(self, number: int) -> bool:
        """Whether this call-back was for the count-down, and changed something."""
        if number != self._tick or not isinstance(self._stage.state, st.TypingPaused):
            return False
        if self._left_s() > 0:
            self._ring()
        else:
            # What was typed is still in the field: Enter looks it up now.
            self._stage.come_to(st.Ready(), focus=None)
        return True

    def entry(self) -> Entry:
        """What stands under the field."""
        if isinstance(self._stage.state, st.TypingPaused):
            return entry.waiting(max(1, self._left_s()))
        if self._order != self._stage.fields.code[0]:
            return entry.NOTHING  # the field was filled, or emptied, since
        return entry.entry_of(self._typed)

    def _left_s(self) -> int:
        return ceil(self._free_at_s - self._stage.clock.monotonic_s())

    def _ring(self) -> None:
        self._alarms -= 1
        self._tick = self._alarms
        self._stage.hands.call_back(TICK_S, self._tick)
