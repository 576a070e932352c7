"""How the effect of one entry is written: balances, movements, the op's record, the feeds.

All of it in the transaction of its `Case`, or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from merchant_app.clock import business_date
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger import service as rules
from merchant_app.ledger.entries import Decision, Entry, Line, Redemption, Void
from merchant_app.ledger.service import Effect, LineRecord, MovementKind, Record
from merchant_app.money import Money
from merchant_app.server import schema
from merchant_app.server.catalogue import (
    ShopRow,
    lock_shop_of_epoch,
    next_versions,
    shop_by_number,
    voucher_by_id,
)
from merchant_app.server.feed import announce, announce_new
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Reason, Verdict, judge

_KINDS: dict[type, str] = {Redemption: "redemption", Decision: "decision", Void: "void"}


class BalanceMoved(Exception):
    """A conditional debit found less than the rule was shown: begin again with fresh facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One entry being evaluated: its transaction, its place, its till's shop, its moment.

    `state` is what `pending` says of it: stored, waiting or parked.
    """

    connection: Connection
    epoch_id: UUID
    seq: int
    body: str
    state: str
    till_id: UUID
    shop: ShopRow
    now: datetime

    @property
    def body_hash(self) -> bytes:
        return hashlib.sha256(self.body.encode()).digest()


@dataclass(frozen=True, slots=True)
class SameOp:
    """The very same entry was evaluated before; its outcome stands and is told again."""


@dataclass(frozen=True, slots=True)
class ForeignOp:
    """The id belongs to another entry. This one has no effect."""


@dataclass(frozen=True, slots=True)
class _Stored:
    record: Record
    shop_number: int
    purchase: Money | None


def open_case(connection: Connection, epoch_id: UUID, seq: int, *, now: datetime) -> Case | None:
    """Lock the shop, then look whether the entry is still to be evaluated; None if it is not."""
    till_id, shop = lock_shop_of_epoch(connection, epoch_id)
    envelopes, pending = schema.envelopes, schema.pending
    row = connection.execute(
        select(envelopes.c.body, pending.c.state)
        .join(
            pending,
            (pending.c.epoch_id == envelopes.c.epoch_id) & (pending.c.seq == envelopes.c.seq),
        )
        .where(envelopes.c.epoch_id == epoch_id, envelopes.c.seq == seq)
    ).one_or_none()
    if row is None:
        return None
    return Case(
        connection=connection,
        epoch_id=epoch_id,
        seq=seq,
        body=row.body.decode(),
        state=row.state,
        till_id=till_id,
        shop=shop,
        now=now,
    )


def recall(case: Case, op_id: OpId) -> SameOp | ForeignOp | None:
    """Whether this op id was used before; None for a new one."""
    ops = schema.ops
    row = case.connection.execute(
        select(ops.c.body_hash, ops.c.shop_number, ops.c.kind).where(ops.c.id == op_id)
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != case.body_hash or row.shop_number != case.shop.number:
        return ForeignOp()
    if row.kind != _KINDS[Decision]:
        announce(case.connection, op_id, also_to=case.till_id)
    return SameOp()


def apply_redemption(
    case: Case, entry: Redemption, redeem: Callable[..., Effect]
) -> tuple[rules.AlarmKind, ...]:
    """R, seen for the first time."""
    find, judge_line = _facts(case, (line.voucher_id for line in entry.lines), entry.purchase)
    effect = redeem(entry, find=find, judge=judge_line)
    balances = _move(case, effect, op_id=entry.op_id)
    purchase = entry.purchase
    _insert_op(
        case,
        entry,
        status=effect.record.status.value,
        handed_over=effect.record.handed_over,
        currency=entry.lines[0].amount.currency,
        purchase_minor=None if purchase is None else purchase.minor,
    )
    _insert_lines(case, entry.op_id, effect.record.lines, balances)
    announce_new(case.connection, entry.op_id, case.till_id)
    return effect.alarms


def apply_decision(
    case: Case, entry: Decision, decide: Callable[..., Effect | rules.Waits]
) -> tuple[rules.AlarmKind, ...] | rules.Waits:
    """D. Another shop's redemption is none of this till's business: people look at it."""
    stored = _load(case.connection, entry.redemption_id)
    if stored is not None and stored.shop_number != case.shop.number:
        _insert_op(case, entry, redemption_id=entry.redemption_id)
        return (rules.AlarmKind.CONFLICTING_DECISION,)
    record = None if stored is None else stored.record
    voucher_ids = () if record is None else (line.line.voucher_id for line in record.lines)
    find, judge_line = _facts(case, voucher_ids, None if stored is None else stored.purchase)
    effect = decide(record, entry, find=find, judge=judge_line)
    if isinstance(effect, rules.Waits):
        return effect
    _insert_op(case, entry, redemption_id=entry.redemption_id)
    if effect.record != record:
        _change(case, effect, cause=entry.op_id)
    return effect.alarms


def apply_void(
    case: Case, entry: Void, void: Callable[..., Effect | rules.Waits | rules.NotReversible]
) -> tuple[rules.AlarmKind, ...] | rules.Waits:
    """V. Its own outcome goes to the till that wrote it, the redemption's to the till of that."""
    stored = _load(case.connection, entry.redemption_id)
    foreign = stored is not None and stored.shop_number != case.shop.number
    effect = (
        rules.NotReversible() if foreign else void(None if stored is None else stored.record, entry)
    )
    if isinstance(effect, rules.Waits):
        return effect
    status = OutcomeStatus.NOT_REVERSIBLE
    if isinstance(effect, Effect):
        status = OutcomeStatus.REVERSED
        balances = _change(case, effect, cause=entry.op_id)
    _insert_op(case, entry, redemption_id=entry.redemption_id, status=status.value)
    if isinstance(effect, Effect):
        _insert_lines(case, entry.op_id, effect.record.lines, balances)
    announce_new(case.connection, entry.op_id, case.till_id)
    return effect.alarms if isinstance(effect, Effect) else ()


