"""Who used a voucher, when and where: what a customer who doubts it is told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, or_, select

from merchant_app.money import Money
from merchant_app.server import schema
from merchant_app.vouchers.verdicts import Use


def uses_of(
    connection: Connection, voucher_id: UUID, *, limit: int, but_for: UUID | None = None
) -> tuple[Use, ...]:
    """What was debited and not given back, handed over or not decided yet; newest first."""
    ops, op_lines, tills = schema.ops, schema.op_lines, schema.tills
    query = (
        select(ops.c.evaluated_at, ops.c.currency, tills.c.name, op_lines.c.accepted_minor)
        .join(ops, ops.c.id == op_lines.c.op_id)
        .join(tills, tills.c.id == ops.c.till_id)
        .where(
            op_lines.c.voucher_id == voucher_id,
            op_lines.c.accepted_minor > 0,
            or_(ops.c.handed_over.is_(None), ops.c.handed_over),
        )
        .order_by(ops.c.evaluated_at.desc(), ops.c.id.desc())
        .limit(limit)
    )
    if but_for is not None:
        query = query.where(ops.c.id != but_for)
    return tuple(
        Use(row.evaluated_at, row.name, Money(row.accepted_minor, row.currency))
        for row in connection.execute(query)
    )
