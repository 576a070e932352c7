"""What the central service makes of one stored entry: pure rules (ledger.md 2.4).

Given the record of the redemption an entry is about and the vouchers it names, a rule returns the
new record, the movements of money, and alarms. The caller applies all of it in one transaction, or
nothing; each debit as a conditional update, so that a balance never falls below zero even if the
vouchers it showed the rule were old.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger.entries import Decision, Line, Redemption, Void
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Reason, Valid, Verdict, reason_of


class MovementKind(Enum):
    ISSUE = "issue"
    DEBIT = "debit"
    CREDIT = "credit"
    SHORTFALL = "shortfall"
    """A loss: handed over, but the voucher could not pay for it. Does not touch the balance."""
    SHORTFALL_RETURNED = "shortfall_returned"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money moved on one voucher; `amount_minor` is positive, the kind gives the direction."""

    voucher_id: VoucherId
    kind: MovementKind
    amount_minor: int


@dataclass(frozen=True, slots=True)
class LineRecord:
    """What became of one line. `accepted_minor` and `shortfall_minor` are net of returns."""

    line: Line
    accepted_minor: int = 0
    shortfall_minor: int = 0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One redemption as the service knows it. `handed_over` is None until somebody decided."""

    op_id: OpId
    status: OutcomeStatus
    lines: tuple[LineRecord, ...]
    handed_over: bool | None
    voided_by: OpId | None = None


class AlarmKind(Enum):
    CONFLICTING_DECISION = "conflicting_decision"
    SHORTFALL = "shortfall"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an entry does: the record as it is from now on, and what to write beside it."""

    record: Record
    movements: tuple[Movement, ...] = ()
    alarms: tuple[AlarmKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """The redemption it is about has not been evaluated, or not been decided, yet."""

    redemption_id: OpId


@dataclass(frozen=True, slots=True)
class NotReversible:
    """A void of something that was not handed over, or is undone already."""


Judge = Callable[[Line], Verdict]
"""What the service thinks of one line by itself: `vouchers.verdicts.judge`, with today's facts."""
FindVoucher = Callable[[VoucherId], Voucher | None]


def redeem(entry: Redemption, *, find: FindVoucher, judge: Judge) -> Effect:
    """R, seen for the first time. (A known op id has no second effect; the caller checks.)

    All or nothing, unless the goods are gone already: then each line takes what its voucher has,
    and the rest is a shortfall with a name. Reasons are remembered either way.
    """
    if entry.honoured:
        return _taken(entry.op_id, entry.lines, find=find, judge=judge)
    reasons = [_reason(line, find=find, judge=judge) for line in entry.lines]
    if all(reason is None for reason in reasons):
        return Effect(
            Record(
                op_id=entry.op_id,
                status=OutcomeStatus.ACCEPTED,
                lines=tuple(LineRecord(line, line.amount.minor) for line in entry.lines),
                handed_over=None,
            ),
            tuple(
                Movement(line.voucher_id, MovementKind.DEBIT, line.amount.minor)
                for line in entry.lines
            ),
        )
    unknown = any(find(line.voucher_id) is None for line in entry.lines)
    return Effect(
        Record(
            op_id=entry.op_id,
            status=OutcomeStatus.UNPROCESSABLE if unknown else OutcomeStatus.REFUSED,
            lines=tuple(
                LineRecord(line, reason=reason)
                for line, reason in zip(entry.lines, reasons, strict=True)
            ),
            handed_over=None,
        )
    )


def _reason(line: Line, *, find: FindVoucher, judge: Judge) -> Reason | None:
    voucher = find(line.voucher_id)
    # An amount in another currency cannot be judged; there is no such voucher in that currency. It
    # must end in an outcome like any other entry, not in a parked one.
    if voucher is None or voucher.balance.currency != line.amount.currency:
        return Reason.UNKNOWN
    verdict = judge(line)
    return None if isinstance(verdict, Valid) else reason_of(verdict)


def _taken(op_id: OpId, lines: tuple[Line, ...], *, find: FindVoucher, judge: Judge) -> Effect:
    """The goods are gone: take what there is, book the rest as a loss."""
    records: list[LineRecord] = []
    movements: list[Movement] = []
    for line in lines:
        voucher = find(line.voucher_id)
        wanted = line.amount.minor
        available = 0 if voucher is None else max(0, voucher.balance.minor)
        if voucher is not None and voucher.balance.currency != line.amount.currency:
            available = 0
        accepted = min(wanted, available)
        if accepted:
            movements.append(Movement(line.voucher_id, MovementKind.DEBIT, accepted))
        if accepted < wanted:
            movements.append(Movement(line.voucher_id, MovementKind.SHORTFALL, wanted - accepted))
        reason = _reason(line, find=find, judge=judge)
        records.append(LineRecord(line, accepted, wanted - accepted, reason))
    short = any(record.shortfall_minor for record in records)
    record = Record(
        op_id=op_id,
        status=OutcomeStatus.SHORT if short else OutcomeStatus.ACCEPTED,
        lines=tuple(records),
        handed_over=True,
    )
    return Effect(record, tuple(movements), (AlarmKind.SHORTFALL,) if short else ())


def decide(
    record: Record | None, entry: Decision, *, find: FindVoucher, judge: Judge
) -> Effect | Waits:
    """D. The first decision counts; where two disagree, the hand-over wins and people look at it.

    Not handed over: whatever had been debited goes back. Handed over after a refusal (accepted
    offline while the answer was on its way): take what there is, the rest is a shortfall.
    """
    if record is None:
        return Waits(entry.redemption_id)
    if record.handed_over is None:
        if not entry.handed_over:
            return _given_back(record, status=OutcomeStatus.CANCELLED, handed_over=False)
        if record.status in (OutcomeStatus.REFUSED, OutcomeStatus.UNPROCESSABLE):
            return _taken(record.op_id, _lines(record), find=find, judge=judge)
        return Effect(replace(record, handed_over=True))
    if record.handed_over == entry.handed_over:
        return Effect(record)
    if record.handed_over:
        return Effect(record, alarms=(AlarmKind.CONFLICTING_DECISION,))
    late = _taken(record.op_id, _lines(record), find=find, judge=judge)
    return replace(late, alarms=(*late.alarms, AlarmKind.CONFLICTING_DECISION))


def void(record: Record | None, entry: Void) -> Effect | Waits | NotReversible:
    """V: gives back all that is left, shortfalls first; applies once, to what was handed over."""
    if record is None or record.handed_over is None:
        return Waits(entry.redemption_id)
    if record.handed_over is False or record.voided_by is not None:
        return NotReversible()
    effect = _given_back(record, status=OutcomeStatus.VOIDED, handed_over=True)
    return replace(effect, record=replace(effect.record, voided_by=entry.op_id))


def _lines(record: Record) -> tuple[Line, ...]:
    return tuple(line.line for line in record.lines)


def _given_back(record: Record, *, status: OutcomeStatus, handed_over: bool) -> Effect:
    movements: list[Movement] = []
    for line in record.lines:
        voucher_id = line.line.voucher_id
        if line.shortfall_minor:
            movements.append(
                Movement(voucher_id, MovementKind.SHORTFALL_RETURNED, line.shortfall_minor)
            )
        if line.accepted_minor:
            movements.append(Movement(voucher_id, MovementKind.CREDIT, line.accepted_minor))
    # A refusal stays a refusal: nothing was debited, nobody cancelled anything.
    debited = record.status in (OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT)
    lines = tuple(
        replace(line, accepted_minor=0, shortfall_minor=0) if debited else line
        for line in record.lines
    )
    new_status = status if debited else record.status
    new = replace(record, status=new_status, lines=lines, handed_over=handed_over)
    return Effect(new, tuple(movements))


def settle(record: Record, retries: Sequence[Record]) -> Effect | None:
    """What a person's second try pays of a first one's loss; None: nothing changes.

    The rule looks at the whole and says the same whenever it is asked: returned is, of what the
    first redemption lacked, as much as the new ones that were handed over have been debited by now,
    and never more. So a resolution may be evaluated again after a restore, in any order, and a new
    redemption that is voided leaves the loss a loss.
    """
    if not record.handed_over or record.status not in (OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT):
        return None
    paid = [line for retry in retries if retry.handed_over for line in retry.lines]
    lines, movements = [], []
    for line, share in zip(record.lines, _shared_out(record.lines, paid), strict=True):
        shortfall = line.line.amount.minor - line.accepted_minor - share
        change = shortfall - line.shortfall_minor
        if change:
            kind = MovementKind.SHORTFALL if change > 0 else MovementKind.SHORTFALL_RETURNED
            movements.append(Movement(line.line.voucher_id, kind, abs(change)))
        lines.append(replace(line, shortfall_minor=shortfall))
    if not movements:
        return None
    short = any(line.shortfall_minor for line in lines)
    status = OutcomeStatus.SHORT if short else OutcomeStatus.ACCEPTED
    return Effect(replace(record, status=status, lines=tuple(lines)), tuple(movements))


def _shared_out(lines: Sequence[LineRecord], paid: Sequence[LineRecord]) -> list[int]:
    """What each line gets of new debits: first of those of its own voucher, then in order."""
    shares = [0] * len(lines)
    left = sum(line.accepted_minor for line in paid)
    of_voucher: dict[VoucherId, int] = {}
    for line in paid:
        voucher_id = line.line.voucher_id
        of_voucher[voucher_id] = of_voucher.get(voucher_id, 0) + line.accepted_minor
    for limits in (of_voucher, None):
        for place, line in enumerate(lines):
            share = min(left, line.line.amount.minor - line.accepted_minor - shares[place])
            if limits is not None:
                share = min(share, limits.get(line.line.voucher_id, 0))
            shares[place] += share
            left -= share
    return shares


def gap_closed(record: Record, voucher_id: VoucherId, gap_minor: int) -> Effect:
    """After a restore: a credit that this debit counted on never came back; the gap is a loss.

    Whether the goods were handed over stays as it was decided, or undecided.
    """
    lines, movements = [], []
    for line in record.lines:
        moved = min(gap_minor, line.accepted_minor) if line.line.voucher_id == voucher_id else 0
        if moved:
            movements.append(Movement(voucher_id, MovementKind.CREDIT, moved))
            movements.append(Movement(voucher_id, MovementKind.SHORTFALL, moved))
        lines.append(
            replace(
                line,
                accepted_minor=line.accepted_minor - moved,
                shortfall_minor=line.shortfall_minor + moved,
            )
        )
    if not movements:
        return Effect(record)
    new = replace(record, status=OutcomeStatus.SHORT, lines=tuple(lines))
    return Effect(new, tuple(movements), (AlarmKind.SHORTFALL,))
