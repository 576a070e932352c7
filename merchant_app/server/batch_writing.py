"""What many entries changed, written with one statement for each table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger.books import NewOp, PendingState, Place
from merchant_app.ledger.service import LineRecord, Movement, Record
from merchant_app.server import schema
from merchant_app.server.catalogue import ShopRow, next_versions
from merchant_app.server.sql_books import BalanceMoved, line_row, op_row


@dataclass(slots=True)
class Changes:
    """What is to be written.

    Attributes:
        movements: in order, each with the op that caused it.
        balances: the net change of each voucher.
        new_ops: evaluated for the first time.
        records: redemptions as they are now, if they changed after they were added or read.
        lines: of each of these ops, with the balances after it.
        feed: (till, op) in the order in which they are told; `new_in_feed` are not there yet.
        waits, done: entries that stay pending, and those that do not.
    """

    movements: list[tuple[OpId, Movement]] = field(default_factory=list)
    balances: dict[VoucherId, int] = field(default_factory=dict)
    new_ops: dict[OpId, NewOp] = field(default_factory=dict)
    records: dict[OpId, Record] = field(default_factory=dict)
    lines: dict[OpId, tuple[tuple[LineRecord, ...], Mapping[VoucherId, int]]] = field(
        default_factory=dict
    )
    feed: dict[tuple[TillId, OpId], None] = field(default_factory=dict)
    new_in_feed: set[tuple[TillId, OpId]] = field(default_factory=set)
    waits: dict[Place, OpId] = field(default_factory=dict)
    done: list[Place] = field(default_factory=list)


def write(connection: Connection, shop: ShopRow, changes: Changes, *, now: datetime) -> None:
    """Write all of it, in the caller's transaction.

    Raises:
        BalanceMoved: a voucher has less than it had when it was read.
    """
    _write_balances(connection, shop, changes.balances)
    if changes.movements:
        connection.execute(
            insert(schema.entries),
            [
                {
                    "voucher_id": movement.voucher_id,
                    "kind": movement.kind.value,
                    "amount_minor": movement.amount_minor,
                    "op_id": cause,
                    "at": now,
                }
                for cause, movement in changes.movements
            ],
        )
    _write_ops(connection, shop, changes, now)
    _write_feed(connection, changes)
    _write_pending(connection, changes)


def _write_balances(
    connection: Connection, shop: ShopRow, balances: Mapping[VoucherId, int]
) -> None:
    """Conditional updates: whatever was read, no balance leaves its bounds."""
    moved = {voucher_id: minor for voucher_id, minor in balances.items() if minor}
    if not moved:
        return
    vouchers = schema.vouchers
    version = next_versions(connection, shop.number, len(moved))
    after = vouchers.c.balance_minor + bindparam("change_minor")
    statement = (
        update(vouchers)
        .where(
            vouchers.c.id == bindparam("voucher"),
            vouchers.c.shop_number == shop.number,
            after >= 0,
            after <= vouchers.c.face_minor,
        )
        .values(balance_minor=after, version=bindparam("new_version"))
    )
    for number, (voucher_id, change_minor) in enumerate(moved.items()):
        done = connection.execute(
            statement,
            {
                "voucher": voucher_id,
                "change_minor": change_minor,
                "new_version": version + number,
            },
        )
        if done.rowcount != 1:
            raise BalanceMoved


def _write_ops(connection: Connection, shop: ShopRow, changes: Changes, now: datetime) -> None:
    new, changed = [], []
    for op_id, op in changes.new_ops.items():
        row = op_row(op, shop_number=shop.number, now=now)
        record = changes.records.get(op_id)
        if record is not None:
            row |= _state(record)
        new.append(row)
    for op_id, record in changes.records.items():
        if op_id not in changes.new_ops:
            changed.append({"op": op_id, "changed": now, **_state(record, prefix="new_")})
    if new:
        connection.execute(insert(schema.ops), new)
    if changed:
        names = ("status", "handed_over", "voided_by")
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        connection.execute(
            update(schema.ops)
            .where(schema.ops.c.id == bindparam("op"))
            .values(changed_at=bindparam("changed"), **values),
            changed,
        )
    _write_lines(connection, changes)


def _state(record: Record, *, prefix: str = "") -> dict[str, object]:
    return {
        f"{prefix}status": record.status.value,
        f"{prefix}handed_over": record.handed_over,
        f"{prefix}voided_by": record.voided_by,
    }


def _write_lines(connection: Connection, changes: Changes) -> None:
    new, changed = [], []
    for op_id, (lines, balances) in changes.lines.items():
        for position, line in enumerate(lines):
            row = line_row(op_id, position, line, balances)
            if op_id in changes.new_ops:
                new.append(row)
            else:
                changed.append({f"new_{name}": value for name, value in row.items()})
    if new:
        connection.execute(insert(schema.op_lines), new)
    if changed:
        op_lines = schema.op_lines
        state = ("accepted_minor", "shortfall_minor", "balance_minor", "reason")
        connection.execute(
            update(op_lines)
            .where(
                op_lines.c.op_id == bindparam("new_op_id"),
                op_lines.c.position == bindparam("new_position"),
            )
            .values({name: bindparam(f"new_{name}") for name in state}),
            [
                {name: row[name] for name in ("new_op_id", "new_position")}
                | {f"new_{name}": row[f"new_{name}"] for name in state}
                for row in changed
            ],
        )


def _write_feed(connection: Connection, changes: Changes) -> None:
    tills = sorted({till_id for till_id, _ in changes.feed}, key=str)
    next_position = {till_id: _positions(connection, changes, till_id) for till_id in tills}
    new: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for till_id, op_id in changes.feed:
        row = {"till": till_id, "op": op_id, "new_position": next_position[till_id]}
        next_position[till_id] += 1
        (new if (till_id, op_id) in changes.new_in_feed else moved).append(row)
    feed = schema.feed
    if moved:
        connection.execute(
            update(feed)
            .where(feed.c.till_id == bindparam("till"), feed.c.op_id == bindparam("op"))
            .values(position=bindparam("new_position")),
            moved,
        )
    if new:
        connection.execute(
            insert(feed),
            [
                {
                    "till_id": row["till"],
                    "op_id": row["op"],
                    "position": row["new_position"],
                }
                for row in new
            ],
        )


def _positions(connection: Connection, changes: Changes, till_id: TillId) -> int:
    """Reserve a till's next places in its feed; the first of them."""
    count = sum(reader == till_id for reader, _ in changes.feed)
    tills = schema.tills
    last = connection.execute(
        update(tills)
        .where(tills.c.id == till_id)
        .values(feed_position=tills.c.feed_position + count)
        .returning(tills.c.feed_position)
    ).scalar_one()
    return int(last) - count + 1


def _write_pending(connection: Connection, changes: Changes) -> None:
    pending = schema.pending
    at = (pending.c.epoch_id == bindparam("epoch"), pending.c.seq == bindparam("number"))
    done = set(changes.done)
    waits = [
        {
            "epoch": place.epoch_id,
            "number": place.seq,
            "new_state": PendingState.WAITING.value,
            "op": op_id,
        }
        for place, op_id in changes.waits.items()
        if place not in done
    ]
    if waits:
        connection.execute(
            update(pending)
            .where(*at)
            .values(state=bindparam("new_state"), waits_for=bindparam("op")),
            waits,
        )
    if changes.done:
        connection.execute(
            delete(pending).where(*at),
            [{"epoch": place.epoch_id, "number": place.seq} for place in changes.done],
        )
