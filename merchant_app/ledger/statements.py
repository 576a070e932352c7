"""A shop's statement: what was sold, redeemed, reversed and lost for it, fees and payouts. Pure.

A statement is made of bookings: what one entry of a till's journal moved, at the moment when the
service booked it. Bookings are only ever added, so a week that is over says the same for ever: what
is undone later is undone in a later week.

For every booking `amount = redeemed - reversed - fee` is what the platform owes the shop; payouts
are taken off it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby

from merchant_app.clock import business_date
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger.service import Movement, MovementKind

PPM = 1_000_000
DAYS_MAX = 400
"""The longest statement: a year, and the weeks at both its ends."""
DAY_MIN = date(2000, 1, 1)
DAY_MAX = date(2999, 12, 31)
"""Days that somebody may ask for; nobody sold anything outside of them."""


class Cause(Enum):
    """The kind of entry that moved money; the value is on the wire."""

    REDEMPTION = "redemption"
    DECISION = "decision"
    """Not handed over, so what had been debited went back; or handed over after a refusal."""
    VOID = "void"
    RESOLUTION = "resolution"
    """A loss that a second redemption paid for."""


class PeriodKind(Enum):
    WEEK = "week"
    """Monday to Sunday (ISO 8601)."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class RedemptionState:
    """A redemption as the service knows it now; all of its vouchers together.

    Attributes:
        status: None until it was evaluated.
        amount_minor: what the till asked for.
    """

    status: OutcomeStatus | None
    amount_minor: int
    accepted_minor: int
    shortfall_minor: int


@dataclass(frozen=True, slots=True)
class NamedVoucher:
    """`label`: the last characters of its code; empty when the service knows no such voucher."""

    voucher_id: VoucherId
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What one entry moved.

    Attributes:
        op_id: the entry's op: of a void, the void's own.
        redemption_id: what it is about; for a redemption itself.
        at: when the service booked it, UTC.
        till_id: whose entry it is.
        redeemed_minor: debited; negative for what went back because nothing was handed over.
        reversed_minor: given back by a void.
        shortfall_minor: a loss; negative for one that was made good.
        fee_minor: the platform's; negative where one is given back.
        now: what became of the redemption since.
    """

    op_id: OpId
    redemption_id: OpId
    cause: Cause
    at: datetime
    till_id: TillId
    till_name: str
    vouchers: tuple[NamedVoucher, ...]
    redeemed_minor: int
    reversed_minor: int
    shortfall_minor: int
    fee_minor: int
    now: RedemptionState


@dataclass(frozen=True, slots=True)
class Sale:
    """Vouchers that were issued at one moment."""

    at: datetime
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Payout:
    """What the platform sent to the shop's bank; negative: what it took back."""

    day: date
    amount_minor: int
    reference: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What a period comes to. Counts are of vouchers for `sold`, of entries for the others."""

    sold_count: int = 0
    sold_minor: int = 0
    redeemed_count: int = 0
    redeemed_minor: int = 0
    reversed_count: int = 0
    reversed_minor: int = 0
    shortfall_count: int = 0
    shortfall_minor: int = 0
    fee_minor: int = 0
    payout_minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))

    @property
    def owed_minor(self) -> int:
        """What the platform owes for the period, payouts not taken off."""
        return self.redeemed_minor - self.reversed_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month; at its ends only as much of it as the statement covers.

    `name` is "2026-W47" or "2026-11".
    """

    kind: PeriodKind
    name: str
    first_day: date
    last_day: date
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The figures of a shop, all its tills together.

    Attributes:
        owed_before_minor: what the platform still owed at the beginning of the first day.
        fee_rate_ppm: the rate as it is now, in millionths.
        made_at: by the service's clock, UTC.
    """

    first_day: date
    last_day: date
    currency: str
    time_zone: str
    periods: tuple[Period, ...]
    payouts: tuple[Payout, ...]
    owed_before_minor: int
    fee_rate_ppm: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BookingsPage:
    """Bookings in the order in which they were made; ask again after `next_cursor` while `more`."""

    bookings: tuple[Booking, ...]
    next_cursor: int
    more: bool


@dataclass(frozen=True, slots=True)
class FeeRate:
    """A rate, and since when it holds."""

    since: datetime
    rate_ppm: int


def fee_minor(amount_minor: int, rate_ppm: int) -> int:
    """The fee on an amount, halves rounded away from zero: what goes back is what came."""
    fee = (abs(amount_minor) * rate_ppm + PPM // 2) // PPM
    return fee if amount_minor >= 0 else -fee


def rate_at(rates: Sequence[FeeRate], moment: datetime) -> int:
    """The rate that holds at a moment; nothing before the first."""
    return next((one.rate_ppm for one in reversed(rates) if one.since <= moment), 0)


def moved(
    cause: Cause, movements: Iterable[Movement], *, rate_ppm: int
) -> tuple[int, int, int, int]:
    """Redeemed, reversed, shortfall and fee of what one entry moved.

    Args:
        cause: what kind of entry it was.
        movements: of one op, at one moment.
        rate_ppm: the rate at which its redemption is charged: the one of the day when that was
            booked first, so that undoing it gives back what was taken.
    """
    debited = credited = shortfall = 0
    for movement in movements:
        match movement.kind:
            case MovementKind.DEBIT:
                debited += movement.amount_minor
            case MovementKind.CREDIT:
                credited += movement.amount_minor
            case MovementKind.SHORTFALL:
                shortfall += movement.amount_minor
            case MovementKind.SHORTFALL_RETURNED:
                shortfall -= movement.amount_minor
            case MovementKind.ISSUE:
                pass  # a sale, and no entry's doing
    redeemed, reversed_ = debited, credited
    if cause is not Cause.VOID:
        redeemed, reversed_ = debited - credited, 0
    fee = fee_minor(debited, rate_ppm) - fee_minor(credited, rate_ppm)
    return redeemed, reversed_, shortfall, fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One movement, with what is known of the entry that caused it.

    Attributes:
        position: in the order in which the service booked; never used twice.
        charged_from: when the redemption was booked first: its rate is the one of that moment.
    """

    position: int
    op_id: OpId
    redemption_id: OpId
    cause: Cause
    at: datetime
    till_id: TillId
    till_name: str
    voucher: NamedVoucher
    movement: Movement
    charged_from: datetime


