"""The closing of a day, of a month, of a year: what it would say, what is in its way, making it.

A closing is never forced: it asks for what is to be settled, and can be postponed. It is computed
beside the journal's thread, up to a reach that is fixed first, and only kept on that thread: no
customer waits for it, and what is sold meanwhile belongs to the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.ids import VoucherId
from merchant_app.journal.backup import backup_beside
from merchant_app.journal.checking import world_errors
from merchant_app.journal.closing_ranges import ClosingRanges
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.closings import ClosingKind, Closings, Reach
from merchant_app.journal.events import EventKind, Events
from merchant_app.journal.journal import Journal
from merchant_app.journal.records import Marks
from merchant_app.reports import closing_day, periods
from merchant_app.reports.closing import Closing, KeptClosing, Numbers, to_body
from merchant_app.reports.closing_day import Author
from merchant_app.reports.figures import VoucherFacts
from merchant_app.reports.periods import DuePeriod, OpenDay
from merchant_app.till import resolve
from merchant_app.till.closing_papers import keep_papers
from merchant_app.till.closing_results import (
    Blocking,
    Closed,
    CloseResult,
    ClosingPreview,
    NotClosed,
)
from merchant_app.till.kept_closings import kept_in
from merchant_app.till.till import Till, TillKey

DAYS_OF_A_PERIOD_MAX = 2_000
"""More closings of days than a year can have, however often a shop closes."""

OPEN_DAYS_MAX = 31
"""Forgotten days that a preview tells apart; more than a month of them are told when these are
closed."""
RECENT_MAX = 62
"""Closings of days that a preview brings along: a month, twice a day."""


class Books(Protocol):
    """A journal as closings see it: the till's own, or a `ClosingView` beside it."""

    @property
    def ranges(self) -> ClosingRanges: ...

    @property
    def events(self) -> Events: ...

    @property
    def closings(self) -> Closings: ...


_Make = Callable[[Books, Author, Reach], Closing | None]
"""Computes the closing of what lies within the reach; None: there is nothing to close."""

_log = logging.getLogger(__name__)


def closing_preview(till: Till) -> ClosingPreview:
    """See `closing_desk.ClosingDesk.preview`."""
    author = _author(till)
    with closing_view(till.journal.path) as books:
        recent = newest_of(books)
        last = recent[0] if recent else None
        open_days = _open_days(till, books, author, last)
        before = _as_if_kept(open_days[-1], last) if open_days else last
        reach = books.ranges.reach()
        closing = _day(till, books, author, last=before, day=till.today(), until=reach)
        due = _due(till, books)
    return ClosingPreview(
        closing=closing,
        blocking=till.journal.run(_blocking),
        last=last,
        open_days=open_days,
        due=due,
        recent=recent,
    )


def _open_days(
    till: Till, books: Books, author: Author, last: KeptClosing | None
) -> tuple[Closing, ...]:
    """What the closings of the forgotten days would say, the oldest first."""
    days: list[Closing] = []
    before, reach = last, books.ranges.reach()
    while len(days) < OPEN_DAYS_MAX:
        found = _forgotten(till, books, before, reach)
        if found is None:
            break
        until = _until(found, reach)
        days.append(_day(till, books, author, last=before, day=found.day, until=until))
        before = _as_if_kept(days[-1], before)
    return tuple(days)


def _as_if_kept(closing: Closing, before: KeptClosing | None) -> KeptClosing:
    """What the next one would follow, if this one were made."""
    return KeptClosing(1 if before is None else before.number + 1, b"", closing)


def close_day(till: Till, *, leaving_open: bool = False) -> CloseResult:
    """See `closing_desk.ClosingDesk.close_day`."""

    def make(books: Books, author: Author, reach: Reach) -> Closing:
        return _kept_day(till, books, author, day=till.today(), until=reach)

    return _close(till, make, leaving_open=leaving_open)


def forgotten_day(till: Till) -> date | None:
    """See `closing_desk.ClosingDesk.forgotten_day`."""
    with closing_view(till.journal.path) as books:
        found = _forgotten(till, books, _last_day(books), books.ranges.reach())
    return None if found is None else found.day


