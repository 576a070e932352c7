"""The journal: what was recorded, and what became of it. State is queries; rows never change."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from merchant_app.clock import Clock, from_text, to_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.journal import outcome_lines
from merchant_app.journal.opening import open_file, transaction, world_errors
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Redemption,
    Void,
    envelopes,
    from_body,
    root_hash,
)
from merchant_app.ledger.messages import Outcome, Stored
from merchant_app.ledger.till import Progress


@dataclass(frozen=True, slots=True)
class Recorded:
    """One redemption and all the journal knows of it.

    Attributes:
        envelope: where it stands in the chain.
        decision: whether the goods were handed over; None while nobody decided.
        decision_seq: the decision's own number; None while there is none.
        outcome: the newest the service said of it.
        void: the op that undoes it, if any.
    """

    redemption: Redemption
    epoch_id: EpochId
    envelope: Envelope
    decision: bool | None
    decision_seq: int | None
    outcome: Outcome | None
    void: OpId | None


class AlreadyDecided(Exception):
    """The redemption has its one decision; nothing was written."""


class Journal:
    """One open journal file. Confined to the thread that opened it (`owner.JournalOwner`).

    Every method that writes is one transaction, durable when it returns. All may raise Problems
    (`opening.world_errors`); after one, the file holds what it held before.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._connection = open_file(path)
        self._clock = clock
        with world_errors(), transaction(self._connection):
            self._session, self._died_before = self._begin_session()
            self._opened_at_rowid = self._next_rowid()

    def close(self) -> None:
        """Close the file; it remembers that the program ended as it should."""
        with world_errors(), transaction(self._connection):
            self._connection.execute(
                "UPDATE sessions SET closed_at = ? WHERE id = ?",
                (to_text(self._clock.now()), self._session),
            )
        self._connection.close()

    def _begin_session(self) -> tuple[int, bool]:
        last = self._connection.execute(
            "SELECT closed_at, first_entry FROM sessions ORDER BY id DESC LIMIT 1"
        ).fetchone()
        died = last is not None and last[0] is None
        # What nobody may have seen stays so until somebody answers, however often it dies.
        first_entry = last[1] if died else self._next_rowid()
        row = self._connection.execute(
            "INSERT INTO sessions (opened_at, first_entry) VALUES (?, ?) RETURNING id",
            (to_text(self._clock.now()), first_entry),
        ).fetchone()
        return int(row[0]), died

    def _next_rowid(self) -> int:
        row = self._connection.execute("SELECT coalesce(max(rowid), 0) + 1 FROM entries").fetchone()
        return int(row[0])

    # --- writing -------------------------------------------------------------------------------

    def begin_epoch(self, epoch_id: EpochId, *, till_id: TillId, generation: int) -> None:
        """Start, or take up again, the chain of one enrolment; entries go there from now on."""
        with world_errors(), transaction(self._connection):
            self._connection.execute(
                "INSERT OR IGNORE INTO epochs (epoch_id, till_id, enrolled_at, position) "
                "SELECT ?, ?, ?, coalesce(max(position), 0) + 1 FROM epochs",
                (str(epoch_id), str(till_id), to_text(self._clock.now())),
            )
            self._connection.execute(
                "INSERT OR IGNORE INTO progress VALUES (?, ?, 0, 0)", (str(epoch_id), generation)
            )

    def append(self, *entries: Entry) -> tuple[Envelope, ...]:
        """Record entries in the current epoch.

        Raises:
            AlreadyDecided: one of them decides, or undoes, what already has been.
        """
        with world_errors(), transaction(self._connection):
            return self._append(entries)

    def record_answer(
        self, progress: Progress, *, receipt: Stored | None, decisions: Sequence[Decision] = ()
    ) -> None:
        """Record what a delivery brought, and the decisions it leads to, in ONE transaction."""
        with world_errors(), transaction(self._connection):
            if receipt is not None:
                self._record_outcomes(receipt.outcomes)
                self._record_receipt(progress.epoch_id, receipt)
            self._append(decisions)
            self._connection.execute(
                "UPDATE progress SET generation = ?, acked_seq = ?, outcome_cursor = ? "
                "WHERE epoch_id = ?",
                (
                    progress.generation,
                    progress.acked_seq,
                    progress.outcome_cursor,
                    str(progress.epoch_id),
                ),
            )

    def _append(self, entries: Sequence[Entry]) -> tuple[Envelope, ...]:
        if not entries:
            return ()
        epoch_id = self.epoch_id()
        seq, last_hash = self._head(epoch_id)
        added = envelopes(entries, last_seq=seq, last_hash=last_hash)
        for entry, envelope in zip(entries, added, strict=True):
            self._insert(epoch_id, entry, envelope)
        return added

    def _insert(self, epoch_id: EpochId, entry: Entry, envelope: Envelope) -> None:
        match entry:
            case Redemption():
                kind, redemption_id = "redemption", None
                self._connection.executemany(
                    "INSERT INTO redemption_vouchers VALUES (?, ?)",
                    [(str(line.voucher_id), str(entry.op_id)) for line in entry.lines],
                )
            case Decision():
                kind, redemption_id = "decision", str(entry.redemption_id)
            case Void():
                kind, redemption_id = "void", str(entry.redemption_id)
        row = (
            str(epoch_id),
            envelope.seq,
            kind,
            str(entry.op_id),
            redemption_id,
            envelope.body,
            envelope.hash,
        )
        try:
            self._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError as error:
            if "entries.redemption_id" in str(error):
                raise AlreadyDecided(str(entry.op_id)) from error
            raise

    def _record_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        now = to_text(self._clock.now())
        self._connection.executemany(
            "INSERT INTO outcomes (op_id, status, lines, decided_at, recorded_at) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (
                    str(outcome.op_id),
                    outcome.status.value,
                    outcome_lines.to_text(outcome.lines),
                    to_text(outcome.at),
                    now,
                )
                for outcome in outcomes
            ],
        )

    def _record_receipt(self, epoch_id: EpochId, receipt: Stored) -> None:
        newest = self._connection.execute(
            "SELECT seq, generation FROM receipts WHERE epoch_id = ? ORDER BY id DESC LIMIT 1",
            (str(epoch_id),),
        ).fetchone()
        if newest == (receipt.head_seq, receipt.generation):
            return  # nothing new was signed: a sign of life is not worth a row
        self._connection.execute(
            "INSERT INTO receipts (epoch_id, generation, seq, hash, signed_at, signature) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                str(epoch_id),
                receipt.generation,
                receipt.head_seq,
                receipt.head_hash,
                to_text(receipt.head_at),
                receipt.head_signature,
            ),
        )

    # --- reading -------------------------------------------------------------------------------

    def epoch_id(self) -> EpochId:
        """The epoch that entries go to.

        Raises:
            Bug: none was begun.
        """
        row = self._connection.execute(
            "SELECT epoch_id FROM epochs ORDER BY position DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise Bug("no epoch was begun in this journal")
        return EpochId(UUID(row[0]))

    def _head(self, epoch_id: EpochId) -> tuple[int, bytes]:
        row = self._connection.execute(
            "SELECT seq, hash FROM entries WHERE epoch_id = ? ORDER BY seq DESC LIMIT 1",
            (str(epoch_id),),
        ).fetchone()
        return (row[0], row[1]) if row is not None else (0, root_hash(epoch_id))

    def progress(self) -> Progress:
        """Where sending the current epoch stands."""
        epoch_id = self.epoch_id()
        row = self._connection.execute(
            "SELECT generation, acked_seq, outcome_cursor FROM progress WHERE epoch_id = ?",
            (str(epoch_id),),
        ).fetchone()
        return Progress(
            epoch_id=epoch_id, generation=row[0], acked_seq=row[1], outcome_cursor=row[2]
        )

    def hash_at(self, seq: int) -> bytes | None:
        """Our own hash at `seq` in the current epoch; None beyond the head."""
        epoch_id = self.epoch_id()
        if seq == 0:
            return root_hash(epoch_id)
        row = self._connection.execute(
            "SELECT hash FROM entries WHERE epoch_id = ? AND seq = ?", (str(epoch_id), seq)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def unsent(self, *, limit: int) -> tuple[Envelope, ...]:
        """The oldest entries the service has not confirmed, in order."""
        progress = self.progress()
        rows = self._connection.execute(
            "SELECT seq, body, hash FROM entries WHERE epoch_id = ? AND seq > ? "
            "ORDER BY seq LIMIT ?",
            (str(progress.epoch_id), progress.acked_seq, limit),
        )
        return tuple(Envelope(*row) for row in rows)

    def is_all_sent(self) -> bool:
        return self.unsent_count() == 0

    def unsent_count(self) -> int:
        progress = self.progress()
        return self._head(progress.epoch_id)[0] - progress.acked_seq

    def recorded(self, op_id: OpId) -> Recorded | None:
        """A redemption and what became of it."""
        row = self._connection.execute(
            "SELECT epoch_id, seq, body, hash FROM entries WHERE op_id = ? AND kind = 'redemption'",
            (str(op_id),),
        ).fetchone()
        if row is None:
            return None
        redemption = from_body(row[2])
        if not isinstance(redemption, Redemption):
            raise Bug(f"entry {row[1]} is not the redemption its row says")
        decision_row = self._connection.execute(
            "SELECT seq, body FROM entries WHERE redemption_id = ? AND kind = 'decision'",
            (str(op_id),),
        ).fetchone()
        void_row = self._connection.execute(
            "SELECT op_id FROM entries WHERE redemption_id = ? AND kind = 'void'", (str(op_id),)
        ).fetchone()
        decision = None
        if decision_row is not None:
            entry = from_body(decision_row[1])
            decision = isinstance(entry, Decision) and entry.handed_over
        return Recorded(
            redemption=redemption,
            epoch_id=EpochId(UUID(row[0])),
            envelope=Envelope(*row[1:]),
            decision=decision,
            decision_seq=None if decision_row is None else decision_row[0],
            outcome=self.outcome(op_id),
            void=None if void_row is None else OpId(UUID(void_row[0])),
        )

    def outcome(self, op_id: OpId) -> Outcome | None:
        """The newest the service said of an op."""
        row = self._connection.execute(
            "SELECT status, lines, decided_at FROM outcomes WHERE op_id = ? "
            "ORDER BY id DESC LIMIT 1",
            (str(op_id),),
        ).fetchone()
        if row is None:
            return None
        return Outcome(
            op_id, OutcomeStatus(row[0]), outcome_lines.from_text(row[1]), from_text(row[2])
        )

    def undecided(self, voucher_id: VoucherId | None = None) -> tuple[Recorded, ...]:
        """Redemptions without a decision, oldest first; of one voucher, if given."""
        without_decision = (
            "kind = 'redemption' AND NOT EXISTS (SELECT 1 FROM entries d "
            "WHERE d.redemption_id = r.op_id AND d.kind = 'decision') ORDER BY r.rowid"
        )
        if voucher_id is None:
            rows = self._connection.execute(
                f"SELECT op_id FROM entries r WHERE {without_decision}"  # noqa: S608 - a constant
            )
        else:
            rows = self._connection.execute(
                "SELECT op_id FROM redemption_vouchers v JOIN entries r USING (op_id) "  # noqa: S608
                f"WHERE v.voucher_id = ? AND {without_decision}",
                (str(voucher_id),),
            )
        found = (self.recorded(OpId(UUID(op_id))) for (op_id,) in rows.fetchall())
        return tuple(recorded for recorded in found if recorded is not None)

    def unseen_completed(self) -> Recorded | None:
        """After a crash: the last redemption, if it was decided as handed over in a session that
        died and no void undoes it. The screen may never have said so (ledger.md 2.2, rule 5).
        """
        if not self._died_before:
            return None
        row = self._connection.execute(
            "SELECT d.redemption_id FROM entries d JOIN sessions s ON s.id = ? "
            "WHERE d.kind = 'decision' AND d.rowid >= s.first_entry AND d.rowid < ? "
            "ORDER BY d.rowid DESC LIMIT 1",
            (self._session, self._opened_at_rowid),
        ).fetchone()
        recorded = None if row is None else self.recorded(OpId(UUID(row[0])))
        if recorded is None or not recorded.decision or recorded.void is not None:
            return None
        return recorded

    def mark_seen(self) -> None:
        """Somebody has answered for all that was completed until now."""
        with world_errors(), transaction(self._connection):
            self._connection.execute(
                "UPDATE sessions SET first_entry = ? WHERE id = ?",
                (self._next_rowid(), self._session),
            )
        self._died_before = False

    def last_completed(self) -> Recorded | None:
        """The last redemption that was handed over and that no void undoes."""
        row = self._connection.execute(
            "SELECT redemption_id FROM entries d WHERE kind = 'decision' "
            "AND json_extract(body, '$.handed_over') AND NOT EXISTS (SELECT 1 FROM entries v "
            "WHERE v.redemption_id = d.redemption_id AND v.kind = 'void') "
            "ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        return None if row is None else self.recorded(OpId(UUID(row[0])))
