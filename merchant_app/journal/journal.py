"""The journal: what was recorded, and what became of it. State is queries; rows never change."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from merchant_app.clock import Clock, to_text
from merchant_app.ids import EpochId, OpId, TillId, VoucherId, id_text
from merchant_app.journal.closing_ranges import ClosingRanges
from merchant_app.journal.closings import ClosingKind, ClosingRow, Closings, Sign
from merchant_app.journal.events import Detail, EventKind, Events
from merchant_app.journal.open_matters import standing_of
from merchant_app.journal.opening import open_journal, transaction, world_errors
from merchant_app.journal.purging import Purges
from merchant_app.journal.queries import Queries
from merchant_app.journal.room import Room
from merchant_app.journal.rows import Rows
from merchant_app.journal.sessions import Sessions
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Redemption,
    envelopes,
    from_body,
    root_hash,
)
from merchant_app.ledger.messages import Outcome, Stored, newest
from merchant_app.ledger.standing import CONFIRMED, Standing
from merchant_app.ledger.till import Progress
from merchant_app.ledger.till_journal import AlreadyDecided, Lifted, Recorded

__all__ = ["AlreadyDecided", "Journal", "Recorded"]

_log = logging.getLogger(__name__)


class Journal(Queries):
    """One open journal file: `ledger.till_journal.TillJournal` on disk.

    Confined to the thread that opened it (`owner.JournalOwner`). Every method that writes is one
    transaction, durable when it returns. All may raise Problems (`opening.world_errors`); after
    one, the file holds what it held before.

    Attributes:
        events: what happened besides money; to be read only: `append_event` writes.
        closings: the closings that were made; to be read only: `append_closing` writes.
        ranges: what closings are computed from.
        purges: what may be removed, and a file without it.
    """

    def __init__(
        self, path: Path, clock: Clock, *, mirror: Path | None = None, room: Room | None = None
    ) -> None:
        """Open the file, proved and completed (`opening.open_journal`).

        Args:
            path: of the file; `clock` says when something was recorded.
            mirror: where everything that never changes is written once more; None: nowhere.
            room: watches the disk; None: nobody does.
        """
        opened = open_journal(path, mirror_path=mirror, clock=clock)
        super().__init__(opened.connection)
        if opened.from_mirror or opened.from_log:
            _log.warning(
                "the journal lacked %d rows of its mirror and %d of its log; they are back",
                opened.from_mirror,
                opened.from_log,
            )
        self._mirrored = opened.mirrored
        self._room = room
        self._rows = Rows(self._connection)
        self._clock = clock
        self._sessions = Sessions(self._connection, clock)
        self.events = Events(self._connection)
        self.closings = Closings(self._connection)
        self.ranges = ClosingRanges(self._connection)
        self.purges = Purges(self._connection)
        self._forget()

    def close(self) -> None:
        """Close the file; it remembers that the program ended as it should."""
        self._sessions.end()
        if self._mirrored is not None:
            self._mirrored.close()
        self._connection.close()

    def mirror_broken_since(self) -> datetime | None:
        """Since when the mirror cannot be written; None: it can, or there is to be none."""
        return None if self._mirrored is None else self._mirrored.since

    # --- what is kept in memory: each follows from the file --------------------------------------

    def _forget(self) -> None:
        self._epoch: EpochId | None = None
        self._end: tuple[int, bytes] | None = None
        self._asked: tuple[int, bytes] | None = None
        self._unsent: tuple[Envelope, ...] = ()
        self._progress: Progress | None = None
        self._standing: Standing | None = None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with world_errors(), transaction(self._connection):
                yield
        except BaseException:
            self._end = self._progress = self._asked = None
            self._unsent = ()
            raise
        # After the commit, and before anything is shown of it.
        if self._mirrored is not None:
            with world_errors():
                self._mirrored.committed()

    @property
    def standing(self) -> Standing:
        """What is open."""
        if self._standing is None:
            with world_errors():
                self._standing = standing_of(self._connection)
        return self._standing

    def epoch_id(self) -> EpochId:
        """The epoch that entries go to; a Bug where none was begun."""
        if self._epoch is None:
            self._epoch = self.current_epoch()
        return self._epoch

    def head(self) -> tuple[int, bytes]:
        """The last number of the current epoch, and its hash."""
        if self._end is None:
            self._end = self.head_of(self.epoch_id())
        return self._end

    def progress(self) -> Progress:
        """Where sending the current epoch stands."""
        if self._progress is None:
            epoch_id = self.epoch_id()
            row = self._connection.execute(
                "SELECT generation, acked_seq, outcome_cursor, resync_to, reconcile "
                "FROM progress WHERE epoch_id = ?",
                (id_text(epoch_id),),
            ).fetchone()
            self._progress = Progress(
                epoch_id=epoch_id,
                generation=row[0],
                acked_seq=row[1],
                outcome_cursor=row[2],
                resync_to=row[3],
                reconcile=bool(row[4]),
            )
        return self._progress

    # --- writing ---------------------------------------------------------------------------------

    def begin_epoch(
        self, epoch_id: EpochId, *, till_id: TillId, generation: int, previous_head: bytes = b""
    ) -> None:
        """Start, or take up again, the chain of one enrolment; entries go there from now on.

        `previous_head`: where the till's last epoch ended at the service; empty for a first one.
        """
        root = root_hash(epoch_id, previous_head)
        with self._writing():
            has_past = previous_head or self.epochs()
            self._connection.execute(
                "INSERT OR IGNORE INTO epochs (epoch_id, till_id, enrolled_at, position, root) "
                "SELECT ?, ?, ?, coalesce(max(position), 0) + 1, ? FROM epochs",
                (id_text(epoch_id), str(till_id), to_text(self._clock.now()), root),
            )
            self._connection.execute(
                "INSERT OR IGNORE INTO progress "
                "(epoch_id, generation, acked_seq, outcome_cursor, resync_to, reconcile) "
                "VALUES (?, ?, 0, 0, 0, ?)",
                (id_text(epoch_id), generation, int(bool(has_past))),
            )
        self._forget()

    def append(self, *entries: Entry, lifted: Lifted | None = None) -> tuple[Envelope, ...]:
        """Record new entries in the current epoch, and first which limit was `lifted` for one of
        them; AlreadyDecided where one decides, or undoes, what already has been."""
        if self._room is not None and any(isinstance(entry, Redemption) for entry in entries):
            self._room.check()
        standing = self.standing

        def write() -> tuple[Envelope, ...]:
            with self._writing():
                if lifted is not None:
                    self.events.lifted(lifted, at=self._clock.now())
                return self._append(entries)

        added = write() if self._room is None else self._room.write(write)
        self._appended(standing, entries, added)
        return added

    def record_answer(
        self, progress: Progress, *, receipt: Stored | None, decisions: Sequence[Decision] = ()
    ) -> None:
        """Record what a delivery brought, and the decisions it leads to, in ONE transaction."""
        receipt = None if receipt is None else self.without_purged(receipt)
        standing = self.standing
        receipt = None if receipt is None else self.without_purged(receipt)
        alarmed: list[OpId] = []

        def write() -> tuple[Envelope, ...]:
            with self._writing():
                if receipt is not None:
                    alarmed[:] = self._record_receipt(progress.epoch_id, receipt)
                added = self._append(decisions)
                self._rows.progress(progress)
                return added

        # What the cashier waits for is written even on a full disk: room was kept for it.
        added = write() if self._room is None else self._room.write(write)
        self._progress = progress
        if receipt is not None:
            for op_id in alarmed:
                standing.alarmed(op_id)
            standing.told(newest(receipt.outcomes))
        self._appended(standing, decisions, added)

    def extend(self, entries: Sequence[Envelope]) -> None:
        """Entries of the current epoch that the service has and this file has not (any more)."""
        found = [(from_body(envelope.body), envelope) for envelope in entries]
        with self._writing():
            known = self.knows([entry.op_id for entry, _ in found])
            for entry, envelope in found:
                # What had been sent again in this epoch stands in an earlier one, or was adopted.
                again = entry.op_id in known or (
                    isinstance(entry, Decision) and self.decided_elsewhere(entry.redemption_id)
                )
                origin = "resent" if again else "own"
                self._insert(self.epoch_id(), entry, envelope, origin=origin)
        self._forget()

    def adopt(self, epoch_id: EpochId, entries: Sequence[Envelope]) -> None:
        """Keep what another copy of this till wrote; ops that are known here are skipped."""
        found = [(from_body(envelope.body), envelope) for envelope in entries]
        with self._writing():
            known = self.knows([entry.op_id for entry, _ in found])
            now = self._clock.now()
            for entry, envelope in found:
                if entry.op_id not in known and not self.is_purged(epoch_id, envelope.seq):
                    self._rows.adopted(epoch_id, entry, envelope, now=now)
        self._forget()

    def reconciled(self, bodies: Sequence[str]) -> None:
        """Record entries of before once more, in the current epoch, as they are; from then on
        nothing older is missing at the service but what the current epoch holds."""
        with self._writing():
            self._append([from_body(body) for body in bodies], origin="resent")
            self._connection.execute(
                "UPDATE progress SET reconcile = 0, resync_to = ? WHERE epoch_id = ?",
                (self.head()[0], id_text(self.epoch_id())),
            )
        self._forget()

    def append_event(self, kind: EventKind, *, cashier: str, detail: Detail) -> int:
        """Record what happened besides money; `detail` holds no code, name or secret. Returns its
        number."""

        def write() -> int:
            with self._writing():
                at = self._clock.now()
                return self.events.append(kind, cashier=cashier, detail=detail, at=at)

        return write() if self._room is None else self._room.write(write)

    def append_closing(
        self, kind: ClosingKind, body: str, sign: Sign, *, cashier: str
    ) -> ClosingRow:
        """Keep a closing: numbered, chained, signed; the events say that there is one."""

        def write() -> ClosingRow:
            with self._writing():
                at = self._clock.now()
                return self.closings.append(kind, body, sign, cashier=cashier, at=at)

        return write() if self._room is None else self._room.write(write)

    def _appended(
        self, standing: Standing, entries: Sequence[Entry], added: Sequence[Envelope]
    ) -> None:
        for entry in entries:
            booked = False
            if isinstance(entry, Decision) and entry.handed_over:
                outcome = self.outcome(entry.redemption_id)
                booked = outcome is not None and outcome.status in CONFIRMED
            standing.recorded(entry, booked=booked)
        if added:
            self._end = (added[-1].seq, added[-1].hash)

    def _append(self, entries: Sequence[Entry], *, origin: str = "own") -> tuple[Envelope, ...]:
        if not entries:
            return ()
        seq, last_hash = self.head()
        added = envelopes(entries, last_seq=seq, last_hash=last_hash)
        for entry, envelope in zip(entries, added, strict=True):
            self._insert(self.epoch_id(), entry, envelope, origin=origin)
        self._end = (added[-1].seq, added[-1].hash)
        return added

    def _insert(self, epoch_id: EpochId, entry: Entry, envelope: Envelope, *, origin: str) -> None:
        if (
            origin == "own"
            and isinstance(entry, Decision)
            and self.decided_elsewhere(entry.redemption_id)
        ):
            raise AlreadyDecided(id_text(entry.op_id))
        self._rows.entry(epoch_id, entry, envelope, origin=origin)

    def _record_receipt(self, epoch_id: EpochId, receipt: Stored) -> list[OpId]:
        """What the service said; the ops that it could not make sense of."""
        now = self._clock.now()
        self._rows.outcomes(receipt.outcomes, now=now)
        self._rows.receipt(epoch_id, receipt)
        alarmed = self._ops_at(epoch_id, receipt.alarm_seqs)
        self._rows.alarms(alarmed, now=now)
        return alarmed

    def _ops_at(self, epoch_id: EpochId, seqs: Sequence[int]) -> list[OpId]:
        return [op_id for seq in seqs if (op_id := self.op_at(epoch_id, seq)) is not None]

    # --- reading ---------------------------------------------------------------------------------

    def hash_at(self, seq: int) -> bytes | None:
        """Our own hash at `seq` in the current epoch; None beyond the head."""
        head_seq, head_hash = self.head()
        if seq == head_seq:
            return head_hash
        if self._asked is None or self._asked[0] != seq:
            found = self.hash_in(self.epoch_id(), seq)
            if found is None:
                return None
            self._asked = seq, found
        return self._asked[1]

    def unsent(self, *, limit: int) -> tuple[Envelope, ...]:
        """The oldest entries the service has not confirmed, in order."""
        after_seq = self.progress().acked_seq
        if after_seq == self.head()[0]:
            return ()
        count = min(limit, self.head()[0] - after_seq)
        # What was read to be sent before is still what the file says: only the rest is read.
        known = tuple(envelope for envelope in self._unsent if envelope.seq > after_seq)[:count]
        if known and known[0].seq != after_seq + 1:
            known = ()
        if len(known) < count:
            last_seq, missing = after_seq + len(known), count - len(known)
            known += self.envelopes(self.epoch_id(), after_seq=last_seq, limit=missing)
            self._unsent = known
        return known

    def unsent_count(self) -> int:
        """How many entries of the current epoch the service has not confirmed."""
        return self.head()[0] - self.progress().acked_seq

    def is_all_sent(self) -> bool:
        """Whether the service holds everything, of every epoch."""
        return self.unsent_count() == 0 and not self.progress().reconcile

    def priors(self, entries: Sequence[Envelope]) -> tuple[Outcome, ...]:
        """The newest outcomes of the redemptions among these entries."""
        found = (from_body(envelope.body) for envelope in entries)
        return self.outcomes([entry.op_id for entry in found if isinstance(entry, Redemption)])

    def undecided(self, voucher_id: VoucherId | None = None) -> tuple[Recorded, ...]:
        """Redemptions without a decision, oldest first; of one voucher, if given."""
        found = (
            self.recorded(op_id)
            for op_id, redemption in self.standing.undecided.items()
            if voucher_id is None or any(line.voucher_id == voucher_id for line in redemption.lines)
        )
        return tuple(recorded for recorded in found if recorded is not None)

    def unseen_completed(self) -> Recorded | None:
        """After a crash: the last redemption, if it was decided as handed over in a session that
        died and no void undoes it. The screen may never have said so.
        """
        op_id = self._sessions.last_unseen()
        recorded = None if op_id is None else self.recorded(op_id)
        if recorded is None or not recorded.decision or recorded.void is not None:
            return None
        return recorded

    def mark_seen(self) -> None:
        """Somebody has answered for all that was completed until now."""
        self._sessions.mark_seen()
