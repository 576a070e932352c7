"""Undo the last completed redemption, by a new entry: nothing is ever edited."""

from __future__ import annotations

from merchant_app.central.port import Forked, Outcome, OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.journal.journal import Journal, Recorded
from merchant_app.ledger.entries import Void
from merchant_app.money import Money
from merchant_app.sync.connectivity import LineState
from merchant_app.till.results import (
    DebitedLine,
    NothingToReverse,
    ReversalPending,
    ReversalRefused,
    Reversed,
    ReverseResult,
    Stopped,
)
from merchant_app.till.settle import total
from merchant_app.till.till import Till


def reverse_last(till: Till) -> ReverseResult:
    """See `counter.Counter.reverse_last`."""
    if till.connectivity.facts().state is LineState.STOPPED:
        return Stopped()
    op_id = till.new_op_id()

    def record(journal: Journal) -> Recorded | None:
        # Found and undone in one go: nothing can come between.
        last = journal.last_completed()
        if last is not None:
            journal.append(
                Void(
                    op_id=op_id,
                    redemption_id=last.redemption.op_id,
                    at=till.clock.now(),
                    cashier=till.facts.cashier,
                )
            )
        return last

    last = till.journal.run(record)
    if last is None:
        return NothingToReverse()

    def has_outcome(journal: Journal) -> bool:
        return journal.outcome(op_id) is not None

    delivery = till.deliver(has_outcome)
    outcome = till.journal.run(lambda journal: journal.outcome(op_id))
    if isinstance(delivery, Forked) and outcome is None:
        return Stopped()
    return _result(last, outcome)


def _result(last: Recorded, outcome: Outcome | None) -> ReverseResult:
    op_id = last.redemption.op_id
    if outcome is None:
        return ReversalPending(op_id, total(last))
    if outcome.status is OutcomeStatus.NOT_REVERSIBLE:
        return ReversalRefused(op_id)
    if outcome.status is not OutcomeStatus.REVERSED:
        raise Bug(f"a void cannot end as {outcome.status}")
    balances = {line.voucher_id: line.balance_minor for line in outcome.lines}
    return Reversed(
        op_id,
        tuple(
            DebitedLine(
                line.label,
                line.amount,
                Money(balances[line.voucher_id], line.amount.currency),
            )
            for line in last.redemption.lines
        ),
    )
