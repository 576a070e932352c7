"""The money side of `FakeCentral`: chains, ops, balances and feeds, by the rules of the ledger.

The caller holds the lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.central.port import (
    Batch,
    Forked,
    Outcome,
    OutcomeLine,
    Rejected,
    Rewind,
    Shop,
    Stored,
)
from merchant_app.clock import Clock, business_date
from merchant_app.contract.status import OutcomeStatus
from merchant_app.contract.wire import ENTRIES_PER_REQUEST_MAX, OUTCOMES_PER_REPLY_MAX
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.ledger import heads
from merchant_app.ledger import service as rules
from merchant_app.ledger.entries import (
    BadEntry,
    Decision,
    Entry,
    Envelope,
    Line,
    Redemption,
    Void,
    first_broken,
    from_body,
    root_hash,
)
from merchant_app.ledger.service import (
    AlarmKind,
    Effect,
    LineRecord,
    Movement,
    MovementKind,
    NotReversible,
    Record,
    Waits,
)
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Use, Verdict, judge


@dataclass
class _Epoch:
    till_id: TillId
    root: bytes
    chain: list[Envelope] = field(default_factory=list)
    closed: bool = False
    alarms: set[int] = field(default_factory=set)

    def hash_at(self, seq: int) -> bytes:
        return self.chain[seq - 1].hash if seq else self.root


@dataclass
class _Place:
    """An entry where it stands."""

    epoch: _Epoch
    seq: int
    body: str
    entry: Entry


@dataclass
class _Op:
    """A redemption or a void that was evaluated; `told_to` are the tills whose feeds it is in."""

    body: str
    status: OutcomeStatus
    lines: tuple[LineRecord, ...]
    balances: dict[VoucherId, int]
    at: datetime
    evaluated_at: datetime
    till_id: TillId
    record: Record | None = None
    purchase: Money | None = None


class FakeLedger:
    """All that the service knows of money."""

    def __init__(self, clock: Clock, *, shop: Shop, signing_key: Ed25519PrivateKey) -> None:
        self.generation = 0
        self.vouchers: dict[VoucherId, Voucher] = {}
        self.movements: list[Movement] = []
        self.alarms: list[AlarmKind | str] = []
        self._clock = clock
        self._shop = shop
        self._signing_key = signing_key
        self._titles: dict[VoucherId, str] = {}
        self._epochs: dict[EpochId, _Epoch] = {}
        self._till_names: dict[TillId, str] = {}
        self._ops: dict[OpId, _Op] = {}
        self._decisions: dict[OpId, str] = {}
        self._waiting: dict[OpId, list[_Place]] = {}
        self._feeds: dict[TillId, dict[OpId, int]] = {}
        self._feed_position = 0

    def add(self, voucher: Voucher, *, shop_title: str) -> None:
        self.vouchers[voucher.voucher_id] = voucher
        self._titles[voucher.voucher_id] = shop_title
        self.movements.append(
            Movement(voucher.voucher_id, MovementKind.ISSUE, voucher.balance.minor)
        )

    def change(self, voucher_id: VoucherId, **facts: Any) -> None:
        self.vouchers[voucher_id] = replace(self.vouchers[voucher_id], **facts)

    def open_epoch(self, till_id: TillId, epoch_id: EpochId, *, till_name: str) -> None:
        for epoch in self._epochs.values():
            epoch.closed |= epoch.till_id == till_id
        self._epochs[epoch_id] = _Epoch(till_id, root_hash(epoch_id))
        self._till_names[till_id] = till_name
        self._feeds.setdefault(till_id, {})

    def stored_bodies(self, epoch_id: EpochId) -> tuple[str, ...]:
        """What the service holds of a journal, for a test's audit."""
        return tuple(envelope.body for envelope in self._epochs[epoch_id].chain)

    def outcome_of(self, op_id: OpId) -> Outcome | None:
        """The newest state of an op, for a test's audit."""
        return self._outcome(op_id) if op_id in self._ops else None

    def history(self, voucher_id: VoucherId) -> tuple[Use, ...]:
        uses = [
            Use(
                op.evaluated_at,
                self._till_names[op.till_id],
                Money(line.accepted_minor, line.line.amount.currency),
            )
            for op in self._ops.values()
            if op.record is not None and op.record.handed_over is not False
            for line in op.lines
            if line.line.voucher_id == voucher_id and line.accepted_minor
        ]
        return tuple(reversed(uses))

    # --- storing ---------------------------------------------------------------------------------

    def append(self, till_id: TillId, batch: Batch) -> Stored | Rewind | Forked | Rejected:
        if len(batch.entries) > ENTRIES_PER_REQUEST_MAX:
            return Rejected(400, "entries")
        epoch = self._epochs.get(batch.epoch_id)
        if epoch is None or epoch.closed or epoch.till_id != till_id:
            return Forked()
        head_seq = len(epoch.chain)
        if batch.generation != self.generation or batch.base_seq > head_seq:
            return Rewind(self.generation, head_seq, epoch.hash_at(head_seq))
        if epoch.hash_at(batch.base_seq) != batch.base_hash:
            return Forked()
        broken = first_broken(batch.entries, base_seq=batch.base_seq, base_hash=batch.base_hash)
        if broken is not None:
            return Rejected(400, f"entries.{batch.entries.index(broken)}.hash")
        for envelope in batch.entries:
            if envelope.seq <= head_seq and epoch.hash_at(envelope.seq) != envelope.hash:
                return Forked()
        for envelope in batch.entries:
            if envelope.seq > head_seq:
                epoch.chain.append(envelope)
                self._evaluate(epoch, envelope)
        return self._stored(till_id, batch, epoch)

    def _stored(self, till_id: TillId, batch: Batch, epoch: _Epoch) -> Stored:
        now = self._clock.now()
        head = heads.Head(
            till_id=till_id,
            epoch_id=batch.epoch_id,
            generation=self.generation,
            seq=len(epoch.chain),
            hash=epoch.hash_at(len(epoch.chain)),
            at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        )
        feed = sorted((position, op_id) for op_id, position in self._feeds[till_id].items())
        news = [(position, op_id) for position, op_id in feed if position > batch.outcome_cursor]
        page = news[:OUTCOMES_PER_REPLY_MAX]
        return Stored(
            generation=self.generation,
            head_seq=head.seq,
            head_hash=head.hash,
            head_at=head.at,
            head_signature=heads.sign(head, self._signing_key),
            outcomes=tuple(self._outcome(op_id) for _, op_id in page),
            next_outcome_cursor=page[-1][0] if page else batch.outcome_cursor,
            more_outcomes=len(news) > len(page),
            alarm_seqs=tuple(sorted(seq for seq in epoch.alarms if seq > batch.base_seq)),
        )

    def _outcome(self, op_id: OpId) -> Outcome:
        op = self._ops[op_id]
        lines = (
            OutcomeLine(
                line.line.voucher_id,
                line.accepted_minor,
                line.shortfall_minor,
                op.balances.get(line.line.voucher_id, 0),
                line.reason,
            )
            for line in op.lines
        )
        return Outcome(op_id, op.status, tuple(lines), op.at)

    # --- evaluating ------------------------------------------------------------------------------

    def _evaluate(self, epoch: _Epoch, envelope: Envelope) -> None:
        try:
            entry = from_body(envelope.body)
        except BadEntry:
            self._alarm(epoch, envelope.seq, "not_understood")
            return
        todo = [_Place(epoch, envelope.seq, envelope.body, entry)]
        while todo:
            todo += self._apply(todo.pop(0))

    def _apply(self, place: _Place) -> list[_Place]:
        """Evaluate one entry; returns the entries that waited for it."""
        entry = place.entry
        op = self._ops.get(entry.op_id)
        known = op.body if op is not None else self._decisions.get(entry.op_id)
        if known is not None:
            if known != place.body:
                self._alarm(place.epoch, place.seq, "op_reused")
            elif not isinstance(entry, Decision):
                self._announce(entry.op_id, also_to=place.epoch.till_id)
            return []
        match entry:
            case Redemption():
                return self._redeem(place, entry)
            case Decision():
                return self._decide(place, entry)
            case Void():
                return self._void(place, entry)

    def _redeem(self, place: _Place, entry: Redemption) -> list[_Place]:
        effect = rules.redeem(entry, find=self._find, judge=self._judge(entry.purchase))
        self._move(effect.movements)
        now, record = self._clock.now(), effect.record
        self._ops[entry.op_id] = _Op(
            body=place.body,
            status=record.status,
            lines=record.lines,
            balances=self._balances(record.lines),
            at=now,
            evaluated_at=now,
            till_id=place.epoch.till_id,
            record=record,
            purchase=entry.purchase,
        )
        self.alarms += effect.alarms
        self._announce(entry.op_id, also_to=place.epoch.till_id)
        return self._waiting.pop(entry.op_id, [])

    def _decide(self, place: _Place, entry: Decision) -> list[_Place]:
        op = self._ops.get(entry.redemption_id)
        record = None if op is None else op.record
        judge_line = self._judge(None if op is None else op.purchase)
        effect = rules.decide(record, entry, find=self._find, judge=judge_line)
        if isinstance(effect, Waits):
            self._waiting.setdefault(effect.redemption_id, []).append(place)
            return []
        self._decisions[entry.op_id] = place.body
        self._alarms_of(place, effect)
        if effect.record != record:
            self._change(effect)
        return self._waiting.pop(entry.redemption_id, [])

    def _void(self, place: _Place, entry: Void) -> list[_Place]:
        op = self._ops.get(entry.redemption_id)
        effect = rules.void(None if op is None else op.record, entry)
        if isinstance(effect, Waits):
            self._waiting.setdefault(effect.redemption_id, []).append(place)
            return []
        status = OutcomeStatus.NOT_REVERSIBLE
        lines: tuple[LineRecord, ...] = ()
        if not isinstance(effect, NotReversible):
            status, lines = OutcomeStatus.REVERSED, effect.record.lines
            self._change(effect)
        now = self._clock.now()
        self._ops[entry.op_id] = _Op(
            body=place.body,
            status=status,
            lines=lines,
            balances=self._balances(lines),
            at=now,
            evaluated_at=now,
            till_id=place.epoch.till_id,
        )
        self._announce(entry.op_id, also_to=place.epoch.till_id)
        return self._waiting.pop(entry.redemption_id, [])

    def _change(self, effect: Effect) -> None:
        self._move(effect.movements)
        record = effect.record
        op = self._ops[record.op_id]
        op.record, op.status, op.lines = record, record.status, record.lines
        op.balances, op.at = self._balances(record.lines), self._clock.now()
        self._announce(record.op_id)

    def _find(self, voucher_id: VoucherId) -> Voucher | None:
        """Another shop's voucher has nothing to give here."""
        voucher = self.vouchers.get(voucher_id)
        if voucher is None or voucher.shop_number == self._shop.number:
            return voucher
        return replace(voucher, balance=Money(0, voucher.balance.currency))

    def _judge(self, purchase: Money | None) -> rules.Judge:
        today = business_date(self._clock.now(), self._shop.time_zone)

        def judge_line(line: Line) -> Verdict:
            return judge(
                self.vouchers[line.voucher_id],
                shop_number=self._shop.number,
                shop_name_of_voucher=self._titles[line.voucher_id],
                today=today,
                purchase=purchase,
                amount=line.amount,
            )

        return judge_line

    def _move(self, movements: Iterable[Movement]) -> None:
        for movement in movements:
            self.movements.append(movement)
            if movement.kind not in (MovementKind.DEBIT, MovementKind.CREDIT):
                continue
            voucher = self.vouchers[movement.voucher_id]
            sign = -1 if movement.kind is MovementKind.DEBIT else 1
            balance = voucher.balance.minor + sign * movement.amount_minor
            if not 0 <= balance <= voucher.face.minor:
                raise Bug(f"a balance of {balance} of {voucher.face.minor}")
            self.change(movement.voucher_id, balance=Money(balance, voucher.balance.currency))

    def _balances(self, lines: tuple[LineRecord, ...]) -> dict[VoucherId, int]:
        found = ((line.line.voucher_id, self._find(line.line.voucher_id)) for line in lines)
        return {voucher_id: voucher.balance.minor for voucher_id, voucher in found if voucher}

    def _announce(self, op_id: OpId, *, also_to: TillId | None = None) -> None:
        for till_id, feed in self._feeds.items():
            if op_id in feed or till_id == also_to:
                self._feed_position += 1
                feed[op_id] = self._feed_position

    def _alarms_of(self, place: _Place, effect: Effect) -> None:
        self.alarms += effect.alarms
        if AlarmKind.CONFLICTING_DECISION in effect.alarms:
            place.epoch.alarms.add(place.seq)

    def _alarm(self, epoch: _Epoch, seq: int, kind: str) -> None:
        epoch.alarms.add(seq)
        self.alarms.append(kind)


def _accepted(line: LineRecord) -> Money:
    return Money(line.accepted_minor, line.line.amount.currency)
