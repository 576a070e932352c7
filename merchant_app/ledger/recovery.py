"""The service was restored from a backup: how its tills bring it up to date (ledger.md 2.7).

While it recovers, a shop's entries are stored and not evaluated: what one till says is worth
nothing before the others have said what they know. When every till has sent again what it had, or
people close the recovery without the missing ones, `finish` puts the books right, in this order:

    1. redemptions with an outcome that the service had signed: exactly as they were, even if a
       balance falls below zero, because the credits that made room for them come next
    2. decisions and voids about redemptions that are known now, unless they would take money
    3. a balance that is still below zero: a credit never came back. The gap becomes a loss, booked
       on the newest debits first
    4. everything else is evaluated like anything new, in the order in which it was stored

Steps 1 to 3 are one transaction of the shop, written net: no balance below zero is ever written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.books import Books, Case, NewOp, Place, Recalled, Redeemed
from merchant_app.ledger.entries import (
    BadEntry,
    Decision,
    Entry,
    Redemption,
    Resolution,
    Void,
    from_body,
)
from merchant_app.ledger.evaluation import (
    Rules,
    add_redemption,
    change,
    consequences,
    evaluate,
    own_vouchers,
)
from merchant_app.ledger.service import Movement, MovementKind, Record
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of the entries that were held.

    Attributes:
        remaining: to be evaluated like anything new, in this order.
        failed: to be parked, with what was raised; they keep nobody else waiting.
    """

    remaining: tuple[Place, ...]
    failed: tuple[tuple[Place, Exception], ...]


def finish(books: Books, held: Sequence[Case], rules: Rules) -> Finished:
    """Steps 1 to 3, in the caller's transaction. `held`: all that waits, in stored order."""
    draft = _Draft(books)
    failed: dict[Place, Exception] = {}
    for case in held:
        try:
            _believe(draft, case, rules)
        except Exception as error:  # whatever it is, the other entries must not wait for it
            failed[case.place] = error
    cases = {case.place: case for case in held if case.place not in failed}
    todo = deque(cases)
    while todo:  # bounded: an entry is woken only by one that is done now
        case = cases[todo.popleft()]
        if case.place in draft.finished or not _goes_before_the_rest(draft, case):
            continue
        try:
            woken = reversed(evaluate(draft, case, rules))
            todo.extendleft(place for place in woken if place in cases)
        except Exception as error:  # as above
            failed[case.place] = error
            del cases[case.place]
            todo = deque(place for place in todo if place != case.place)
    _close_gaps(draft, rules)
    draft.write()
    remaining = (place for place in cases if place not in draft.finished)
    return Finished(tuple(remaining), tuple(failed.items()))


def _entry(case: Case) -> Entry | None:
    try:
        return from_body(case.body)
    except BadEntry:
        return None  # the evaluation of the rest tells people


def _believe(draft: _Draft, case: Case, rules: Rules) -> None:
    """Step 1 for one entry."""
    if case.prior is None:
        return
    entry = _entry(case)
    if not isinstance(entry, Redemption) or rules.recall(draft, entry, case) is not Recalled.NEW:
        return
    effect = rules.believe(entry, case.prior, find=own_vouchers(draft))
    if effect is not None:
        add_redemption(draft, case, entry, effect)
        draft.done(case.place)


def _goes_before_the_rest(draft: _Draft, case: Case) -> bool:
    """Step 2: whether it is about a redemption that is known, and takes no money."""
    entry = _entry(case)
    match entry:
        case Decision():
            about = draft.redemption(entry.redemption_id)
            return about is not None and about.ours and not _takes_money(about.record, entry)
        case Void():
            about = draft.redemption(entry.redemption_id)
            return about is not None and about.ours
        case Redemption() | Resolution() | None:
            return False


def _takes_money(record: Record, entry: Decision) -> bool:
    """Handed over although it was refused or cancelled: that has to be paid like a new one."""
    if not entry.handed_over or record.handed_over:
        return False
    undebited = (OutcomeStatus.REFUSED, OutcomeStatus.UNPROCESSABLE)
    return record.handed_over is False or record.status in undebited


def _close_gaps(draft: _Draft, rules: Rules) -> None:
    """Step 3."""
    for voucher_id in draft.overdrawn():
        for op_id in draft.holders(voucher_id):
            gap_minor = -draft.balance_minor(voucher_id)
            if gap_minor <= 0:
                break
            known = draft.redemption(op_id)
            if known is None or not known.ours:
                continue
            effect = rules.gap_closed(known.record, voucher_id, gap_minor)
            if effect.record == known.record:
                continue
            for one in (effect, *consequences(draft, effect, rules)):
                change(draft, one, cause=op_id)
            for kind in effect.alarms:
                draft.alarm_about(op_id, kind.value)


