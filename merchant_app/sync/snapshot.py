"""Fetches the till's own copy of the vouchers: once whole, then what changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from merchant_app.central.port import (
    CentralService,
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    Rejected,
    VouchersPage,
)
from merchant_app.clock import Clock
from merchant_app.journal.vouchers_copy import VouchersCopy
from merchant_app.sync.connectivity import Connectivity
from merchant_app.sync.schedule import BASE_S, Timetable, Trouble, TroubleKind
from merchant_app.sync.worker import Stopped as IsStopped
from merchant_app.sync.worker import Worker

PAGES_PER_FETCH_MAX = 10_000
"""Five million vouchers. A service that has more for one shop does not come to an end."""
TIMED_VOUCHERS_MAX = 50
"""A larger page takes its time on any line; that it did says nothing about the line."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UpToDate:
    """The copy is what the service held when it was asked; so many vouchers came."""

    vouchers: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Left off between two pages; the next fetch goes on from there."""


Fetched = UpToDate | Stopped | NoAnswer | NotAuthorised | Rejected


class SnapshotFetcher(Worker):
    """Keeps the copy up to date, in a thread of its own: no upload waits for a download.

    It fetches when started and whenever woken: after each contact with the service and after each
    outcome. A fetch that failed is tried again at its own pace, which a wake does not shorten:
    there is no hurry, and another call's success does not mend this one's trouble.
    """

    def __init__(
        self,
        *,
        central: CentralService,
        copy: VouchersCopy,
        connectivity: Connectivity,
        clock: Clock,
        chance: Callable[[], float],
        base_s: float = BASE_S,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            central: is asked.
            copy: nobody else applies pages to it.
            connectivity: is told of every answer.
            clock: measures the calls and paces them.
            chance: draws evenly from [0, 1).
            base_s: the longest wait after the first failure.
        """
        timetable = Timetable(every_s=None, chance=chance, base_s=base_s)
        super().__init__("vouchers", self._turn, timetable=timetable, clock=clock)
        self._central = central
        self._copy = copy
        self._connectivity = connectivity
        self._clock = clock
        self._failed = False
        self._copied: int | None = None

    def wake(self) -> None:
        """There is news. Any thread."""
        if not self._failed:
            super().wake()

    def copied(self) -> int | None:
        """How many vouchers of a fetch of several pages have come; None: there is none."""
        return self._copied

    def _turn(self, stopped: IsStopped) -> Trouble | Fetched:
        try:
            fetched = self.fetch(self._count, stopped)
        except BaseException:
            self._failed = True
            raise
        # A wake while it ran is not lost, whatever came of it.
        self._failed = isinstance(fetched, NoAnswer | Rejected)
        return Trouble(TroubleKind.SERVICE) if isinstance(fetched, Rejected) else fetched

    def _count(self, vouchers: int | None) -> None:
        self._copied = vouchers

    def fetch(self, progress: Callable[[int | None], None], stopped: IsStopped) -> Fetched:
        """Fetch page by page until there is no more; blocks as long as that takes.

        Args:
            progress: called before each report of a page with how many vouchers have come so far
                while more follow, and with None at the end, whatever the end is.
            stopped: whether to leave off; asked before each page.

        Raises:
            Problem: the copy cannot be written.
        """
        came = 0
        try:
            for _ in range(PAGES_PER_FETCH_MAX):
                if stopped():
                    return Stopped()
                asked = self._copy.next_ask()
                began_s = self._clock.monotonic_s()
                answer = self._central.vouchers(asked.cursor)
                took_s = self._clock.monotonic_s() - began_s
                if not isinstance(answer, VouchersPage):
                    return self._no_page(answer, cursor=asked.cursor)
                if answer.more and answer.next_cursor == asked.cursor:
                    break
                complete = self._copy.apply(answer, asked)
                came += len(answer.vouchers)
                progress(None if complete else came)
                is_timed = len(answer.vouchers) <= TIMED_VOUCHERS_MAX
                self._connectivity.report(answer, took_s=took_s if is_timed else None)
                if complete:
                    return UpToDate(came)
        finally:
            progress(None)
        _log.error("the service's vouchers do not come to an end")
        return self._no_page(NoAnswer(NoAnswerKind.NOT_UNDERSTOOD), cursor="")

    def _no_page(
        self, answer: NotAuthorised | Rejected | NoAnswer, *, cursor: str
    ) -> NotAuthorised | Rejected | NoAnswer:
        self._connectivity.report(answer)
        if isinstance(answer, Rejected):
            _log.error("vouchers rejected: status %s at %s", answer.status, answer.path)
            if cursor:
                # Perhaps it is the cursor that it does not accept (any more).
                self._copy.ask_from_the_start()
        return answer
