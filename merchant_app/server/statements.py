"""A shop's statement, from the entries: `ledger.statements` over the tables.

What a shop has is read by its ops and by its vouchers, never by time: the tables hold thousands of
shops, one shop's rows are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from merchant_app.clock import start_of
from merchant_app.contract.statement_wire import BOOKINGS_PER_PAGE_MAX
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger import statements as rules
from merchant_app.ledger.service import Movement, MovementKind
from merchant_app.ledger.statements import (
    Booking,
    BookingsPage,
    Cause,
    FeeRate,
    Moved,
    NamedVoucher,
    RedemptionState,
    Sale,
    Statement,
)
from merchant_app.server import payouts, schema
from merchant_app.server.catalogue import WITHDRAWN, ShopRow

_ROWS_PER_QUERY = 2_000
"""More than the vouchers of any one entry, twice: each query brings at least one whole booking."""
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_NOTHING = RedemptionState(None, 0, 0, 0)


def statement(
    connection: Connection, shop: ShopRow, *, first_day: date, last_day: date, now: datetime
) -> Statement:
    """The figures of the days between two, both included, where the shop is."""
    zone = shop.time_zone
    begins_at, ends_at = start_of(first_day, zone), start_of(last_day + timedelta(days=1), zone)
    rates = payouts.rates(connection)
    all_payouts = payouts.of_shop(connection, shop.number)
    within = [one for one in all_payouts if first_day <= one.day <= last_day]
    earlier = sum(one.amount_minor for one in all_payouts if one.day < first_day)
    owed_minor, bookings = 0, []
    for booking in _bookings(connection, shop.number, rates, ends_at=ends_at):
        if booking.at < begins_at:
            owed_minor += rules.sums_of(booking).owed_minor
        else:
            bookings.append(booking)
    return Statement(
        first_day=first_day,
        last_day=last_day,
        currency=shop.currency,
        time_zone=zone,
        periods=rules.periods(
            first_day,
            last_day,
            bookings=bookings,
            sales=_sales(connection, shop, begins_at, ends_at),
            payouts=within,
            time_zone=zone,
        ),
        payouts=tuple(within),
        owed_before_minor=owed_minor - earlier,
        fee_rate_ppm=rules.rate_at(rates, now),
        made_at=now,
    )


def bookings_page(
    connection: Connection, shop: ShopRow, *, first_day: date, last_day: date, cursor: int
) -> BookingsPage:
    """The bookings of these days after a cursor, in the order in which they were made."""
    zone = shop.time_zone
    return _page(
        connection,
        shop.number,
        payouts.rates(connection),
        begins_at=start_of(first_day, zone),
        ends_at=start_of(last_day + timedelta(days=1), zone),
        cursor=cursor,
        limit=BOOKINGS_PER_PAGE_MAX,
    )


def _bookings(
    connection: Connection, shop_number: int, rates: Sequence[FeeRate], *, ends_at: datetime
) -> Iterator[Booking]:
    """Everything of a shop before a moment."""
    cursor = 0
    while True:
        page = _page(
            connection,
            shop_number,
            rates,
            begins_at=_FIRST,
            ends_at=ends_at,
            cursor=cursor,
            limit=_ROWS_PER_QUERY,
        )
        yield from page.bookings
        if not page.more:
            return
        cursor = page.next_cursor


def _page(
    connection: Connection,
    shop_number: int,
    rates: Sequence[FeeRate],
    *,
    begins_at: datetime,
    ends_at: datetime,
    cursor: int,
    limit: int,
) -> BookingsPage:
    rows = _rows(connection, shop_number, begins_at, ends_at, cursor)
    states = _states(connection, {_about(row) for row in rows})
    found = list(
        rules.booked(
            (_moved(row) for row in rows), rates=rates, now=lambda id_: states.get(id_, _NOTHING)
        )
    )
    return rules.page_of(found, all_read=len(rows) < _ROWS_PER_QUERY, limit=limit)


def _rows(
    connection: Connection, shop_number: int, begins_at: datetime, ends_at: datetime, cursor: int
) -> Sequence[Row[Any]]:
    entries, ops, tills, vouchers = schema.entries, schema.ops, schema.tills, schema.vouchers
    about = ops.alias("about")
    return connection.execute(
        select(
            entries,
            ops.c.kind.label("cause"),
            ops.c.redemption_id,
            ops.c.till_id,
            tills.c.name.label("till_name"),
            vouchers.c.label,
            about.c.evaluated_at.label("charged_from"),
        )
        .join(ops, ops.c.id == entries.c.op_id)
        .join(tills, tills.c.id == ops.c.till_id)
        .join(about, about.c.id == func.coalesce(ops.c.redemption_id, ops.c.id))
        .join(vouchers, vouchers.c.id == entries.c.voucher_id, isouter=True)
        .where(
            ops.c.shop_number == shop_number,
            entries.c.at >= begins_at,
            entries.c.at < ends_at,
            entries.c.id > cursor,
        )
        .order_by(entries.c.id)
        .limit(_ROWS_PER_QUERY)
    ).all()


def _about(row: Row[Any]) -> UUID:
    about: UUID = row.op_id if row.redemption_id is None else row.redemption_id
    return about


def _moved(row: Row[Any]) -> Moved:
    return Moved(
        position=row.id,
        op_id=OpId(row.op_id),
        redemption_id=OpId(_about(row)),
        cause=Cause(row.cause),
        at=row.at,
        till_id=TillId(row.till_id),
        till_name=row.till_name,
        voucher=NamedVoucher(VoucherId(row.voucher_id), row.label or ""),
        movement=Movement(VoucherId(row.voucher_id), MovementKind(row.kind), row.amount_minor),
        charged_from=row.charged_from,
    )


def _states(connection: Connection, redemption_ids: set[UUID]) -> dict[UUID, RedemptionState]:
    """What became of redemptions, all their vouchers together."""
    ops, lines = schema.ops, schema.op_lines
    ids, found = sorted(redemption_ids), {}
    for start in range(0, len(ids), BOOKINGS_PER_PAGE_MAX):
        some = ids[start : start + BOOKINGS_PER_PAGE_MAX]
        rows = connection.execute(
            select(
                ops.c.id,
                ops.c.status,
                func.sum(lines.c.amount_minor).label("amount"),
                func.sum(lines.c.accepted_minor).label("accepted"),
                func.sum(lines.c.shortfall_minor).label("shortfall"),
            )
            .join(lines, lines.c.op_id == ops.c.id)
            .where(ops.c.id.in_(some))
            .group_by(ops.c.id, ops.c.status)
        )
        for row in rows:
            status = None if row.status is None else OutcomeStatus(row.status)
            found[row.id] = RedemptionState(
                status, int(row.amount), int(row.accepted), int(row.shortfall)
            )
    return found


def _sales(
    connection: Connection, shop: ShopRow, begins_at: datetime, ends_at: datetime
) -> list[Sale]:
    """Vouchers issued for the shop; those withdrawn as issued by mistake were not sold."""
    entries, vouchers = schema.entries, schema.vouchers
    rows = connection.execute(
        select(entries.c.at, func.count(), func.sum(entries.c.amount_minor))
        .join(vouchers, vouchers.c.id == entries.c.voucher_id)
        .where(
            vouchers.c.shop_number == shop.number,
            vouchers.c.currency == shop.currency,
            vouchers.c.status != WITHDRAWN,
            entries.c.kind == MovementKind.ISSUE.value,
            entries.c.at >= begins_at,
            entries.c.at < ends_at,
        )
        .group_by(entries.c.at)
        .order_by(entries.c.at)
    )
    return [Sale(at, int(count), int(amount)) for at, count, amount in rows]
