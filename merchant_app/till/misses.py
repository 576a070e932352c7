"""How often in a row something secret was typed wrong, and how long the next try has to wait.

It is in the journal's events, so that neither a restart nor a clock that was put back ends it.
"""

from __future__ import annotations

from math import ceil

from merchant_app.clock import Clock
from merchant_app.journal.events import Detail, EventKind
from merchant_app.journal.owner import JournalOwner

MISSES_FREE = 4
"""So many in a row may be wrong before anybody waits."""
WAIT_FIRST_S = 30
WAIT_MAX_S = 3_600


def wait_after_s(misses: int) -> int:
    """Seconds to wait after so many misses in a row: 30 after the fifth, then twice as long."""
    if misses <= MISSES_FREE:
        return 0
    doublings = min(misses - MISSES_FREE - 1, 10)
    return int(min(WAIT_MAX_S, WAIT_FIRST_S << doublings))


class Misses:
    """One count, over restarts. Whoever has it lets one thread at a time in; blocks while the
    journal is read or written."""

    def __init__(
        self,
        journal: JournalOwner,
        clock: Clock,
        *,
        wrong: EventKind,
        right: EventKind,
        cashier: str,
        of_everybody: bool = False,
    ) -> None:
        """`wrong` counts, `right` ends it; only the cashier's own, or those `of_everybody`."""
        self._journal = journal
        self._clock = clock
        self._wrong = wrong
        self._right = right
        self._cashier = cashier
        self._whose = None if of_everybody else cashier
        self._misses: int | None = None
        self._free_at_s = 0.0

    def wait_s(self) -> int:
        """Whole seconds until the next try is looked at; 0: now."""
        self._load()
        return max(0, ceil(self._free_at_s - self._clock.monotonic_s()))

    def missed(self, detail: Detail | None = None) -> int:
        """One more, recorded with this detail; the seconds that follow.

        Raises:
            Problem: it cannot be recorded, and is not counted.
        """
        misses = self._load() + 1
        wait_s = wait_after_s(misses)
        self._record(self._wrong, {**(detail or {}), "misses": misses, "wait_s": wait_s})
        self._misses = misses
        # The clock on the wall may be put back meanwhile; this one cannot.
        self._free_at_s = self._clock.monotonic_s() + wait_s
        return wait_s

    def hit(self) -> None:
        """It was right: the count begins anew.

        Raises:
            Problem: it cannot be recorded, and the count stays.
        """
        misses = self._load()
        if misses:
            self._record(self._right, {"misses": misses})
        self._misses = 0

    def _record(self, kind: EventKind, detail: Detail) -> None:
        self._journal.run(
            lambda journal: journal.append_event(kind, cashier=self._cashier, detail=detail)
        )

    def _load(self) -> int:
        """After a restart: where it stood. What is left of a wait is what the clock says has not
        passed; one that was put back says that nothing has."""
        if self._misses is not None:
            return self._misses
        kinds = (self._wrong, self._right)
        last = self._journal.run(lambda journal: journal.events.newest(kinds, cashier=self._whose))
        self._misses = 0
        if last is not None and last.kind is self._wrong:
            self._misses = int(str(last.detail["misses"]))
            since_s = max(0.0, (self._clock.now() - last.at).total_seconds())
            left_s = max(0.0, wait_after_s(self._misses) - since_s)
            self._free_at_s = self._clock.monotonic_s() + left_s
        return self._misses
