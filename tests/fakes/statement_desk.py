"""Relevés from memory: a calm month, and knobs for everything that can come instead."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger.statements import (
    Booking,
    Cause,
    NamedVoucher,
    Payout,
    RedemptionState,
    Sale,
    Statement,
    Sums,
    periods,
)
from merchant_app.reports.statements import payouts
from merchant_app.reports.statements.bank_file import read_bank_file
from merchant_app.reports.statements.bank_lines import BankFileRefused
from merchant_app.reports.statements.differences import Difference, Line, Reconciliation
from merchant_app.reports.statements.outstanding import Expiring, ExpiryMonth, Totals
from merchant_app.till.statement_results import (
    BankResult,
    Cancelled,
    Outstanding,
    OutstandingResult,
    PeriodKind,
    Reconciled,
    StatementResult,
)
from tests.fakes.planned import Planned

ZONE = "Europe/Paris"
FEE_PPM = 25_000
TILL_ID = TillId(UUID(int=1))


def booking(
    number: int,
    at: datetime,
    amount_minor: int,
    *,
    cause: Cause = Cause.REDEMPTION,
    shortfall_minor: int = 0,
    till: int = 1,
) -> Booking:
    """The nth booking of a till: a sale, or the reversal of one."""
    is_void = cause is Cause.VOID
    fee = amount_minor * FEE_PPM // 1_000_000
    status = OutcomeStatus.VOIDED if is_void else OutcomeStatus.ACCEPTED
    accepted = 0 if is_void else amount_minor
    return Booking(
        op_id=OpId(UUID(int=number)),
        redemption_id=OpId(UUID(int=number)),
        cause=cause,
        at=at,
        till_id=TillId(UUID(int=till)),
        till_name=f"Caisse {till}",
        vouchers=(NamedVoucher(VoucherId(UUID(int=number)), f"…{number:04}"),),
        redeemed_minor=0 if is_void else amount_minor,
        reversed_minor=amount_minor if is_void else 0,
        shortfall_minor=shortfall_minor,
        fee_minor=-fee if is_void else fee,
        now=RedemptionState(status, amount_minor + shortfall_minor, accepted, shortfall_minor),
    )


def a_month(first_day: date, last_day: date) -> tuple[list[Booking], list[Sale], list[Payout]]:
    """Two sales a day, reversals and a loss now and then; sold and paid out on Mondays."""
    bookings: list[Booking] = []
    sales: list[Sale] = []
    paid: list[Payout] = []
    day, number = first_day, 0
    while day <= last_day:
        morning = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)
        if day.weekday() != 6:
            for hours, till in ((0, 1), (5, 2)):
                number += 1
                amount = 1_000 + 500 * (number % 7)
                at = morning + timedelta(hours=hours)
                bookings.append(booking(number, at, amount, till=till))
            if day.day % 9 == 0:
                number += 1
                at = morning + timedelta(hours=1)
                bookings.append(booking(number, at, 1_000, cause=Cause.VOID))
            if day.day == 17:
                number += 1
                at = morning + timedelta(hours=2)
                bookings.append(booking(number, at, 500, shortfall_minor=1_500))
        if day.weekday() == 0:
            sales.append(Sale(morning, 4, 17_000))
            paid.append(Payout(day, 21_450, f"COMPTOIR {day:%Y%m%d}"))
        day += timedelta(days=1)
    return bookings, sales, paid


def a_statement(first_day: date, last_day: date, *, made_at: datetime) -> Reconciled:
    """Of `a_month`; nothing differs."""
    bookings, sales, paid = a_month(first_day, last_day)
    of_days = periods(
        first_day, last_day, bookings=bookings, sales=sales, payouts=paid, time_zone=ZONE
    )
    statement = Statement(
        first_day=first_day,
        last_day=last_day,
        currency="EUR",
        time_zone=ZONE,
        periods=of_days,
        payouts=tuple(paid),
        owed_before_minor=12_300,
        fee_rate_ppm=FEE_PPM,
        made_at=made_at,
    )
    total = Sums()
    for period in of_days:
        total += period.sums if period.kind is PeriodKind.MONTH else Sums()
    lines = tuple(
        Line(
            op_id=one.op_id,
            redemption_id=one.redemption_id,
            cause=one.cause,
            at=one.at,
            till_name=one.till_name,
            label=one.vouchers[0].label,
            amount_minor=one.redeemed_minor - one.reversed_minor,
            shortfall_minor=one.shortfall_minor,
            fee_minor=one.fee_minor,
            ours=one.till_id == TILL_ID,
            agrees=one.till_id == TILL_ID,
        )
        for one in bookings
    )
    ours = sum(line.ours for line in lines)
    owed_after_minor = statement.owed_before_minor + total.owed_minor - total.payout_minor
    return Reconciled(statement, total, owed_after_minor, Reconciliation((), lines, ours))


@dataclass
class FakeStatementDesk:
    """Holds the `StatementDesk` protocol.

    Knobs:
        gate: clear it, and every call waits until it is set.
        differences: what the next statements differ in.
        next_statement, next_bank, next_outstanding: answers, or exceptions to raise, used up before
            its own; `match_bank` reads the file otherwise.
        calls: what was asked, in order.
    """

    now: datetime = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
    differences: tuple[Difference, ...] = ()
    gate: threading.Event = field(default_factory=threading.Event)
    next_statement: Planned[StatementResult] = field(default_factory=Planned)
    next_bank: Planned[BankResult] = field(default_factory=Planned)
    next_outstanding: Planned[OutstandingResult] = field(default_factory=Planned)
    calls: list[tuple[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def statement(
        self,
        first_day: date,
        last_day: date,
        *,
        cancelled: threading.Event | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> StatementResult:
        self._called("statement", (first_day, last_day))
        if cancelled is not None and cancelled.is_set():
            return Cancelled()
        given = self.next_statement.take()
        if given is not None:
            return given
        calm = a_statement(first_day, last_day, made_at=self.now)
        lines = calm.reconciliation.lines
        if on_progress is not None:
            on_progress(len(lines))
        seen = Reconciliation(self.differences, lines, calm.reconciliation.compared)
        return Reconciled(calm.statement, calm.total, calm.owed_after_minor, seen)

    def match_bank(self, statement: Statement, source: Path | bytes) -> BankResult:
        self._called("match_bank", source)
        given = self.next_bank.take()
        if given is not None:
            return given
        file = read_bank_file(source, currency=statement.currency)
        if isinstance(file, BankFileRefused):
            return file
        return payouts.match(statement.payouts, file, currency=statement.currency)

    def outstanding(self) -> OutstandingResult:
        self._called("outstanding", None)
        given = self.next_outstanding.take()
        if given is not None:
            return given
        return Outstanding(
            self.now - timedelta(minutes=28),
            "EUR",
            Totals(
                count=41,
                amount_minor=168_450,
                months=(
                    ExpiryMonth(date(2026, 11, 1), 2, 4_500),
                    ExpiryMonth(date(2026, 12, 1), 14, 61_250),
                    ExpiryMonth(date(2027, 3, 1), 20, 88_700),
                    ExpiryMonth(None, 5, 14_000),
                ),
                expiring=(
                    Expiring("…3XK9", "Claire D.", 2_000, date(2026, 11, 22), 0),
                    Expiring("…H2M7", "Paul M.", 2_500, date(2026, 11, 30), 8),
                    Expiring("…7QFA", "", 5_000, date(2026, 12, 15), 23),
                ),
            ),
        )

    def _called(self, name: str, detail: object) -> None:
        self.calls.append((name, detail))
        if not self.gate.wait(timeout=30):
            raise AssertionError("the test never opened the gate")
