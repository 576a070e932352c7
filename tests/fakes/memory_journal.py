"""A till's journal in memory: `ledger.till_journal.TillJournal`, as fast as it gets.

It passes the same contract suite as the one on disk (tests/contract/test_till_journal.py). What
survives the end of a program is everything but the standing and the session: `reopened` is the file
opened again, `image` a copy of the file.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, TillId
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Redemption,
    Resolution,
    Void,
    envelopes,
    from_body,
    root_hash,
)
from merchant_app.ledger.messages import Outcome, Stored, newest
from merchant_app.ledger.standing import CONFIRMED, Standing
from merchant_app.ledger.till import Progress
from merchant_app.ledger.till_journal import AlreadyDecided, Lifted, OwnEpoch, Recorded


@dataclass(slots=True)
class Chain:
    """One epoch; `entries` are the bodies of `envelopes`, read."""

    epoch_id: EpochId
    root: bytes
    progress: Progress
    envelopes: list[Envelope] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def hash_at(self, seq: int) -> bytes | None:
        if seq == 0:
            return self.root
        return self.envelopes[seq - 1].hash if seq <= len(self.envelopes) else None

    def copied(self) -> Chain:
        return replace(self, envelopes=self.envelopes[:], entries=self.entries[:])


@dataclass(slots=True)
class Row:
    """An entry, and where it stands. Never changed: images share it."""

    entry: Entry
    epoch_id: EpochId
    envelope: Envelope


class MemoryJournal:
    """See `TillJournal`. One thread."""

    def __init__(self) -> None:
        self._chains: list[Chain] = []
        self._own: dict[OpId, Row] = {}
        self._adopted: dict[OpId, Row] = {}
        self._decided: dict[OpId, Decision] = {}
        self._decided_elsewhere: dict[OpId, Decision] = {}
        self._voids: dict[OpId, OpId] = {}
        self._voids_elsewhere: dict[OpId, OpId] = {}
        self._last: list[tuple[OpId, bool]] = []
        self._outcomes: dict[OpId, Outcome] = {}
        self._alarms: dict[OpId, None] = {}
        self._lifted: dict[OpId, Lifted] = {}
        self._receipts: list[tuple[EpochId, Stored]] = []
        self._unseen_from: int | None = None
        self._standing: Standing | None = None
        self._begin_session()

    def image(self) -> MemoryJournal:
        """A copy of the file as it is now, opened as after a power cut."""
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, list | dict):
                setattr(other, name, value.copy())
        other._chains = [chain.copied() for chain in self._chains]
        return other.reopened()

    def reopened(self) -> MemoryJournal:
        """The program died, and opens its file again: only what is durable is left."""
        self._standing = None
        if self._unseen_from is None:
            self._unseen_from = self._session_from
        self._begin_session()
        return self

    def _begin_session(self) -> None:
        self._session_from = len(self._last)

    # --- writing ---------------------------------------------------------------------------------

    def begin_epoch(
        self, epoch_id: EpochId, *, till_id: TillId, generation: int, previous_head: bytes = b""
    ) -> None:
        """See `journal.journal.Journal.begin_epoch`."""
        if any(chain.epoch_id == epoch_id for chain in self._chains):
            return
        progress = Progress(
            epoch_id=epoch_id,
            generation=generation,
            reconcile=bool(previous_head or self._chains),
        )
        self._chains.append(Chain(epoch_id, root_hash(epoch_id, previous_head), progress))

    def append(self, *entries: Entry, lifted: Lifted | None = None) -> tuple[Envelope, ...]:
        """See `TillJournal.append`."""
        standing = self.standing
        self._refuse_second(entries)
        if lifted is not None:
            self._lifted[lifted.op_id] = lifted
        added = self._append(entries)
        self._tell(standing, entries)
        return added

    def record_answer(
        self, progress: Progress, *, receipt: Stored | None, decisions: Sequence[Decision] = ()
    ) -> None:
        """See `TillJournal.record_answer`."""
        standing, chain = self.standing, self._chains[-1]
        news: Collection[Outcome] = ()
        self._refuse_second(decisions)
        if receipt is not None:
            news = newest(receipt.outcomes)
            for outcome in news:
                self._outcomes[outcome.op_id] = outcome
            self._receipts[:] = [(progress.epoch_id, receipt)]
        if decisions:
            self._append(decisions)
        chain.progress = progress
        if receipt is not None:
            for seq in receipt.alarm_seqs:
                if seq <= len(chain.entries):
                    op_id = chain.entries[seq - 1].op_id
                    self._alarms[op_id] = None
                    standing.alarmed(op_id)
            standing.told(news)
        self._tell(standing, decisions)

    def extend(self, entries: Sequence[Envelope]) -> None:
        """See `TillJournal.extend`."""
        found = [from_body(envelope.body) for envelope in entries]
        for entry, envelope in zip(found, entries, strict=True):
            self._insert(entry, envelope)
        self._standing = None

    def adopt(self, epoch_id: EpochId, entries: Sequence[Envelope]) -> None:
        """See `TillJournal.adopt`."""
        for envelope in entries:
            entry = from_body(envelope.body)
            if entry.op_id in self._own or entry.op_id in self._adopted:
                continue
            self._adopted[entry.op_id] = Row(entry, epoch_id, envelope)
            if isinstance(entry, Decision):
                self._decided_elsewhere[entry.redemption_id] = entry
            elif isinstance(entry, Void):
                self._voids_elsewhere[entry.redemption_id] = entry.op_id
        self._standing = None

    def reconciled(self, bodies: Sequence[str]) -> None:
        """See `TillJournal.reconciled`."""
        self._append([from_body(body) for body in bodies])
        chain = self._chains[-1]
        chain.progress = replace(chain.progress, reconcile=False, resync_to=len(chain.entries))
        self._standing = None

    def _refuse_second(self, entries: Sequence[Entry]) -> None:
        if len(entries) > 1 and len({entry.op_id for entry in entries}) < len(entries):
            raise Bug("one op twice")
        for entry in entries:
            if isinstance(entry, Decision):
                about = entry.redemption_id
                if about in self._decided or self._is_decided_elsewhere(about):
                    raise AlreadyDecided(str(entry.op_id))
            elif isinstance(entry, Void) and entry.redemption_id in self._voids:
                raise AlreadyDecided(str(entry.op_id))

    def _is_decided_elsewhere(self, op_id: OpId) -> bool:
        return bool(self._decided_elsewhere) and op_id in self._decided_elsewhere

    def _append(self, entries: Sequence[Entry]) -> tuple[Envelope, ...]:
        seq, last_hash = self.head()
        added = envelopes(entries, last_seq=seq, last_hash=last_hash)
        for entry, envelope in zip(entries, added, strict=True):
            self._insert(entry, envelope)
        return added

    def _insert(self, entry: Entry, envelope: Envelope) -> None:
        chain = self._chains[-1]
        chain.envelopes.append(envelope)
        chain.entries.append(entry)
        op_id = entry.op_id
        if op_id in self._own or (self._adopted and op_id in self._adopted):
            return  # it is there once more, under the same id, and does nothing twice
        if isinstance(entry, Decision) and self._is_decided_elsewhere(entry.redemption_id):
            return
        self._own[op_id] = Row(entry, chain.epoch_id, envelope)
        if isinstance(entry, Redemption):
            if entry.honoured:
                self._last.append((op_id, True))
        elif isinstance(entry, Decision):
            self._decided[entry.redemption_id] = entry
            self._last.append((entry.redemption_id, entry.handed_over))
        elif isinstance(entry, Void):
            self._voids[entry.redemption_id] = op_id

    def _tell(self, standing: Standing, entries: Sequence[Entry]) -> None:
        for entry in entries:
            booked = False
            if isinstance(entry, Decision) and entry.handed_over:
                outcome = self._outcomes.get(entry.redemption_id)
                booked = outcome is not None and outcome.status in CONFIRMED
            standing.recorded(entry, booked=booked)

    # --- reading ---------------------------------------------------------------------------------

    @property
    def standing(self) -> Standing:
        """What is open."""
        if self._standing is None:
            self._standing = self._read_standing()
        return self._standing

    def _read_standing(self) -> Standing:
        standing = Standing()
        for row in self._rows():
            entry = row.entry
            if not isinstance(entry, Redemption):
                continue
            outcome = self._outcomes.get(entry.op_id)
            decision = self._decision_about(entry)
            if decision is None:
                standing.undecided[entry.op_id] = entry
            elif decision and (outcome is None or outcome.status not in CONFIRMED):
                standing.expose(entry)
        for row in self._rows():
            if isinstance(row.entry, Resolution):
                standing.recorded(row.entry)
        for op_id in self._alarms:
            standing.alarmed(op_id)
        standing.told(self._outcomes.values())
        return standing

    def _rows(self) -> Iterator[Row]:
        yield from self._adopted.values()
        yield from self._own.values()

    def _decision_about(self, redemption: Redemption) -> bool | None:
        if redemption.honoured:
            return True
        op_id = redemption.op_id
        decision = self._decided.get(op_id)
        if decision is None and self._decided_elsewhere:
            decision = self._decided_elsewhere.get(op_id)
        return None if decision is None else decision.handed_over

    def epoch_id(self) -> EpochId:
        """The epoch that entries go to."""
        return self._chains[-1].epoch_id

    def progress(self) -> Progress:
        """Where sending the current epoch stands."""
        return self._chains[-1].progress

    def head(self) -> tuple[int, bytes]:
        """The last number of the current epoch, and its hash."""
        chain = self._chains[-1]
        if chain.envelopes:
            last = chain.envelopes[-1]
            return last.seq, last.hash
        return 0, chain.root

    def hash_at(self, seq: int) -> bytes | None:
        """Our own hash at `seq` in the current epoch; None beyond the head."""
        return self._chains[-1].hash_at(seq)

    def unsent(self, *, limit: int) -> tuple[Envelope, ...]:
        """The oldest entries the service has not confirmed, in order."""
        chain = self._chains[-1]
        acked = chain.progress.acked_seq
        return tuple(chain.envelopes[acked : acked + limit])

    def is_all_sent(self) -> bool:
        """Whether the service holds everything, of every epoch."""
        chain = self._chains[-1]
        return chain.progress.acked_seq == len(chain.envelopes) and not chain.progress.reconcile

    def priors(self, entries: Sequence[Envelope]) -> tuple[Outcome, ...]:
        """The newest outcomes of the redemptions among these entries."""
        found = (from_body(envelope.body) for envelope in entries)
        return tuple(
            self._outcomes[entry.op_id]
            for entry in found
            if isinstance(entry, Redemption) and entry.op_id in self._outcomes
        )

    def recorded(self, op_id: OpId) -> Recorded | None:
        """A redemption and what became of it."""
        own = self._own.get(op_id)
        row = own or self._adopted.get(op_id)
        if row is None or not isinstance(row.entry, Redemption):
            return None
        return Recorded(
            redemption=row.entry,
            epoch_id=row.epoch_id,
            envelope=row.envelope,
            decision=self._decision_about(row.entry),
            outcome=self._outcomes.get(op_id),
            void=self._voids.get(op_id) or self._voids_elsewhere.get(op_id),
            foreign=own is None,
        )

    def entry(self, op_id: OpId) -> Entry | None:
        """Any entry, by its op."""
        row = self._own.get(op_id) or self._adopted.get(op_id)
        return None if row is None else row.entry

    def is_lifted(self, op_id: OpId) -> bool:
        """Whether a limit was lifted for this redemption, at this till."""
        return op_id in self._lifted

    def outcome(self, op_id: OpId) -> Outcome | None:
        """The newest the service said of an op."""
        return self._outcomes.get(op_id)

    def resolutions(self, op_id: OpId) -> tuple[Resolution, ...]:
        """What people decided about an op, oldest first."""
        return tuple(
            row.entry
            for row in self._rows()
            if isinstance(row.entry, Resolution) and row.entry.about_id == op_id
        )

    def last_completed(self) -> Recorded | None:
        """The last redemption that was handed over and that no void undoes."""
        for op_id, handed_over in reversed(self._last):
            recorded = self.recorded(op_id) if handed_over else None
            if recorded is not None and recorded.void is None:
                return recorded
        return None

    def unseen_completed(self) -> Recorded | None:
        """See `journal.journal.Journal.unseen_completed`."""
        if self._unseen_from is None or self._unseen_from >= self._session_from:
            return None
        recorded = self.recorded(self._last[self._session_from - 1][0])
        if recorded is None or not recorded.decision or recorded.void is not None:
            return None
        return recorded

    def mark_seen(self) -> None:
        """Somebody has answered for all that was completed until now."""
        self._unseen_from = None
        self._begin_session()

    def epochs(self) -> tuple[OwnEpoch, ...]:
        """Every epoch here, the current one last."""
        return tuple(
            OwnEpoch(
                chain.epoch_id,
                len(chain.envelopes),
                chain.envelopes[-1].hash if chain.envelopes else chain.root,
            )
            for chain in self._chains
        )

    def hash_in(self, epoch_id: EpochId, seq: int) -> bytes | None:
        """Our own hash at `seq` of an epoch; None where this journal has no such entry."""
        chain = self._chain(epoch_id)
        return None if chain is None else chain.hash_at(seq)

    def bodies(self, epoch_id: EpochId, *, after_seq: int) -> tuple[tuple[OpId, str, bytes], ...]:
        """The entries of an epoch from after `after_seq` on: op, body, hash."""
        chain = self._chain(epoch_id)
        if chain is None:
            return ()
        return tuple(
            (entry.op_id, envelope.body, envelope.hash)
            for entry, envelope in zip(
                chain.entries[after_seq:], chain.envelopes[after_seq:], strict=True
            )
        )

    def adopted_bodies(self) -> tuple[tuple[EpochId, int, OpId, str], ...]:
        """The adopted entries, and where they stood."""
        return tuple(
            (row.epoch_id, row.envelope.seq, op_id, row.envelope.body)
            for op_id, row in self._adopted.items()
        )

    def knows(self, op_ids: Sequence[OpId], *, in_epoch: EpochId | None = None) -> set[OpId]:
        """Which of these ops are recorded here (in that epoch)."""
        if in_epoch is None:
            return {op_id for op_id in op_ids if op_id in self._own or op_id in self._adopted}
        chain = self._chain(in_epoch)
        there = set() if chain is None else {entry.op_id for entry in chain.entries}
        return there.intersection(op_ids)

    def _chain(self, epoch_id: EpochId) -> Chain | None:
        return next((chain for chain in self._chains if chain.epoch_id == epoch_id), None)
