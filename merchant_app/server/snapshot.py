"""A shop's vouchers as snapshot and delta: everything that changed after a cursor, in order.

The cursor is opaque to the till; inside it is "generation.version". One of another generation (the
service was restored from a backup) starts again from nothing.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, select

from merchant_app.contract.wire import VOUCHERS_PER_PAGE_MAX, Tombstone, VouchersPage
from merchant_app.ids import ShopNumber
from merchant_app.server import schema
from merchant_app.server.catalogue import WITHDRAWN
from merchant_app.server.keys import generation_of
from merchant_app.server.looking_up import snapshot_voucher

_CURSOR = re.compile(r"([0-9]{1,9})\.([0-9]{1,16})")


class BadCursor(ValueError):
    """Not one of ours."""


def page(connection: Connection, shop_number: ShopNumber, *, cursor: str) -> VouchersPage:
    """The next page after `cursor`; empty for the beginning.

    Raises:
        BadCursor: the text was not given out by this service.
    """
    generation = generation_of(connection)
    version = _version(cursor, generation)
    starts_over = version is None
    version = version or 0
    vouchers = schema.vouchers
    rows = connection.execute(
        select(vouchers)
        .where(vouchers.c.shop_number == shop_number, vouchers.c.version > version)
        .order_by(vouchers.c.version)
        .limit(VOUCHERS_PER_PAGE_MAX + 1)
    ).all()
    more, rows = len(rows) > VOUCHERS_PER_PAGE_MAX, rows[:VOUCHERS_PER_PAGE_MAX]
    last = rows[-1].version if rows else version
    return VouchersPage(
        vouchers=[snapshot_voucher(row) for row in rows if row.status != WITHDRAWN],
        tombstones=[
            Tombstone(voucher_id=row.id, version=row.version)
            for row in rows
            if row.status == WITHDRAWN
        ],
        next_cursor=f"{generation}.{last}",
        more=more,
        starts_over=starts_over,
    )


def _version(cursor: str, generation: int) -> int | None:
    """Where to go on; None to begin from nothing."""
    if not cursor:
        return None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise BadCursor(cursor)
    return int(match[2]) if int(match[1]) == generation else None
