"""Statements: asked of the service page by page, then held against the journal.

The journal is read last, after the news that the service has for it: what both sides knew at that
moment must agree. Sales go on meanwhile, so what differs is looked at once more before it is shown.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from merchant_app.central.port import (
    BookingsPage,
    NoAnswer,
    NotAuthorised,
    Rejected,
)
from merchant_app.clock import start_of
from merchant_app.ids import OpId
from merchant_app.journal.journal import Journal
from merchant_app.ledger.statements import DAY_MAX, DAY_MIN, Booking, PeriodKind, Statement, Sums
from merchant_app.reports.statements import payouts
from merchant_app.reports.statements.bank_file import read_bank_file
from merchant_app.reports.statements.matching import JournalSide, reconcile, unaccounted
from merchant_app.reports.statements.outstanding import outstanding as outstanding_of
from merchant_app.till.statement_results import (
    BankFileRefused,
    BankResult,
    Cancelled,
    NoCopy,
    NoStatement,
    Outstanding,
    OutstandingResult,
    Reconciled,
    RefusedKind,
    StatementRefused,
    StatementResult,
)
from merchant_app.till.till import Till

DAYS_AROUND = 31
"""Where a sale is looked for first that was booked outside of the days asked for."""

_Failure = NoAnswer | NotAuthorised | Rejected | Cancelled

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever waits for a statement: may give up, and is told how many lines have come."""

    cancelled: threading.Event | None = None
    on_progress: Callable[[int], None] | None = None

    @property
    def gave_up(self) -> bool:
        return self.cancelled is not None and self.cancelled.is_set()

    def came(self, count: int) -> None:
        if self.on_progress is not None:
            self.on_progress(count)


class LiveStatementDesk:
    """See `statement_desk.StatementDesk`."""

    def __init__(self, till: Till) -> None:
        self._till = till

    def statement(
        self,
        first_day: date,
        last_day: date,
        *,
        cancelled: threading.Event | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> StatementResult:
        watch = Watch(cancelled, on_progress)
        return _statement(self._till, first_day, last_day, watch)

    def match_bank(self, statement: Statement, source: Path | bytes) -> BankResult:
        file = read_bank_file(source, currency=statement.currency)
        if isinstance(file, BankFileRefused):
            return file
        return payouts.match(statement.payouts, file, currency=statement.currency)

    def outstanding(self) -> OutstandingResult:
        return _outstanding(self._till)


def _statement(till: Till, first_day: date, last_day: date, watch: Watch) -> StatementResult:
    found = _look(till, first_day, last_day, watch)
    if isinstance(found, Reconciled) and found.reconciliation.differences:
        found = _look(till, first_day, last_day, watch)
    if not isinstance(found, Reconciled):
        return _failed(found)
    _log.info(
        "statement of %d days: %d lines, %d differences",
        (last_day - first_day).days + 1,
        len(found.reconciliation.lines),
        len(found.reconciliation.differences),
    )
    return found


def _failed(failure: _Failure) -> StatementResult:
    match failure:
        case NoAnswer(kind=kind):
            return NoStatement(kind)
        case NotAuthorised():
            return StatementRefused(RefusedKind.TILL_NOT_AUTHORISED)
        case Rejected():
            return StatementRefused(RefusedKind.NOT_OFFERED)
        case Cancelled():
            return failure


def _look(till: Till, first_day: date, last_day: date, watch: Watch) -> Reconciled | _Failure:
    # What is unsent goes first, so that it is in the figures; the news come last. Where a delivery
    # fails, the differences say so.
    till.courier.deliver(wait_s=till.answer_wait_s)
    began_s = till.clock.monotonic_s()
    told = till.central.statement(first_day, last_day)
    till.connectivity.report(told, took_s=till.clock.monotonic_s() - began_s)
    if not isinstance(told, Statement):
        return told
    bookings = _bookings(till, first_day, last_day, watch)
    if not isinstance(bookings, list):
        return bookings
    till.courier.deliver(wait_s=till.answer_wait_s)
    side = till.journal.run(lambda journal: journal_side(journal, told, bookings))
    elsewhere = _elsewhere(till, told, unaccounted(side, bookings), watch)
    if not isinstance(elsewhere, list):
        return elsewhere
    total = Sums()
    for period in told.periods:
        if period.kind is PeriodKind.MONTH:
            total += period.sums
    return Reconciled(
        statement=told,
        total=total,
        owed_after_minor=told.owed_before_minor + total.owed_minor - total.payout_minor,
        reconciliation=reconcile(told, bookings, side, till_id=till.till_id, elsewhere=elsewhere),
    )


def _bookings(
    till: Till, first_day: date, last_day: date, watch: Watch
) -> list[Booking] | _Failure:
    """All pages."""
    found: list[Booking] = []
    cursor = 0
    while True:
        if watch.gave_up:
            return Cancelled()
        page = till.central.bookings(first_day, last_day, cursor=cursor)
        if not isinstance(page, BookingsPage):
            return page
        found += page.bookings
        watch.came(len(found))
        if not page.more:
            return found
        cursor = page.next_cursor


def _elsewhere(
    till: Till, told: Statement, missing: set[OpId], watch: Watch
) -> list[Booking] | _Failure:
    """Bookings of other days, until all that is missing was found in them, or is nowhere."""
    around = timedelta(days=DAYS_AROUND)
    windows = ((told.first_day - around, told.last_day + around), (DAY_MIN, DAY_MAX))
    found: list[Booking] = []
    for first_day, last_day in windows:
        if not missing:
            break
        bookings = _bookings(till, max(first_day, DAY_MIN), min(last_day, DAY_MAX), watch)
        if not isinstance(bookings, list):
            return bookings
        here = [one for one in bookings if one.redemption_id in missing]
        missing = missing - {one.redemption_id for one in here}
        found += here
    return found


def journal_side(journal: Journal, told: Statement, bookings: Iterable[Booking]) -> JournalSide:
    zone = told.time_zone
    ends_at = start_of(told.last_day + timedelta(days=1), zone)
    in_question = journal.ranges.redemptions_between(start_of(told.first_day, zone), ends_at)
    wanted = in_question | {booking.redemption_id for booking in bookings}
    end = journal.ranges.reach()
    ops = journal.ranges.touched(end, end, also=wanted)
    return JournalSide(
        ops={op.redemption.op_id: op for op in ops},
        in_question=in_question,
        known=journal.knows([booking.op_id for booking in bookings]),
        unsent=journal.ranges.unsent(),
        undecided={recorded.redemption.op_id for recorded in journal.undecided()},
    )


def _outstanding(till: Till) -> OutstandingResult:
    copied_at = till.copy.fetched_at
    if copied_at is None:
        return NoCopy()
    vouchers = till.copy.all()
    left = till.offline.balances([voucher.voucher_id for voucher in vouchers])
    return Outstanding(
        copied_at,
        till.facts.currency,
        outstanding_of(
            ((voucher, left.get(voucher.voucher_id, 0)) for voucher in vouchers),
            today=till.today(),
            currency=till.facts.currency,
        ),
    )
