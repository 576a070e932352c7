"""A fresh journal file of what was proved, as if nothing had happened to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from merchant_app.clock import to_text
from merchant_app.journal import bases, closings, events, records
from merchant_app.journal.checking import check, world_errors
from merchant_app.journal.events import EventKind
from merchant_app.journal.evidence import Evidence
from merchant_app.journal.opening import connect, entry_records, migrate, transaction
from merchant_app.journal.proving import Proved
from merchant_app.journal.records import Record

_TORN_PER_EVENT = 50


def write_fresh(path: Path, evidence: Evidence, proved: Sequence[Proved], now: datetime) -> None:
    """Write, prove and close a new file at `path`; its log is empty.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY; JOURNAL_DAMAGED: what was proved does not fit together.
    """
    with world_errors(), closing(connect(path)) as connection:
        migrate(connection, version=0, backups=path.with_name("backups"))
        base = evidence.base()
        after = 0 if base is None else base.marks["entries"]
        with transaction(connection):
            _put_once(connection, evidence.rows("adopted"))
            for position, epoch in enumerate(proved, start=1):
                records.put(connection, [_epoch_record(epoch, position)])
                origins = evidence.origins(epoch.epoch_id)
                rows = entry_records(
                    connection, epoch.epoch_id, epoch.entries, origins, after=after
                )
                records.put(connection, rows)
            for table in ("outcomes", "alarms"):
                _put_once(connection, evidence.rows(table))
            heads = _true_receipts(evidence, proved)
            records.put(connection, heads)
            _begin_progress(connection, proved, heads)
            _begin_session(connection, evidence.first_entry(), now)
            records.put(connection, evidence.rows("closings"))
            _put_events(connection, evidence.rows("events"), now)
            check(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _epoch_record(epoch: Proved, position: int) -> Record:
    facts = epoch.facts
    # A root that follows from the id stays unsaid where it was: the mirror has the same row.
    root = None if facts.stored_root is None else epoch.root
    values = (str(facts.epoch_id), facts.till_id, facts.enrolled_at, position, root)
    return Record("epochs", position, values)


def _put_once(connection: sqlite3.Connection, rows: Sequence[Record]) -> None:
    """Rows that nothing proves; two of one op, where only one can be, are one row read twice."""
    taken: set[records.Value] = set()
    for record in rows:
        op_id = record.value("op_id")
        if record.table == "outcomes" or op_id not in taken:
            taken.add(op_id)
            records.put(connection, [record])


def _put_events(connection: sqlite3.Connection, rows: Sequence[Record], now: datetime) -> None:
    """All that can be read of them, as they were; where the chain is torn is told by one more."""
    records.put(connection, rows)
    torn = events.torn(events.rows_of(connection))
    named = events.torn_closings(events.rows_of(connection))
    base = bases.base_of(connection)
    torn_closings = closings.torn(
        closings.rows_of(connection), named, base=None if base is None else base.closing
    )
    table = events.Events(connection)
    for start in range(0, max(1, len(torn), len(torn_closings)), _TORN_PER_EVENT):
        places = torn[start : start + _TORN_PER_EVENT]
        of_closings = torn_closings[start : start + _TORN_PER_EVENT]
        detail: dict[str, str | int | list[int]] = {
            "events": len(rows),
            "torn_after": [after for after, _ in places],
            "resumes_at": [number for _, number in places],
        }
        if of_closings:
            detail["closings_torn_after"] = [after for after, _ in of_closings]
            detail["closings_resume_at"] = [number for _, number in of_closings]
        table.append(EventKind.JOURNAL_SALVAGED, cashier="", detail=detail, at=now)


def _true_receipts(evidence: Evidence, proved: Sequence[Proved]) -> list[Record]:
    places: set[tuple[records.Value, ...]] = set()
    for epoch in proved:
        places.add((str(epoch.epoch_id), 0, epoch.root))
        places.add((str(epoch.epoch_id), *epoch.base))
        places |= {(str(epoch.epoch_id), e.seq, e.hash) for e in epoch.entries}
    return [
        record
        for record in evidence.rows("receipts")
        if (record.value("epoch_id"), record.value("seq"), record.value("hash")) in places
    ]


def _begin_progress(
    connection: sqlite3.Connection, proved: Sequence[Proved], heads: Sequence[Record]
) -> None:
    """Sending goes on from the newest head that the service signed; outcomes are read anew, for
    what was read of them from a damaged file proves nothing.
    """
    for epoch in proved:
        own = [head for head in heads if head.value("epoch_id") == str(epoch.epoch_id)]
        generation, acked_seq = max(
            ((head.value("generation"), head.value("seq")) for head in own),
            default=(0, epoch.base[0]),
        )
        connection.execute(
            "INSERT INTO progress "
            "(epoch_id, generation, acked_seq, outcome_cursor, resync_to, reconcile) "
            "VALUES (?, ?, ?, 0, 0, ?)",
            (str(epoch.epoch_id), generation, acked_seq, int(len(proved) > 1)),
        )


def _begin_session(connection: sqlite3.Connection, first_entry: int | None, now: datetime) -> None:
    end = records.ends(connection)["entries"] + 1
    connection.execute(
        "INSERT INTO sessions (opened_at, first_entry) VALUES (?, ?)",
        (to_text(now), min(first_entry or 1, end)),
    )
