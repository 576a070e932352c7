"""The money side of `FakeCentral`: the shipping rules of storing, evaluating and recovering, run
over books in memory.

The caller holds the lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.central.port import (
    Batch,
    Forked,
    HeldEntries,
    HeldEpoch,
    HeldEpochs,
    Outcome,
    OutcomeLine,
    Rejected,
    Rewind,
    Shop,
    Stored,
)
from merchant_app.clock import Clock
from merchant_app.contract.wire import (
    ENTRIES_PER_PAGE_MAX,
    ENTRIES_PER_REQUEST_MAX,
    OUTCOMES_PER_REPLY_MAX,
    USES_PER_LINE_MAX,
)
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.ledger import evaluation, heads, intake, priors, recovery
from merchant_app.ledger.books import Books, Case, EntryAlarm, PendingState, Place, Recalled
from merchant_app.ledger.entries import Entry, root_hash
from merchant_app.ledger.service import Movement
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Use
from tests.fakes.memory_books import Chain, MemoryBooks, Op


class Poison(Exception):
    """The evaluation of an entry fails, because a test says so."""


class FakeLedger:
    """All that the service knows of money.

    Attributes:
        books: what is known; a restore replaces them.
        parked_ops: ops whose evaluation fails as long as they are in here.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        shop: Shop,
        signing_key: Ed25519PrivateKey,
        signed: bool = True,
        rules: evaluation.Rules | None = None,
        intake_rules: intake.IntakeRules | None = None,
    ) -> None:
        """`signed`: whether heads and outcomes carry signatures, and priors need one."""
        self.books = MemoryBooks(clock, shop.number, shop.time_zone)
        self.parked_ops: set[OpId] = set()
        self._clock = clock
        self._signing_key = signing_key
        self._public_key = signing_key.public_key()
        self._signed = signed
        self._till_names: dict[TillId, str] = {}
        rules = rules or evaluation.Rules()
        self._recall = rules.recall
        self._rules = replace(rules, recall=self._recall_or_fail)
        self._intake_rules = intake_rules or intake.IntakeRules()

    # --- what a test looks at -------------------------------------------------------------------

    @property
    def generation(self) -> int:
        return self.books.generation

    @property
    def recovering(self) -> bool:
        return self.books.recovering

    @property
    def vouchers(self) -> dict[VoucherId, Voucher]:
        return self.books.vouchers

    @property
    def movements(self) -> list[Movement]:
        return self.books.movements

    @property
    def alarms(self) -> list[str]:
        return [kind for _place, kind in self.books.alarms]

    def missing(self) -> set[TillId]:
        """The tills that a recovery waits for."""
        books = self.books
        open_ = {chain.till_id for chain in books.chains.values() if not chain.closed}
        return open_ - books.revoked - books.resynced

    def stored_bodies(self, epoch_id: EpochId) -> tuple[str, ...]:
        """What the service holds of a journal."""
        chain = self.books.chains.get(epoch_id)
        return () if chain is None else tuple(envelope.body for envelope in chain.entries)

    def outcome_of(self, op_id: OpId) -> Outcome | None:
        """The newest state of an op."""
        op = self.books.ops.get(op_id)
        return None if op is None or op.status is None else self._outcome(op_id, op)

    def till_name(self, till_id: TillId) -> str:
        return self._till_names[till_id]

    def history(self, voucher_id: VoucherId) -> tuple[Use, ...]:
        return tuple(self._uses(voucher_id))

    def _uses(self, voucher_id: VoucherId) -> Iterable[Use]:
        for op_id, line in self.books.uses(voucher_id):
            op = self.books.ops[op_id]
            amount = Money(line.accepted_minor, line.line.amount.currency)
            yield Use(op.evaluated_at, self._till_names[op.till_id], amount)

    # --- what a test arranges -------------------------------------------------------------------

    def add(self, voucher: Voucher, *, shop_title: str) -> None:
        self.books.titles[voucher.shop_number] = shop_title
        self.books.issue(voucher)

    def change(self, voucher_id: VoucherId, **facts: Any) -> None:
        self.books.set_voucher(replace(self.books.vouchers[voucher_id], **facts))

    def open_epoch(self, till_id: TillId, epoch_id: EpochId, *, till_name: str) -> bytes:
        """A new epoch of a till, closing its others; returns the head that it is rooted in."""
        books = self.books
        previous_head = b""
        for chain in books.chains.values():
            if chain.till_id == till_id:
                chain.closed = True
                previous_head = chain.hash_at(len(chain.entries))
        books.chains[epoch_id] = Chain(till_id, root_hash(epoch_id, previous_head))
        books.feeds.setdefault(till_id, {})
        books.resynced.discard(till_id)
        books.revoked.discard(till_id)
        self._till_names[till_id] = till_name
        return previous_head

    def revoke(self, till_id: TillId) -> None:
        """No recovery waits for this till any more. `open_epoch` makes it one again."""
        self.books.revoked.add(till_id)
        self._finish_if_complete()

    def backup(self) -> MemoryBooks:
        """Everything as it is now, for `restore`."""
        return self.books.copied()

    def restore(self, backup: MemoryBooks) -> None:
        """Lose what came after the backup; a new generation begins."""
        generation = self.books.generation
        self.books = backup.copied()
        self.books.generation = generation
        self.begin_new_generation()

    def begin_new_generation(self) -> None:
        """What people do after a restore: the tills are asked to send again what they know."""
        books = self.books
        books.generation += 1
        books.recovering = True
        books.resynced.clear()
        books.waiting.clear()
        for place in books.pending:
            books.set_state(place, PendingState.HELD)
            books.chains[place.epoch_id].held.add(place.seq)
        self._finish_if_complete()

    def close_recovery(self) -> None:
        """Finish without the tills that are missing."""
        if self.books.recovering:
            self._finish_recovery()

    def evaluate_parked(self) -> None:
        """What people do when a new version understands what the old one parked."""
        pending = self.books.pending.items()
        self._evaluate([place for place, one in pending if one.state is PendingState.PARKED])

    # --- the protocol ---------------------------------------------------------------------------

    def append(self, till_id: TillId, batch: Batch) -> Stored | Rewind | Forked | Rejected:
        if max(len(batch.entries), len(batch.priors)) > ENTRIES_PER_REQUEST_MAX:
            return Rejected(400, "entries")
        books = self.books
        bad_seqs: Iterable[int] = ()
        if batch.priors and self._signed:
            batch, bad_seqs = intake.believed(batch, is_signed=self._is_signed)
        chain = books.chains.get(batch.epoch_id)
        head_seq = 0 if chain is None else len(chain.entries)
        kept = intake.store(books, batch, till_id=till_id, rules=self._intake_rules)
        match kept:
            case intake.EpochClosed() | intake.Fork():
                return Forked()
            case intake.Rewind(generation, head_seq, head_hash):
                return Rewind(generation, head_seq, head_hash)
            case intake.Broken(index):
                return Rejected(400, f"entries.{index}.hash")
            case intake.Kept():
                pass
        for seq in bad_seqs:
            books.alarm(Place(batch.epoch_id, seq), EntryAlarm.BAD_PRIOR.value)
        if kept.recovering:
            if kept.resynced:
                books.resynced.add(till_id)
            self._finish_if_complete()
        elif kept.head_seq > head_seq:
            seqs = range(head_seq + 1, kept.head_seq + 1)
            self._evaluate(Place(batch.epoch_id, seq) for seq in seqs)
        return self._stored(till_id, batch, kept)

    def _stored(self, till_id: TillId, batch: Batch, kept: intake.Kept) -> Stored:
        now = self._clock.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        books, cursor, more = self.books, batch.outcome_cursor, False
        outcomes: list[Outcome] = []
        # A recovering service tells no outcome: what it knows is older than what it said before.
        if not books.recovering:
            news = self._news(till_id, cursor)
            more = len(news) > OUTCOMES_PER_REPLY_MAX
            for op_id, position in news[:OUTCOMES_PER_REPLY_MAX]:
                outcomes.append(self._outcome(op_id, books.ops[op_id]))
                cursor = position
        return Stored(
            generation=kept.generation,
            head_seq=kept.head_seq,
            head_hash=kept.head_hash,
            head_at=now,
            head_signature=self._head_signature(till_id, batch.epoch_id, kept, now),
            outcomes=tuple(outcomes),
            next_outcome_cursor=cursor,
            more_outcomes=more,
            alarm_seqs=books.told_alarm_seqs(batch.epoch_id, after_seq=batch.base_seq),
            recovering=books.recovering,
        )

    def _news(self, till_id: TillId, cursor: int) -> list[tuple[OpId, int]]:
        """What changed after the cursor, oldest change first. The feed is in order already."""
        news = []
        for op_id, position in reversed(self.books.feeds[till_id].items()):
            if position <= cursor:
                break
            news.append((op_id, position))
        news.reverse()
        return news

    def _head_signature(
        self, till_id: TillId, epoch_id: EpochId, kept: intake.Kept, now: Any
    ) -> bytes:
        if not self._signed:
            return b""
        head = heads.Head(
            till_id=till_id,
            epoch_id=epoch_id,
            generation=kept.generation,
            seq=kept.head_seq,
            hash=kept.head_hash,
            at=now,
        )
        return heads.sign(head, self._signing_key)

    def _outcome(self, op_id: OpId, op: Op) -> Outcome:
        if op.status is None:
            raise Bug("an op without an outcome")
        if op.told is not None and op.told.generation == self.books.generation:
            return op.told
        lines, is_final = [], True
        for line, balance_minor in zip(op.lines, op.balances, strict=True):
            uses: tuple[Use, ...] = ()
            if line.shortfall_minor:
                uses, is_final = self._other_uses(line.line.voucher_id, op_id), False
            lines.append(
                OutcomeLine(
                    line.line.voucher_id,
                    line.accepted_minor,
                    line.shortfall_minor,
                    balance_minor,
                    line.reason,
                    uses,
                )
            )
        outcome = Outcome(op_id, op.status, tuple(lines), op.at, self.books.generation)
        if self._signed:
            outcome = replace(outcome, signature=priors.sign(outcome, self._signing_key))
        if is_final:
            op.told = outcome
        return outcome

    def _other_uses(self, voucher_id: VoucherId, op_id: OpId) -> tuple[Use, ...]:
        found: list[Use] = []
        for other_id, line in self.books.uses(voucher_id):
            if other_id == op_id:
                continue
            op = self.books.ops[other_id]
            amount = Money(line.accepted_minor, line.line.amount.currency)
            found.append(Use(op.evaluated_at, self._till_names[op.till_id], amount))
            if len(found) == USES_PER_LINE_MAX:
                break
        return tuple(found)

    def held_epochs(self, till_id: TillId) -> HeldEpochs:
        found = (
            HeldEpoch(epoch_id, len(chain.entries), chain.hash_at(len(chain.entries)), chain.closed)
            for epoch_id, chain in self.books.chains.items()
            if chain.till_id == till_id
        )
        return HeldEpochs(tuple(found))

    def held_entries(
        self, till_id: TillId, epoch_id: EpochId, *, after_seq: int
    ) -> HeldEntries | Rejected:
        chain = self.books.chains.get(epoch_id)
        if chain is None or chain.till_id != till_id:
            return Rejected(404, None)
        page = tuple(chain.entries[after_seq : after_seq + ENTRIES_PER_PAGE_MAX])
        return HeldEntries(epoch_id, page, after_seq + len(page) < len(chain.entries))

    # --- evaluating and recovering --------------------------------------------------------------

    def _recall_or_fail(self, books: Books, entry: Entry, case: Case) -> Recalled:
        if self.parked_ops and entry.op_id in self.parked_ops:
            raise Poison
        return self._recall(books, entry, case)

    def _evaluate(self, places: Iterable[Place]) -> None:
        books, todo = self.books, deque(places)
        while todo:
            place = todo.popleft()
            pending = books.pending.get(place)
            if pending is None:
                continue
            try:
                woken = evaluation.evaluate(books, pending.case, self._rules)
                todo.extendleft(reversed(woken))
            except Poison:
                self._park(place)

    def _park(self, place: Place) -> None:
        self.books.set_state(place, PendingState.PARKED)
        self.books.alarm(place, EntryAlarm.PARKED.value)

    def _is_signed(self, prior: Outcome) -> bool:
        return priors.is_signed(prior, self._public_key)

    def _finish_if_complete(self) -> None:
        if self.books.recovering and not self.missing():
            self._finish_recovery()

    def _finish_recovery(self) -> None:
        books = self.books
        held = [pending.case for pending in books.pending.values()]
        finished = recovery.finish(books, held, self._rules)
        for place, error in finished.failed:
            if not isinstance(error, Poison):
                raise error
            self._park(place)
        books.recovering = False
        for chain in books.chains.values():
            chain.held.clear()
        for place in finished.remaining:
            books.set_state(place, PendingState.STORED)
        self._evaluate(finished.remaining)
