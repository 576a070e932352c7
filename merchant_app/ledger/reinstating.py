"""What a restored service makes of its own earlier words (ledger.md 2.7): pure rules.

A till offers what the service said of a redemption before it was restored from a backup. The
signature was verified; here the outcome becomes a record again.

    said before     the record now
    accepted        debited as it was; decided only if it was handed over without asking
    short           debited and lost as it was; it was handed over
    refused         nothing debited
    cancelled       nothing debited, not handed over
    voided          nothing debited, handed over: its void finds it, and ends reversed
    unprocessable   not believed: judged again

Nothing is believed of a redemption that names a voucher which the backup does not know: there is
nothing to take from. It is judged again like a new one.
"""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ledger.entries import Redemption
from merchant_app.ledger.messages import Outcome
from merchant_app.ledger.service import (
    AlarmKind,
    Effect,
    FindVoucher,
    LineRecord,
    Movement,
    MovementKind,
    Record,
)

Believe = Callable[..., Effect | None]
"""`as_it_was` or `as_far_as_it_goes`: None when the prior is not to be believed."""

_NOTHING_DEBITED = {
    OutcomeStatus.REFUSED: None,
    OutcomeStatus.CANCELLED: False,
    OutcomeStatus.VOIDED: True,
}
"""Statuses under which no money is held, and whether the goods were handed over."""
_DEBITED = (OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT)


def as_it_was(entry: Redemption, prior: Outcome, *, find: FindVoucher) -> Effect | None:
    """While every till is asked: exactly as it was said, even if a balance falls below zero.

    The credits that had made room for it are still to come; `recovery` closes what gap remains.
    """
    return _reinstated(entry, prior, find=find, take=lambda _available, wanted: wanted)


def as_far_as_it_goes(entry: Redemption, prior: Outcome, *, find: FindVoucher) -> Effect | None:
    """When all tills were asked and this one comes late: what the balance allows, the rest lost."""
    return _reinstated(entry, prior, find=find, take=min)


def _reinstated(
    entry: Redemption, prior: Outcome, *, find: FindVoucher, take: Callable[[int, int], int]
) -> Effect | None:
    if not _is_believable(entry, prior, find=find):
        return None
    if prior.status in _NOTHING_DEBITED:
        records = tuple(
            LineRecord(line, reason=told.reason)
            for line, told in zip(entry.lines, prior.lines, strict=True)
        )
        decided = _NOTHING_DEBITED[prior.status]
        return Effect(
            Record(op_id=entry.op_id, status=prior.status, lines=records, handed_over=decided)
        )
    lines, movements = [], []
    for line, told in zip(entry.lines, prior.lines, strict=True):
        voucher = find(line.voucher_id)
        available = 0 if voucher is None else max(0, voucher.balance.minor)
        accepted = take(available, told.accepted_minor)
        shortfall = told.shortfall_minor + told.accepted_minor - accepted
        lines.append(LineRecord(line, accepted, shortfall, told.reason))
        if accepted:
            movements.append(Movement(line.voucher_id, MovementKind.DEBIT, accepted))
        if shortfall:
            movements.append(Movement(line.voucher_id, MovementKind.SHORTFALL, shortfall))
    short = any(line.shortfall_minor for line in lines)
    was_handed_over = entry.honoured or prior.status is OutcomeStatus.SHORT
    record = Record(
        op_id=entry.op_id,
        status=OutcomeStatus.SHORT if short else OutcomeStatus.ACCEPTED,
        lines=tuple(lines),
        handed_over=True if was_handed_over else None,
    )
    return Effect(record, tuple(movements), (AlarmKind.SHORTFALL,) if short else ())


def _is_believable(entry: Redemption, prior: Outcome, *, find: FindVoucher) -> bool:
    """Whether the prior is one of this very entry, and there is something to take from."""
    if prior.op_id != entry.op_id or len(prior.lines) != len(entry.lines):
        return False
    if prior.status not in _DEBITED and prior.status not in _NOTHING_DEBITED:
        return False
    for line, told in zip(entry.lines, prior.lines, strict=True):
        if told.voucher_id != line.voucher_id:
            return False
        if told.accepted_minor + told.shortfall_minor > line.amount.minor:
            return False
        voucher = find(line.voucher_id)
        if told.accepted_minor and (
            voucher is None or voucher.balance.currency != line.amount.currency
        ):
            return False
    return True
