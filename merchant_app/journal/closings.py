"""The closings of a journal: an append-only table with a chain of hashes of its own, each signed.

What a closing says is text that `reports.closing` makes; here it is only kept:

    hash(n) = SHA-256("comptoir closing v1" 00 | hash(n-1), or 32 zero bytes for the first
              | n, 8 bytes big-endian | body)

and its signature is the till's over "comptoir closing signature v1" 00 | hash(n) (Ed25519).
Numbers have no gaps, but for those that a salvage left and names in an event
(`EventKind.JOURNAL_SALVAGED`).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from merchant_app.journal.events import EventKind, Events

ROOT = bytes(32)
SIGNATURE_BYTES = 64


class ClosingKind(Enum):
    """What a closing is of. The value is stored and never changes."""

    DAY = "day"
    """A range of the journal's positions."""
    MONTH = "month"
    """A range of closings of days."""
    YEAR = "year"
    """The same."""


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """A row as it stands in the file."""

    number: int
    kind: str
    body: str
    hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a journal was read: the last position in each of its tables, 0 for nothing."""

    entry: int = 0
    adopted: int = 0
    outcome: int = 0
    alarm: int = 0


Sign = Callable[[bytes], bytes]
"""Signs a message with the till's key: 64 bytes of Ed25519."""


class Closings:
    """The table of one journal file. Confined to the connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def append(
        self, kind: ClosingKind, body: str, sign: Sign, *, cashier: str, at: datetime
    ) -> ClosingRow:
        """Keep a closing, and an event that says so; the caller has a transaction open."""
        number, last_hash = self.head()
        number += 1
        closing_hash = chain_hash(last_hash, number, body)
        row = ClosingRow(number, kind.value, body, closing_hash, sign(signed_message(closing_hash)))
        self._connection.execute(
            "INSERT INTO closings (number, kind, body, hash, signature) VALUES (?, ?, ?, ?, ?)",
            (row.number, row.kind, row.body, row.hash, row.signature),
        )
        Events(self._connection).append(
            EventKind.CLOSING_MADE,
            cashier=cashier,
            detail={"closing": row.number, "hash": row.hash.hex()},
            at=at,
        )
        return row

    def head(self) -> tuple[int, bytes]:
        """The last number, and its hash."""
        row = self._connection.execute(
            "SELECT number, hash FROM closings ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return (0, ROOT) if row is None else (int(row[0]), bytes(row[1]))

    def row(self, number: int) -> ClosingRow | None:
        """One closing; None: there is none of this number."""
        return next(self._rows("WHERE number = ?", (number,)), None)

    def newest(self, kind: ClosingKind) -> ClosingRow | None:
        """The last one of a kind; None: there is none."""
        return next(self._rows("WHERE kind = ? ORDER BY number DESC LIMIT 1", (kind.value,)), None)

    def newest_first(self, kind: ClosingKind, *, limit: int) -> tuple[ClosingRow, ...]:
        """The last ones of a kind."""
        return tuple(self._rows("WHERE kind = ? ORDER BY number DESC LIMIT ?", (kind.value, limit)))

    def after(self, number: int, kind: ClosingKind, *, limit: int) -> tuple[ClosingRow, ...]:
        """The oldest of a kind after `number`, in order."""
        where = "WHERE kind = ? AND number > ? ORDER BY number LIMIT ?"
        return tuple(self._rows(where, (kind.value, number, limit)))

    def _rows(self, where: str, values: tuple[object, ...]) -> Iterator[ClosingRow]:
        query = f"SELECT number, kind, body, hash, signature FROM closings {where}"  # noqa: S608 - constants
        for row in self._connection.execute(query, values).fetchall():
            yield ClosingRow(*row)


def chain_hash(previous: bytes, number: int, body: str) -> bytes:
    """hash(number), from hash(number - 1)."""
    message = b"comptoir closing v1\x00" + previous + number.to_bytes(8, "big") + body.encode()
    return hashlib.sha256(message).digest()


def signed_message(closing_hash: bytes) -> bytes:
    """What the till signs of a closing."""
    return b"comptoir closing signature v1\x00" + closing_hash


def rows_of(connection: sqlite3.Connection) -> Iterator[ClosingRow]:
    """Every row, in order."""
    query = "SELECT number, kind, body, hash, signature FROM closings ORDER BY number"
    for values in connection.execute(query):
        yield ClosingRow(*values)


def torn(
    rows: Iterable[ClosingRow],
    named: Collection[tuple[int, int]],
    *,
    base: tuple[int, bytes] | None = None,
) -> tuple[tuple[int, int], ...]:
    """Where a closing does not follow from the one before it: both numbers, 0 for none before; the
    places that salvages `named` are left out. `rows` in order; `base`: number and hash of the last
    one that was purged."""
    places = []
    number, last_hash = 0, ROOT
    for row in rows:
        if base is not None and number == 0 and row.number > 1:
            number, last_hash = base
        follows = row.number == number + 1 and row.hash == chain_hash(
            last_hash, row.number, row.body
        )
        if not follows and (number, row.number) not in named:
            places.append((number, row.number))
        number, last_hash = row.number, row.hash
    return tuple(places)


def check_row(rowid: int, *values: object) -> None:
    """Whether this program can have written it.

    Raises:
        ValueError: it cannot.
    """
    kind, body, row_hash, signature = values
    ClosingKind(kind)
    if not isinstance(json.loads(str(body)), dict) or not str(body).isascii() or rowid < 1:
        raise ValueError("the body is no object")
    if not isinstance(row_hash, bytes) or len(row_hash) != len(ROOT):
        raise ValueError("no hash")
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES:
        raise ValueError("no signature")
