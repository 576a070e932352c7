"""The half of the presenter that watches what is typed into the field for codes. No Qt.

A code is checked after every character. Anything else, a name, an address, an order number, is
looked for in the till's own list when the fingers rest.
"""

from __future__ import annotations

from math import ceil

from merchant_app.errors import Bug
from merchant_app.till.hits import Hit, Hits, NoList, TooManyHits
from merchant_app.ui.commands import Answer, AskSearch
from merchant_app.ui.encaisser import entry
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import Entry
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers import typed
from merchant_app.vouchers.holders import query_of
from merchant_app.vouchers.scan import Foreign, classify

TICK_S = 1.0
REST_S = 0.3
"""Longer than from one key to the next: what is half typed is not looked for, and not recorded."""


class ByHand:
    """GUI thread only. Its call-backs have numbers below nought, those of money above."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._alarms = 0
        self._tick = 0
        self._rest = 0
        self._text = ""
        self._typed: typed.Typed = typed.NotACode()
        self._order = stage.fields.code[0]
        self._free_at_s = 0.0
        self._number = 0
        self._result: Hits | TooManyHits | NoList | None = None
        self._selected: int | None = None

    # --- what is typed ---------------------------------------------------------------------------

    def edited(self, text: str) -> None:
        """The field holds this now."""
        self._order = self._stage.fields.code[0]
        self._text = text
        self._typed = typed.read(text)
        self._forget_hits()
        self._rest = 0
        if not isinstance(self._typed, typed.Right) and query_of(text) is not None:
            self._rest = self._ring(REST_S)

    def enter(self, text: str) -> Hit | str | None:
        """What Enter in the field asks for: a hit, or what was typed; None where it was for us.

        The first Enter goes to the first hit: nobody's voucher is taken unseen. What is nothing
        like a code is looked for at once.
        """
        if self.hits and not isinstance(self._typed, typed.Right):
            if self._selected is None:
                self.move(1)
                return None
            return self.hits[self._selected]
        if classify(text) is Foreign.OTHER_TEXT and query_of(text) is not None:
            self._search(text)
            return None
        return text

    def _search(self, text: str) -> None:
        self._rest = 0
        self._forget_hits()
        self._stage.hands.run_command(AskSearch(self._number, text))

    def found(self, number: int, answer: Answer) -> None:
        """A search is answered; one for an earlier text comes too late."""
        if not self.is_wanted(number):
            return
        if not isinstance(answer, Hits | TooManyHits | NoList):
            raise Bug(f"a search was answered by {type(answer).__name__}")
        self._result = answer

    def is_wanted(self, number: int) -> bool:
        """Whether what was looked for still stands in the field."""
        return number == self._number and self._is_there()

    # --- hits ------------------------------------------------------------------------------------

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The ones to choose from."""
        return self._result.hits if isinstance(self._result, Hits) and self._is_there() else ()

    def move(self, by: int) -> None:
        """To the next hit, or the one before; nothing happens at the ends."""
        last = len(self.hits) - 1
        if last >= 0:
            at = -1 if self._selected is None else self._selected
            self._selected = min(last, max(0, at + by))

    # --- the wait --------------------------------------------------------------------------------

    def pause(self, wait_s: int) -> None:
        """No typed code is looked up for so long: count down."""
        stage = self._stage
        self._free_at_s = stage.clock.monotonic_s() + wait_s
        stage.come_to(st.TypingPaused())
        self._tick = self._ring(TICK_S)

    def time_came(self, number: int) -> bool:
        """Whether this call-back was ours, and changed something."""
        if number == self._rest:
            self._search(self._text)
            return False
        if number != self._tick or not isinstance(self._stage.state, st.TypingPaused):
            return False
        if self._left_s() > 0:
            self._tick = self._ring(TICK_S)
        else:
            # What was typed is still in the field: Enter looks it up now.
            self._stage.come_to(st.Ready(), focus=None)
        return True

    # --- what is shown ---------------------------------------------------------------------------

    def entry(self) -> Entry:
        """What stands under the field."""
        if isinstance(self._stage.state, st.TypingPaused):
            return entry.waiting(max(1, self._left_s()))
        if not self._is_there():
            return entry.NOTHING
        return entry.entry_of(self._typed, self._result, self._selected)

    def _is_there(self) -> bool:
        """False when the field was filled, or emptied, since somebody typed into it."""
        return self._order == self._stage.fields.code[0]

    def _forget_hits(self) -> None:
        self._number += 1
        self._result = self._selected = None

    def _left_s(self) -> int:
        return ceil(self._free_at_s - self._stage.clock.monotonic_s())

    def _ring(self, after_s: float) -> int:
        self._alarms -= 1
        self._stage.hands.call_back(after_s, self._alarms)
        return self._alarms
