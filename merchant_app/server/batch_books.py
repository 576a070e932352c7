"""A shop's books for many entries at once: read together, changed in memory, written together.

A till that comes back with a thousand entries would otherwise cost a dozen statements for each. The
rules are the same, and so is what is in the database afterwards; only the common course is known
here: redemptions, decisions and voids of this shop that nobody paid for twice. Whatever else comes
up raises `NotInBatch`, and the caller evaluates the entries one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from sqlalchemy import Connection, or_, select

from merchant_app.clock import business_date
from merchant_app.ids import OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.books import Case, NewOp, Place, Recalled, Redeemed
from merchant_app.ledger.entries import (
    BadEntry,
    Decision,
    Entry,
    Redemption,
    Void,
    about,
    from_body,
)
from merchant_app.ledger.service import LineRecord, Movement, MovementKind, Record
from merchant_app.money import Money
from merchant_app.server import pending_rows, schema
from merchant_app.server.batch_writing import Changes, write
from merchant_app.server.catalogue import WITHDRAWN, ShopRow, voucher_of
from merchant_app.server.sql_books import BalanceMoved, body_hash, records_of
from merchant_app.vouchers.terms import Voucher


class NotInBatch(Exception):
    """Something uncommon: one entry at a time, please. Nothing was written."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An op that was evaluated before the batch, or in it."""

    body_hash: bytes
    shop_number: int


def is_common(case: Case) -> bool:
    """Whether an entry may be evaluated together with others."""
    if case.prior is not None:
        return False
    try:
        return isinstance(from_body(case.body), Redemption | Decision | Void)
    except BadEntry:
        return False


