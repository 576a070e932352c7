"""Directed scenarios: what chance hardly ever meets, played on purpose.

Each raises a Violation where the rule it is about is missing. The shipping parts pass all of them;
each bug of `planted_till.HIDDEN` fails its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId
from merchant_app.ledger.entries import Decision, Line, from_body
from merchant_app.ledger.messages import Outcome, OutcomeLine, Stored
from merchant_app.money import Money
from tests.fakes.clock import START
from tests.simulation.cashier import Cashier
from tests.simulation.operators import rows
from tests.simulation.profiles import quiet
from tests.simulation.purchases import Purchase, Violation
from tests.simulation.simulation import Parts, Simulation

SOON_S = 4.0
"""Enough for a few questions and answers, and less than any time limit."""


class Stage(Simulation):
    """Two tills, one voucher of 50 euros, a good line, and nobody who does anything by chance."""

    faces_minor = (5000,)

    def __init__(self, parts: Parts) -> None:
        super().__init__(1, quiet(), parts=parts)
        self.first, self.second = self.cashiers

    def sign_of_life(self, cashier: Cashier) -> None:
        return

    def play(self, seconds: float = SOON_S) -> None:
        """Let this much time pass."""
        world = self.world
        until_s = world.now_s + seconds
        world.at(seconds, _nothing)
        while world.now_s < until_s:
            world.step()

    def sell(self, cashier: Cashier, minor: int = 500) -> tuple[Purchase, OpId]:
        """A customer comes; the request is on its way."""
        purchase = Purchase((Line(self.vouchers[0], Money(minor, "EUR"), "…H2M7"),))
        self.world.truth.purchases.append(purchase)
        cashier.serve(purchase)
        return purchase, purchase.ops[-1]

    def alone(self, cashier: Cashier) -> None:
        """No line from now on."""
        self.world.isolate(cashier.till.machine, 1e9)

    def back(self, cashier: Cashier) -> None:
        """The line is there again."""
        self.world.isolate(cashier.till.machine, 0.0)

    @property
    def balance_minor(self) -> int:
        return self.service.ledger.vouchers[self.vouchers[0]].balance.minor

    def enrol(self, cashier: Cashier) -> None:
        """Somebody enrols this till again; the past is compared."""
        self.operators.enrol(cashier.till)
        self.play()


def _nothing() -> None:
    return


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise Violation(what)


# --- one for each hidden bug ---------------------------------------------------------------------


def only_durable_rows_leave(parts: Parts) -> None:
    """The auditor sees every request before the line does (I14)."""
    stage = Stage(parts)
    stage.sell(stage.first)
    stage.play()


def an_undo_applies_once(parts: Parts) -> None:
    """Sent again under a new epoch, it is the same undo."""
    stage = Stage(parts)
    purchase, _ = stage.sell(stage.first, 500)
    stage.play()
    stage.sell(stage.first, 700)
    stage.play()
    stage.first.bring_back(purchase)
    stage.play()
    _must(stage.balance_minor == 4300, "I11 an undo gives back what was taken")
    bodies = [body for _, body in rows(stage.first.till.journal)]
    stage.enrol(stage.first)
    stage.first.till.journal.reconciled(bodies)
    stage.first.till.push()
    stage.play()
    _must(stage.first.till.journal.is_all_sent(), "I12 everything was sent again")
    _must(stage.balance_minor == 4300, "I11 an undo had its effect twice")


def a_message_from_before_a_restore_changes_nothing(parts: Parts) -> None:
    """It has no word of what the service had said: its till has to say that too."""
    stage = Stage(parts)
    stage.alone(stage.first)
    _, op_id = stage.sell(stage.first)
    late = stage.first.till.next_batch()
    stage.service.answer(stage.first.till.till_id, late)
    stage.service.restore()
    stage.service.answer(stage.first.till.till_id, late)
    books = stage.service.ledger.books
    cases = [pending.case for pending in books.pending.values()]
    stored = [case for case in cases if from_body(case.body).op_id == op_id]
    _must(op_id not in books.ops and not stored, "I13 an old message came in without its prior")


def a_superseded_epoch_accepts_nothing(parts: Parts) -> None:
    """A request from before the till was restored, and enrolled again, comes last of all."""
    stage = Stage(parts)
    till = stage.first.till
    image = till.journal.copied()
    stage.alone(stage.first)
    _, op_id = stage.sell(stage.first)
    late = till.next_batch()
    stage.first.customer = stage.first.shown = None
    till.journal = image
    till.up = False
    stage.back(stage.first)
    till.restart()
    stage.enrol(stage.first)
    stage.service.answer(till.till_id, late)
    _must(op_id not in stage.service.ledger.books.ops, "I9 a sale that its till does not know")


def the_newest_state_of_an_op_counts(parts: Parts) -> None:
    """Accepted, and cancelled by a copy of this till, in one answer."""
    stage = Stage(parts)
    till = stage.first.till
    stage.alone(stage.first)
    purchase, op_id = stage.sell(stage.first)
    line = OutcomeLine(stage.vouchers[0], 500, 0, 4500, None)
    accepted = Outcome(op_id, OutcomeStatus.ACCEPTED, (line,), START)
    cancelled = replace(
        accepted,
        status=OutcomeStatus.CANCELLED,
        lines=(replace(line, accepted_minor=0, balance_minor=5000),),
    )
    seq, head_hash = till.journal.head()
    answer = Stored(
        generation=0,
        head_seq=seq,
        head_hash=head_hash,
        head_at=START,
        head_signature=b"",
        outcomes=(accepted, cancelled),
        next_outcome_cursor=2,
        more_outcomes=False,
    )
    till.reply(till.in_flight, answer, till.journal.epoch_id())
    _must(purchase.given is None, "I9 handed over what was cancelled")
    _must(purchase.done, "I5 the screen still waits")


def what_a_copy_wrote_is_taken_over(parts: Parts) -> None:
    """A till restored from an older image sells on: its other branch is only at the service."""
    stage = Stage(parts)
    till = stage.first.till
    image = till.journal.copied()
    _, op_id = stage.sell(stage.first)
    stage.play()
    till.journal = image
    till.up = False
    till.restart()
    stage.alone(stage.first)
    stage.sell(stage.first, 300)
    stage.back(stage.first)
    stage.enrol(stage.first)
    stage.play()
    there = till.journal.knows([op_id])
    _must(op_id in there, "I4 a sale of this till that it does not know")


def every_epoch_is_offered_again(parts: Parts) -> None:
    """The service was restored to before two enrolments of a till, and before its sale."""
    stage = Stage(parts)
    stage.service.back_up()
    _, op_id = stage.sell(stage.first)
    stage.play()
    stage.enrol(stage.first)
    stage.enrol(stage.first)
    stage.service.restore()
    for cashier in stage.cashiers:
        cashier.till.push(True)
    stage.play()
    stage.enrol(stage.first)
    stage.second.till.push(True)
    stage.play()
    _must(not stage.service.ledger.recovering, "I12 everybody was heard")
    _must(op_id in stage.service.ledger.books.ops, "I4 a sale of an older epoch is lost")


def a_sale_has_one_decision(parts: Parts) -> None:
    """A copy of the till has cancelled it; the till takes that back, then the cashier cancels."""
    stage = Stage(parts)
    till = stage.first.till
    stage.alone(stage.first)
    _, op_id = stage.sell(stage.first)
    twin = till.journal.copied()
    twin.boundary = _nothing
    twin.append(till.decision(op_id, False))
    entries = twin.unsent(limit=9)
    stage.service.answer(till.till_id, replace(till.next_batch(), entries=entries))
    till.journal.extend(entries[1:])
    stage.first.cancel(op_id)
    entries_about = [from_body(body) for _, body in rows(till.journal)]
    decisions = [
        entry
        for entry in entries_about
        if isinstance(entry, Decision) and entry.redemption_id == op_id
    ]
    _must(len(decisions) == 1, "I15 two decisions for one sale")


Scenario = Callable[[Parts], None]

SCENARIOS: dict[str, Scenario] = {
    "send before journal": only_durable_rows_leave,
    "void applied twice": an_undo_applies_once,
    "generation not checked": a_message_from_before_a_restore_changes_nothing,
    "old epoch not closed": a_superseded_epoch_accepts_nothing,
    "stale feed version applied": the_newest_state_of_an_op_counts,
    "foreign branch not adopted": what_a_copy_wrote_is_taken_over,
    "older epochs not re-sent": every_epoch_is_offered_again,
    "two decisions for one sale": a_sale_has_one_decision,
}
"""By the bug of `planted_till.HIDDEN` that it shows."""


def passes(scenario: Scenario, parts: Parts) -> bool:
    """Whether these parts keep the rule."""
    try:
        scenario(parts)
    except (Violation, Bug):
        return False
    return True
