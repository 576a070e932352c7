"""Single changes of a journal, as somebody with a database tool makes them. For tests.

Each says where it struck, so that a verifier can be asked whether it names that place.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from merchant_app.journal import events
from merchant_app.ledger.entries import chain_hash

Value = str | int | bytes | None

KEY = {
    "epochs": "rowid",
    "entries": "rowid",
    "adopted": "rowid",
    "outcomes": "id",
    "receipts": "id",
    "alarms": "rowid",
    "events": "number",
    "closings": "number",
}
"""The tables whose rows never change, and what numbers their rows."""


@dataclass(frozen=True, slots=True)
class Struck:
    """The row that a change struck first; for entries the row is the position over all epochs.

    `moved_to`: the number it has now, where its number is what was changed.
    """

    kind: str
    table: str
    row: int
    column: str = ""
    moved_to: int | None = None


class NothingToChange(Exception):
    """The draw cannot be made in this journal; draw again."""


Change = Callable[[sqlite3.Connection, random.Random], Struck]


def strike(path: Path, change: Change, chance: random.Random) -> Struck:
    """Make one change in the file, past all its triggers; draws until one can be made."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        while True:
            connection.execute("BEGIN")
            try:
                struck = change(connection, chance)
            except (NothingToChange, sqlite3.IntegrityError):
                connection.execute("ROLLBACK")
                continue
            connection.execute("COMMIT")
            return struck


def one_byte(connection: sqlite3.Connection, chance: random.Random) -> Struck:
    """One byte in one column of one row."""
    table = _table(connection, chance)
    return change_column(connection, chance, table, chance.choice(_columns(connection, table)))


def change_column(
    connection: sqlite3.Connection, chance: random.Random, table: str, column: str
) -> Struck:
    """One byte of one column, in any row of the table."""
    row = chance.choice(_rows(connection, table))
    value = connection.execute(
        f"SELECT {column} FROM {table} WHERE {KEY[table]} = ?", (row,)
    ).fetchone()[0]
    other = _other(value, column, chance)
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {KEY[table]} = ?", (other, row))
    moved_to = other if column == KEY[table] and isinstance(other, int) else None
    return Struck("byte", table, row, column, moved_to)


def removed(connection: sqlite3.Connection, chance: random.Random) -> Struck:
    """One row, and nothing else; or with all that follows renumbered."""
    table = _table(connection, chance)
    row = chance.choice(_rows(connection, table))
    epoch = _epoch(connection, table, row)
    connection.execute(f"DELETE FROM {table} WHERE {KEY[table]} = ?", (row,))
    if chance.random() < 0.5:
        _renumber(connection, table, row + 1, -1, epoch)
    return Struck("removed", table, row)


def inserted(connection: sqlite3.Connection, chance: random.Random) -> Struck:
    """A row much like one that is there, before another one; what follows is renumbered."""
    table = _table(connection, chance)
    before, like = (chance.choice(_rows(connection, table)) for _ in range(2))
    columns = [name for name in _columns(connection, table) if name != KEY[table]]
    values = _values(connection, table, columns, like)
    epoch = _epoch(connection, table, before)
    if epoch is not None:
        values["epoch_id"], values["seq"] = epoch
    _renumber(connection, table, before, 1, epoch)
    unique = {"entries": "op_id", "adopted": "op_id", "alarms": "op_id", "epochs": "epoch_id"}
    column = unique.get(table) or chance.choice(columns)
    values[column] = _other(values[column], column, chance)
    _insert(connection, table, before, values)
    return Struck("inserted", table, before)


def swapped(connection: sqlite3.Connection, chance: random.Random) -> Struck:
    """Two rows of one table in each other's place."""
    table = _table(connection, chance)
    rows = _rows(connection, table)
    if len(rows) < 2:
        raise NothingToChange
    one, other = sorted(chance.sample(rows, 2))
    columns = [name for name in _columns(connection, table) if name != KEY[table]]
    values = [_values(connection, table, columns, row) for row in (one, other)]
    connection.execute(f"DELETE FROM {table} WHERE {KEY[table]} IN (?, ?)", (one, other))
    _insert(connection, table, one, values[1])
    _insert(connection, table, other, values[0])
    return Struck("swapped", table, one)