def _facts(
    case: Case, voucher_ids: Iterable[UUID], purchase: Money | None
) -> tuple[rules.FindVoucher, rules.Judge]:
    """What the rules ask: the vouchers as they are now, and a verdict on each line.

    A voucher of another shop has nothing to give here. Its verdict says so anyway; its balance is
    hidden as well, because the rule for goods already handed over asks no verdict.
    """
    real: dict[UUID, Voucher | None] = {
        voucher_id: voucher_by_id(case.connection, voucher_id) for voucher_id in voucher_ids
    }
    today = business_date(case.now, case.shop.time_zone)

    def find(voucher_id: VoucherId) -> Voucher | None:
        voucher = real[voucher_id]
        if voucher is None or voucher.shop_number == case.shop.number:
            return voucher
        return replace(voucher, balance=Money(0, voucher.balance.currency))

    def judge_line(line: Line) -> Verdict:
        voucher = real[line.voucher_id]
        if voucher is None:
            raise Bug("a verdict on a voucher that does not exist")
        owner = case.shop
        if voucher.shop_number != owner.number:
            owner = shop_by_number(case.connection, voucher.shop_number)
        return judge(
            voucher,
            shop_number=case.shop.number,
            shop_name_of_voucher=owner.title,
            today=today,
            purchase=purchase,
            amount=line.amount,
        )

    return find, judge_line


def _move(case: Case, effect: Effect, *, op_id: OpId) -> dict[UUID, int]:
    """Write the movements; returns the balance of every voucher of the record after them."""
    for movement in effect.movements:
        if movement.kind in (MovementKind.DEBIT, MovementKind.CREDIT):
            _change_balance(case, movement)
    if effect.movements:
        case.connection.execute(
            insert(schema.entries),
            [
                {
                    "voucher_id": movement.voucher_id,
                    "kind": movement.kind.value,
                    "amount_minor": movement.amount_minor,
                    "op_id": op_id,
                    "at": case.now,
                }
                for movement in effect.movements
            ],
        )
    vouchers = schema.vouchers
    rows = case.connection.execute(
        select(vouchers.c.id, vouchers.c.balance_minor).where(
            vouchers.c.id.in_([line.line.voucher_id for line in effect.record.lines]),
            vouchers.c.shop_number == case.shop.number,
        )
    )
    return {row.id: row.balance_minor for row in rows}


