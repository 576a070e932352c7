"""A run: a shop's tills, their customers, and everything that goes wrong, until all is at rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from merchant_app.clock import Clock
from merchant_app.ids import VoucherId
from merchant_app.ledger.entries import Line
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.intake import IntakeRules
from merchant_app.money import Money
from tests.simulation.auditor import Auditor
from tests.simulation.cashier import Cashier
from tests.simulation.journals import InMemory, InSqlite, SimulatedJournal
from tests.simulation.operators import Operators
from tests.simulation.profiles import Profile
from tests.simulation.purchases import Purchase, Violation
from tests.simulation.service_side import ServiceSide
from tests.simulation.till_process import TillProcess
from tests.simulation.world import World, WorldClock

FACES_MINOR = (1000, 2500, 5000, 10000)
AMOUNTS = tuple(Money(minor, "EUR") for minor in (100, 250, 500, 1000, 1990, 2500))
REST_S = 20_000.0
"""After the faults have ended, everything comes to rest within this."""


@dataclass(frozen=True)
class Parts:
    """What a run is built of. A planted bug is one of them replaced."""

    till: type[TillProcess] = TillProcess
    cashier: type[Cashier] = Cashier
    service: type[ServiceSide] = ServiceSide
    memory: type[InMemory] = InMemory
    rules: Rules = field(default_factory=Rules)
    intake_rules: IntakeRules = field(default_factory=IntakeRules)


NewJournal = Callable[[Clock], SimulatedJournal]


def in_memory(parts: Parts) -> NewJournal:
    """Journals as fast as they get."""
    return lambda clock: parts.memory()


def in_sqlite(clock: Clock) -> SimulatedJournal:
    """SQLite's own memory."""
    return InSqlite(clock)