def booked(
    moves: Iterable[Moved],
    *,
    rates: Sequence[FeeRate],
    now: Callable[[OpId], RedemptionState],
) -> Iterator[tuple[int, Booking]]:
    """The bookings that movements make up, each with the position of its last movement.

    Args:
        moves: in order; those of one entry stand together.
        rates: oldest first.
        now: what became of a redemption.
    """
    for _, group in groupby(moves, key=lambda one: (one.op_id, one.at)):
        of_entry = list(group)
        first = of_entry[0]
        redeemed, reversed_, shortfall, fee = moved(
            first.cause,
            (one.movement for one in of_entry),
            rate_ppm=rate_at(rates, first.charged_from),
        )
        yield (
            of_entry[-1].position,
            Booking(
                op_id=first.op_id,
                redemption_id=first.redemption_id,
                cause=first.cause,
                at=first.at,
                till_id=first.till_id,
                till_name=first.till_name,
                vouchers=tuple(dict.fromkeys(one.voucher for one in of_entry)),
                redeemed_minor=redeemed,
                reversed_minor=reversed_,
                shortfall_minor=shortfall,
                fee_minor=fee,
                now=now(first.redemption_id),
            ),
        )


def page_of(found: Sequence[tuple[int, Booking]], *, all_read: bool, limit: int) -> BookingsPage:
    """One page of what was found after a cursor.

    Args:
        found: at least one booking, unless all was read.
        all_read: nothing follows; else the last one found may lack some of its movements.
        limit: bookings on a page.
    """
    whole = found if all_read else found[:-1]
    page = whole[:limit]
    return BookingsPage(
        bookings=tuple(booking for _, booking in page),
        next_cursor=page[-1][0] if page else 0,
        more=not all_read or len(whole) > len(page),
    )


def sums_of(booking: Booking) -> Sums:
    """A booking's part in the figures."""
    return Sums(
        redeemed_count=_sign(booking.redeemed_minor),
        redeemed_minor=booking.redeemed_minor,
        reversed_count=_sign(booking.reversed_minor),
        reversed_minor=booking.reversed_minor,
        shortfall_count=_sign(booking.shortfall_minor),
        shortfall_minor=booking.shortfall_minor,
        fee_minor=booking.fee_minor,
    )


def _sign(amount_minor: int) -> int:
    return (amount_minor > 0) - (amount_minor < 0)


def periods(
    first_day: date,
    last_day: date,
    *,
    bookings: Iterable[Booking],
    sales: Iterable[Sale],
    payouts: Iterable[Payout],
    time_zone: str,
) -> tuple[Period, ...]:
    """The weeks, then the months, between two days (both included), with what falls into each.

    Args:
        first_day: where the shop is.
        last_day: the same.
        bookings: of these days alone, like `sales` and `payouts`.
        sales: vouchers that were issued.
        payouts: what the platform sent.
        time_zone: of the shop.
    """
    by_day: dict[date, Sums] = {}
    for booking in bookings:
        day = business_date(booking.at, time_zone)
        by_day[day] = by_day.get(day, Sums()) + sums_of(booking)
    for sale in sales:
        day = business_date(sale.at, time_zone)
        sold = Sums(sold_count=sale.count, sold_minor=sale.amount_minor)
        by_day[day] = by_day.get(day, Sums()) + sold
    for payout in payouts:
        paid = Sums(payout_minor=payout.amount_minor)
        by_day[payout.day] = by_day.get(payout.day, Sums()) + paid
    return tuple(
        _with_sums(period, by_day)
        for kind in PeriodKind
        for period in _empty(kind, first_day, last_day)
    )


def _empty(kind: PeriodKind, first_day: date, last_day: date) -> Iterable[Period]:
    day = first_day
    while day <= last_day:
        if kind is PeriodKind.WEEK:
            year, week, weekday = day.isocalendar()
            name, end = f"{year}-W{week:02}", day + timedelta(days=7 - weekday)
        else:
            name = day.isoformat()[:7]
            end = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        end = min(end, last_day)
        yield Period(kind, name, day, end, Sums())
        day = end + timedelta(days=1)


def _with_sums(period: Period, by_day: dict[date, Sums]) -> Period:
    total, day = Sums(), period.first_day
    while day <= period.last_day:
        total += by_day.get(day, Sums())
        day += timedelta(days=1)
    return replace(period, sums=total)