@dataclass(slots=True)
class _Draft:
    """Books that are being put right, over those that will be written: balances have no bounds."""

    books: Books
    finished: set[Place] = field(default_factory=set)
    _balances: dict[VoucherId, int] = field(default_factory=dict)
    _movements: list[tuple[OpId, Movement]] = field(default_factory=list)
    _new: dict[OpId, NewOp] = field(default_factory=dict)
    _records: dict[OpId, Redeemed] = field(default_factory=dict)
    _told: dict[tuple[OpId, TillId | None], None] = field(default_factory=dict)
    _alarms: dict[tuple[Place | OpId, str], None] = field(default_factory=dict)
    _waiting: dict[OpId, list[Place]] = field(default_factory=dict)

    def write(self) -> None:
        """Everything, net, into the books below."""
        self.books.move(self._movements)
        for op_id, op in self._new.items():
            known = self._records.get(op_id)
            self.books.add(op if known is None else replace(op, record=known.record))
        for op_id, known in self._records.items():
            if op_id not in self._new:
                self.books.change(known.record)
        for op_id, till_id in self._told:
            self.books.announce(op_id, also_to=till_id)
        for about, kind in self._alarms:
            if isinstance(about, Place):
                self.books.alarm(about, kind)
            else:
                self.books.alarm_about(about, kind)
        for place in self.finished:
            self.books.done(place)

    def overdrawn(self) -> list[VoucherId]:
        return [voucher_id for voucher_id, minor in self._balances.items() if minor < 0]

    def balance_minor(self, voucher_id: VoucherId) -> int:
        return self._balances[voucher_id]

    # --- Books -----------------------------------------------------------------------------------

    @property
    def shop_number(self) -> ShopNumber:
        return self.books.shop_number

    @property
    def today(self) -> date:
        return self.books.today

    def shop_title(self, number: ShopNumber) -> str:
        return self.books.shop_title(number)

    def voucher(self, voucher_id: VoucherId) -> Voucher | None:
        voucher = self.books.voucher(voucher_id)
        balance_minor = self._balances.get(voucher_id)
        if voucher is None or balance_minor is None:
            return voucher
        return replace(voucher, balance=Money(balance_minor, voucher.balance.currency))

    def recall(self, op_id: OpId, body: str) -> Recalled:
        op = self._new.get(op_id)
        if op is None:
            return self.books.recall(op_id, body)
        return Recalled.SAME if op.case.body == body else Recalled.FOREIGN

    def redemption(self, op_id: OpId) -> Redeemed | None:
        return self._records.get(op_id) or self.books.redemption(op_id)

    def retries(self, about_id: OpId) -> Sequence[Record]:
        records = self.books.retries(about_id)
        changed = (self._records.get(record.op_id) for record in records)
        return [
            record if known is None else known.record
            for record, known in zip(records, changed, strict=True)
        ]

    def paid_by(self, retry_id: OpId) -> OpId | None:
        return self.books.paid_by(retry_id)

    def holders(self, voucher_id: VoucherId) -> Sequence[OpId]:
        new = [
            op_id
            for op_id, op in self._new.items()
            if op.record is not None
            and any(line.line.voucher_id == voucher_id for line in op.record.lines)
        ]
        return [*reversed(new), *self.books.holders(voucher_id)]

    def move(self, movements: Iterable[tuple[OpId, Movement]]) -> None:
        for cause, movement in movements:
            self._movements.append((cause, movement))
            if movement.kind not in (MovementKind.DEBIT, MovementKind.CREDIT):
                continue
            sign = -1 if movement.kind is MovementKind.DEBIT else 1
            voucher = self.voucher(movement.voucher_id)
            before = 0 if voucher is None else voucher.balance.minor
            self._balances[movement.voucher_id] = before + sign * movement.amount_minor

    def add(self, op: NewOp) -> None:
        self._new[op.entry.op_id] = op
        if op.record is not None and isinstance(op.entry, Redemption):
            self._records[op.entry.op_id] = Redeemed(op.record, op.entry.purchase)

    def change(self, record: Record) -> None:
        known = self.redemption(record.op_id)
        self._records[record.op_id] = Redeemed(record, None if known is None else known.purchase)

    def announce(self, op_id: OpId, *, also_to: TillId | None = None) -> None:
        self._told.pop((op_id, also_to), None)
        self._told[(op_id, also_to)] = None

    def alarm(self, place: Place, kind: str) -> None:
        self._alarms[(place, kind)] = None

    def alarm_about(self, op_id: OpId, kind: str) -> None:
        self._alarms[(op_id, kind)] = None

    def wait(self, place: Place, for_id: OpId) -> None:
        # Not written: what still waits at the end is evaluated with the rest, and waits again.
        self._waiting.setdefault(for_id, []).append(place)

    def woken(self, op_id: OpId) -> Sequence[Place]:
        return self._waiting.pop(op_id, ())

    def done(self, place: Place) -> None:
        self.finished.add(place)