class Simulation:
    """One seed."""

    faces_minor: tuple[int, ...] = FACES_MINOR

    def __init__(
        self,
        seed: int,
        profile: Profile,
        *,
        parts: Parts | None = None,
        new_journal: NewJournal | None = None,
    ) -> None:
        """`new_journal` makes each till's journal; None: `parts.memory` does."""
        self.parts = parts or Parts()
        self.new_journal = new_journal or in_memory(self.parts)
        self.world = World(seed, profile)
        self.random: Random = self.world.random
        self.auditor = Auditor(self.world)
        clock = WorldClock(self.world)
        self.world.service = self.service = self.parts.service(
            clock,
            self.random,
            rules=self.parts.rules,
            intake_rules=self.parts.intake_rules,
        )
        self.vouchers = [self.world.voucher_id(number) for number in range(profile.vouchers)]
        for voucher_id in self.vouchers:
            self.service.issue(voucher_id, self.random.choice(self.faces_minor))
        self.horizon_s = profile.purchases / profile.tills * profile.thinking_s
        self.cashiers: list[Cashier] = []
        self.operators = Operators(
            self.world, self.cashiers, horizon_s=self.horizon_s, add=self.add_till
        )
        for number in range(profile.tills):
            self.add_till(self._new_till(number))
        self.service.back_up()

    # --- who is there ----------------------------------------------------------------------------

    def _new_till(self, number: int) -> TillProcess:
        world = self.world
        till_id, epoch_id = world.till_id(), world.epoch_id()
        self.service.enrol(till_id, epoch_id)
        journal = self.new_journal(WorldClock(world))
        journal.boundary = _nothing
        journal.begin_epoch(epoch_id, till_id=till_id, generation=0)
        balances = {
            voucher_id: voucher.balance.minor
            for voucher_id, voucher in self.service.ledger.vouchers.items()
        }
        return self.parts.till(
            world,
            self.auditor,
            machine=number,
            till_id=till_id,
            journal=journal,
            balances=balances,
        )

    def add_till(self, till: TillProcess) -> Cashier:
        """One more computer at the counter."""
        cashier = self.parts.cashier(till)
        till.stopped_for = self.operators.called
        self.cashiers.append(cashier)
        self.world.at(self.random.uniform(5, 60), self.sign_of_life, cashier)
        self.world.at(self.random.uniform(0, 300), self.world.cut, till.machine)
        return cashier

    def open(self) -> None:
        """The customers and the appointments of the day."""
        profile, random = self.world.profile, self.random
        hot = [random.choice(self.vouchers) for _ in range(3)]
        for _ in range(profile.purchases):
            purchase = Purchase(self._lines(hot))
            self.world.truth.purchases.append(purchase)
            self.world.at(random.uniform(0, self.horizon_s), self._comes, purchase)
        self.operators.plan()

    def _lines(self, hot: list[VoucherId]) -> tuple[Line, ...]:
        profile, random = self.world.profile, self.random
        chosen: dict[object, Line] = {}
        for _ in range(2 if random.random() < profile.baskets else 1):
            voucher_id = (
                random.choice(hot)
                if random.random() < profile.hot
                else random.choice(self.vouchers)
            )
            if random.random() < 0.002:
                voucher_id = self.world.voucher_id(profile.vouchers + 7)  # nobody issued it
            chosen[voucher_id] = Line(voucher_id, random.choice(AMOUNTS), "…H2M7")
        return tuple(chosen.values())

    def _comes(self, purchase: Purchase) -> None:
        self.random.choice(self.cashiers).serve(purchase)

    def sign_of_life(self, cashier: Cashier) -> None:
        """Every half minute or so; and now and then somebody has time for something else."""
        till, random, profile = cashier.till, self.random, self.world.profile
        till.guard(till.push, True)
        if random.random() < 0.3 and till.up:
            till.look_at_vouchers()
        if till.up and cashier.shown is None and random.random() < 0.5:
            till.guard(cashier.answer_questions)
        if till.up and till.journal.standing.matters and random.random() < 0.5:
            till.guard(cashier.settle)
        if not self.world.healed and random.random() < profile.voids * 4:
            given = [p for p in self.world.truth.purchases[:200] if p.given and not p.pays_for]
            if given:
                till.guard(cashier.bring_back, random.choice(given))
        self.world.at(random.uniform(20, 60), self.sign_of_life, cashier)

    # --- the run ---------------------------------------------------------------------------------

    def run(self) -> Simulation:
        """Until everything is at rest; then the audit.

        Raises:
            Violation: an invariant does not hold.
        """
        self.open()
        world, rest_by_s = self.world, None
        while world.step():
            events = world.counts.events
            if events & (255 if rest_by_s is None else 15):
                continue
            self.auditor.balances()
            if rest_by_s is None:
                late = world.now_s > self.horizon_s * 4 + 20_000
                if late or all(purchase.done for purchase in world.truth.purchases):
                    self.heal()
                    rest_by_s = world.now_s + REST_S
            elif self._at_rest():
                break
            elif world.now_s > rest_by_s:
                raise Violation(f"I12 no rest: {self._unrest()}")
        self.auditor.final(cashier.till for cashier in self.cashiers)
        return self

    def heal(self) -> None:
        """The faults end; a queue drains even while a poisoned entry still cannot be evaluated."""
        world = self.world
        world.healed, world.crash_at = True, None
        for cashier in self.cashiers:
            world.isolate(cashier.till.machine, 0.0)
        if self.service.ledger.recovering:
            world.at(3700, self.operators.close_recovery, self.service.ledger.generation)

    def _at_rest(self) -> bool:
        ledger = self.service.ledger
        if ledger.recovering:
            return False
        if ledger.parked_ops and all(
            cashier.till.up and cashier.till.journal.is_all_sent() and not cashier.till.stopped
            for cashier in self.cashiers
        ):
            self.service.mend()
        if ledger.parked_ops or any(not one.till.drained for one in self.cashiers):
            return False
        if any(
            one.customer is not None or one.till.journal.unseen_completed() for one in self.cashiers
        ):
            return False
        return all(self._has_heard_all(one.till) for one in self.cashiers)

    def _has_heard_all(self, till: TillProcess) -> bool:
        feed = self.service.ledger.books.feeds[till.till_id]
        newest = next(reversed(feed.values()), 0)
        return till.journal.progress().outcome_cursor >= newest

    def _unrest(self) -> str:
        ledger = self.service.ledger
        tills = [
            (
                one.till.machine,
                f"up={one.till.up} line={one.till.line.facts().state.value}",
                f"{one.till.journal.progress()} of {one.till.journal.head()[0]}",
                f"undecided={len(one.till.journal.standing.undecided)}",
                f"unconfirmed={len(one.till.journal.standing.unconfirmed)}",
                f"customer={one.customer is not None} heard={self._has_heard_all(one.till)}",
            )
            for one in self.cashiers
            if not one.till.drained or one.customer is not None or not self._has_heard_all(one.till)
        ]
        return f"recovering={ledger.recovering} parked={len(ledger.parked_ops)} {tills}"


def _nothing() -> None:
    return
