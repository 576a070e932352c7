"""A shop's books in the database (`ledger.books.Books`), in the caller's transaction.

The caller holds the shop's row (`catalogue.lock_shop`). Each debit is a conditional update all the
same: whatever a rule was shown, no balance leaves its bounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from merchant_app.clock import business_date
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.books import EntryAlarm, NewOp, PendingState, Place, Recalled, Redeemed
from merchant_app.ledger.entries import Decision, Entry, Line, Redemption, Resolution, Void
from merchant_app.ledger.service import LineRecord, Movement, MovementKind, Record
from merchant_app.money import Money
from merchant_app.server import pending_rows, schema
from merchant_app.server.catalogue import (
    ShopRow,
    next_versions,
    shop_by_number,
    voucher_by_id,
)
from merchant_app.server.feed import announce
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Reason

_KINDS: dict[type, str] = {
    Redemption: "redemption",
    Decision: "decision",
    Void: "void",
    Resolution: "resolution",
}
REDEMPTION = _KINDS[Redemption]


class BalanceMoved(Exception):
    """A conditional debit found less than the rule was shown: begin again with fresh facts."""


class SqlBooks:
    """One shop's books."""

    def __init__(self, connection: Connection, shop: ShopRow, *, now: datetime) -> None:
        self._connection = connection
        self._shop = shop
        self._now = now
        self._vouchers: dict[VoucherId, Voucher | None] = {}

    # --- facts -----------------------------------------------------------------------------------

    @property
    def shop_number(self) -> ShopNumber:
        return self._shop.number

    @property
    def today(self) -> date:
        return business_date(self._now, self._shop.time_zone)

    def shop_title(self, number: ShopNumber) -> str:
        if number == self._shop.number:
            return self._shop.title
        return shop_by_number(self._connection, number).title

    def voucher(self, voucher_id: VoucherId) -> Voucher | None:
        if voucher_id not in self._vouchers:
            self._vouchers[voucher_id] = voucher_by_id(self._connection, voucher_id)
        return self._vouchers[voucher_id]

    def recall(self, op_id: OpId, body: str) -> Recalled:
        ops = schema.ops
        row = self._connection.execute(
            select(ops.c.body_hash, ops.c.shop_number).where(ops.c.id == op_id)
        ).one_or_none()
        if row is None:
            return Recalled.NEW
        same = row.body_hash == body_hash(body) and row.shop_number == self._shop.number
        return Recalled.SAME if same else Recalled.FOREIGN

    def redemption(self, op_id: OpId) -> Redeemed | None:
        ops = schema.ops
        row = self._connection.execute(
            select(ops).where(ops.c.id == op_id, ops.c.kind == REDEMPTION)
        ).one_or_none()
        if row is None:
            return None
        ((_, record),) = records_of(self._connection, [row])
        purchase = row.purchase_minor
        return Redeemed(
            record,
            None if purchase is None else Money(purchase, row.currency),
            ours=row.shop_number == self._shop.number,
        )

    def retries(self, about_id: OpId) -> Sequence[Record]:
        ops = schema.ops
        retry_ids = self._connection.scalars(
            select(ops.c.retry_id)
            .where(ops.c.redemption_id == about_id, ops.c.retry_id.is_not(None))
            .order_by(ops.c.evaluated_at, ops.c.id)
        )
        found = [self.redemption(OpId(retry_id)) for retry_id in retry_ids.all() if retry_id]
        return [known.record for known in found if known is not None]

    def paid_by(self, retry_id: OpId) -> OpId | None:
        ops = schema.ops
        found = self._connection.scalar(
            select(ops.c.redemption_id).where(ops.c.retry_id == retry_id)
        )
        return None if found is None else OpId(found)

    def holders(self, voucher_id: VoucherId) -> Sequence[OpId]:
        ops, op_lines = schema.ops, schema.op_lines
        found = self._connection.scalars(
            select(ops.c.id)
            .join(op_lines, op_lines.c.op_id == ops.c.id)
            .where(
                op_lines.c.voucher_id == voucher_id,
                op_lines.c.accepted_minor > 0,
                ops.c.kind == REDEMPTION,
                or_(ops.c.handed_over.is_(None), ops.c.handed_over),
            )
            .order_by(ops.c.evaluated_at.desc(), ops.c.id.desc())
        )
        return [OpId(one) for one in found]

    # --- what is written -------------------------------------------------------------------------

    def move(self, movements: Iterable[tuple[OpId, Movement]]) -> None:
        """Raises: BalanceMoved."""
        net: dict[VoucherId, int] = {}
        rows = []
        for cause, movement in movements:
            rows.append(
                {
                    "voucher_id": movement.voucher_id,
                    "kind": movement.kind.value,
                    "amount_minor": movement.amount_minor,
                    "op_id": cause,
                    "at": self._now,
                }
            )
            if movement.kind in (MovementKind.DEBIT, MovementKind.CREDIT):
                sign = -1 if movement.kind is MovementKind.DEBIT else 1
                before = net.get(movement.voucher_id, 0)
                net[movement.voucher_id] = before + sign * movement.amount_minor
        if not rows:
            return
        for voucher_id, change_minor in net.items():
            if change_minor:
                self._change_balance(voucher_id, change_minor)
        self._connection.execute(insert(schema.entries), rows)

    def _change_balance(self, voucher_id: VoucherId, change_minor: int) -> None:
        """The conditional update: whatever the rule was shown, no balance leaves its bounds."""
        vouchers = schema.vouchers
        after = vouchers.c.balance_minor + change_minor
        version = next_versions(self._connection, self._shop.number)
        done = self._connection.execute(
            update(vouchers)
            .where(
                vouchers.c.id == voucher_id,
                vouchers.c.shop_number == self._shop.number,
                after >= 0,
                after <= vouchers.c.face_minor,
            )
            .values(balance_minor=after, version=version)
        )
        self._vouchers.pop(voucher_id, None)
        if done.rowcount != 1:
            raise BalanceMoved

    def add(self, op: NewOp) -> None:
        entry, record = op.entry, op.record
        row = op_row(op, shop_number=self._shop.number, now=self._now)
        self._connection.execute(insert(schema.ops), row)
        self._insert_lines(entry.op_id, op.lines if record is None else record.lines)

    def _insert_lines(self, op_id: OpId, lines: tuple[LineRecord, ...]) -> None:
        if not lines:
            return
        balances = self._balances(lines)
        self._connection.execute(
            insert(schema.op_lines),
            [line_row(op_id, position, line, balances) for position, line in enumerate(lines)],
        )

    def change(self, record: Record) -> None:
        self._connection.execute(
            update(schema.ops)
            .where(schema.ops.c.id == record.op_id)
            .values(
                status=record.status.value,
                handed_over=record.handed_over,
                voided_by=record.voided_by,
                changed_at=self._now,
            )
        )
        balances = self._balances(record.lines)
        op_lines = schema.op_lines
        for position, line in enumerate(record.lines):
            self._connection.execute(
                update(op_lines)
                .where(op_lines.c.op_id == record.op_id, op_lines.c.position == position)
                .values(**_line_state(line, balances))
            )

    def _balances(self, lines: tuple[LineRecord, ...]) -> dict[VoucherId, int]:
        """The balances as they are now; of another shop's money nothing is told."""
        vouchers = schema.vouchers
        rows = self._connection.execute(
            select(vouchers.c.id, vouchers.c.balance_minor).where(
                vouchers.c.id.in_([line.line.voucher_id for line in lines]),
                vouchers.c.shop_number == self._shop.number,
            )
        )
        return {VoucherId(row.id): row.balance_minor for row in rows}

    def announce(self, op_id: OpId, *, also_to: TillId | None = None) -> None:
        announce(self._connection, op_id, also_to=also_to)

    def alarm(self, place: Place, kind: str) -> None:
        pending_rows.raise_alarm(self._connection, place, kind, now=self._now)

    def alarm_about(self, op_id: OpId, kind: str) -> None:
        ops = schema.ops
        row = self._connection.execute(
            select(ops.c.epoch_id, ops.c.seq).where(ops.c.id == op_id)
        ).one()
        self.alarm(Place(EpochId(row.epoch_id), row.seq), kind)

    def wait(self, place: Place, for_id: OpId) -> None:
        pending_rows.set_state(self._connection, place, PendingState.WAITING, waits_for=for_id)

    def woken(self, op_id: OpId) -> Sequence[Place]:
        return pending_rows.waiting_for(self._connection, op_id)

    def done(self, place: Place) -> None:
        pending = schema.pending
        state = self._connection.execute(
            delete(pending).where(pending_rows.at(pending, place)).returning(pending.c.state)
        ).scalar_one()
        if state != PendingState.STORED.value:
            # It may have been parked, now or before a restore; that is over.
            alarms = schema.alarms
            self._connection.execute(
                update(alarms)
                .where(pending_rows.at(alarms, place), alarms.c.kind == EntryAlarm.PARKED.value)
                .values(resolved_at=self._now)
            )


