"""What the platform allows tills to accept without asking: one set of limits for all shops."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, func, select, update

from merchant_app.contract import wire
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.server import schema

DEFAULTS = OfflineLimits()
_COLUMN = "offline_{}"


def columns_of(limits: OfflineLimits) -> dict[str, int | None]:
    """The columns of `service` that hold these limits. `tills` is counted, never stored."""
    fields = asdict(limits)
    del fields["tills"]
    return {_COLUMN.format(name): value for name, value in fields.items()}


def limits(connection: Connection) -> OfflineLimits:
    """The limits as they are now; `tills` is left at one."""
    row = connection.execute(select(schema.service)).one()._mapping
    return OfflineLimits(
        redemption_max_minor=row[_COLUMN.format("redemption_max_minor")],
        voucher_max_minor=row[_COLUMN.format("voucher_max_minor")],
        till_max_minor=row[_COLUMN.format("till_max_minor")],
        count_max=row[_COLUMN.format("count_max")],
        snapshot_warn_s=row[_COLUMN.format("snapshot_warn_s")],
        snapshot_max_s=row[_COLUMN.format("snapshot_max_s")],
        unknown_max_minor=row[_COLUMN.format("unknown_max_minor")],
    )


def change_limits(connection: Connection, new: OfflineLimits) -> None:
    """From now on; tills learn of it with their next sign of life."""
    connection.execute(update(schema.service).values(**columns_of(new)))


def of_shop(connection: Connection, shop_number: int) -> wire.Policy:
    """What a shop's tills are told."""
    tills = schema.tills
    active = connection.scalar(
        select(func.count()).where(tills.c.shop_number == shop_number, tills.c.revoked.is_(False))
    )
    found = asdict(limits(connection)) | {"tills": max(1, active or 0)}
    return wire.Policy(offline=wire.OfflineLimits(**found))