def _change_balance(case: Case, movement: rules.Movement) -> None:
    """The conditional update: whatever the rule was shown, no balance leaves its bounds."""
    balance, amount = schema.vouchers.c.balance_minor, movement.amount_minor
    change = update(schema.vouchers).where(
        schema.vouchers.c.id == movement.voucher_id,
        schema.vouchers.c.shop_number == case.shop.number,
    )
    if movement.kind is MovementKind.DEBIT:
        change = change.where(balance >= amount).values(balance_minor=balance - amount)
    else:
        change = change.where(balance + amount <= schema.vouchers.c.face_minor)
        change = change.values(balance_minor=balance + amount)
    version = next_versions(case.connection, case.shop.number)
    if case.connection.execute(change.values(version=version)).rowcount != 1:
        raise BalanceMoved


def _insert_op(case: Case, entry: Entry, **facts: object) -> None:
    case.connection.execute(
        insert(schema.ops).values(
            id=entry.op_id,
            kind=_KINDS[type(entry)],
            body_hash=case.body_hash,
            shop_number=case.shop.number,
            till_id=case.till_id,
            epoch_id=case.epoch_id,
            seq=case.seq,
            evaluated_at=case.now,
            changed_at=case.now,
            **facts,
        )
    )


def _insert_lines(
    case: Case, op_id: OpId, lines: tuple[LineRecord, ...], balances: dict[UUID, int]
) -> None:
    case.connection.execute(
        insert(schema.op_lines),
        [
            {
                "op_id": op_id,
                "position": position,
                "voucher_id": line.line.voucher_id,
                "amount_minor": line.line.amount.minor,
                "accepted_minor": line.accepted_minor,
                "shortfall_minor": line.shortfall_minor,
                "balance_minor": balances.get(line.line.voucher_id, 0),
                "reason": None if line.reason is None else line.reason.value,
            }
            for position, line in enumerate(lines)
        ],
    )


def _change(case: Case, effect: Effect, *, cause: OpId) -> dict[UUID, int]:
    """A redemption's new state, because of a later entry; returns the balances."""
    record = effect.record
    balances = _move(case, effect, op_id=cause)
    case.connection.execute(
        update(schema.ops)
        .where(schema.ops.c.id == record.op_id)
        .values(
            status=record.status.value,
            handed_over=record.handed_over,
            voided_by=record.voided_by,
            changed_at=case.now,
        )
    )
    for position, line in enumerate(record.lines):
        case.connection.execute(
            update(schema.op_lines)
            .where(schema.op_lines.c.op_id == record.op_id, schema.op_lines.c.position == position)
            .values(
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=balances.get(line.line.voucher_id, 0),
                reason=None if line.reason is None else line.reason.value,
            )
        )
    announce(case.connection, record.op_id)
    return balances


def _load(connection: Connection, op_id: OpId) -> _Stored | None:
    """The redemption as stored; None when it was not evaluated yet."""
    row = connection.execute(
        select(schema.ops).where(schema.ops.c.id == op_id, schema.ops.c.kind == _KINDS[Redemption])
    ).one_or_none()
    if row is None:
        return None
    lines = connection.execute(
        select(schema.op_lines).where(schema.op_lines.c.op_id == op_id).order_by("position")
    )
    record = Record(
        op_id=op_id,
        status=OutcomeStatus(row.status),
        lines=tuple(
            LineRecord(
                Line(VoucherId(line.voucher_id), Money(line.amount_minor, row.currency), ""),
                line.accepted_minor,
                line.shortfall_minor,
                None if line.reason is None else Reason(line.reason),
            )
            for line in lines
        ),
        handed_over=row.handed_over,
        voided_by=row.voided_by,
    )
    purchase = row.purchase_minor
    money = None if purchase is None else Money(purchase, row.currency)
    return _Stored(record, row.shop_number, money)
