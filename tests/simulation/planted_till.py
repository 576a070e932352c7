"""Bugs planted in the till: each is the shipping part with one rule missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from merchant_app.central.port import NotAuthorised, Rejected
from merchant_app.ids import EpochId, OpId
from merchant_app.ledger import exchange
from merchant_app.ledger import till as protocol
from merchant_app.ledger.entries import Decision, Entry, Envelope, Redemption, envelopes
from merchant_app.ledger.intake import IntakeRules
from merchant_app.ledger.messages import HeldEpochs, Rewind, Stored
from merchant_app.ledger.till_journal import Lifted
from tests.fakes.memory_journal import MemoryJournal
from tests.simulation.cashier import Cashier
from tests.simulation.journals import InMemory
from tests.simulation.planted_service import (
    SERVICE_BUGS,
    RefusesPoison,
    no_difference,
    no_epoch_close,
    no_generation,
    void_twice,
)
from tests.simulation.service_side import Answer
from tests.simulation.simulation import Parts
from tests.simulation.till_process import TillProcess

# --- what the cashier's screen does --------------------------------------------------------------


class Abandons(Cashier):
    """Some redemptions are never asked about."""

    def __init__(self, till: TillProcess) -> None:
        super().__init__(till)
        self.abandoned: set[OpId] = set()

    def answer(self, op_id: OpId) -> None:
        if op_id not in self.abandoned:
            super().answer(op_id)


class NewKeyOnRetry(Abandons):
    """Trying again is a new redemption."""

    def time_out(self, op_id: OpId, times: int) -> None:
        purchase = self.customer
        if self.shown != op_id or purchase is None or self.world.random.random() > 0.5:
            super().time_out(op_id, times)
            return
        recorded = self.till.journal.recorded(op_id)
        assert recorded is not None
        self.abandoned.add(op_id)
        again = replace(recorded.redemption, op_id=self.till.new_op_id())
        self.truth.begin(purchase, again.op_id)
        self.ask(again)


class CancelsOnScreenOnly(Abandons):
    """Cancelling closes the dialog."""

    def cancel(self, op_id: OpId) -> None:
        purchase = self.customer
        self.abandoned.add(op_id)
        if purchase is not None:
            self._leaves(purchase)


class NoRecall(Abandons):
    """After a crash nothing is asked: the voucher is scanned again."""

    def come_back(self) -> None:
        self.abandoned.update(self.till.journal.standing.undecided)
        self.till.journal.mark_seen()
        super().come_back()


class SendsFirst(Cashier):
    """The request leaves before the row is durable."""

    def ask(self, redemption: Redemption) -> None:
        till = self.till
        seq, last_hash = till.journal.head()
        batch = till.next_batch()
        new = envelopes([redemption], last_seq=seq, last_hash=last_hash)
        early = replace(batch, entries=(*batch.entries, *new))
        till.auditor.sent(till, early)
        till.ask(early)
        super().ask(redemption)


# --- what the program makes of answers -----------------------------------------------------------


class SkipsWhatIsRefused(TillProcess):
    """ "We cannot do anything about a 4xx": the batch counts as sent."""

    def rejected(self, answer: Rejected) -> None:
        journal = self.journal
        progress = journal.progress()
        acked = min(journal.head()[0], progress.acked_seq + self.world.profile.batch)
        journal.record_answer(replace(progress, acked_seq=acked), receipt=None)


class WipesItsQueue(TillProcess):
    """A till that lost its rights forgets what it has not sent."""

    def _reply(self, number: int, answer: Answer, epoch_id: EpochId) -> None:
        if isinstance(answer, NotAuthorised) and number == self.in_flight:
            assert isinstance(self.journal, CanBeCut)
            self.journal.cut(self.journal.progress().acked_seq)
        super()._reply(number, answer, epoch_id)


class CanBeCut(InMemory):
    """A file from which somebody deletes."""

    def cut(self, seq: int) -> None:
        chain = self._chains[-1]
        for entry in chain.entries[seq:]:
            self._own.pop(entry.op_id, None)
            if isinstance(entry, Decision):
                self._decided.pop(entry.redemption_id, None)
        del chain.entries[seq:], chain.envelopes[seq:]
        self._last.clear()
        self.mark_seen()
        self._standing = None


class NeverGoesBack(TillProcess):
    """A service that has less of the journal is not given the rest again."""

    def take(self, answer: Stored | Rewind) -> protocol.Step:
        journal = self.journal
        progress = journal.progress()
        if isinstance(answer, Rewind) or answer.generation > progress.generation:
            newer = replace(progress, generation=max(progress.generation, answer.generation))
            if newer != progress:
                journal.record_answer(newer, receipt=None)
            return protocol.Ignore()
        return super().take(answer)


class TakesAnyVersion(TillProcess):
    """The first state of an op in an answer counts, not the newest."""

    def take(self, answer: Stored | Rewind) -> protocol.Step:
        if not isinstance(answer, Stored):
            return super().take(answer)
        first = {outcome.op_id: outcome for outcome in reversed(answer.outcomes)}
        return super().take(replace(answer, outcomes=tuple(first.values())))


class ComparesNothing(TillProcess):
    """The service's word for how far it has the journal is enough: no hash is compared."""

    def take(self, answer: Stored | Rewind) -> protocol.Step:
        seq = min(answer.head_seq, self.journal.head()[0])
        own_hash = self.journal.hash_at(seq)
        assert own_hash is not None
        return super().take(replace(answer, head_seq=seq, head_hash=own_hash))


