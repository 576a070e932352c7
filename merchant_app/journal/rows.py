"""How entries, outcomes and progress become rows. Inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from merchant_app.clock import to_text
from merchant_app.ids import EpochId, OpId, id_text
from merchant_app.journal import outcome_lines
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Redemption,
    Resolution,
    Void,
    about,
)
from merchant_app.ledger.messages import Outcome, Stored
from merchant_app.ledger.till import Progress
from merchant_app.ledger.till_journal import AlreadyDecided

_KINDS: dict[type, str] = {
    Redemption: "redemption",
    Decision: "decision",
    Void: "void",
    Resolution: "resolution",
}


class Rows:
    """Writes rows through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def entry(self, epoch_id: EpochId, entry: Entry, envelope: Envelope, *, origin: str) -> None:
        """An entry in its place, and the vouchers it names.

        Raises:
            AlreadyDecided: an entry of this till decides, or undoes, the same redemption.
        """
        row = (
            id_text(epoch_id),
            envelope.seq,
            _KINDS[type(entry)],
            id_text(entry.op_id),
            _about(entry),
            envelope.body,
            envelope.hash,
            origin,
        )
        try:
            self._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError as error:
            if "entries.redemption_id" in str(error):
                raise AlreadyDecided(id_text(entry.op_id)) from error
            raise
        self._vouchers(entry)

    def adopted(
        self, epoch_id: EpochId, entry: Entry, envelope: Envelope, *, now: datetime
    ) -> None:
        """An entry that a copy of this till wrote."""
        self._connection.execute(
            "INSERT OR IGNORE INTO adopted VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id_text(entry.op_id),
                id_text(epoch_id),
                envelope.seq,
                _KINDS[type(entry)],
                _about(entry),
                envelope.body,
                envelope.hash,
                to_text(now),
            ),
        )
        self._vouchers(entry)

    def _vouchers(self, entry: Entry) -> None:
        if isinstance(entry, Redemption):
            self._connection.executemany(
                "INSERT OR IGNORE INTO redemption_vouchers VALUES (?, ?)",
                [(id_text(line.voucher_id), id_text(entry.op_id)) for line in entry.lines],
            )

    def outcomes(self, outcomes: Sequence[Outcome], *, now: datetime) -> None:
        """What the service said."""
        recorded_at = to_text(now)
        self._connection.executemany(
            "INSERT INTO outcomes "
            "(op_id, status, lines, decided_at, recorded_at, generation, signature) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    id_text(outcome.op_id),
                    outcome.status.value,
                    outcome_lines.to_text(outcome.lines),
                    to_text(outcome.at),
                    recorded_at,
                    outcome.generation,
                    outcome.signature,
                )
                for outcome in outcomes
            ],
        )

    def receipt(self, epoch_id: EpochId, receipt: Stored) -> None:
        """The service's signed receipt, if it is a new one."""
        newest = self._connection.execute(
            "SELECT seq, generation FROM receipts WHERE epoch_id = ? ORDER BY id DESC LIMIT 1",
            (id_text(epoch_id),),
        ).fetchone()
        if newest == (receipt.head_seq, receipt.generation):
            return  # nothing new was signed: a sign of life is not worth a row
        self._connection.execute(
            "INSERT INTO receipts (epoch_id, generation, seq, hash, signed_at, signature) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                id_text(epoch_id),
                receipt.generation,
                receipt.head_seq,
                receipt.head_hash,
                to_text(receipt.head_at),
                receipt.head_signature,
            ),
        )

    def alarms(self, ops: Sequence[OpId], *, now: datetime) -> None:
        """The service could not make sense of these."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO alarms VALUES (?, ?)",
            [(id_text(op_id), to_text(now)) for op_id in ops],
        )

    def progress(self, progress: Progress) -> None:
        """Where sending stands."""
        self._connection.execute(
            "UPDATE progress SET generation = ?, acked_seq = ?, outcome_cursor = ?, "
            "resync_to = ?, reconcile = ? WHERE epoch_id = ?",
            (
                progress.generation,
                progress.acked_seq,
                progress.outcome_cursor,
                progress.resync_to,
                int(progress.reconcile),
                id_text(progress.epoch_id),
            ),
        )


def _about(entry: Entry) -> str | None:
    return None if isinstance(entry, Redemption) else id_text(about(entry))
