"""A digest of rows, for a closing to sign: what no chain proves is then proved by the closing.

Entries and events prove each other; when an outcome was recorded, or in which order, nothing
proved. A closing that carries these digests under "rows" vouches for every column of every row that
it covers. `verify_journal.py` computes them again, from this page alone:

A row is one line: its rowid and its values, in the order of `records.COLUMNS`, as SQLite's quote()
writes them ('text' with quotes doubled, X'0A' for bytes, NULL), joined by commas, and a line feed.
The digest is the SHA-256 of the lines of all rows of the range, in the order of their rowids.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping

from merchant_app.journal import records
from merchant_app.journal.records import COLUMNS, Marks

SEALED = ("epochs", "entries", "adopted", "outcomes", "receipts", "alarms")
"""Events have a chain of their own, and a closing names its head."""

_LINES = {
    table: "SELECT rowid || "  # noqa: S608 - constants
    + " || ".join(f"',' || quote({column})" for column in COLUMNS[table])
    + f" FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
    for table in SEALED
}


def rows_digest(connection: sqlite3.Connection, table: str, first: int, last: int) -> bytes:
    """The digest of the rows `first` to `last`; of no row when `last` is before `first`."""
    digest = hashlib.sha256()
    for (line,) in connection.execute(_LINES[table], (first, last)):
        digest.update(line.encode() + b"\n")
    return digest.digest()


def digests_since(
    connection: sqlite3.Connection, marks: Marks, until: Marks | None = None
) -> Mapping[str, tuple[int, int, str]]:
    """What a closing's body says under "rows": for each table the first and the last rowid after
    `marks`, up to `until` or to now, and the digest in hexadecimal digits."""
    ends = records.ends(connection) if until is None else until
    result = {}
    for table in SEALED:
        first, last = marks.get(table, 0) + 1, ends[table]
        result[table] = (first, last, rows_digest(connection, table, first, last).hex())
    return result
