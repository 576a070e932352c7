"""A till's program around the shipping engine: what it sends, what it makes of the answers.

It does, event by event, what `sync.delivery` and `sync.reconciliation` do in their threads. All
that it holds is lost when it dies, but the journal and the copy of the vouchers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from merchant_app.central.port import NoAnswer, NoAnswerKind, NotAuthorised, Rejected
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.ledger import exchange
from merchant_app.ledger import till as protocol
from merchant_app.ledger.desk import Offline
from merchant_app.ledger.entries import Decision, Envelope
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.ledger.messages import (
    Batch,
    Forked,
    HeldEntries,
    HeldEpochs,
    Rewind,
    Stored,
)
from merchant_app.sync.connectivity import Connectivity, Course, LineState, course
from merchant_app.sync.schedule import Timetable, Trouble, TroubleKind, trouble_of
from tests.simulation.auditor import Auditor
from tests.simulation.journals import SimulatedJournal
from tests.simulation.profiles import Profile
from tests.simulation.service_side import (
    Answer,
    AskEntries,
    AskEpochs,
    AskVouchers,
    Question,
    Vouchers,
)
from tests.simulation.world import World, WorldClock

_NOTHING_CAME = NoAnswer(NoAnswerKind.SLOW)
SKEW_MAX_S = 400_000.0
"""Four and a half days: what a clock may be off."""


class Crash(Exception):
    """The program dies here."""


class TillProcess:
    """One computer with a till's program on it.

    Attributes:
        machine: which computer; a clone is another one under the same enrolment.
        stopped_for: called when the till has to be enrolled again, or lost its rights.
        told: called after something was recorded that the counter must look at.
    """

    def __init__(
        self,
        world: World,
        auditor: Auditor,
        *,
        machine: int,
        till_id: TillId,
        journal: SimulatedJournal,
        balances: Mapping[VoucherId, int],
    ) -> None:
        self.world = world
        self.auditor = auditor
        self.machine = machine
        self.till_id = till_id
        self.skew_s = world.random.uniform(-SKEW_MAX_S, SKEW_MAX_S)
        self.clock = WorldClock(world, skew_s=self.skew_s)
        self.journal = journal
        journal.boundary = self.boundary
        self.limits = _limits(world.profile)
        self.balances = balances
        self.balances_age = (0, 0)
        self.image: SimulatedJournal | None = None
        self.is_clone = False
        self.up = True
        self.stopped_for: Callable[[TillProcess, LineState], None] = lambda till, why: None
        self.told: Callable[[], None] = lambda: None
        self.restarted: Callable[[], None] = lambda: None
        self.forget()

    def forget(self) -> None:
        """All that only the program knew."""
        self.number = getattr(self, "number", 0) + 1
        self.in_flight = 0
        self.asked_s = 0.0
        self.awaited: set[OpId] = set()
        self.line = Connectivity(self.clock)
        self.timetable = Timetable(every_s=None, chance=self.world.random.random)
        self.comparing: _Comparing | None = None
        self.catching_up = False

    # --- life and death --------------------------------------------------------------------------

    def boundary(self) -> None:
        """Between two durable or visible steps."""
        if self.world.dies_here():
            raise Crash

    def guard(self, action: Callable[..., None], *arguments: Any) -> None:
        """Run something as the program: it may die in it."""
        if not self.up:
            return
        try:
            action(*arguments)
        except Crash:
            self.crash()

    def crash(self) -> None:
        """The program is gone; somebody will start it again."""
        world = self.world
        world.counts.crashes += 1
        self.up = False
        self.journal.died(power=world.random.random() < world.profile.power)
        world.at(world.random.uniform(1, 60), self.restart)

    def restart(self) -> None:
        """Only what is durable is left."""
        if self.up:
            return
        self.journal.boundary = self.boundary
        self.journal.started()
        self.forget()
        self.up = True
        self.guard(self.restarted)
        self.guard(self.push, True)

    def new_op_id(self) -> OpId:
        """Made by a clock that lies."""
        return self.world.op_id(self.skew_s)

    def decision(self, op_id: OpId, handed_over: bool) -> Decision:
        """As `exchange.take` wants it."""
        return Decision(
            op_id=self.new_op_id(),
            redemption_id=op_id,
            handed_over=handed_over,
            at=self.clock.now(),
            cashier="Claire",
        )

    def offline(self) -> Offline:
        """What may be accepted without asking."""
        return Offline(self.limits, self.limits.lifted(), self.balances, 60.0)

    def course(self) -> Course:
        """What a redemption does now."""
        return course(self.line.facts().state)

    @property
    def stopped(self) -> bool:
        """The chains differ: only a new enrolment helps."""
        return self.line.facts().state is LineState.STOPPED

    # --- sending ---------------------------------------------------------------------------------

    def push(self, sign_of_life: bool = False) -> None:
        """Send what is unsent; one request at a time."""
        if self.in_flight or not self.up or self.stopped:
            return
        batch = self.next_batch()
        if not batch.entries and not sign_of_life:
            return
        self.auditor.sent(self, batch)
        self.ask(batch)

    def next_batch(self) -> Batch:
        """What the engine says is next."""
        return exchange.next_batch(self.journal, limit=self.world.profile.batch)

    def ask(self, question: Question) -> None:
        """A request leaves; no answer is an answer, later."""
        self.boundary()
        self.number += 1
        self.in_flight = self.number
        self.asked_s = self.world.now_s
        self.world.send(
            machine=self.machine,
            number=self.number,
            till_id=self.till_id,
            epoch_id=self.journal.epoch_id(),
            question=question,
            reply=self.reply,
        )
        self.world.at(self.world.profile.timeout_s, self.guard, self._no_answer, self.number)

    def _no_answer(self, number: int) -> None:
        if self.in_flight == number:
            self.in_flight = 0
            self._failed(_NOTHING_CAME)

    def _failed(self, answer: NoAnswer) -> None:
        self.comparing, self.catching_up = None, False
        self.line.report(answer)
        self._try_later(trouble_of(answer))

    def _try_later(self, trouble: Trouble) -> None:
        now_s = self.world.now_s
        self.timetable.ended(trouble, now_s=now_s)
        due_s = self.timetable.due_in_s(now_s)
        if due_s is None:
            raise Bug("a try that failed is due again")
        self.world.at(due_s + 0.5, self.guard, self.push, True)

    def look_at_vouchers(self) -> None:
        """Fetch the balances, beside everything else."""
        self.world.send(
            machine=self.machine,
            number=0,
            till_id=self.till_id,
            epoch_id=self.journal.epoch_id(),
            question=AskVouchers(),
            reply=self.take_vouchers,
        )

    def take_vouchers(self, _number: int, answer: Answer, _epoch_id: EpochId) -> None:
        """An older copy never replaces a newer one."""
        if self.up and isinstance(answer, Vouchers) and answer.age > self.balances_age:
            self.balances_age, self.balances = answer.age, answer.balances

    # --- what comes back -------------------------------------------------------------------------

    def reply(self, number: int, answer: Answer, epoch_id: EpochId) -> None:
        """An answer arrives, perhaps to a question of before, perhaps twice."""
        self.guard(self._reply, number, answer, epoch_id)

    def _reply(self, number: int, answer: Answer, epoch_id: EpochId) -> None:
        if epoch_id != self.journal.epoch_id() or self.stopped:
            return
        mine = number == self.in_flight
        if mine:
            self.in_flight = 0
        elif not isinstance(answer, Stored | Rewind):
            return  # nobody waits for it any more
        if mine and not isinstance(answer, NoAnswer):
            now_s = self.world.now_s
            self.line.report(answer, took_s=now_s - self.asked_s)
            self.timetable.ended(None, now_s=now_s)
        match answer:
            case Stored() | Rewind():
                self._after(self.take(answer), answer)
            case HeldEpochs() | HeldEntries():
                self._pulled(answer)
            case Forked():
                self.stop()
            case NotAuthorised():
                self.stopped_for(self, LineState.NOT_ENTITLED)
            case NoAnswer():
                self._failed(answer)
            case Rejected():
                self.rejected(answer)
            case Vouchers():
                raise Bug("nobody asked for vouchers here")

    def take(self, answer: Stored | Rewind) -> protocol.Step:
        """What the engine makes of it."""
        return exchange.take(self.journal, answer, awaited=self.awaited, decide=self.decision)

    def rejected(self, answer: Rejected) -> None:
        """Ours to mend: the entries stay."""
        self._try_later(Trouble(TroubleKind.SERVICE))

    def stop(self) -> None:
        """Our chain and the service's differ."""
        self.line.stop()
        self.stopped_for(self, LineState.STOPPED)

    def _after(self, step: protocol.Step, answer: Stored | Rewind) -> None:
        match step:
            case protocol.Differs():
                self.stop()
            case protocol.Behind():
                if not self.in_flight:
                    self.catching_up = True
                    self.ask(AskEntries(self.journal.epoch_id(), self.journal.head()[0]))
            case protocol.Ignore():
                pass
            case protocol.SendAgain():
                self.push(True)
            case protocol.Advanced():
                self.told()
                more = isinstance(answer, Stored) and answer.more_outcomes
                progress = self.journal.progress()
                if more or progress.acked_seq < self.journal.head()[0]:
                    self.push(True)
                elif progress.reconcile and self.comparing is None and not self.in_flight:
                    self.comparing = _Comparing()
                    self.ask(AskEpochs())

    # --- the past --------------------------------------------------------------------------------

    def _pulled(self, answer: HeldEpochs | HeldEntries) -> None:
        if self.catching_up and isinstance(answer, HeldEntries):
            self.catching_up = False
            self._catch_up(answer.entries)
            return
        comparing = self.comparing
        if comparing is None:
            return
        if isinstance(answer, HeldEpochs):
            comparing.held = answer
            comparing.todo = list(self.to_pull(answer))
        else:
            comparing.pulled[answer.epoch_id] = answer.entries
        if comparing.todo:
            self.ask(AskEntries(comparing.todo.pop(), 0))
            return
        self.comparing = None
        if comparing.held is not None:
            self.reconcile(comparing.held, comparing.pulled)
            self.told()
            self.push(True)

    def to_pull(self, held: HeldEpochs) -> tuple[EpochId, ...]:
        """What the engine says is worth asking for."""
        return exchange.to_pull(self.journal, held)

    def reconcile(self, held: HeldEpochs, pulled: dict[EpochId, tuple[Envelope, ...]]) -> None:
        """What the engine makes of the past."""
        exchange.reconcile(self.journal, held, pulled)

    def _catch_up(self, entries: tuple[Envelope, ...]) -> None:
        if not entries or not exchange.continues(self.journal, entries):
            self.stop()
            return
        self.journal.extend(entries)
        self.told()
        self.push(True)

    def begin_epoch(self, till_id: TillId, epoch_id: EpochId, previous_head: bytes) -> None:
        """Somebody has enrolled this computer again."""
        if till_id != self.till_id:
            self.till_id, self.is_clone = till_id, False
        self.boundary()
        self.journal.begin_epoch(
            epoch_id,
            till_id=till_id,
            generation=self.world.service.ledger.generation,
            previous_head=previous_head,
        )
        self.line = Connectivity(self.clock)
        self.in_flight = 0
        self.comparing, self.catching_up = None, False
        self.boundary()
        self.push(True)

    @property
    def drained(self) -> bool:
        """Nothing is left to send, to decide, or to hear."""
        return (
            self.up
            and not self.in_flight
            and self.journal.is_all_sent()
            and not self.journal.standing.undecided
            and not self.journal.standing.unconfirmed
            and self.line.facts().state is LineState.ONLINE
        )


class _Comparing:
    """Comparing the past takes several questions."""

    def __init__(self) -> None:
        self.held: HeldEpochs | None = None
        self.todo: list[EpochId] = []
        self.pulled: dict[EpochId, tuple[Envelope, ...]] = {}


def _limits(profile: Profile) -> OfflineLimits:
    return replace(
        OfflineLimits(),
        redemption_max_minor=profile.redemption_max_minor,
        voucher_max_minor=profile.voucher_max_minor,
        till_max_minor=profile.till_max_minor,
        count_max=profile.count_max,
    )
