"""The figures of a statement: to the cent, and at the ends of days, months and years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger.service import Movement, MovementKind
from merchant_app.ledger.statements import (
    Booking,
    BookingsPage,
    Cause,
    FeeRate,
    Moved,
    NamedVoucher,
    Payout,
    Period,
    PeriodKind,
    RedemptionState,
    Sale,
    Sums,
    booked,
    fee_minor,
    moved,
    page_of,
    periods,
    rate_at,
    sums_of,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOLD, UNDONE = OpId(UUID(int=1)), OpId(UUID(int=2))
TILL = TillId(UUID(int=3))
VOUCHER = NamedVoucher(VoucherId(UUID(int=4)), "…H2M7")
NOTHING = RedemptionState(None, 0, 0, 0)
FEE_PPM = 25_000


def booking(at: datetime = NOON, **amounts: int) -> Booking:
    none = dict.fromkeys(("redeemed_minor", "reversed_minor", "shortfall_minor", "fee_minor"), 0)
    return Booking(
        op_id=SOLD,
        redemption_id=SOLD,
        cause=Cause.REDEMPTION,
        at=at,
        till_id=TILL,
        till_name="Caisse 1",
        vouchers=(VOUCHER,),
        now=NOTHING,
        **{**none, **amounts},
    )


def movement(kind: MovementKind, amount_minor: int) -> Movement:
    return Movement(VOUCHER.voucher_id, kind, amount_minor)


# --- fees -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount_minor", "rate_ppm", "fee"),
    [
        (2_010, FEE_PPM, 50),  # 50.25
        (2_020, FEE_PPM, 51),  # 50.50
        (2_030, FEE_PPM, 51),  # 50.75
        (-2_020, FEE_PPM, -51),
        (-2_010, FEE_PPM, -50),
        (1, 499_999, 0),
        (1_000_000_000, 1, 1_000),
        (5_000, 0, 0),
    ],
)
def test_half_a_cent_of_a_fee_is_a_cent_either_way(
    amount_minor: int, rate_ppm: int, fee: int
) -> None:
    assert fee_minor(amount_minor, rate_ppm) == fee


def test_a_rate_holds_from_its_very_moment_on() -> None:
    instant = timedelta(microseconds=1)
    rates = [FeeRate(NOON, 10_000), FeeRate(NOON + timedelta(hours=1), 20_000)]
    assert rate_at(rates, NOON - instant) == 0
    assert rate_at(rates, NOON) == 10_000
    assert rate_at(rates, NOON + timedelta(hours=1) - instant) == 10_000
    assert rate_at(rates, NOON + timedelta(hours=1)) == 20_000
    assert rate_at([], NOON) == 0


@pytest.mark.parametrize(
    ("cause", "movements", "amounts"),
    [
        (Cause.REDEMPTION, [(MovementKind.DEBIT, 2_020)], (2_020, 0, 0, 51)),
        (
            Cause.REDEMPTION,
            [(MovementKind.DEBIT, 1_000), (MovementKind.SHORTFALL, 2_000)],
            (1_000, 0, 2_000, 25),
        ),
        # What was not handed over was never redeemed; what was undone was, and is reversed.
        (Cause.DECISION, [(MovementKind.CREDIT, 2_020)], (-2_020, 0, 0, -51)),
        (Cause.VOID, [(MovementKind.CREDIT, 2_020)], (0, 2_020, 0, -51)),
        (Cause.VOID, [(MovementKind.SHORTFALL_RETURNED, 2_000)], (0, 0, -2_000, 0)),
        (Cause.RESOLUTION, [(MovementKind.SHORTFALL_RETURNED, 2_000)], (0, 0, -2_000, 0)),
        (Cause.REDEMPTION, [(MovementKind.ISSUE, 5_000)], (0, 0, 0, 0)),
        (Cause.REDEMPTION, [], (0, 0, 0, 0)),
    ],
)
def test_what_an_entry_moved(
    cause: Cause, movements: list[tuple[MovementKind, int]], amounts: tuple[int, int, int, int]
) -> None:
    told = (movement(kind, amount_minor) for kind, amount_minor in movements)
    assert moved(cause, told, rate_ppm=FEE_PPM) == amounts


# --- bookings -------------------------------------------------------------------------------------


def move(position: int, op_id: OpId, at: datetime, kind: MovementKind, amount_minor: int) -> Moved:
    return Moved(
        position=position,
        op_id=op_id,
        redemption_id=SOLD,
        cause=Cause.REDEMPTION if op_id == SOLD else Cause.VOID,
        at=at,
        till_id=TILL,
        till_name="Caisse 1",
        voucher=VOUCHER,
        movement=movement(kind, amount_minor),
        charged_from=NOON,
    )


def test_an_entry_is_one_booking_each_time_it_moves_something() -> None:
    """Two vouchers at one moment are one; a rate is the one of the first of them."""
    later = NOON + timedelta(days=1)
    rates = [FeeRate(NOON - timedelta(days=1), FEE_PPM), FeeRate(later, 4 * FEE_PPM)]
    moves = [
        move(7, SOLD, NOON, MovementKind.DEBIT, 2_000),
        move(8, SOLD, NOON, MovementKind.DEBIT, 1_000),
        move(9, SOLD, later, MovementKind.DEBIT, 500),
        move(12, UNDONE, later, MovementKind.CREDIT, 3_500),
    ]
    state = RedemptionState(None, 3_500, 0, 0)
    found = list(booked(moves, rates=rates, now={SOLD: state}.__getitem__))
    assert [position for position, _ in found] == [8, 9, 12]
    first, second, undone = (one for _, one in found)
    assert (first.redeemed_minor, first.fee_minor, first.vouchers) == (3_000, 75, (VOUCHER,))
    assert (second.redeemed_minor, second.fee_minor, second.at) == (500, 13, later)
    assert (undone.reversed_minor, undone.fee_minor) == (3_500, -88)
    assert {one.now for one in (first, second, undone)} == {state}


def test_the_last_booking_of_a_cut_page_waits_for_the_next() -> None:
    found = [(2, booking(redeemed_minor=1)), (5, booking(redeemed_minor=2))]
    first, second = (one for _, one in found)
    assert page_of(found, all_read=False, limit=9) == BookingsPage((first,), 2, more=True)
    assert page_of(found, all_read=True, limit=9) == BookingsPage((first, second), 5, more=False)
    assert page_of(found, all_read=True, limit=1) == BookingsPage((first,), 2, more=True)
    assert page_of(found, all_read=True, limit=2) == BookingsPage((first, second), 5, more=False)
    assert page_of([], all_read=True, limit=9) == BookingsPage((), 0, more=False)


# --- figures --------------------------------------------------------------------------------------


def test_what_goes_back_is_taken_off_the_counts_too() -> None:
    sold = sums_of(booking(redeemed_minor=2_000, shortfall_minor=300, fee_minor=50))
    back = sums_of(booking(redeemed_minor=-2_000, shortfall_minor=-300, fee_minor=-50))
    undone = sums_of(booking(reversed_minor=700, fee_minor=-18))
    assert (sold.redeemed_count, sold.reversed_count, sold.shortfall_count) == (1, 0, 1)
    assert sold + back == Sums()
    assert (undone.redeemed_count, undone.reversed_count, undone.owed_minor) == (0, 1, -682)
    assert sold.owed_minor == 1_950, "a loss is the shop's"


def test_weeks_and_months_meet_at_the_end_of_a_year() -> None:
    """ISO 8601: the last days of 2026 and the first of 2027 are one week, the 53rd."""
    found = periods(
        date(2026, 12, 30), date(2027, 1, 5), bookings=(), sales=(), payouts=(), time_zone="UTC"
    )
    assert found == tuple(
        Period(kind, name, first, last, Sums())
        for kind, name, first, last in (
            (PeriodKind.WEEK, "2026-W53", date(2026, 12, 30), date(2027, 1, 3)),
            (PeriodKind.WEEK, "2027-W01", date(2027, 1, 4), date(2027, 1, 5)),
            (PeriodKind.MONTH, "2026-12", date(2026, 12, 30), date(2026, 12, 31)),
            (PeriodKind.MONTH, "2027-01", date(2027, 1, 1), date(2027, 1, 5)),
        )
    )


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 12, 29), "2026-W01"),
        (date(2026, 1, 1), "2026-W01"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
    ],
)
def test_a_week_belongs_to_the_year_of_its_thursday(day: date, name: str) -> None:
    week, _month = periods(day, day, bookings=(), sales=(), payouts=(), time_zone="UTC")
    assert week.name == name


@pytest.mark.parametrize(
    "last", [date(2026, 1, 31), date(2026, 2, 28), date(2028, 2, 29), date(2026, 4, 30)]
)
def test_a_month_ends_with_its_last_day(last: date) -> None:
    found = periods(
        last.replace(day=1),
        last + timedelta(days=1),
        bookings=(),
        sales=(),
        payouts=(),
        time_zone="UTC",
    )
    ends = [one.last_day for one in found if one.kind is PeriodKind.MONTH]
    assert ends == [last, last + timedelta(days=1)]


def test_a_day_is_the_shops_and_not_greenwichs() -> None:
    """Half past eleven at night in Greenwich is December in Paris already."""
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    found = periods(
        date(2026, 11, 30),
        date(2026, 12, 1),
        bookings=[booking(late, redeemed_minor=2_000)],
        sales=[Sale(late, 2, 9_000), Sale(late - timedelta(hours=1), 1, 700)],
        payouts=[Payout(date(2026, 11, 30), 300, "VIR 1")],
        time_zone="Europe/Paris",
    )
    week, november, december = (one.sums for one in found)
    assert november == Sums(sold_count=1, sold_minor=700, payout_minor=300)
    assert december == Sums(sold_count=2, sold_minor=9_000, redeemed_count=1, redeemed_minor=2_000)
    assert week == november + december