def body_hash(body: str) -> bytes:
    """What an op's entry is recognised by."""
    return hashlib.sha256(body.encode()).digest()


def op_row(op: NewOp, *, shop_number: int, now: datetime) -> dict[str, object]:
    """An op that is evaluated for the first time, as a row of `ops` with all its columns."""
    entry, record = op.entry, op.record
    status = op.status if record is None else record.status
    return {
        "id": entry.op_id,
        "kind": _KINDS[type(entry)],
        "body_hash": body_hash(op.case.body),
        "shop_number": shop_number,
        "till_id": op.case.till_id,
        "epoch_id": op.case.place.epoch_id,
        "seq": op.case.place.seq,
        "evaluated_at": now,
        "changed_at": now,
        "status": None if status is None else status.value,
        "handed_over": None if record is None else record.handed_over,
        "voided_by": None if record is None else record.voided_by,
        "retry_id": op.retry_id,
        "redemption_id": None,
        "currency": None,
        "purchase_minor": None,
        "choice": None,
        "note": None,
        **_facts_of(entry),
    }


def line_row(
    op_id: OpId, position: int, line: LineRecord, balances: Mapping[VoucherId, int]
) -> dict[str, object]:
    """One line of an op as a row of `op_lines`."""
    return {
        "op_id": op_id,
        "position": position,
        "voucher_id": line.line.voucher_id,
        "amount_minor": line.line.amount.minor,
        **_line_state(line, balances),
    }


