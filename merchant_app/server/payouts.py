"""What the platform keeps for itself, and what it has sent to a shop. Recorded by people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from merchant_app.ledger.statements import FeeRate, Payout
from merchant_app.server import schema
from merchant_app.server.catalogue import CannotDo


def rates(connection: Connection) -> list[FeeRate]:
    """Every rate there ever was, oldest first."""
    table = schema.fee_rates
    rows = connection.execute(select(table).order_by(table.c.since, table.c.id))
    return [FeeRate(row.since, row.rate_ppm) for row in rows]


def set_rate(connection: Connection, rate_ppm: int, *, now: datetime) -> None:
    """From now on; what is booked already stays charged as it was."""
    connection.execute(insert(schema.fee_rates).values(since=now, rate_ppm=rate_ppm))


def of_shop(connection: Connection, shop_number: int) -> list[Payout]:
    """All payouts of a shop, by day."""
    table = schema.payouts
    rows = connection.execute(
        select(table).where(table.c.shop_number == shop_number).order_by(table.c.day, table.c.id)
    )
    return [Payout(row.day, row.amount_minor, row.reference) for row in rows]


def record(
    connection: Connection,
    *,
    shop_number: int,
    day: date,
    amount_minor: int,
    reference: str,
    now: datetime,
) -> None:
    """Remember a payout for good; a wrong one is put right by one the other way.

    Raises:
        CannotDo: the shop has one of this reference.
    """
    try:
        connection.execute(
            insert(schema.payouts).values(
                shop_number=shop_number,
                day=day,
                amount_minor=amount_minor,
                reference=reference,
                recorded_at=now,
            )
        )
    except IntegrityError:
        raise CannotDo(f"There is a payout “{reference}” for this shop already.") from None
