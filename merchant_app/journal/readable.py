"""What SQL can still read of a damaged journal: row by row, around what cannot be read."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from merchant_app.journal.records import COLUMNS, Record, Value, is_sensible

_DEFAULTS: dict[str, Value] = {"root": None, "origin": "own", "generation": 0, "signature": b""}
"""Columns that a file of an older version lacks."""
_ROWIDS_MAX = 1 << 40

_ID = rb"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_EPOCH_ROW = re.compile(_ID + _ID + rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")
_POSITION_LENGTH_MAX = 2
_ROOT_LENGTH = 32


@dataclass(slots=True)
class Readable:
    """Rows that could be read and make sense by themselves; nothing is proved yet.

    Attributes:
        records: by table and rowid.
        first_entry: of the newest session: what nobody may have seen yet; None if unreadable.
    """

    records: dict[tuple[str, int], Record] = field(default_factory=dict)
    first_entry: int | None = None

    def of(self, table: str) -> list[Record]:
        """The rows of one table, in order."""
        found = [record for record in self.records.values() if record.table == table]
        return sorted(found, key=lambda record: record.rowid)


def read(path: Path, work: Path) -> Readable:
    """Everything that SQL gives of the journal at `path`. Reads a copy made in the folder `work`;
    the file itself is not touched.
    """
    copy = work / path.name
    for ending in ("", "-wal"):
        source = path.with_name(path.name + ending)
        if source.exists():
            shutil.copyfile(source, work / source.name)
    result = Readable()
    if not copy.exists():
        return result
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for table in COLUMNS:
            for record in _rows(connection, table):
                result.records[table, record.rowid] = record
        result.first_entry = _first_entry(connection)
    return result


_UNREADABLE = (sqlite3.Error, ValueError, TypeError, OverflowError, MemoryError)
"""Damaged bytes come out of sqlite3 as any of these."""


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Record]:
    try:
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    except _UNREADABLE:
        return
    for ascending in (True, False):
        yield from _one_way(connection, table, there, ascending=ascending)


def _one_way(
    connection: sqlite3.Connection, table: str, there: set[str], *, ascending: bool
) -> Iterator[Record]:
    """Rows from one end to where reading fails, and on beyond single rows that make no sense."""
    names = [
        column if column in there else f"NULL AS {column}"  # told apart below: see _DEFAULTS
        for column in COLUMNS[table]
    ]
    order, beyond = ("ASC", ">") if ascending else ("DESC", "<")
    query = (
        f"SELECT rowid, {', '.join(names)} FROM {table} "  # noqa: S608 - constants
        f"WHERE rowid {beyond} ? ORDER BY rowid {order}"
    )
    at = 0 if ascending else _ROWIDS_MAX
    while True:
        try:
            cursor = connection.execute(query, (at,))
            row = cursor.fetchone()
            while row is not None:
                if not _is_beyond(row[0], at, ascending=ascending):
                    raise ValueError("the tree leads in a circle")
                at = row[0]
                record = _sensible(table, there, row)
                if record is not None:
                    yield record
                row = cursor.fetchone()
            return
        except _UNREADABLE:
            following = _next_rowid(connection, table, at, ascending=ascending)
            if following is None or not _is_beyond(following, at, ascending=ascending):
                return
            at = following


def _is_beyond(rowid: object, at: int, *, ascending: bool) -> bool:
    if not isinstance(rowid, int):
        return False
    return rowid > at if ascending else rowid < at


def _next_rowid(
    connection: sqlite3.Connection, table: str, at: int, *, ascending: bool
) -> int | None:
    """The row that could not be read, so that the next query begins behind it."""
    aggregate, beyond = ("min", ">") if ascending else ("max", "<")
    query = f"SELECT {aggregate}(rowid) FROM {table} WHERE rowid {beyond} ?"  # noqa: S608 - constants
    try:
        found = connection.execute(query, (at,)).fetchone()[0]
    except _UNREADABLE:
        return None
    return found if isinstance(found, int) else None


def _sensible(table: str, there: set[str], row: tuple[Value, ...]) -> Record | None:
    rowid, *read_values = row
    values = tuple(
        value if column in there else _DEFAULTS.get(column)
        for column, value in zip(COLUMNS[table], read_values, strict=True)
    )
    if not isinstance(rowid, int) or not 0 < rowid < _ROWIDS_MAX:
        return None
    record = Record(table, rowid, values)
    return record if is_sensible(record) else None


def _first_entry(connection: sqlite3.Connection) -> int | None:
    try:
        row = connection.execute(
            "SELECT first_entry FROM sessions ORDER BY id DESC LIMIT 1"
        ).fetchone()
    except _UNREADABLE:
        return None
    return row[0] if row is not None and isinstance(row[0], int) and row[0] > 0 else None


def carve_epochs(raw: bytes) -> list[tuple[str, str, str, tuple[bytes, ...]]]:
    """Rows of `epochs` in raw bytes: epoch, till, when, and what may be its root.

    They prove nothing: the first entry of the epoch proves its root. Between the moment and the
    root lies the position, in as many bytes as it needs.
    """
    found = []
    for match in _EPOCH_ROW.finditer(raw):
        starts = range(match.end(), match.end() + _POSITION_LENGTH_MAX + 1)
        roots = tuple(raw[start : start + _ROOT_LENGTH] for start in starts)
        found.append((match[1].decode(), match[2].decode(), match[3].decode(), roots))
    return found