def close_forgotten_day(till: Till, *, leaving_open: bool = False) -> CloseResult:
    """See `closing_desk.ClosingDesk.close_forgotten_day`."""

    def make(books: Books, author: Author, reach: Reach) -> Closing | None:
        found = _forgotten(till, books, _last_day(books), reach)
        if found is None:
            return None
        return _kept_day(till, books, author, day=found.day, until=_until(found, reach))

    return _close(till, make, leaving_open=leaving_open)


def postpone(till: Till) -> None:
    """See `closing_desk.ClosingDesk.postpone`."""

    day = forgotten_day(till) or till.today()
    till.journal.run(
        lambda journal: journal.append_event(
            EventKind.CLOSING_POSTPONED,
            cashier=till.facts.cashier,
            detail={"business_date": day.isoformat()},
        )
    )


def close_period(till: Till) -> CloseResult:
    """See `closing_desk.ClosingDesk.close_period`."""

    def make(books: Books, author: Author, _reach: Reach) -> Closing | None:
        found = _due(till, books)
        if found is None:
            return None
        days = _days_of(books, found.covers)
        return closing_day.close_period(found, days, author, now=till.clock.now())

    return _close(till, make, leaving_open=True)


def newest(till: Till, *, limit: int) -> tuple[KeptClosing, ...]:
    """See `closing_desk.ClosingDesk.newest`."""
    with closing_view(till.journal.path) as books:
        return newest_of(books, limit=limit)


def newest_of(books: Books, *, limit: int = RECENT_MAX) -> tuple[KeptClosing, ...]:
    """The last closings of days, newest first."""
    return tuple(kept_in(row) for row in books.closings.newest_first(ClosingKind.DAY, limit=limit))


def print_again(till: Till, number: int) -> tuple[Path, ...]:
    """See `closing_desk.ClosingDesk.print_again`."""
    with closing_view(till.journal.path) as books:
        row = books.closings.row(number)
    if row is None:
        raise Bug(f"no closing {number} in the journal")
    return keep_papers(kept_in(row), till.closings_folder)


# --- making one ----------------------------------------------------------------------------------


def _close(till: Till, make: _Make, *, leaving_open: bool) -> CloseResult:
    author, key = _author(till), till.key
    if key is None:
        raise Problem(ProblemKind.KEYRING_UNAVAILABLE, "the till's key is not there")
    found = till.journal.run(_found)
    if found.blocking.questions or (found.blocking.cards and not leaving_open):
        return NotClosed(found.blocking)
    with closing_view(till.journal.path) as books:
        closing = make(books, author, found.reach)
    if closing is None:
        return NotClosed(found.blocking)

    def write(journal: Journal) -> KeptClosing | Blocking:
        with world_errors():
            blocking = _blocking(journal)
            # No question can be about what the closing covers: whoever waits now came after it.
            if blocking.cards and not leaving_open:
                return blocking
            return _keep(journal, closing, key, after=found.last_closing)

    written = till.journal.run(write)
    if isinstance(written, Blocking):
        return NotClosed(written)
    till.wake()
    backup_problem = _backed_up(till)
    try:
        papers = keep_papers(written, till.closings_folder)
    except Problem as problem:
        # The closing stands; its paper can be made again from it, byte for byte.
        _log.error("no paper of closing %d: %s", written.number, problem)
        return Closed(written, (), problem, backup_problem)
    return Closed(written, papers, None, backup_problem)


@dataclass(frozen=True, slots=True)
class _Found:
    """The journal when a closing is begun: what is in its way, how far it reaches, which closing
    (its number) it follows."""

    blocking: Blocking
    reach: Reach
    last_closing: int


def _found(journal: Journal) -> _Found:
    with world_errors():
        return _Found(_blocking(journal), journal.ranges.reach(), journal.closings.head()[0])


def _keep(journal: Journal, closing: Closing, key: TillKey, *, after: int) -> KeptClosing:
    if journal.closings.head()[0] != after:
        raise Bug(f"two closings at a time after closing {after}")
    # Of what happened besides money it says all: until it is signed.
    number, events_hash = journal.events.head()
    whole = replace(closing, events_head=(number, events_hash.hex()))
    row = journal.append_closing(whole.kind, to_body(whole), key.sign, cashier=whole.cashier)
    _tell_of_clock(journal, row.number, whole)
    return kept_in(row)


