"""The statements of `FakeCentral`: the shipping rules over its books in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from merchant_app.central.port import NoAnswer, NoAnswerKind, Rejected, Shop
from merchant_app.clock import Clock, start_of
from merchant_app.contract.statement_wire import BOOKINGS_PER_PAGE_MAX
from merchant_app.ids import OpId
from merchant_app.ledger import statements as rules
from merchant_app.ledger.entries import Decision, Entry, Redemption, Resolution, Void, from_body
from merchant_app.ledger.statements import (
    DAYS_MAX,
    Booking,
    BookingsPage,
    Cause,
    FeeRate,
    Moved,
    NamedVoucher,
    Payout,
    RedemptionState,
    Sale,
    Statement,
)
from tests.fakes.central_ledger import FakeLedger

_BEING_RESTORED = NoAnswer(NoAnswerKind.BEING_RESTORED)


class FakeStatements:
    """What people record at the service, and what tills are told.

    Attributes:
        payouts: to the shop, in any order.
    """

    def __init__(self, clock: Clock, shop: Shop) -> None:
        self.payouts: list[Payout] = []
        self._rates: list[FeeRate] = []
        self._clock = clock
        self._shop = shop

    def charge(self, rate_ppm: int, *, since: date | None = None) -> None:
        """From now on, or from the beginning of a day."""
        at = self._clock.now() if since is None else start_of(since, self._shop.time_zone)
        self._rates.append(FeeRate(at, rate_ppm))

    def statement(
        self, ledger: FakeLedger, first_day: date, last_day: date
    ) -> Statement | Rejected | NoAnswer:
        if last_day < first_day or (last_day - first_day).days >= DAYS_MAX:
            return Rejected(400, "to")
        if ledger.recovering:
            return _BEING_RESTORED
        zone = self._shop.time_zone
        begins_at, ends_at = start_of(first_day, zone), start_of(last_day + timedelta(1), zone)
        found = [booking for _, booking in self._booked(ledger, 0)]
        earlier = sum(rules.sums_of(one).owed_minor for one in found if one.at < begins_at)
        payouts = sorted(self.payouts, key=lambda one: one.day)
        within = [one for one in payouts if first_day <= one.day <= last_day]
        paid = sum(one.amount_minor for one in payouts if one.day < first_day)
        return Statement(
            first_day=first_day,
            last_day=last_day,
            currency=self._shop.currency,
            time_zone=zone,
            periods=rules.periods(
                first_day,
                last_day,
                bookings=[one for one in found if begins_at <= one.at < ends_at],
                sales=[one for one in self._sales(ledger) if begins_at <= one.at < ends_at],
                payouts=within,
                time_zone=zone,
            ),
            payouts=tuple(within),
            owed_before_minor=earlier - paid,
            fee_rate_ppm=rules.rate_at(self._rates, self._clock.now()),
            made_at=self._clock.now(),
        )

    def bookings(
        self, ledger: FakeLedger, first_day: date, last_day: date, cursor: int
    ) -> BookingsPage | Rejected | NoAnswer:
        if last_day < first_day:
            return Rejected(400, "to")
        if ledger.recovering:
            return _BEING_RESTORED
        zone = self._shop.time_zone
        begins_at, ends_at = start_of(first_day, zone), start_of(last_day + timedelta(1), zone)
        found = [
            (position, one)
            for position, one in self._booked(ledger, cursor)
            if begins_at <= one.at < ends_at
        ]
        return rules.page_of(found, all_read=True, limit=BOOKINGS_PER_PAGE_MAX)

    def _booked(self, ledger: FakeLedger, cursor: int) -> Iterator[tuple[int, Booking]]:
        return rules.booked(
            self._moves(ledger, cursor), rates=self._rates, now=lambda id_: _state(ledger, id_)
        )

    def _moves(self, ledger: FakeLedger, cursor: int) -> Iterator[Moved]:
        books = ledger.books
        for position, one in enumerate(books.booked, start=1):
            if one.op_id is None or position <= cursor:
                continue
            op = books.ops[one.op_id]
            cause, about = _facts(from_body(op.body))
            voucher = books.vouchers.get(one.movement.voucher_id)
            label = "" if voucher is None else voucher.label
            yield Moved(
                position=position,
                op_id=one.op_id,
                redemption_id=about,
                cause=cause,
                at=one.at,
                till_id=op.till_id,
                till_name=ledger.till_name(op.till_id),
                voucher=NamedVoucher(one.movement.voucher_id, label),
                movement=one.movement,
                charged_from=books.ops[about].evaluated_at,
            )

    def _sales(self, ledger: FakeLedger) -> Iterator[Sale]:
        for one in ledger.books.booked:
            voucher = ledger.books.vouchers[one.movement.voucher_id] if one.op_id is None else None
            ours = voucher is not None and voucher.shop_number == self._shop.number
            if ours and voucher is not None and voucher.face.currency == self._shop.currency:
                yield Sale(one.at, 1, one.movement.amount_minor)


def _facts(entry: Entry) -> tuple[Cause, OpId]:
    match entry:
        case Redemption():
            return Cause.REDEMPTION, entry.op_id
        case Decision():
            return Cause.DECISION, entry.redemption_id
        case Void():
            return Cause.VOID, entry.redemption_id
        case Resolution():
            return Cause.RESOLUTION, entry.about_id


def _state(ledger: FakeLedger, redemption_id: OpId) -> RedemptionState:
    op = ledger.books.ops[redemption_id]
    return RedemptionState(
        op.status,
        sum(line.line.amount.minor for line in op.lines),
        sum(line.accepted_minor for line in op.lines),
        sum(line.shortfall_minor for line in op.lines),
    )
