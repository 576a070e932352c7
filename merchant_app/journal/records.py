"""The rows that never change, as records: what the mirror keeps, and what can be put back.

A record is one row of an append-only table with its rowid: entered again with the same rowid, the
file says what it said, in the same order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from merchant_app.clock import from_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import bases, closings, events, outcome_lines
from merchant_app.ledger.entries import BadEntry, Redemption, from_body

Value = str | int | bytes | None

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "epochs": ("epoch_id", "till_id", "enrolled_at", "position", "root"),
    "entries": (
        "epoch_id",
        "seq",
        "kind",
        "op_id",
        "redemption_id",
        "body",
        "hash",
        "origin",
    ),
    "adopted": (
        "op_id",
        "epoch_id",
        "seq",
        "kind",
        "redemption_id",
        "body",
        "hash",
        "adopted_at",
    ),
    "outcomes": (
        "op_id",
        "status",
        "lines",
        "decided_at",
        "recorded_at",
        "generation",
        "signature",
    ),
    "receipts": ("epoch_id", "generation", "seq", "hash", "signed_at", "signature"),
    "alarms": ("op_id", "recorded_at"),
    # The number is the rowid.
    "events": ("at", "kind", "cashier", "detail", "hash"),
    "closings": ("kind", "body", "hash", "signature"),
}
"""The tables a record can belong to, in the order in which they can be filled."""

_TEXTS = (
    "epoch_id",
    "till_id",
    "op_id",
    "body",
    "status",
    "lines",
    "kind",
    "cashier",
    "detail",
)
_IDS = ("epoch_id", "till_id", "op_id")
_MOMENTS = ("decided_at", "recorded_at", "enrolled_at", "signed_at", "adopted_at", "at")

_READ = {
    table: f"SELECT rowid, {', '.join(columns)} FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608 - constants
    for table, columns in COLUMNS.items()
}
_WRITE = {
    table: f"INSERT INTO {table} (rowid, {', '.join(columns)}) "  # noqa: S608 - constants
    f"VALUES (?{', ?' * len(columns)})"
    for table, columns in COLUMNS.items()
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its table, its rowid, its values in the order of `COLUMNS`."""

    table: str
    rowid: int
    values: tuple[Value, ...]

    def value(self, column: str) -> Value:
        """The value in a column."""
        return self.values[COLUMNS[self.table].index(column)]


Marks = dict[str, int]
"""The last rowid of each table up to which rows were dealt with; a table not named: none."""


def since(connection: sqlite3.Connection, marks: Marks) -> Iterator[Record]:
    """The rows after `marks`, table by table, each in the order of its rowids."""
    for table, query in _READ.items():
        for rowid, *values in connection.execute(query, (marks.get(table, 0),)):
            yield Record(table, rowid, tuple(values))


def ends(connection: sqlite3.Connection) -> Marks:
    """Where every table ends now."""
    return {
        table: connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]  # noqa: S608 - constants
        for table in COLUMNS
    }


def put(connection: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Enter records as they were; the caller has a transaction open and knows them to be true.

    Raises:
        Problem: JOURNAL_DAMAGED, they do not fit beside the rows that are there.
    """
    for record in records:
        try:
            connection.execute(_WRITE[record.table], (record.rowid, *record.values))
            _name_vouchers(connection, record)
        except sqlite3.IntegrityError as error:
            where = f"{record.table} {record.rowid}"
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"{where}: {error}") from error


def vouchers_named(record: Record) -> tuple[tuple[str, str], ...]:
    """What `redemption_vouchers` holds because of this record: pairs of voucher and op.

    Raises:
        Problem: JOURNAL_DAMAGED, its body is no entry.
    """
    if record.table not in ("entries", "adopted") or record.value("kind") != "redemption":
        return ()
    try:
        entry = from_body(str(record.value("body")))
    except BadEntry as error:
        detail = f"{record.table} {record.rowid}: {error}"
        raise Problem(ProblemKind.JOURNAL_DAMAGED, detail) from error
    if not isinstance(entry, Redemption):
        detail = f"{record.table} {record.rowid} is not the redemption its row says"
        raise Problem(ProblemKind.JOURNAL_DAMAGED, detail)
    return tuple((str(line.voucher_id), str(entry.op_id)) for line in entry.lines)


def is_sensible(record: Record) -> bool:
    """Whether the values are what this program could have written there."""
    try:
        named = dict(zip(COLUMNS[record.table], record.values, strict=True))
        if not all(isinstance(named[name], str) for name in _TEXTS if name in named):
            return False
        for name in _IDS:
            if name in named and str(UUID(str(named[name]))) != named[name]:
                return False
        for name in _MOMENTS:
            if name in named:
                from_text(str(named[name]))
        if record.table in ("entries", "adopted"):
            from_body(str(named["body"]))
            vouchers_named(record)
        if "status" in named:
            OutcomeStatus(str(named["status"]))
            outcome_lines.from_text(str(named["lines"]))
        if record.table == "events":
            bases.newest_of([events.to_row(record.rowid, *record.values)])
        if record.table == "closings":
            closings.check_row(record.rowid, *record.values)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Problem):
        return False
    return True


def _name_vouchers(connection: sqlite3.Connection, record: Record) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO redemption_vouchers VALUES (?, ?)", vouchers_named(record)
    )