def _backed_up(till: Till) -> Problem | None:
    try:
        backup_beside(till.journal.path, till.clock.now())
    except Problem as problem:
        _log.error("the journal was not copied after its closing: %s", problem)
        return problem
    return None


def _tell_of_clock(journal: Journal, number: int, closing: Closing) -> None:
    flags = [one.flag for one in closing.clock_flags]
    if flags:
        counts = {flag: flags.count(flag) for flag in sorted(set(flags))}
        journal.append_event(
            EventKind.CLOCK_FLAGGED,
            cashier=closing.cashier,
            detail={"closing": number, **counts},
        )


def _author(till: Till) -> Author:
    facts, key = till.facts, till.key
    return Author(
        shop=facts.shop_name,
        till=facts.till_name,
        public_key="" if key is None else key.public_key.hex(),
        cashier=facts.cashier,
        time_zone=facts.time_zone,
        currency=facts.currency,
        training=facts.training,
    )


def _day(
    till: Till,
    books: Books,
    author: Author,
    *,
    last: KeptClosing | None,
    day: date,
    until: Reach,
    rows_until: Marks | None = None,
) -> Closing:
    return closing_day.close_day(
        books,
        author,
        last=last,
        until=until,
        day=day,
        now=till.clock.now(),
        find=lambda voucher_id: _facts_of(till, voucher_id),
        rows_until=rows_until,
    )


def _kept_day(till: Till, books: Books, author: Author, *, day: date, until: Reach) -> Closing:
    """One that is going to be signed: it vouches for the rows too."""
    ends = books.ranges.row_ends(until)
    last = _last_day(books)
    return _day(till, books, author, last=last, day=day, until=until, rows_until=ends)


def _facts_of(till: Till, voucher_id: VoucherId) -> VoucherFacts | None:
    voucher = till.copy.by_id(voucher_id)
    if voucher is None:
        return None
    return VoucherFacts(voucher.face.minor, voucher.terms.vat_kind.value)


# --- what there is -------------------------------------------------------------------------------


def _blocking(journal: Journal) -> Blocking:
    unseen = journal.unseen_completed()
    questions = len(journal.standing.undecided) + int(unseen is not None)
    return Blocking(questions, resolve.open_cards(journal), journal.unsent_count())


def _last_day(books: Books) -> KeptClosing | None:
    row = books.closings.newest(ClosingKind.DAY)
    return None if row is None else kept_in(row)


def _forgotten(till: Till, books: Books, last: KeptClosing | None, until: Reach) -> OpenDay | None:
    since = closing_day.since(books, last)
    return periods.forgotten(
        books.ranges.moments(since, until),
        today=till.today(),
        last_closed=None if last is None else last.closing.business_date,
        time_zone=till.facts.time_zone,
    )


def _until(found: OpenDay, end: Reach) -> Reach:
    """To its last entry, and to all that was said until the end."""
    return Reach(found.last_position, end.adopted, end.outcome, end.alarm)


def _due(till: Till, books: Books) -> DuePeriod | None:
    """Months before years: a year is offered when its last month is closed."""
    for kind in (ClosingKind.MONTH, ClosingKind.YEAR):
        newest = books.closings.newest(kind)
        covered = 0 if newest is None else _numbers(kept_in(newest)).last
        rows = books.closings.after(covered, ClosingKind.DAY, limit=DAYS_OF_A_PERIOD_MAX)
        found = periods.due([kept_in(row) for row in rows], kind, today=till.today())
        if found is not None:
            return found
    return None


def _numbers(period: KeptClosing) -> Numbers:
    covers = period.closing.covers
    if not isinstance(covers, Numbers):
        raise TypeError("a month or a year covers closings of days")
    return covers


def _days_of(books: Books, covers: Numbers) -> list[KeptClosing]:
    rows = books.closings.after(covers.first - 1, ClosingKind.DAY, limit=DAYS_OF_A_PERIOD_MAX)
    return [kept_in(row) for row in rows if row.number <= covers.last]
