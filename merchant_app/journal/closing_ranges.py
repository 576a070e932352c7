"""Where the ranges of closings begin and end in a journal, and what lies in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from merchant_app.clock import from_text, to_text
from merchant_app.ids import OpId, id_of
from merchant_app.journal import closed_ops, records
from merchant_app.journal.closed_ops import TouchedOp
from merchant_app.journal.closings import Reach
from merchant_app.journal.records import Marks
from merchant_app.journal.row_digests import SEALED, digests_since


class ClosingRanges:
    """Answers from one journal file. Confined to the connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def reach(self) -> Reach:
        """All that the journal holds now."""
        ends = [
            self._connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]  # noqa: S608 - constants
            for table in ("entries", "adopted", "outcomes", "alarms")
        ]
        return Reach(*ends)

    def row_ends(self, until: Reach) -> Marks:
        """How far a closing that reaches `until` vouches for rows: as far, and for the tables that
        no reach is told of, to their end."""
        ends = records.ends(self._connection)
        reached = {
            "entries": until.entry,
            "adopted": until.adopted,
            "outcomes": until.outcome,
            "alarms": until.alarm,
        }
        return {table: reached.get(table, ends[table]) for table in SEALED}

    def digests(self, since: Marks, until: Marks) -> Mapping[str, tuple[int, int, str]]:
        """See `row_digests.digests_since`."""
        return digests_since(self._connection, since, until)

    def touched(
        self, since: Reach, until: Reach, *, also: Collection[OpId] = ()
    ) -> Iterator[TouchedOp]:
        """See `closed_ops.touched`."""
        return closed_ops.touched(self._connection, since, until, also=also)

    def moments(self, since: Reach, until: Reach) -> Iterator[tuple[int, datetime]]:
        """The positions of the entries in a range, in order, and when each was written."""
        rows = self._connection.execute(
            "SELECT rowid, json_extract(body, '$.at') FROM entries "
            "WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
            (since.entry, until.entry),
        )
        for position, at in rows:
            yield position, from_text(at)

    def redemptions_between(self, begins_at: datetime, ends_at: datetime) -> set[OpId]:
        """The redemptions that were recorded, decided or undone in a time, by the till's clock."""
        text = "SELECT coalesce(redemption_id, op_id) FROM {} WHERE kind <> 'resolution' "
        text += "AND json_extract(body, '$.at') >= ?1 AND json_extract(body, '$.at') < ?2"
        rows = self._connection.execute(
            f"{text.format('entries')} UNION {text.format('adopted')}",
            (to_text(begins_at), to_text(ends_at)),
        )
        return {OpId(id_of(row[0])) for row in rows}

    def unsent(self) -> set[OpId]:
        """The redemptions of which the service does not have every entry yet."""
        rows = self._connection.execute(
            "SELECT coalesce(redemption_id, op_id) FROM entries JOIN progress USING (epoch_id) "
            "WHERE seq > acked_seq AND epoch_id = "
            "(SELECT epoch_id FROM epochs ORDER BY position DESC LIMIT 1)"
        )
        return {OpId(id_of(row[0])) for row in rows}

    def head_at(self, position: int) -> tuple[str, int, bytes] | None:
        """Epoch, number and hash of the entry at a position; None: there is none."""
        row = self._connection.execute(
            "SELECT epoch_id, seq, hash FROM entries WHERE rowid = ?", (position,)
        ).fetchone()
        return None if row is None else (row[0], row[1], bytes(row[2]))

    def position_of(self, epoch_id: str, seq: int) -> int | None:
        """The position of an entry; None: there is none (any more)."""
        row = self._connection.execute(
            "SELECT rowid FROM entries WHERE epoch_id = ? AND seq = ?", (epoch_id, seq)
        ).fetchone()
        return None if row is None else int(row[0])
