"""The service's books in memory (`ledger.books`): what `FakeLedger` runs the shipping rules over.

Every request costs what it brings, not what is there already: a simulation asks a million times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from merchant_app.clock import Clock, business_date
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.books import (
    Case,
    EntryAlarm,
    EpochFacts,
    NewOp,
    PendingState,
    Place,
    Recalled,
    Redeemed,
)
from merchant_app.ledger.entries import Envelope, Redemption, Void
from merchant_app.ledger.messages import Outcome
from merchant_app.ledger.service import AlarmKind, LineRecord, Movement, MovementKind, Record
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher

_TOLD = frozenset(
    {
        EntryAlarm.NOT_UNDERSTOOD.value,
        EntryAlarm.OP_REUSED.value,
        EntryAlarm.PARKED.value,
        AlarmKind.CONFLICTING_DECISION.value,
    }
)


@dataclass(slots=True)
class Chain:
    """One epoch. `held`: seqs that were there at a restore and were not sent again."""

    till_id: TillId
    root: bytes
    entries: list[Envelope] = field(default_factory=list)
    closed: bool = False
    held: set[int] = field(default_factory=set)
    _facts: EpochFacts | None = None

    def hash_at(self, seq: int) -> bytes:
        return self.entries[seq - 1].hash if seq else self.root

    def facts(self) -> EpochFacts:
        """Most requests bring nothing new: then they are what they were."""
        head_seq = len(self.entries)
        told_seq = min(self.held) - 1 if self.held else head_seq
        known = self._facts
        if (
            known is None
            or known.head_seq != head_seq
            or known.told_seq != told_seq
            or known.closed != self.closed
        ):
            known = self._facts = EpochFacts(
                till_id=self.till_id,
                head_seq=head_seq,
                head_hash=self.hash_at(head_seq),
                told_seq=told_seq,
                closed=self.closed,
            )
        return known

    def copied(self) -> Chain:
        return Chain(self.till_id, self.root, self.entries.copy(), self.closed, set(self.held))


@dataclass(slots=True)
class Pending:
    """A stored entry without effect. Replaced, never changed: backups share it."""

    case: Case
    state: PendingState


@dataclass(slots=True)
class Op:
    """An op that was evaluated. Replaced, never changed: backups share it.

    `told` is the outcome that was last made of it, kept where the same would be made again.
    """

    body: str
    place: Place
    till_id: TillId
    at: datetime
    evaluated_at: datetime
    status: OutcomeStatus | None
    lines: tuple[LineRecord, ...]
    balances: tuple[int, ...]
    record: Record | None = None
    purchase: Money | None = None
    about_id: OpId | None = None
    told: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A movement, and what it came from; `op_id` is None for vouchers that are issued."""

    at: datetime
    op_id: OpId | None
    movement: Movement


