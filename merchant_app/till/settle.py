"""Questions after a crash: a redemption without a decision, and what the cashier says of it."""

from __future__ import annotations

from merchant_app.errors import Bug
from merchant_app.ids import OpId
from merchant_app.journal.journal import AlreadyDecided, Journal, Recorded
from merchant_app.ledger.entries import Decision
from merchant_app.money import Money
from merchant_app.till.results import Interrupted, Settled
from merchant_app.till.till import Till


def total(recorded: Recorded) -> Money:
    """What the lines of a redemption add up to."""
    first, *rest = (line.amount for line in recorded.redemption.lines)
    return sum(rest, first)


def as_question(recorded: Recorded) -> Interrupted:
    """A redemption as the question about it."""
    redemption = recorded.redemption
    return Interrupted(
        op_id=redemption.op_id,
        amount=total(recorded),
        labels=tuple(line.label for line in redemption.lines),
        at=redemption.at,
    )


def interrupted(till: Till) -> tuple[Interrupted, ...]:
    """See `counter.Counter.interrupted`."""
    awaited = till.courier.awaited()
    undecided = till.journal.run(lambda journal: journal.undecided())
    return tuple(
        as_question(recorded) for recorded in undecided if recorded.redemption.op_id not in awaited
    )


def recorded_or_bug(till: Till, op_id: OpId) -> Recorded:
    """The redemption that a screen asks about; it got the id from us."""
    recorded = till.journal.run(lambda journal: journal.recorded(op_id))
    if recorded is None:
        raise Bug(f"no redemption {op_id} in the journal")
    return recorded


def decide(till: Till, op_id: OpId, *, handed_over: bool) -> None:
    """Record the one decision of a redemption; without effect where there is one already."""
    decision = Decision(
        op_id=till.new_op_id(),
        redemption_id=op_id,
        handed_over=handed_over,
        at=till.clock.now(),
        cashier=till.facts.cashier,
    )
    try:
        till.journal.run(lambda journal: journal.append(decision))
    except AlreadyDecided:
        return


def settle(till: Till, op_id: OpId, *, handed_over: bool) -> Settled:
    """See `counter.Counter.settle`."""
    decide(till, op_id, handed_over=handed_over)

    def is_confirmed(journal: Journal) -> bool:
        return journal.unsent_count() == 0

    till.courier.deliver(wait_s=till.answer_wait_s, until=is_confirmed)
    recorded = recorded_or_bug(till, op_id)
    shortfall = None
    if recorded.outcome is not None and till.journal.run(is_confirmed):
        lines = recorded.outcome.lines
        shortfall = Money(sum(line.shortfall_minor for line in lines), till.facts.currency)
    return Settled(
        op_id=op_id,
        handed_over=bool(recorded.decision),
        amount=total(recorded),
        shortfall=shortfall,
    )
