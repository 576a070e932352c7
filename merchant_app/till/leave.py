"""Signing out, resetting, updating: only when the till holds nothing that nobody else has."""

from __future__ import annotations

from merchant_app.ids import OpId
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import about, from_body
from merchant_app.till import resolve
from merchant_app.till.matters import LeaveResult, MayLeave, MustStay, UnsentEntry
from merchant_app.till.settle import total
from merchant_app.till.till import Till

LISTED_MAX = 200


def may_leave(till: Till) -> LeaveResult:
    """See `counter.Counter.may_leave`."""
    unsent = till.journal.run(_unsent)
    to_settle = resolve.count(till)
    if not unsent and not to_settle and till.journal.run(Journal.is_all_sent):
        return MayLeave()
    return MustStay(unsent, to_settle)


def sign_out(till: Till) -> LeaveResult:
    """See `counter.Counter.sign_out`."""
    till.courier.deliver(wait_s=till.answer_wait_s, until=Journal.is_all_sent)
    result = may_leave(till)
    if isinstance(result, MayLeave):
        till.forget()
    return result


def _unsent(journal: Journal) -> tuple[UnsentEntry, ...]:
    """The redemptions that unsent entries are about, oldest first, each once."""
    found: dict[OpId, UnsentEntry] = {}
    for envelope in journal.unsent(limit=LISTED_MAX):
        op_id = about(from_body(envelope.body))
        recorded = journal.recorded(op_id)
        if recorded is None or op_id in found:
            continue
        found[op_id] = UnsentEntry(
            op_id=op_id,
            at=recorded.redemption.at,
            amount=total(recorded),
            labels=tuple(line.label for line in recorded.redemption.lines),
            handed_over=recorded.decision,
        )
    return tuple(found.values())