@dataclass
class MemoryBooks:
    """`Books` and `Shelf` of one shop; another shop's vouchers are there to be refused.

    Attributes:
        versions: the change number of each voucher, oldest change first.
        feeds: for each till, its ops by the position of their newest outcome, oldest first.
    """

    clock: Clock
    shop_number: ShopNumber
    time_zone: str
    generation: int = 0
    recovering: bool = False
    resynced: set[TillId] = field(default_factory=set)
    revoked: set[TillId] = field(default_factory=set)
    vouchers: dict[VoucherId, Voucher] = field(default_factory=dict)
    titles: dict[ShopNumber, str] = field(default_factory=dict)
    versions: dict[VoucherId, int] = field(default_factory=dict)
    version: int = 0
    movements: list[Movement] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    alarms: dict[tuple[Place, str], None] = field(default_factory=dict)
    chains: dict[EpochId, Chain] = field(default_factory=dict)
    pending: dict[Place, Pending] = field(default_factory=dict)
    waiting: dict[OpId, dict[Place, None]] = field(default_factory=dict)
    ops: dict[OpId, Op] = field(default_factory=dict)
    payments: dict[OpId, dict[OpId, None]] = field(default_factory=dict)
    feeds: dict[TillId, dict[OpId, int]] = field(default_factory=dict)
    feed_position: int = 0
    by_voucher: dict[VoucherId, list[OpId]] = field(default_factory=dict)
    _paid_by: dict[OpId, OpId] = field(default_factory=dict)
    _told_seqs: dict[EpochId, set[int]] | None = None

    def copied(self) -> MemoryBooks:
        """As it is now; later changes of one leave the other alone."""
        new = replace(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | list | set):
                setattr(new, name, value.copy())
        new._told_seqs = None
        new.chains = {epoch_id: chain.copied() for epoch_id, chain in self.chains.items()}
        new.feeds = {till_id: feed.copy() for till_id, feed in self.feeds.items()}
        for name in ("waiting", "by_voucher", "payments"):
            nested: dict[Any, Any] = getattr(self, name)
            setattr(new, name, {key: value.copy() for key, value in nested.items()})
        return new

    # --- Shelf -----------------------------------------------------------------------------------

    def epoch(self, epoch_id: EpochId) -> EpochFacts | None:
        chain = self.chains.get(epoch_id)
        return None if chain is None else chain.facts()

    def hash_at(self, epoch_id: EpochId, seq: int) -> bytes:
        return self.chains[epoch_id].hash_at(seq)

    def hashes(self, epoch_id: EpochId, first_seq: int, last_seq: int) -> Sequence[bytes]:
        return [one.hash for one in self.chains[epoch_id].entries[first_seq - 1 : last_seq]]

    def append(
        self,
        epoch_id: EpochId,
        new: Sequence[Envelope],
        *,
        state: PendingState,
        priors: Mapping[int, Outcome],
    ) -> None:
        chain = self.chains[epoch_id]
        chain.entries += new
        for envelope in new:
            place = Place(epoch_id, envelope.seq)
            case = Case(place, chain.till_id, envelope.body, priors.get(envelope.seq))
            self.pending[place] = Pending(case, state)

    def offered_again(
        self, epoch_id: EpochId, *, up_to_seq: int, priors: Mapping[int, Outcome]
    ) -> None:
        held = self.chains[epoch_id].held
        seqs = {seq for seq in held if seq <= up_to_seq}
        held -= seqs
        for seq in seqs | set(priors):
            pending = self.pending.get(Place(epoch_id, seq))
            if pending is not None:
                case, state = pending.case, pending.state
                if case.prior is None and seq in priors:
                    case = replace(case, prior=priors[seq])
                if state is PendingState.HELD:
                    state = PendingState.OFFERED
                self.pending[case.place] = Pending(case, state)

    def set_state(self, place: Place, state: PendingState) -> None:
        """Where a pending entry stands from now on."""
        self.pending[place] = Pending(self.pending[place].case, state)

    # --- Books -----------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return business_date(self.clock.now(), self.time_zone)

    def shop_title(self, number: ShopNumber) -> str:
        return self.titles[number]

    def voucher(self, voucher_id: VoucherId) -> Voucher | None:
        return self.vouchers.get(voucher_id)

    def recall(self, op_id: OpId, body: str) -> Recalled:
        op = self.ops.get(op_id)
        if op is None:
            return Recalled.NEW
        return Recalled.SAME if op.body == body else Recalled.FOREIGN

    def redemption(self, op_id: OpId) -> Redeemed | None:
        op = self.ops.get(op_id)
        if op is None or op.record is None:
            return None
        return Redeemed(op.record, op.purchase)

    def retries(self, about_id: OpId) -> Sequence[Record]:
        found = (self.ops[op_id].record for op_id in self.payments.get(about_id, ()))
        return [record for record in found if record is not None]

    def paid_by(self, retry_id: OpId) -> OpId | None:
        return self._paid_by.get(retry_id)

    def holders(self, voucher_id: VoucherId) -> Sequence[OpId]:
        return [op_id for op_id, _ in self.uses(voucher_id)]

    def uses(self, voucher_id: VoucherId) -> Iterator[tuple[OpId, LineRecord]]:
        """The redemptions that hold money of a voucher, the newest first."""
        for op_id in reversed(self.by_voucher.get(voucher_id, ())):
            record = self.ops[op_id].record
            if record is None or record.handed_over is False:
                continue
            for line in record.lines:
                if line.line.voucher_id == voucher_id and line.accepted_minor:
                    yield op_id, line

    def move(self, movements: Iterable[tuple[OpId, Movement]]) -> None:
        net: dict[VoucherId, int] = {}
        at = _whole_ms(self.clock.now())
        for cause, movement in movements:
            self.movements.append(movement)
            self.booked.append(Booked(at, cause, movement))
            if movement.kind is MovementKind.DEBIT:
                change = -movement.amount_minor
            elif movement.kind is MovementKind.CREDIT:
                change = movement.amount_minor
            else:
                continue
            net[movement.voucher_id] = net.get(movement.voucher_id, 0) + change
        for voucher_id, change in net.items():
            voucher = self.vouchers[voucher_id]
            balance = voucher.balance.minor + change
            if not 0 <= balance <= voucher.face.minor or voucher.shop_number != self.shop_number:
                raise Bug(f"a balance of {balance} of {voucher.face.minor}")
            self.set_voucher(_with_balance(voucher, balance))

    def issue(self, voucher: Voucher) -> None:
        """A new voucher."""
        self.set_voucher(voucher)
        movement = Movement(voucher.voucher_id, MovementKind.ISSUE, voucher.balance.minor)
        self.movements.append(movement)
        self.booked.append(Booked(_whole_ms(self.clock.now()), None, movement))

    def set_voucher(self, voucher: Voucher) -> None:
        """A voucher as it is from now on."""
        voucher_id = voucher.voucher_id
        self.vouchers[voucher_id] = voucher
        self.version += 1
        self.versions.pop(voucher_id, None)
        self.versions[voucher_id] = self.version

    def add(self, op: NewOp) -> None:
        case, entry, record = op.case, op.entry, op.record
        now = self.clock.now()
        lines = op.lines if record is None else record.lines
        purchase = about_id = None
        if isinstance(entry, Redemption):
            purchase = entry.purchase
            for line in entry.lines:
                self.by_voucher.setdefault(line.voucher_id, []).append(entry.op_id)
        elif isinstance(entry, Void):
            about_id = entry.redemption_id
        elif op.retry_id is not None:
            about_id = getattr(entry, "about_id", None)
            assert about_id is not None
            self._paid_by[op.retry_id] = about_id
            self.payments.setdefault(about_id, {})[op.retry_id] = None
        self.ops[entry.op_id] = Op(
            case.body,
            case.place,
            case.till_id,
            now,
            now,
            op.status if record is None else record.status,
            lines,
            self._balances(lines),
            record,
            purchase,
            about_id,
        )

    def change(self, record: Record) -> None:
        op = self.ops[record.op_id]
        self.ops[record.op_id] = Op(
            op.body,
            op.place,
            op.till_id,
            self.clock.now(),
            op.evaluated_at,
            record.status,
            record.lines,
            self._balances(record.lines),
            record,
            op.purchase,
        )

    def _balances(self, lines: tuple[LineRecord, ...]) -> tuple[int, ...]:
        found = []
        for line in lines:
            voucher = self.vouchers.get(line.line.voucher_id)
            ours = voucher is not None and voucher.shop_number == self.shop_number
            found.append(voucher.balance.minor if voucher is not None and ours else 0)
        return tuple(found)

    def announce(self, op_id: OpId, *, also_to: TillId | None = None) -> None:
        for till_id, feed in self.feeds.items():
            if feed.pop(op_id, None) is not None or till_id == also_to:
                self.feed_position += 1
                feed[op_id] = self.feed_position

    def alarm(self, place: Place, kind: str) -> None:
        self.alarms[(place, kind)] = None
        self._told_seqs = None

    def alarm_about(self, op_id: OpId, kind: str) -> None:
        self.alarm(self.ops[op_id].place, kind)

    def told_alarm_seqs(self, epoch_id: EpochId, *, after_seq: int) -> tuple[int, ...]:
        """The entries of an epoch with alarms that its till is told of."""
        if not self.alarms:
            return ()
        if self._told_seqs is None:
            self._told_seqs = {}
            for place, kind in self.alarms:
                if kind in _TOLD:
                    self._told_seqs.setdefault(place.epoch_id, set()).add(place.seq)
        seqs = self._told_seqs.get(epoch_id, ())
        return tuple(sorted(seq for seq in seqs if seq > after_seq)) if seqs else ()

    def wait(self, place: Place, for_id: OpId) -> None:
        self.set_state(place, PendingState.WAITING)
        self.waiting.setdefault(for_id, {})[place] = None

    def woken(self, op_id: OpId) -> Sequence[Place]:
        return tuple(self.waiting.pop(op_id, ()))

    def done(self, place: Place) -> None:
        pending = self.pending.pop(place)
        if pending.state is PendingState.PARKED:
            self.alarms.pop((place, EntryAlarm.PARKED.value), None)
            self._told_seqs = None


def _whole_ms(moment: datetime) -> datetime:
    """As the service's tables hold it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _with_balance(voucher: Voucher, balance_minor: int) -> Voucher:
    """`dataclasses.replace`, at a third of its price."""
    return Voucher(
        voucher_id=voucher.voucher_id,
        shop_number=voucher.shop_number,
        face=voucher.face,
        balance=Money(balance_minor, voucher.face.currency),
        terms=voucher.terms,
        status=voucher.status,
        label=voucher.label,
        holder=voucher.holder,
    )
