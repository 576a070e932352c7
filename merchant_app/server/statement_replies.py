"""Statements on the wire."""

from __future__ import annotations

from dataclasses import asdict

from merchant_app.contract.statement_wire import (
    StatementReply,
    WireBooking,
    WireBookingsPage,
    WireNamedVoucher,
    WirePayout,
    WirePeriod,
    WireSums,
)
from merchant_app.ledger.statements import Booking, BookingsPage, Statement


def statement_reply(statement: Statement) -> StatementReply:
    """The figures."""
    return StatementReply(
        first_day=statement.first_day,
        last_day=statement.last_day,
        currency=statement.currency,
        time_zone=statement.time_zone,
        periods=[
            WirePeriod(
                kind=period.kind.value,
                name=period.name,
                first_day=period.first_day,
                last_day=period.last_day,
                sums=WireSums(**asdict(period.sums)),
            )
            for period in statement.periods
        ],
        payouts=[
            WirePayout(day=one.day, amount_minor=one.amount_minor, reference=one.reference)
            for one in statement.payouts
        ],
        owed_before_minor=statement.owed_before_minor,
        fee_rate_ppm=statement.fee_rate_ppm,
        server_time=statement.made_at,
    )


def bookings_reply(page: BookingsPage) -> WireBookingsPage:
    """A page of bookings."""
    return WireBookingsPage(
        bookings=[_booking(one) for one in page.bookings],
        next_cursor=page.next_cursor,
        more=page.more,
    )


def _booking(booking: Booking) -> WireBooking:
    now = booking.now
    return WireBooking(
        op_id=booking.op_id,
        redemption_id=booking.redemption_id,
        cause=booking.cause.value,
        at=booking.at,
        till_id=booking.till_id,
        till_name=booking.till_name,
        vouchers=[
            WireNamedVoucher(voucher_id=one.voucher_id, label=one.label) for one in booking.vouchers
        ],
        redeemed_minor=booking.redeemed_minor,
        reversed_minor=booking.reversed_minor,
        shortfall_minor=booking.shortfall_minor,
        fee_minor=booking.fee_minor,
        redemption_status=now.status,
        amount_minor=now.amount_minor,
        accepted_minor=now.accepted_minor,
        shortfall_now_minor=now.shortfall_minor,
    )