def recomputed(connection: sqlite3.Connection, chance: random.Random) -> Struck:
    """One entry or event says something else, and its chain is made anew from there on."""
    if chance.random() < 0.2:
        return _events_anew(connection, chance)
    row, epoch, seq, body = chance.choice(
        connection.execute("SELECT rowid, epoch_id, seq, body FROM entries").fetchall()
    )
    at = body.index('"at":"') + len('"at":"2026-11-23T09:30:')
    digit = str((int(body[at]) + chance.randint(1, 5)) % 6)
    body = body[:at] + digit + body[at + 1 :]
    (before,) = connection.execute(
        "SELECT hash FROM entries WHERE epoch_id = ? AND seq = ? UNION ALL "
        "SELECT root FROM epochs WHERE epoch_id = ?",
        (epoch, seq - 1, epoch),
    ).fetchone()
    later = connection.execute(
        "SELECT seq, body FROM entries WHERE epoch_id = ? AND seq > ? ORDER BY seq", (epoch, seq)
    ).fetchall()
    for number, text in [(seq, body), *later]:
        before = chain_hash(before, seq=number, body=text)
        connection.execute(
            "UPDATE entries SET body = ?, hash = ? WHERE epoch_id = ? AND seq = ?",
            (text, before, epoch, number),
        )
    return Struck("recomputed", "entries", row)


def _events_anew(connection: sqlite3.Connection, chance: random.Random) -> Struck:
    rows = connection.execute(
        "SELECT number, at, kind, cashier, detail, hash FROM events ORDER BY number"
    ).fetchall()
    # What the last closing covers: whatever came after it, no one has signed yet.
    place = chance.randrange(len(rows) - 1)
    before = rows[place - 1][5] if place else events.Events(_NO_ROWS).head()[1]
    for number, at, kind, cashier, detail, _ in rows[place:]:
        name = "Eve" if number == rows[place][0] else cashier
        before = events.chain_hash(before, number, at, kind, name, detail)
        connection.execute(
            "UPDATE events SET cashier = ?, hash = ? WHERE number = ?", (name, before, number)
        )
    return Struck("recomputed", "events", rows[place][0])


KINDS: Mapping[str, Change] = {
    "byte": one_byte,
    "removed": removed,
    "inserted": inserted,
    "swapped": swapped,
    "recomputed": recomputed,
}

_NO_ROWS = sqlite3.connect(":memory:", check_same_thread=False)
_NO_ROWS.execute("CREATE TABLE events (number INTEGER, hash BLOB)")


def _table(connection: sqlite3.Connection, chance: random.Random) -> str:
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    table = chance.choice([name for name in KEY if name in there])
    if not _rows(connection, table):
        raise NothingToChange
    return table


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _rows(connection: sqlite3.Connection, table: str) -> list[int]:
    key = KEY[table]
    return [row[0] for row in connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}")]


def _values(
    connection: sqlite3.Connection, table: str, columns: list[str], row: int
) -> dict[str, Value]:
    found = connection.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE {KEY[table]} = ?", (row,)
    ).fetchone()
    return dict(zip(columns, found, strict=True))


def _insert(
    connection: sqlite3.Connection, table: str, row: int, values: Mapping[str, Value]
) -> None:
    names = ", ".join([KEY[table], *values])
    marks = ", ".join("?" * (len(values) + 1))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (row, *values.values()))


def _epoch(connection: sqlite3.Connection, table: str, row: int) -> tuple[str, int] | None:
    if table != "entries":
        return None
    found = connection.execute("SELECT epoch_id, seq FROM entries WHERE rowid = ?", (row,))
    epoch_id, seq = found.fetchone()
    return str(epoch_id), int(seq)


def _renumber(
    connection: sqlite3.Connection,
    table: str,
    first: int,
    by: int,
    epoch: tuple[str, int] | None,
) -> None:
    key, far = KEY[table], 1_000_000
    numbers: list[tuple[str, str, tuple[str, ...]]] = [(key, "", ())]
    if epoch is not None:
        numbers.append(("seq", " AND epoch_id = ?", (epoch[0],)))
    for column, which, values in numbers:
        start = first if column == key or epoch is None else epoch[1] + (by < 0)
        # Twice, so that no two rows have one number in between.
        connection.execute(
            f"UPDATE {table} SET {column} = {column} + {far} WHERE {column} >= ?{which}",
            (start, *values),
        )
        connection.execute(
            f"UPDATE {table} SET {column} = {column} - {far} + {by} WHERE {column} >= {far}{which}",
            values,
        )


def _other(value: Value, column: str, chance: random.Random) -> Value:
    """The value with one byte of it changed; a text keeps its length and its alphabet."""
    if value is None:
        return bytes(32) if column == "root" else "0" * 8 + "-0000-7000-8000-" + "0" * 12
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(8)
    if isinstance(value, bytes):
        if not value:
            return b"\x01"
        place = chance.randrange(len(value))
        changed = value[place] ^ chance.randint(1, 255)
        return value[:place] + bytes([changed]) + value[place + 1 :]
    if not value:
        return "x"
    place = chance.randrange(len(value))
    alphabet = "0123456789" if value[place].isdigit() else "abcdefghijklmnopqrstuvwxyzZ-"
    return value[:place] + chance.choice(alphabet.replace(value[place], "")) + value[place + 1 :]