def _facts_of(entry: Entry) -> dict[str, object]:
    match entry:
        case Redemption(purchase=purchase):
            return {
                "currency": entry.lines[0].amount.currency,
                "purchase_minor": None if purchase is None else purchase.minor,
            }
        case Decision() | Void():
            return {"redemption_id": entry.redemption_id}
        case Resolution():
            return {
                "redemption_id": entry.about_id,
                "choice": entry.choice.value,
                "note": entry.note,
            }


def _line_state(line: LineRecord, balances: Mapping[VoucherId, int]) -> dict[str, object]:
    return {
        "accepted_minor": line.accepted_minor,
        "shortfall_minor": line.shortfall_minor,
        "balance_minor": balances.get(line.line.voucher_id, 0),
        "reason": None if line.reason is None else line.reason.value,
    }


def records_of(connection: Connection, rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], Record]]:
    """The redemptions among these rows of `ops`, each with its record."""
    found = {row.id: row for row in rows if row.kind == REDEMPTION}
    op_lines = schema.op_lines
    lines: dict[UUID, list[LineRecord]] = {op_id: [] for op_id in found}
    for line in connection.execute(
        select(op_lines)
        .where(op_lines.c.op_id.in_(list(found)))
        .order_by(op_lines.c.op_id, op_lines.c.position)
    ):
        amount = Money(line.amount_minor, found[line.op_id].currency)
        lines[line.op_id].append(
            LineRecord(
                Line(VoucherId(line.voucher_id), amount, ""),
                line.accepted_minor,
                line.shortfall_minor,
                None if line.reason is None else Reason(line.reason),
            )
        )
    return [
        (
            row,
            Record(
                op_id=OpId(row.id),
                status=OutcomeStatus(row.status),
                lines=tuple(lines[row.id]),
                handed_over=row.handed_over,
                voided_by=row.voided_by,
            ),
        )
        for row in found.values()
    ]
