"""The whole counter under every fault of the line and any crash: seeded, with its own auditor.

Two tills share a handful of vouchers, online and offline. Requests and answers get lost, arrive
twice, the line goes away and comes back, programs die between any two steps and start again,
cashiers wait, cancel, hand over without an answer, undo, and answer what a crash left open. What
was physically handed over is kept here, beside the program; at the end, with the line whole,
everything has to add up:

    I1, I2  every balance is issued - accepted + reversed, never below zero
    I5      each redemption has one decision and one outcome, the same at till and service
    I9      for each redemption: debited + shortfall = what was handed over, or nothing
    I12     every queue drains
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind, OutcomeStatus
from merchant_app.ids import OpId
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import Redemption, from_body
from merchant_app.ledger.messages import Outcome
from merchant_app.money import Money
from merchant_app.till.results import (
    AcceptedOffline,
    Judged,
    OfflineRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    ReversalPending,
    Reversed,
    UnderQuestion,
)
from merchant_app.vouchers.verdicts import Valid
from tests.fakes.central import FakeCentral, FakeTill, Issued, LoseAnswer, LoseRequest, Twice
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble, die

SEEDS = 40
STEPS = 60
AMOUNTS_MINOR = (100, 1250, 2000, 5000)


@dataclass
class Counter:
    """One till and the cashier at it; `given` is what really went over the counter, by op."""

    enrolled: FakeTill
    clock: FakeClock
    path: Path
    given: dict[OpId, int] = field(default_factory=dict)
    done: list[OpId] = field(default_factory=list)
    waiting: RedeemUnknown | None = None
    copy: MemoryCopy = field(default_factory=MemoryCopy)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.journal, self.live, _ = assemble(
            self.enrolled, self.enrolled, self.clock, self.path, self.copy
        )

    def crash(self) -> None:
        """The program is gone; what was on the screen is remembered by nobody but the cashier."""
        die(self.journal)
        self.waiting = None
        self.start()

    def take(self, result: RedeemResult) -> None:
        """Do what the screen says."""
        match result:
            case Redeemed(op_id=op_id, lines=lines) | AcceptedOffline(op_id=op_id, lines=lines):
                self.given[op_id] = sum(line.amount.minor for line in lines)
                self.done.append(op_id)
                self.waiting = None
            case RedeemUnknown():
                self.waiting = result
            case RedeemRefused() | RedeemCancelled():
                self.waiting = None
            case OfflineRefused(op_id=None):
                self.waiting = None
            case OfflineRefused():
                pass  # it still has no answer: wait or cancel
            case _:
                raise AssertionError(f"unexpected {result}")


class World:
    """Everything that can happen, drawn from one seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock, seed=seed)
        self.vouchers = [
            self.central.issue(self.random.choice((2000, 5000, 10000))) for _ in range(5)
        ]
        self.counters = [
            Counter(self.central.new_till(), self.clock, folder / f"{number}.sqlite")
            for number in range(2)
        ]

    def run(self) -> None:
        actions: list[Callable[[Counter], None]] = [
            self.redeem,
            self.redeem,
            self.redeem,
            self.wait,
            self.cancel,
            self.honour,
            self.undo,
            self.contact,
            self.fetch,
            self.crash,
            self.settle,
        ]
        for _ in range(STEPS):
            self.clock.advance(seconds=self.random.randint(0, 90))
            self.weather()
            self.random.choice(actions)(self.random.choice(self.counters))

    def weather(self) -> None:
        """Faults of the line for the calls to come."""
        draw = self.random.random()
        if draw < 0.12:
            self.central.unreachable = self.random.choice([*NoAnswerKind, None, None])
        elif draw < 0.2:
            self.central.unreachable = None
        elif draw < 0.45:
            fault = self.random.choice((LoseRequest, LoseAnswer, Twice))
            self.central.faults.append(fault())

    # --- what cashiers do ------------------------------------------------------------------------

    def redeem(self, at: Counter) -> None:
        if at.waiting is not None:
            return  # the screen takes no other voucher while one has no answer
        issued: Issued = self.random.choice(self.vouchers)
        found = at.live.look_up(issued.token, purchase=None)
        if isinstance(found, UnderQuestion):
            self.settle(at)
            return
        if not isinstance(found, Judged) or not isinstance(found.verdict, Valid):
            return
        voucher = found.verdict.voucher
        amount = min(self.random.choice(AMOUNTS_MINOR), voucher.balance.minor)
        at.take(at.live.redeem(voucher, amount=Money(amount, "EUR"), purchase=None, again=True))
        if self.random.random() < 0.1:
            at.crash()

    def wait(self, at: Counter) -> None:
        if at.waiting is not None:
            at.take(at.live.wait(at.waiting.op_id))

    def cancel(self, at: Counter) -> None:
        if at.waiting is not None:
            at.take(at.live.cancel(at.waiting.op_id))

    def honour(self, at: Counter) -> None:
        if at.waiting is not None:
            at.take(at.live.honour(at.waiting.op_id))

    def fetch(self, at: Counter) -> None:
        """The till's copy of the vouchers is brought up to date, if anybody answers."""
        if self.central.unreachable is None:
            vouchers = self.central.ledger.vouchers
            here = [vouchers[issued.voucher_id] for issued in self.vouchers]
            at.copy.put(
                [(voucher, voucher.voucher_id.bytes) for voucher in here], at=self.clock.now()
            )

    def undo(self, at: Counter) -> None:
        if at.waiting is not None or not at.done:
            return
        result = at.live.reverse_last()
        if isinstance(result, Reversed | ReversalPending):
            at.given[result.op_id] = 0  # the customer brought the goods back
            if result.op_id in at.done:
                at.done.remove(result.op_id)

    def contact(self, at: Counter) -> None:
        at.live.contact()

    def crash(self, at: Counter) -> None:
        at.crash()

    def settle(self, at: Counter) -> None:
        """The cashier tells the truth. Some hand over although the screen said to wait."""
        if at.waiting is not None:
            return
        for question in at.live.interrupted():
            known = at.given.get(question.op_id)
            handed_over = self.random.random() < 0.3 if known is None else known > 0
            at.live.settle(question.op_id, handed_over=handed_over)
            at.given[question.op_id] = question.amount.minor if handed_over else 0
            if handed_over and known is None:
                at.done.append(question.op_id)
            elif not handed_over and question.op_id in at.done:
                at.done.remove(question.op_id)

    # --- the end ---------------------------------------------------------------------------------

    def heal(self) -> None:
        self.central.unreachable = None
        self.central.faults.clear()
        for at in self.counters:
            while at.waiting is not None:
                self.wait(at)
            self.settle(at)
            assert at.live.contact().unsent == 0, "I12"

    def audit(self) -> None:
        accepted = dict.fromkeys((issued.voucher_id for issued in self.vouchers), 0)
        for at in self.counters:
            for redemption, decision in at.journal.run(_redemptions):
                assert decision is not None, "I5: every redemption is decided"
                outcome = self.central.ledger.outcome_of(redemption.op_id)
                assert outcome is not None, "I5: every redemption has its outcome"
                assert _outcome_at(at, redemption.op_id) == outcome, "I5: the same on both sides"
                given = at.given.get(redemption.op_id, 0)
                assert decision or not given, "I5: what was handed over was decided so"
                debited = sum(line.accepted_minor for line in outcome.lines)
                shortfall = sum(line.shortfall_minor for line in outcome.lines)
                assert debited + shortfall == given, "I9"
                if outcome.status is OutcomeStatus.REFUSED:
                    assert debited == 0
                for line in outcome.lines:
                    accepted[line.voucher_id] += line.accepted_minor
        for issued in self.vouchers:
            voucher = self.central.ledger.vouchers[issued.voucher_id]
            left = voucher.face.minor - accepted[issued.voucher_id]
            assert voucher.balance.minor == left, "I2"
            assert 0 <= left <= voucher.face.minor, "I1"


def _outcome_at(at: Counter, op_id: OpId) -> Outcome | None:
    return at.journal.run(lambda journal: journal.outcome(op_id))


def _redemptions(journal: Journal) -> list[tuple[Redemption, bool | None]]:
    found = []
    for (body,) in journal._connection.execute(
        "SELECT body FROM entries WHERE kind = 'redemption' ORDER BY rowid"
    ).fetchall():
        entry = from_body(body)
        assert isinstance(entry, Redemption)
        recorded = journal.recorded(entry.op_id)
        assert recorded is not None
        found.append((entry, recorded.decision))
    return found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_everything_adds_up(seed: int, tmp_path: Path) -> None:
    world = World(seed, tmp_path)
    try:
        world.run()
        world.heal()
        world.audit()
    finally:
        for at in world.counters:
            at.journal.close()
