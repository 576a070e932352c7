"""A new journal file without what an archive holds, beside the old one.

Rows are append-only, and triggers see to it: nothing is ever deleted from a journal. A purge makes
another file of what remains, with the same positions, and an event that states what it follows
(`bases`); proved, it takes the old one's place (`replacing.put_purged`).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from merchant_app.clock import from_text, to_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, id_of
from merchant_app.journal import bases, closed_ops, records
from merchant_app.journal.bases import Base
from merchant_app.journal.checking import check, world_errors
from merchant_app.journal.closed_ops import TouchedOp
from merchant_app.journal.closings import Reach, Sign
from merchant_app.journal.events import EventKind, Events
from merchant_app.journal.opening import connect, migrate, transaction
from merchant_app.journal.records import Marks

_GONE = (
    "SELECT op_id FROM entries WHERE rowid <= :entry UNION "
    "SELECT op_id FROM adopted WHERE rowid <= :adopted"
)
_ABOUT_WHAT_IS_GONE = (
    f"SELECT 1 FROM entries WHERE rowid > :entry AND op_id IN ({_GONE})",  # noqa: S608 - constants
    f"SELECT 1 FROM entries WHERE rowid > :entry AND redemption_id IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM adopted WHERE rowid > :adopted AND op_id IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM adopted WHERE rowid > :adopted AND redemption_id IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM outcomes WHERE id > :outcome AND op_id IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM alarms WHERE rowid > :alarm AND op_id IN ({_GONE})",  # noqa: S608
    # And the other way round: what is gone is about nothing that stays.
    f"SELECT 1 FROM entries WHERE rowid <= :entry AND redemption_id NOT IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM adopted WHERE rowid <= :adopted AND redemption_id NOT IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM outcomes WHERE id <= :outcome AND op_id NOT IN ({_GONE})",  # noqa: S608
    f"SELECT 1 FROM alarms WHERE rowid <= :alarm AND op_id NOT IN ({_GONE})",  # noqa: S608
)


class Purges:
    """What can be purged from one open journal. Confined to the connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def is_settled(self, reach: Reach) -> bool:
        """See `is_settled`."""
        return is_settled(self._connection, reach)

    def count(self, reach: Reach) -> int:
        """How many entries a purge up to there would remove."""
        row = self._connection.execute(
            "SELECT count(*) FROM entries WHERE rowid <= ?", (reach.entry,)
        ).fetchone()
        return int(row[0])

    def newest_receipt_at(self) -> datetime | None:
        """When the service signed last, by its own clock; None: it never did."""
        row = self._connection.execute("SELECT max(signed_at) FROM receipts").fetchone()
        return None if row[0] is None else from_text(row[0])

    def write(
        self,
        to: Path,
        cut: Cut,
        *,
        archive: str,
        key: bytes,
        sign: Sign,
        cashier: str,
        now: datetime,
    ) -> None:
        """Make the file `to` of what remains after `cut`; see `write_purged`.

        Args:
            to: the new file.
            cut: where.
            archive: the SHA-256 of the manifest of the archive that has it all, hex.
            key: the till's public key, and `sign` with it.
            cashier: who purges, and `now` when.
        """
        base = base_at(self._connection, cut, archive=archive, key=key.hex())
        write_purged(self._connection, to, base, sign, cashier=cashier, now=now)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a journal may be cut: after the closing of a day, which goes with it.

    Attributes:
        closing: its number and hash.
        until: the day it was for.
        reach: all that it and those before it cover.
    """

    closing: tuple[int, bytes]
    until: date
    reach: Reach


def is_settled(connection: sqlite3.Connection, reach: Reach) -> bool:
    """Whether all before `reach` came to its end there: everything was decided, sent, answered,
    nothing was left open, and nothing after it is about it. Reads all of it: seconds."""
    places = {
        "entry": reach.entry,
        "adopted": reach.adopted,
        "outcome": reach.outcome,
        "alarm": reach.alarm,
    }
    if any(
        connection.execute(f"{query} LIMIT 1", places).fetchone() for query in _ABOUT_WHAT_IS_GONE
    ):
        return False
    if not _is_sent(connection, reach.entry):
        return False
    return all(_is_done(op) for op in closed_ops.touched(connection, Reach(), reach))


def _is_sent(connection: sqlite3.Connection, position: int) -> bool:
    """Whether the service has confirmed the entries up to there, enrolment by enrolment."""
    unsent = connection.execute(
        "SELECT 1 FROM entries e JOIN progress p USING (epoch_id) "
        "WHERE e.rowid <= ? AND e.seq > p.acked_seq LIMIT 1",
        (position,),
    ).fetchone()
    comparing = connection.execute("SELECT 1 FROM progress WHERE reconcile = 1").fetchone()
    return unsent is None and comparing is None


def _is_done(op: TouchedOp) -> bool:
    told = op.after.told
    if told is None or op.after.void_waits or op.after.open_matters:
        return False
    debited = told.status in (OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT)
    return op.after.handed_over or not debited


def base_at(connection: sqlite3.Connection, cut: Cut, *, archive: str, key: str) -> Base:
    """What the journal follows when it is cut there."""
    before = bases.base_of(connection)
    chains = {} if before is None else dict(before.chains)
    rows = connection.execute(
        "SELECT epoch_id, max(seq), hash FROM entries WHERE rowid <= ? GROUP BY epoch_id",
        (cut.reach.entry,),
    )
    for epoch_id, seq, entry_hash in rows:
        chains[EpochId(id_of(epoch_id))] = (seq, bytes(entry_hash))
    (op_max,) = connection.execute(
        f"SELECT max(op_id) FROM ({_GONE})",  # noqa: S608 - constants
        {"entry": cut.reach.entry, "adopted": cut.reach.adopted},
    ).fetchone()
    marks: Marks = {
        "entries": cut.reach.entry,
        "adopted": cut.reach.adopted,
        "outcomes": cut.reach.outcome,
        "alarms": cut.reach.alarm,
        "receipts": _receipts(connection, {str(e): seq for e, (seq, _) in chains.items()}),
        "closings": cut.closing[0],
    }
    return Base(
        closing=cut.closing,
        until=cut.until,
        marks=marks,
        chains=chains,
        op_max=max(op_max or "", "" if before is None else before.op_max),
        archive=archive,
        key=key,
    )


def _receipts(connection: sqlite3.Connection, gone: dict[str, int]) -> int:
    """The last receipt up to which all are about entries that are gone."""
    last = 0
    for number, epoch_id, seq in connection.execute(
        "SELECT id, epoch_id, seq FROM receipts ORDER BY id"
    ):
        if seq > gone.get(epoch_id, 0):
            break
        last = number
    return last


def write_purged(
    connection: sqlite3.Connection, to: Path, base: Base, sign: Sign, *, cashier: str, now: datetime
) -> None:
    """Write, prove and close a new file at `to`, of all that `base` leaves; its log is empty.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY; JOURNAL_DAMAGED: what remains does not prove itself.
    """
    for ending in ("", "-wal", "-shm"):
        to.with_name(to.name + ending).unlink(missing_ok=True)
    with world_errors(), closing(connect(to)) as fresh:
        migrate(fresh, version=0, backups=to.with_name("backups"))
        with transaction(fresh):
            records.put(fresh, records.since(connection, base.marks))
            _copy_memory(connection, fresh, now)
            Events(fresh).append(
                EventKind.JOURNAL_PURGED,
                cashier=cashier,
                detail=bases.to_detail(base, sign),
                at=now,
            )
            check(fresh)
        fresh.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy_memory(connection: sqlite3.Connection, fresh: sqlite3.Connection, now: datetime) -> None:
    """Where sending stands; and a session that has ended, as this one has when the file is used."""
    for table in ("progress", "sessions"):
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - constants
        for row in rows:
            marks = ", ".join("?" * len(row))
            fresh.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - constants
    fresh.execute("UPDATE sessions SET closed_at = ? WHERE closed_at IS NULL", (to_text(now),))
