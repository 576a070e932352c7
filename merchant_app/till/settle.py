"""Questions after a crash, and what the cashier says of them.

They are about a redemption without a decision, and about the last completed one, which the screen
may never have shown.
"""

from __future__ import annotations

import contextlib

from merchant_app.errors import Bug
from merchant_app.ids import OpId, VoucherId
from merchant_app.journal.journal import AlreadyDecided, Journal, Recorded
from merchant_app.ledger.entries import Decision, Void
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
    asked = (recorded for recorded in till.journal.run(_open) if _asks(till, recorded))
    return tuple(as_question(recorded) for recorded in asked)


def question_about(till: Till, voucher_id: VoucherId) -> Interrupted | None:
    """The question that has to be answered before this voucher may be used.

    One of its own; or the one about the last completed redemption, whatever its voucher: after
    another sale nobody would know any more which one was the last before the crash.
    """

    def find(journal: Journal) -> tuple[Recorded, ...]:
        return (*_unseen(journal), *journal.undecided(voucher_id))

    for recorded in till.journal.run(find):
        if _asks(till, recorded):
            return as_question(recorded)
    return None


def _asks(till: Till, recorded: Recorded) -> bool:
    """Not about what is on the screen right now."""
    return recorded.redemption.op_id not in till.courier.awaited()


def _open(journal: Journal) -> tuple[Recorded, ...]:
    # The unseen one first: another answer would hide which one was the last before the crash.
    return (*_unseen(journal), *journal.undecided())


def _unseen(journal: Journal) -> tuple[Recorded, ...]:
    unseen = journal.unseen_completed()
    return () if unseen is None else (unseen,)


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
    if recorded_or_bug(till, op_id).decision is None:
        decide(till, op_id, handed_over=handed_over)
    else:
        _settle_unseen(till, op_id, handed_over=handed_over)
    till.deliver(Journal.is_all_sent)
    recorded = recorded_or_bug(till, op_id)
    shortfall = None
    if recorded.outcome is not None and till.journal.run(Journal.is_all_sent):
        lines = recorded.outcome.lines
        shortfall = Money(sum(line.shortfall_minor for line in lines), till.facts.currency)
    return Settled(
        op_id=op_id,
        handed_over=bool(recorded.decision) and recorded.void is None,
        amount=total(recorded),
        shortfall=shortfall,
    )


def _settle_unseen(till: Till, op_id: OpId, *, handed_over: bool) -> None:
    """It was debited and decided; if nothing went over the counter, a void gives it back."""
    void = Void(
        op_id=till.new_op_id(),
        redemption_id=op_id,
        at=till.clock.now(),
        cashier=till.facts.cashier,
    )

    def record(journal: Journal) -> None:
        if not handed_over:
            # Answered before, perhaps, and died before that was marked: then it is there already.
            with contextlib.suppress(AlreadyDecided):
                journal.append(void)
        journal.mark_seen()

    till.journal.run(record)
