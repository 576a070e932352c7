"""The wire types of statements (contract v1); `ledger.statements` says what the figures mean."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from merchant_app.contract.status import OutcomeStatus
from merchant_app.contract.wire import Currency, SequenceNumber, ShortText, Wire

BOOKINGS_PER_PAGE_MAX = 500
VOUCHERS_PER_BOOKING_MAX = 200
PAYOUTS_MAX = 5_000
PERIODS_MAX = 500
TOTAL_MAX = 2**53
"""Sums may be larger than any one amount; beyond this a JSON number is no longer exact."""

Total = Annotated[int, Field(ge=-TOTAL_MAX, le=TOTAL_MAX)]
Count = Annotated[int, Field(ge=-TOTAL_MAX, le=TOTAL_MAX)]


class WireSums(Wire):
    """What a period comes to. What is taken back in it can make a figure negative."""

    sold_count: Count
    sold_minor: Total
    redeemed_count: Count
    redeemed_minor: Total
    reversed_count: Count
    reversed_minor: Total
    shortfall_count: Count
    shortfall_minor: Total
    fee_minor: Total
    payout_minor: Total


class WirePeriod(Wire):
    """A week ("2026-W47", Monday to Sunday) or a month ("2026-11") where the shop is; at the ends
    of a statement only as much of it as was asked for."""

    kind: Annotated[str, Field(pattern=r"^(week|month)$")]
    name: Annotated[str, Field(pattern=r"^[0-9]{4}-(W[0-9]{2}|[0-9]{2})$")]
    first_day: date
    last_day: date
    sums: WireSums


class WirePayout(Wire):
    """Sent to the shop's bank on `day`; negative: taken back."""

    day: date
    amount_minor: Total
    reference: ShortText


class StatementReply(Wire):
    """`GET /v1/statements`: the figures of the asking till's shop, all its tills together.

    `owed_before_minor` is what the platform owed the shop at the beginning of `first_day`;
    `fee_rate_ppm` the rate as it is now, in millionths of what is redeemed.
    """

    first_day: date
    last_day: date
    currency: Currency
    time_zone: ShortText
    periods: Annotated[list[WirePeriod], Field(max_length=PERIODS_MAX)]
    payouts: Annotated[list[WirePayout], Field(max_length=PAYOUTS_MAX)]
    owed_before_minor: Total
    fee_rate_ppm: Annotated[int, Field(ge=0, le=1_000_000)]
    server_time: AwareDatetime


class WireNamedVoucher(Wire):
    """`label` is empty when the service knows no such voucher."""

    voucher_id: UUID
    label: ShortText


class WireBooking(Wire):
    """What one entry of a till's journal moved.

    `redemption_status`, `amount_minor`, `accepted_minor` and `shortfall_now_minor` are of the
    redemption `redemption_id`, as they are now.
    """

    op_id: UUID
    redemption_id: UUID
    cause: Annotated[str, Field(pattern=r"^(redemption|decision|void|resolution)$")]
    at: AwareDatetime
    till_id: UUID
    till_name: ShortText
    vouchers: Annotated[list[WireNamedVoucher], Field(max_length=VOUCHERS_PER_BOOKING_MAX)]
    redeemed_minor: Total
    reversed_minor: Total
    shortfall_minor: Total
    fee_minor: Total
    redemption_status: OutcomeStatus | None
    amount_minor: Total
    accepted_minor: Total
    shortfall_now_minor: Total


class WireBookingsPage(Wire):
    """`GET /v1/statements/bookings`: in the order in which they were made.

    Ask again with `next_cursor` while `more`.
    """

    bookings: Annotated[list[WireBooking], Field(max_length=BOOKINGS_PER_PAGE_MAX)]
    next_cursor: SequenceNumber
    more: bool
