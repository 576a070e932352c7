"""What happened at the till besides money: an append-only table with a chain of hashes of its own.

The French tax rules call it the journal of technical events (JET). It stays on this computer: what
the service must know is an entry. Who was searched for, what was typed, no name and no code stands
here; `detail` says what was done with which kind of thing, and how often.

A row is hashed together with the one before it, so that none can be changed, left out or put in:

    h(0) = SHA-256("comptoir events v1" 00)
    h(n) = SHA-256("comptoir event v1" 00 | h(n-1), 32 bytes | n, 8 bytes big-endian | body)

The body is JSON in ASCII, keys sorted, no spaces: at, cashier, detail, kind, each the text that
stands in its column; `detail` is such a JSON object as text. Numbers have no gaps, but for those
that a salvage left and names in an event of its own (`JOURNAL_SALVAGED`).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from merchant_app.clock import from_text, to_text
from merchant_app.errors import Bug
from merchant_app.ids import OpId, id_text
from merchant_app.ledger.till_journal import Lifted

DETAIL_CHARACTERS_MAX = 2_500
Detail: TypeAlias = Mapping[str, str | int | list[int]]
_ROOT = hashlib.sha256(b"comptoir events v1\x00").digest()


class EventKind(Enum):
    """What can be recorded here. The value is journalled and never changes."""

    CODE_MISSED = "code_missed"
    """A typed code that nobody knows; "misses" in a row, "wait_s" that follows."""
    CODE_FOUND = "code_found"
    """A typed code that is a voucher's, after "misses" that were none."""
    SEARCHED = "searched"
    """Vouchers were looked for by "fields" of a person or an order: so many "characters" typed, so
    many "hits"; "more" (1) than may be shown."""
    SEARCH_CHOSEN = "search_chosen"
    """One of the hits was taken: its "voucher_id", found by "field"."""
    JOURNAL_SALVAGED = "journal_salvaged"
    """The file was damaged and made anew; so many "events" could be read, and their chain is
    "torn_after" these numbers and "resumes_at" those. The same of closings, where one of them is
    torn: "closings_torn_after", "closings_resume_at"."""
    CLOSING_MADE = "closing_made"
    """A "closing" of this number was kept, and its "hash": one that is cut off later is missed."""
    CLOSING_POSTPONED = "closing_postponed"
    """Somebody was asked to close a "business_date" and said: later."""
    ARCHIVE_MADE = "archive_made"
    """An archive is in a folder that somebody chose, and was verified from there: its "name", the
    SHA-256 of its "manifest", the last of the "entries" and the last "closing" in it (0: none)."""
    JOURNAL_PURGED = "journal_purged"
    """What an archive holds was removed from this file: where it begins now (`bases.py`)."""
    EXPORTED = "exported"
    """The journal was written for another program: in a "format", the days "first" to "last", so
    many "rows"."""
    CLOCK_FLAGGED = "clock_flagged"
    """A "closing" found entries whose time cannot be true: so many of each "flag"."""
    RECEIPT_PRINTED = "receipt_printed"
    """A receipt left the till for the first time, on paper or as a file ("medium"): of the
    redemption "op_id", as its "document" (a debit, or its undo)."""
    RECEIPT_REPRINTED = "receipt_reprinted"
    """The same receipt once more; it says duplicate, and is the "copy" of this number."""
    LIMIT_LIFTED = "limit_lifted"
    """The responsible person's code took the redemption "op_id", of "amount_minor", beyond a
    "limit"; recorded in one transaction with it, before it."""
    PIN_SET = "pin_set"
    """The responsible person's code is another one; "replaced" (1) one that was there."""
    PIN_REMOVED = "pin_removed"
    """There is no such code any more."""
    PIN_WRONG = "pin_wrong"
    """Something else was typed, "for" this; "misses" in a row, "wait_s" that follows."""
    PIN_RIGHT = "pin_right"
    """It was typed, after "misses" that were wrong."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row. `kind` is text where a newer program recorded what this one does not know."""

    number: int
    at: datetime
    kind: EventKind | str
    cashier: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the file."""

    number: int
    at: str
    kind: str
    cashier: str
    detail: str
    hash: bytes


class Events:
    """The table of one journal file. Confined to the connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def append(self, kind: EventKind, *, cashier: str, detail: Detail, at: datetime) -> int:
        """Record it; the caller has a transaction open. Returns its number."""
        text = json.dumps(detail, sort_keys=True, separators=(",", ":"))
        if len(text) > DETAIL_CHARACTERS_MAX:
            raise Bug(f"{len(text)} characters of detail for {kind.value}")
        number, last_hash = self.head()
        number += 1
        at_text = to_text(at)
        row_hash = chain_hash(last_hash, number, at_text, kind.value, cashier, text)
        self._connection.execute(
            "INSERT INTO events (number, at, kind, cashier, detail, hash) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (number, at_text, kind.value, cashier, text, row_hash),
        )
        return number

    def lifted(self, lifted: Lifted, *, at: datetime) -> None:
        """Record it before its redemption; the caller has the transaction of both open."""
        detail: Detail = {
            "amount_minor": lifted.amount_minor,
            "limit": lifted.limit.value,
            "op_id": id_text(lifted.op_id),
        }
        self.append(EventKind.LIMIT_LIFTED, cashier=lifted.cashier, detail=detail, at=at)

    def head(self) -> tuple[int, bytes]:
        """The last number, and its hash."""
        row = self._connection.execute(
            "SELECT number, hash FROM events ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return (0, _ROOT) if row is None else (int(row[0]), bytes(row[1]))

    def since(self, number: int, *, limit: int) -> tuple[Event, ...]:
        """The oldest events after `number`, in order."""
        rows = self._connection.execute(
            "SELECT number, at, kind, cashier, detail FROM events "
            "WHERE number > ? ORDER BY number LIMIT ?",
            (number, limit),
        )
        return tuple(_event(*row) for row in rows.fetchall())

    def newest_of(self, kind: EventKind) -> Event | None:
        """The newest event of this kind, whoever caused it; None: there is none."""
        row = self._connection.execute(
            "SELECT number, at, kind, cashier, detail FROM events WHERE kind = ? "
            "ORDER BY number DESC LIMIT 1",
            (kind.value,),
        ).fetchone()
        return None if row is None else _event(*row)

    def newest(self, kinds: Collection[EventKind], *, cashier: str | None) -> Event | None:
        """The newest event of these kinds that this cashier (None: anybody) caused; None: there is
        none."""
        by, whom = ("", ()) if cashier is None else ("cashier = ? AND ", (cashier,))
        row = self._connection.execute(
            "SELECT number, at, kind, cashier, detail FROM events "  # noqa: S608 - only "?, ?, ?"
            f"WHERE {by}kind IN ({', '.join('?' * len(kinds))}) "
            "ORDER BY number DESC LIMIT 1",
            (*whom, *(kind.value for kind in kinds)),
        ).fetchone()
        return None if row is None else _event(*row)

    def receipts_of(self, op_id: OpId, document: str) -> int:
        """How often this receipt has left the till."""
        row = self._connection.execute(
            "SELECT count(*) FROM events WHERE kind IN (?, ?) "
            "AND json_extract(detail, '$.op_id') = ? AND json_extract(detail, '$.document') = ?",
            (
                EventKind.RECEIPT_PRINTED.value,
                EventKind.RECEIPT_REPRINTED.value,
                id_text(op_id),
                document,
            ),
        ).fetchone()
        return int(row[0])


def lifted_ops(connection: sqlite3.Connection) -> frozenset[str]:
    """The redemptions that somebody responsible took beyond a limit: few, of however many."""
    rows = connection.execute(
        "SELECT json_extract(detail, '$.op_id') FROM events WHERE kind = ?",
        (EventKind.LIMIT_LIFTED.value,),
    )
    return frozenset(row[0] for row in rows)


def chain_hash(
    previous: bytes, number: int, at: str, kind: str, cashier: str, detail: str
) -> bytes:
    """h(number), from h(number - 1) and the texts of the row's columns."""
    body = json.dumps(
        {"at": at, "cashier": cashier, "detail": detail, "kind": kind},
        sort_keys=True,
        separators=(",", ":"),
    )
    message = b"comptoir event v1\x00" + previous + number.to_bytes(8, "big") + body.encode()
    return hashlib.sha256(message).digest()


def rows_of(connection: sqlite3.Connection) -> Iterator[Row]:
    """Every row, in order."""
    query = "SELECT number, at, kind, cashier, detail, hash FROM events ORDER BY number"
    for values in connection.execute(query):
        yield Row(*values)


def torn(rows: Iterable[Row]) -> tuple[tuple[int, int], ...]:
    """Where a row does not follow from the row before it: both numbers, 0 for none before; the
    places that salvages named are left out. `rows` in order."""
    all_rows = list(rows)
    named: set[tuple[int, int]] = set()
    for row in all_rows:
        if row.kind == EventKind.JOURNAL_SALVAGED.value:
            told = json.loads(row.detail)
            named.update(zip(told["torn_after"], told["resumes_at"], strict=True))
    return tuple(place for place in _unchained(all_rows) if place not in named)


def torn_closings(rows: Iterable[Row]) -> set[tuple[int, int]]:
    """The places between closings that salvages named."""
    named: set[tuple[int, int]] = set()
    for row in rows:
        if row.kind == EventKind.JOURNAL_SALVAGED.value:
            told = json.loads(row.detail)
            after, resume = told.get("closings_torn_after", []), told.get("closings_resume_at", [])
            named.update(zip(after, resume, strict=True))
    return named


def _unchained(rows: Iterable[Row]) -> Iterator[tuple[int, int]]:
    number, last_hash = 0, _ROOT
    for row in rows:
        follows = row.number == number + 1 and row.hash == chain_hash(
            last_hash, row.number, row.at, row.kind, row.cashier, row.detail
        )
        if not follows:
            yield number, row.number
        number, last_hash = row.number, row.hash


def to_row(number: int, *values: object) -> Row:
    """A row from what was read of it, column by column.

    Raises:
        ValueError: this program cannot have written it.
    """
    at, kind, cashier, detail, row_hash = values
    if not isinstance(row_hash, bytes) or len(row_hash) != len(_ROOT):
        raise ValueError("no hash")
    told = json.loads(str(detail))
    if not isinstance(told, dict):
        raise ValueError("the detail is no object")
    if kind == EventKind.JOURNAL_SALVAGED.value:
        list(zip(told["torn_after"], told["resumes_at"], strict=True))
    return Row(number, str(at), str(kind), str(cashier), str(detail), row_hash)


def _event(number: int, at: str, kind: str, cashier: str, detail: str) -> Event:
    known = {each.value: each for each in EventKind}
    return Event(number, from_text(at), known.get(kind, kind), cashier, json.loads(detail))
