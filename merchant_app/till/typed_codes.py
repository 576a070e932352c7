"""How many codes a cashier typed in vain, and how long she waits before the next one is looked at.

Nobody guesses 80 bits; the limit is there so that somebody who tries is slowed down and noticed
(OWASP ASVS 2.4). Scans are not limited: their signature cannot be guessed, and a line of customers
would pay for one bad list of codes.
"""

from __future__ import annotations

import threading

from merchant_app.clock import Clock
from merchant_app.journal.events import EventKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.till.misses import Misses


class TypedCodes:
    """One cashier's misses at this till. Any thread; blocks while the journal is written."""

    def __init__(self, journal: JournalOwner, clock: Clock, *, cashier: str) -> None:
        self._guard = threading.Lock()
        self._misses = Misses(
            journal,
            clock,
            wrong=EventKind.CODE_MISSED,
            right=EventKind.CODE_FOUND,
            cashier=cashier,
        )
        self._missed: set[bytes] = set()

    def wait_s(self) -> int:
        """Whole seconds until the next code is looked at; 0: now."""
        with self._guard:
            return self._misses.wait_s()

    def missed(self, mac: bytes) -> None:
        """This code is nobody's. The same one again, after a slow answer say, counts once.

        Args:
            mac: the keyed hash that tells codes apart.

        Raises:
            Problem: it cannot be recorded.
        """
        with self._guard:
            if mac not in self._missed:
                self._misses.missed()
                self._missed.add(mac)

    def found(self) -> None:
        """A typed code was a voucher's: the count begins anew.

        Raises:
            Problem: it cannot be recorded.
        """
        with self._guard:
            self._misses.hit()
            self._missed.clear()
