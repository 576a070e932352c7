"""Bugs planted in the service: each is the shipping part with one rule missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from merchant_app.central.port import NoAnswer, NoAnswerKind, Rejected
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.ledger import evaluation, service
from merchant_app.ledger.books import (
    Books,
    Case,
    EpochFacts,
    PendingState,
    Place,
    Recalled,
    Shelf,
)
from merchant_app.ledger.entries import Entry, Envelope, Redemption, Void, from_body
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.intake import IntakeRules, belongs_elsewhere
from merchant_app.ledger.messages import Batch, Stored
from merchant_app.ledger.service import Effect, FindVoucher, Judge, NotReversible, Record, Waits
from merchant_app.vouchers.terms import Voucher
from tests.fakes.memory_books import MemoryBooks, Pending
from tests.simulation.service_side import Answer, ServiceSide
from tests.simulation.simulation import Parts


class Forgetful(ServiceSide):
    """Applies whatever arrives, also what came before: no op id is remembered.

    `after_s`: only those that are older than this are forgotten.
    """

    after_s = -1.0

    def append(self, till_id: TillId, batch: Batch) -> Answer:
        books = self.ledger.books
        chain = books.chains.get(batch.epoch_id)
        before = 0 if chain is None else len(chain.entries)
        answer = super().append(till_id, batch)
        if isinstance(answer, Stored) and not answer.recovering:
            for envelope in batch.entries:
                if envelope.seq <= before:
                    place = Place(batch.epoch_id, envelope.seq)
                    self._again(books, Case(place, till_id, envelope.body))
        return answer

    def _again(self, books: MemoryBooks, case: Case) -> None:
        entry = from_body(case.body)
        op = books.ops.get(entry.op_id)
        if case.place in books.pending or not isinstance(entry, Redemption) or op is None:
            return
        age_s = (books.clock.now() - op.evaluated_at).total_seconds()
        if age_s > self.after_s:
            books.pending[case.place] = Pending(case, PendingState.STORED)
            evaluation.evaluate(books, case, Rules(recall=_all_new))


def _all_new(books: Books, entry: Entry, case: Case) -> Recalled:
    return Recalled.NEW


class ForgetsAfterAnHour(Forgetful):
    """An idempotency key with a time to live."""

    after_s = 3600.0


class RefusesPoison(ServiceSide):
    """A batch with an entry that it cannot evaluate is refused for good."""

    def append(self, till_id: TillId, batch: Batch) -> Answer:
        if self._has_poison(batch):
            return Rejected(422, "entries")
        return super().append(till_id, batch)

    def _has_poison(self, batch: Batch) -> bool:
        parked = self.ledger.parked_ops
        return bool(parked) and any(
            from_body(envelope.body).op_id in parked for envelope in batch.entries
        )


class FailsOnPoison(RefusesPoison):
    """One stage: an entry that cannot be evaluated stops the whole batch."""

    def append(self, till_id: TillId, batch: Batch) -> Answer:
        if self._has_poison(batch):
            return NoAnswer(NoAnswerKind.SERVICE_FAILED)
        return super().append(till_id, batch)


class AcknowledgesEarly(ServiceSide):
    """Answers before it has committed: when it dies, its last half minute is gone."""

    _committed: MemoryBooks | None = None
    _committed_s = 0.0

    def append(self, till_id: TillId, batch: Batch) -> Answer:
        now_s = self.ledger.books.clock.monotonic_s()
        if self._committed is None or now_s - self._committed_s > 30:
            self._committed, self._committed_s = self.ledger.backup(), now_s
        return super().append(till_id, batch)

    def died(self) -> None:
        if self._committed is not None and self._committed.generation == self.ledger.generation:
            self.ledger.books, self._committed = self._committed, None

    def restore(self) -> None:
        super().restore()
        self._committed = None


class RecoversAtOnce(ServiceSide):
    """A restored service goes on as if nothing had been lost."""

    def restore(self) -> None:
        super().restore()
        self.ledger.close_recovery()


def check_then_act() -> Parts:
    """The balance that is checked is an older one than the balance that is debited."""
    seen: dict[VoucherId, Voucher] = {}
    chance = Random(1)

    def redeem(entry: Redemption, *, find: FindVoucher, judge: Judge) -> Effect:
        def find_old(voucher_id: VoucherId) -> Voucher | None:
            voucher = find(voucher_id)
            if voucher is not None and (voucher_id not in seen or chance.random() < 0.2):
                seen[voucher_id] = voucher
            return seen.get(voucher_id)

        if entry.honoured or any(
            (voucher := find_old(line.voucher_id)) is None or voucher.balance < line.amount
            for line in entry.lines
        ):
            return service.redeem(entry, find=find, judge=judge)
        lines = tuple(service.LineRecord(line, line.amount.minor) for line in entry.lines)
        debit = service.MovementKind.DEBIT
        return Effect(
            Record(entry.op_id, OutcomeStatus.ACCEPTED, lines, None),
            tuple(
                service.Movement(line.voucher_id, debit, line.amount.minor) for line in entry.lines
            ),
        )

    return Parts(rules=Rules(redeem=redeem))


def no_difference(shelf: Shelf, batch: Batch, overlap: Sequence[Envelope]) -> int | None:
    """What overlaps is not compared."""
    return None


# --- hidden: other defences hide them from chance ------------------------------------------------


def void_twice() -> Parts:
    """An undo has its effect whenever it comes."""
    given_back: dict[OpId, Effect] = {}

    def recall(books: Books, entry: Entry, case: Case) -> Recalled:
        recalled = evaluation.recall(books, entry, case)
        return Recalled.NEW if isinstance(entry, Void) else recalled

    def void(record: Record | None, entry: Void) -> Effect | Waits | NotReversible:
        if record is not None and record.voided_by == entry.op_id:
            return given_back[entry.op_id]
        effect = service.void(record, entry)
        if isinstance(effect, Effect):
            given_back[entry.op_id] = effect
        return effect

    return Parts(rules=Rules(recall=recall, void=void))


def no_generation() -> Parts:
    """A message to the service as it was before it was restored is taken as a new one."""

    def of_any_generation(batch: Batch, epoch: EpochFacts, *, generation: int) -> bool:
        return belongs_elsewhere(
            replace(batch, generation=generation), epoch, generation=generation
        )

    return Parts(intake_rules=IntakeRules(belongs_elsewhere=of_any_generation))


def no_epoch_close() -> Parts:
    """A superseded epoch still accepts a late message."""

    def accepts_nothing(epoch: EpochFacts, till_id: TillId) -> bool:
        return epoch.till_id != till_id

    return Parts(intake_rules=IntakeRules(accepts_nothing=accepts_nothing))


SERVICE_BUGS: dict[str, Callable[[], Parts]] = {
    "no idempotency": lambda: Parts(service=Forgetful),
    "key forgotten after 1 h": lambda: Parts(service=ForgetsAfterAnHour),
    "poison item blocks": lambda: Parts(service=FailsOnPoison),
    "server ack before commit": lambda: Parts(service=AcknowledgesEarly),
    "no recovery mode": lambda: Parts(service=RecoversAtOnce),
    "server check-then-act": check_then_act,
}
"""By the names of ledger.md 4.2."""
