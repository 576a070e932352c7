"""How many codes a cashier typed in vain, and how long she waits before the next one is looked at.

Nobody guesses 80 bits; the limit is there so that somebody who tries is slowed down and noticed
(OWASP ASVS 2.4). It is in the journal's events, so that neither a restart nor a clock that was put
back ends it. Scans are not limited: their signature cannot be guessed, and a line of customers
would pay for one bad list of codes.
"""

from __future__ import annotations

import threading
from math import ceil

from merchant_app.clock import Clock
from merchant_app.journal.events import EventKind
from merchant_app.journal.owner import JournalOwner

MISSES_FREE = 4
"""So many codes in a row may be wrong before anybody waits."""
WAIT_FIRST_S = 30
WAIT_MAX_S = 3_600


def wait_after_s(misses: int) -> int:
    """Seconds to wait after so many misses in a row: 30 after the fifth, then twice as long."""
    if misses <= MISSES_FREE:
        return 0
    doublings = min(misses - MISSES_FREE - 1, 10)
    return int(min(WAIT_MAX_S, WAIT_FIRST_S << doublings))


class TypedCodes:
    """One cashier's misses at this till. Any thread; blocks while the journal is written."""

    def __init__(self, journal: JournalOwner, clock: Clock, *, cashier: str) -> None:
        self._journal = journal
        self._clock = clock
        self._cashier = cashier
        self._guard = threading.Lock()
        self._misses: int | None = None
        self._free_at_s = 0.0
        self._missed: set[bytes] = set()

    def wait_s(self) -> int:
        """Whole seconds until the next code is looked at; 0: now."""
        with self._guard:
            self._load()
            return max(0, ceil(self._free_at_s - self._clock.monotonic_s()))

    def missed(self, mac: bytes) -> None:
        """This code is nobody's. The same one again, after a slow answer say, counts once.

        Args:
            mac: the keyed hash that tells codes apart.

        Raises:
            Problem: it cannot be recorded.
        """
        with self._guard:
            misses = self._load() + 1
            if mac in self._missed:
                return
            wait_s = wait_after_s(misses)
            self._record(EventKind.CODE_MISSED, {"misses": misses, "wait_s": wait_s})
            self._misses = misses
            self._missed.add(mac)
            # The clock on the wall may be put back meanwhile; this one cannot.
            self._free_at_s = self._clock.monotonic_s() + wait_s

    def found(self) -> None:
        """A typed code was a voucher's: the count begins anew.

        Raises:
            Problem: it cannot be recorded.
        """
        with self._guard:
            misses = self._load()
            if misses:
                self._record(EventKind.CODE_FOUND, {"misses": misses})
            self._misses = 0
            self._missed.clear()

    def _record(self, kind: EventKind, detail: dict[str, str | int | list[int]]) -> None:
        self._journal.run(
            lambda journal: journal.append_event(kind, cashier=self._cashier, detail=detail)
        )

    def _load(self) -> int:
        """After a restart: where it stood. What is left of a wait is what the clock says has not
        passed; one that was put back says that nothing has."""
        if self._misses is not None:
            return self._misses
        kinds = (EventKind.CODE_MISSED, EventKind.CODE_FOUND)
        last = self._journal.run(
            lambda journal: journal.events.newest(kinds, cashier=self._cashier)
        )
        self._misses = 0
        if last is not None and last.kind is EventKind.CODE_MISSED:
            self._misses = int(str(last.detail["misses"]))
            since_s = max(0.0, (self._clock.now() - last.at).total_seconds())
            left_s = max(0.0, wait_after_s(self._misses) - since_s)
            self._free_at_s = self._clock.monotonic_s() + left_s
        return self._misses
