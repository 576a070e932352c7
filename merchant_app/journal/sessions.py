"""When the journal was open, and what nobody may have seen since (ledger.md 2.2, rule 5)."""

from __future__ import annotations

import sqlite3

from merchant_app.clock import Clock, to_text
from merchant_app.ids import OpId, id_of
from merchant_app.journal.opening import transaction, world_errors


class Sessions:
    """This session, and the one before it. Confined to the connection's thread."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        """Begin a session; it is on disk."""
        self._connection = connection
        self._clock = clock
        with world_errors(), transaction(connection):
            self._session, self._died_before = self._begin()
            self._opened_at_rowid = self._next_rowid()

    def _begin(self) -> tuple[int, bool]:
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

    def end(self) -> None:
        """The program ends as it should."""
        with world_errors(), transaction(self._connection):
            self._connection.execute(
                "UPDATE sessions SET closed_at = ? WHERE id = ?",
                (to_text(self._clock.now()), self._session),
            )

    def last_unseen(self) -> OpId | None:
        """After a crash: the last redemption that was decided in a session that died; the screen
        may never have shown it."""
        if not self._died_before:
            return None
        row = self._connection.execute(
            "SELECT coalesce(d.redemption_id, d.op_id) FROM entries d "
            "JOIN sessions s ON s.id = ? WHERE d.origin = 'own' AND (d.kind = 'decision' "
            "OR d.kind = 'redemption' AND json_extract(d.body, '$.honoured')) "
            "AND d.rowid >= s.first_entry AND d.rowid < ? ORDER BY d.rowid DESC LIMIT 1",
            (self._session, self._opened_at_rowid),
        ).fetchone()
        return None if row is None else OpId(id_of(row[0]))

    def mark_seen(self) -> None:
        """Somebody has answered for all that was completed until now."""
        with world_errors(), transaction(self._connection):
            self._connection.execute(
                "UPDATE sessions SET first_entry = ? WHERE id = ?",
                (self._next_rowid(), self._session),
            )
        self._died_before = False