class BatchBooks:
    """`ledger.books.Books` for these cases. The caller holds the shop's row."""

    def __init__(
        self, connection: Connection, shop: ShopRow, cases: Sequence[Case], *, now: datetime
    ) -> None:
        """Read all that the cases can ask for."""
        self._connection = connection
        self._shop = shop
        self._now = now
        self._changes = Changes()
        entries = [from_body(case.body) for case in cases]
        ids = {entry.op_id for entry in entries} | {about(entry) for entry in entries}
        self._known, self._redemptions = self._read_ops(sorted(ids))
        self._vouchers = self._read_vouchers(entries)
        self._waiting = self._read_waiting(sorted(ids))
        self._readers = self._read_feeds(sorted(ids))

    # --- what is read at once --------------------------------------------------------------------

    def _read_ops(self, ids: list[OpId]) -> tuple[dict[OpId, _Known], dict[OpId, Redeemed]]:
        ops = schema.ops
        paid = select(ops.c.id).where(
            ops.c.retry_id.is_not(None), or_(ops.c.retry_id.in_(ids), ops.c.redemption_id.in_(ids))
        )
        if self._connection.execute(paid).first() is not None:
            raise NotInBatch
        rows = self._connection.execute(select(ops).where(ops.c.id.in_(ids))).all()
        known = {OpId(row.id): _Known(row.body_hash, row.shop_number) for row in rows}
        redemptions = {}
        for row, record in records_of(self._connection, rows):
            purchase = row.purchase_minor
            redemptions[record.op_id] = Redeemed(
                record,
                None if purchase is None else Money(purchase, row.currency),
                ours=row.shop_number == self._shop.number,
            )
        return known, redemptions

    def _read_vouchers(self, entries: Iterable[Entry]) -> dict[VoucherId, Voucher]:
        named = {
            line.voucher_id
            for entry in entries
            if isinstance(entry, Redemption)
            for line in entry.lines
        }
        for redemption in self._redemptions.values():
            named.update(line.line.voucher_id for line in redemption.record.lines)
        vouchers = schema.vouchers
        rows = self._connection.execute(
            select(vouchers).where(vouchers.c.id.in_(sorted(named)), vouchers.c.status != WITHDRAWN)
        )
        found = (voucher_of(row) for row in rows)
        return {voucher.voucher_id: voucher for voucher in found}

    def _read_waiting(self, ids: list[OpId]) -> dict[OpId, list[Place]]:
        waiting: dict[OpId, list[Place]] = {}
        for op_id, place in pending_rows.waiting_for_any(self._connection, ids):
            waiting.setdefault(op_id, []).append(place)
        return waiting

    def _read_feeds(self, ids: list[OpId]) -> dict[OpId, set[TillId]]:
        feed = schema.feed
        readers: dict[OpId, set[TillId]] = {}
        for row in self._connection.execute(select(feed).where(feed.c.op_id.in_(ids))):
            readers.setdefault(OpId(row.op_id), set()).add(TillId(row.till_id))
        return readers

    # --- facts -----------------------------------------------------------------------------------

    @property
    def shop_number(self) -> ShopNumber:
        return self._shop.number

    @property
    def today(self) -> date:
        return business_date(self._now, self._shop.time_zone)

    def shop_title(self, number: ShopNumber) -> str:
        if number != self._shop.number:
            raise NotInBatch
        return self._shop.title

    def voucher(self, voucher_id: VoucherId) -> Voucher | None:
        return self._vouchers.get(voucher_id)

    def recall(self, op_id: OpId, body: str) -> Recalled:
        known = self._known.get(op_id)
        if known is None:
            return Recalled.NEW
        same = known.body_hash == body_hash(body) and known.shop_number == self._shop.number
        return Recalled.SAME if same else Recalled.FOREIGN

    def redemption(self, op_id: OpId) -> Redeemed | None:
        return self._redemptions.get(op_id)

    def retries(self, about_id: OpId) -> Sequence[Record]:  # noqa: ARG002 - none was found for any
        return ()

    def paid_by(self, retry_id: OpId) -> OpId | None:  # noqa: ARG002 - none was found for any
        return None

    def holders(self, voucher_id: VoucherId) -> Sequence[OpId]:  # noqa: ARG002 - the port's
        _not_here()

    # --- what is written -------------------------------------------------------------------------

    def move(self, movements: Iterable[tuple[OpId, Movement]]) -> None:
        """Raises: BalanceMoved."""
        net: dict[VoucherId, int] = {}
        for cause, movement in movements:
            self._changes.movements.append((cause, movement))
            if movement.kind in (MovementKind.DEBIT, MovementKind.CREDIT):
                sign = -1 if movement.kind is MovementKind.DEBIT else 1
                before = net.get(movement.voucher_id, 0)
                net[movement.voucher_id] = before + sign * movement.amount_minor
        for voucher_id, change_minor in net.items():
            self._change_balance(voucher_id, change_minor)

    def _change_balance(self, voucher_id: VoucherId, change_minor: int) -> None:
        voucher = self._vouchers.get(voucher_id)
        if voucher is None or voucher.shop_number != self._shop.number:
            raise BalanceMoved
        after = voucher.balance.minor + change_minor
        if not 0 <= after <= voucher.face.minor:
            raise BalanceMoved
        balance = Money(after, voucher.balance.currency)
        self._vouchers[voucher_id] = replace(voucher, balance=balance)
        balances = self._changes.balances
        balances[voucher_id] = balances.get(voucher_id, 0) + change_minor

    def add(self, op: NewOp) -> None:
        entry = op.entry
        self._known[entry.op_id] = _Known(body_hash(op.case.body), self._shop.number)
        lines = op.lines if op.record is None else op.record.lines
        if op.record is not None:
            assert isinstance(entry, Redemption)
            self._redemptions[entry.op_id] = Redeemed(op.record, entry.purchase)
        self._changes.new_ops[entry.op_id] = op
        self._changes.lines[entry.op_id] = (lines, self._balances_of(lines))

    def change(self, record: Record) -> None:
        self._redemptions[record.op_id] = replace(self._redemptions[record.op_id], record=record)
        self._changes.lines[record.op_id] = (record.lines, self._balances_of(record.lines))
        self._changes.records[record.op_id] = record

    def _balances_of(self, lines: Iterable[LineRecord]) -> dict[VoucherId, int]:
        found = {}
        for line in lines:
            voucher_id = line.line.voucher_id
            voucher = self._vouchers.get(voucher_id)
            if voucher is not None and voucher.shop_number == self._shop.number:
                found[voucher_id] = voucher.balance.minor
        return found

    def announce(self, op_id: OpId, *, also_to: TillId | None = None) -> None:
        readers = self._readers.setdefault(op_id, set())
        if also_to is not None and also_to not in readers:
            readers.add(also_to)
            self._changes.new_in_feed.add((also_to, op_id))
        for till_id in readers:
            # The last to move is the last in the feed.
            self._changes.feed.pop((till_id, op_id), None)
            self._changes.feed[(till_id, op_id)] = None

    def alarm(self, place: Place, kind: str) -> None:
        pending_rows.raise_alarm(self._connection, place, kind, now=self._now)

    def alarm_about(self, op_id: OpId, kind: str) -> None:  # noqa: ARG002 - the port's
        _not_here()

    def wait(self, place: Place, for_id: OpId) -> None:
        self._waiting.setdefault(for_id, []).append(place)
        self._changes.waits[place] = for_id

    def woken(self, op_id: OpId) -> Sequence[Place]:
        return self._waiting.pop(op_id, [])

    def done(self, place: Place) -> None:
        self._changes.done.append(place)

    def finish(self) -> None:
        """Write everything.

        Raises:
            BalanceMoved: a voucher has less than it had when it was read.
        """
        write(self._connection, self._shop, self._changes, now=self._now)


def _not_here() -> NoReturn:
    raise NotInBatch
