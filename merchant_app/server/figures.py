"""What people ask of the whole: the ranking of shops, and whether the books are right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, select

from merchant_app.clock import to_text
from merchant_app.ledger.service import MovementKind
from merchant_app.server import schema
from merchant_app.server.catalogue import WITHDRAWN


def ranking(connection: Connection) -> list[dict[str, Any]]:
    """Shops by the value of the vouchers sold for them, the highest first."""
    shops, vouchers = schema.shops, schema.vouchers
    count = func.count(vouchers.c.id)
    value = func.coalesce(func.sum(vouchers.c.face_minor), 0)
    rows = connection.execute(
        select(
            shops.c.slug, shops.c.name, shops.c.city, shops.c.currency,
            count.label("sold"), value.label("value"),
        )
        .join(
            vouchers,
            (vouchers.c.shop_number == shops.c.number) & (vouchers.c.status != WITHDRAWN),
            isouter=True,
        )
        .group_by(shops.c.number, shops.c.slug, shops.c.name, shops.c.city, shops.c.currency)
        .order_by(value.desc(), count.desc(), shops.c.number)
    )  # fmt: skip
    return [
        {
            "rank": place,
            "slug": row.slug,
            "shop": row.name,
            "city": row.city,
            "count": int(row.sold),
            "value_minor": int(row.value),
            "currency": row.currency,
        }
        for place, row in enumerate(rows, start=1)
    ]


def audit(connection: Connection) -> dict[str, Any]:
    """Every kept balance against the one derived from the entries; `wrong` must be empty."""
    entries, vouchers = schema.entries, schema.vouchers
    sign = case(
        (entries.c.kind.in_([MovementKind.ISSUE.value, MovementKind.CREDIT.value]), 1),
        (entries.c.kind == MovementKind.DEBIT.value, -1),
        else_=0,
    )
    derived = (
        select(entries.c.voucher_id, func.sum(sign * entries.c.amount_minor).label("balance"))
        .group_by(entries.c.voucher_id)
        .subquery()
    )
    balance = func.coalesce(derived.c.balance, 0)
    rows = connection.execute(
        select(vouchers.c.id, vouchers.c.balance_minor, balance.label("derived_minor")).join(
            derived, derived.c.voucher_id == vouchers.c.id, isouter=True
        )
    ).all()
    shortfall = connection.execute(
        select(entries.c.kind, func.sum(entries.c.amount_minor))
        .where(
            entries.c.kind.in_(
                [MovementKind.SHORTFALL.value, MovementKind.SHORTFALL_RETURNED.value]
            )
        )
        .group_by(entries.c.kind)
    )
    losses: dict[str, int] = {kind: int(total) for kind, total in shortfall}
    returned = losses.get(MovementKind.SHORTFALL_RETURNED.value, 0)
    return {
        "vouchers": len(rows),
        "balance_minor": sum(row.balance_minor for row in rows),
        "shortfall_minor": losses.get(MovementKind.SHORTFALL.value, 0) - returned,
        "wrong": [
            {
                "voucher_id": str(row.id),
                "balance_minor": row.balance_minor,
                "derived_minor": int(row.derived_minor),
            }
            for row in rows
            if row.balance_minor != row.derived_minor
        ],
        "unevaluated": connection.scalar(select(func.count()).select_from(schema.pending)),
        "alarms": alarms(connection),
    }


def alarms(connection: Connection) -> list[dict[str, Any]]:
    """What people have to look at, newest first."""
    table, epochs, tills = schema.alarms, schema.epochs, schema.tills
    rows = connection.execute(
        select(table, tills.c.name, tills.c.shop_number)
        .join(epochs, epochs.c.id == table.c.epoch_id)
        .join(tills, tills.c.id == epochs.c.till_id)
        .where(table.c.resolved_at.is_(None))
        .order_by(table.c.raised_at.desc(), table.c.seq.desc())
    )
    return [
        {
            "kind": row.kind,
            "shop_number": row.shop_number,
            "till": row.name,
            "epoch_id": str(row.epoch_id),
            "seq": row.seq,
            "raised_at": to_text(row.raised_at),
        }
        for row in rows
    ]


def history(connection: Connection, voucher_id: UUID) -> dict[str, Any]:
    """Everything that happened to one voucher: its entries, and the ops that name it."""
    entries, ops, op_lines, tills = schema.entries, schema.ops, schema.op_lines, schema.tills
    moved = connection.execute(
        select(entries).where(entries.c.voucher_id == voucher_id).order_by(entries.c.id)
    )
    named = connection.execute(
        select(ops, op_lines, tills.c.name)
        .join(op_lines, op_lines.c.op_id == ops.c.id)
        .join(tills, tills.c.id == ops.c.till_id)
        .where(op_lines.c.voucher_id == voucher_id)
        .order_by(ops.c.evaluated_at, ops.c.id)
    )
    return {
        "voucher_id": str(voucher_id),
        "entries": [
            {
                "kind": row.kind,
                "amount_minor": row.amount_minor,
                "op_id": None if row.op_id is None else str(row.op_id),
                "at": to_text(row.at),
            }
            for row in moved
        ],
        "ops": [
            {
                "op_id": str(row.op_id),
                "kind": row.kind,
                "status": row.status,
                "handed_over": row.handed_over,
                "till": row.name,
                "amount_minor": row.amount_minor,
                "accepted_minor": row.accepted_minor,
                "shortfall_minor": row.shortfall_minor,
                "reason": row.reason,
                "at": to_text(row.evaluated_at),
            }
            for row in named
        ],
        "resolutions": _resolutions(connection, voucher_id),
    }


def _resolutions(connection: Connection, voucher_id: UUID) -> list[dict[str, Any]]:
    """What people decided about the ops that name a voucher, in their words."""
    ops, op_lines, tills = schema.ops, schema.op_lines, schema.tills
    about = select(op_lines.c.op_id).where(op_lines.c.voucher_id == voucher_id)
    rows = connection.execute(
        select(ops, tills.c.name)
        .join(tills, tills.c.id == ops.c.till_id)
        .where(ops.c.choice.is_not(None), ops.c.redemption_id.in_(about))
        .order_by(ops.c.evaluated_at, ops.c.id)
    )
    return [
        {
            "op_id": str(row.id),
            "about_id": str(row.redemption_id),
            "choice": row.choice,
            "note": row.note,
            "retry_id": None if row.retry_id is None else str(row.retry_id),
            "till": row.name,
            "at": to_text(row.evaluated_at),
        }
        for row in rows
    ]