class AdoptsNothing(TillProcess):
    """What a copy of this till wrote is not taken over."""

    def to_pull(self, held: HeldEpochs) -> tuple[EpochId, ...]:
        return ()


class ForgetsOlderEpochs(TillProcess):
    """Only the epoch before this one is sent again."""

    def reconcile(self, held: HeldEpochs, pulled: dict[EpochId, tuple[Envelope, ...]]) -> None:
        exchange.reconcile(_LastTwo(self.journal), held, pulled)


class _LastTwo:
    """A journal that shows its last two epochs only."""

    def __init__(self, journal: Any) -> None:
        self._journal = journal

    def epochs(self) -> Any:
        return self._journal.epochs()[-2:]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


# --- what the file does --------------------------------------------------------------------------

UNSYNCED_S = 0.3


class Unsynced(InMemory):
    """Says that a row is durable before it is: a power cut takes the last moment with it."""

    now_s: Callable[[], float]
    _safe: MemoryJournal | None = None
    _since_s = 0.0

    def _before(self) -> None:
        if self._safe is None or self.now_s() - self._since_s > UNSYNCED_S:
            self._safe = None
            self._safe, self._since_s = self.image(), self.now_s()

    def append(self, *entries: Entry, lifted: Lifted | None = None) -> tuple[Envelope, ...]:
        self._before()
        return super().append(*entries, lifted=lifted)

    def record_answer(
        self,
        progress: protocol.Progress,
        *,
        receipt: Stored | None,
        decisions: Sequence[Decision] = (),
    ) -> None:
        self._before()
        super().record_answer(progress, receipt=receipt, decisions=decisions)

    def died(self, *, power: bool) -> None:
        safe, self._safe = self._safe, None
        if power and safe is not None and self.now_s() - self._since_s <= UNSYNCED_S:
            boundary, now_s = self.boundary, self.now_s
            vars(self).update(vars(safe))
            self.boundary, self.now_s = boundary, now_s


class OnUnsynced(TillProcess):
    """A till whose file is `Unsynced`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._set_clock()

    def restart(self) -> None:
        self._set_clock()
        super().restart()

    def _set_clock(self) -> None:
        world = self.world
        if isinstance(self.journal, Unsynced):
            self.journal.now_s = lambda: world.now_s


class LiftsWithoutAWord(InMemory):
    """Whoever took a redemption beyond a limit is not recorded."""

    def append(self, *entries: Entry, lifted: Lifted | None = None) -> tuple[Envelope, ...]:
        return super().append(*entries)


class DecidesTwice(InMemory):
    """No unique index on decisions."""

    def _refuse_second(self, entries: Sequence[Entry]) -> None:
        return


STRONG: dict[str, Callable[[], Parts]] = {
    **SERVICE_BUGS,
    "new key on each retry": lambda: Parts(cashier=NewKeyOnRetry),
    "ack before fsync": lambda: Parts(till=OnUnsynced, memory=Unsynced),
    "queue drop on 4xx": lambda: Parts(till=SkipsWhatIsRefused, service=RefusesPoison),
    "queue wiped on 401": lambda: Parts(till=WipesItsQueue, memory=CanBeCut),
    "cancel only closes the dialog": lambda: Parts(cashier=CancelsOnScreenOnly),
    "no recall after crash": lambda: Parts(cashier=NoRecall),
    "lifts a limit without a word": lambda: Parts(memory=LiftsWithoutAWord),
    "no rewind after server restore": lambda: Parts(till=NeverGoesBack),
    "fork not checked": lambda: Parts(
        till=ComparesNothing, intake_rules=IntakeRules(first_difference=no_difference)
    ),
}
"""Found by chance, by the names of ledger.md 4.2."""

HIDDEN: dict[str, Callable[[], Parts]] = {
    "send before journal": lambda: Parts(cashier=SendsFirst),
    "void applied twice": void_twice,
    "generation not checked": no_generation,
    "old epoch not closed": no_epoch_close,
    "stale feed version applied": lambda: Parts(till=TakesAnyVersion),
    "foreign branch not adopted": lambda: Parts(till=AdoptsNothing),
    "older epochs not re-sent": lambda: Parts(till=ForgetsOlderEpochs),
    "two decisions for one sale": lambda: Parts(memory=DecidesTwice),
}
"""Found by directed scenarios: other defences hide them from chance."""
