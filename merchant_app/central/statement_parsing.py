"""Statements from the contract's wire types to the till's own. Pure."""

from __future__ import annotations

from merchant_app.central import parsing
from merchant_app.contract.statement_wire import (
    StatementReply,
    WireBooking,
    WireBookingsPage,
    WirePeriod,
)
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger.statements import (
    Booking,
    BookingsPage,
    Cause,
    NamedVoucher,
    Payout,
    Period,
    PeriodKind,
    RedemptionState,
    Statement,
    Sums,
)


def statement(reply: StatementReply) -> Statement:
    """Raises: Malformed; a currency or a time zone this program does not know."""
    return Statement(
        first_day=reply.first_day,
        last_day=reply.last_day,
        currency=parsing.currency(reply.currency, path="currency"),
        time_zone=parsing.time_zone(reply.time_zone, path="time_zone"),
        periods=tuple(_period(one) for one in reply.periods),
        payouts=tuple(Payout(one.day, one.amount_minor, one.reference) for one in reply.payouts),
        owed_before_minor=reply.owed_before_minor,
        fee_rate_ppm=reply.fee_rate_ppm,
        made_at=reply.server_time,
    )


def _period(told: WirePeriod) -> Period:
    sums = Sums(**told.sums.model_dump())
    return Period(PeriodKind(told.kind), told.name, told.first_day, told.last_day, sums)


def bookings_page(reply: WireBookingsPage) -> BookingsPage:
    """One page."""
    return BookingsPage(
        tuple(_booking(one) for one in reply.bookings), reply.next_cursor, reply.more
    )


def _booking(told: WireBooking) -> Booking:
    return Booking(
        op_id=OpId(told.op_id),
        redemption_id=OpId(told.redemption_id),
        cause=Cause(told.cause),
        at=told.at,
        till_id=TillId(told.till_id),
        till_name=told.till_name,
        vouchers=tuple(NamedVoucher(VoucherId(one.voucher_id), one.label) for one in told.vouchers),
        redeemed_minor=told.redeemed_minor,
        reversed_minor=told.reversed_minor,
        shortfall_minor=told.shortfall_minor,
        fee_minor=told.fee_minor,
        now=RedemptionState(
            told.redemption_status,
            told.amount_minor,
            told.accepted_minor,
            told.shortfall_now_minor,
        ),
    )
