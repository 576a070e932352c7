"""What a journal is searched by: redemptions by code, amount, cashier and time, newest first.

A file of its own beside the journal, made from it and from nothing else: when it is lost or does
not fit, it is made again. So nothing that is sold waits for an index, and the journal's own tables
hold what was recorded, and no more. It holds nothing that the journal does not.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from merchant_app.clock import to_text
from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import VoucherId, id_text
from merchant_app.journal.checking import damage_errors, world_errors
from merchant_app.journal.opening import transaction
from merchant_app.vouchers.holders import folded

PAGE_ROWS = 5_000
NAME = "journal-index.sqlite"
_VERSION = 1
_BUSY_WAIT_S = 5.0
_NARROW = timedelta(days=32)
"""Up to so long a time is looked through whole; beyond it, code and amount lead."""
_AFTER_ALL = "\U0010ffff"

_SCHEMA = """
-- From where and how far the journal was read, and the hash of its last entry then: another one
-- there means that this is another journal; another beginning, that it was purged.
CREATE TABLE reached (
    entry INTEGER NOT NULL, adopted INTEGER NOT NULL, head BLOB NOT NULL,
    first_entry INTEGER NOT NULL, first_adopted INTEGER NOT NULL
) STRICT;
INSERT INTO reached VALUES (0, 0, x'', 0, 0);
CREATE TABLE cashiers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, folded TEXT NOT NULL)
    STRICT;
CREATE TABLE sales (
    number  INTEGER PRIMARY KEY,
    op_id   TEXT NOT NULL UNIQUE,
    at      TEXT NOT NULL,
    cashier INTEGER NOT NULL,
    offline INTEGER NOT NULL,
    kept    INTEGER NOT NULL DEFAULT 0,
    undone  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sales_by_cashier ON sales (cashier, number);
CREATE INDEX sales_by_time ON sales (at, number);
CREATE INDEX sales_offline ON sales (number) WHERE offline = 1;
CREATE INDEX sales_kept ON sales (number) WHERE kept = 1;
CREATE INDEX sales_undone ON sales (number) WHERE undone = 1;
-- The end of a code, its last character first: whoever knows two of them finds it.
CREATE TABLE labels (
    tail TEXT NOT NULL, number INTEGER NOT NULL, voucher_id TEXT NOT NULL,
    PRIMARY KEY (tail, number, voucher_id)
) STRICT, WITHOUT ROWID;
-- The total of a redemption, and each of its lines.
CREATE TABLE amounts (
    minor INTEGER NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (minor, number)
) STRICT, WITHOUT ROWID;
"""
_READ = (
    "SELECT rowid, kind, op_id, redemption_id, body, hash FROM {0} "
    "WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?"
)
_KEPT = '"handed_over":false'  # in a canonical body this can only be the field itself

_log = logging.getLogger(__name__)


class SaleKind(Enum):
    """Which redemptions are looked for."""

    EVERY = "every"
    OFFLINE = "offline"
    """Handed over without asking the service."""
    UNDONE = "undone"
    """Somebody undid it."""
    KEPT = "kept"
    """Recorded, and not handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; everything that is given must fit.

    Attributes:
        label_end: the last characters of a voucher's code; empty: any.
        voucher_id: of the vouchers whose codes end so, this one.
        minor: the total or one line, in minor units.
        cashier: how a cashier's name, or a word of it, begins; empty: anybody.
        since: not before, UTC.
        until: before, UTC.
    """

    label_end: str = ""
    voucher_id: VoucherId | None = None
    minor: int | None = None
    cashier: str = ""
    since: datetime | None = None
    until: datetime | None = None
    kind: SaleKind = SaleKind.EVERY


@dataclass(frozen=True, slots=True)
class Place:
    """A redemption's place in the answer: what follows it is asked for by it."""

    number: int
    at: str
    op_id: str


def forget_catalogue(journal: Path) -> None:
    """Remove the index beside this journal; the next search makes it again.

    Raises:
        OSError: it cannot be removed.
    """
    for end in ("", "-wal", "-shm"):
        journal.with_name(NAME + end).unlink(missing_ok=True)


class Catalogue:
    """Confined to the thread that made it; one at a time for a journal."""

    def __init__(self, journal: Path) -> None:
        """Open it, or make it; it is brought up to date by `catch_up`.

        Raises:
            Problem: the disk, or the journal, cannot be read or written.
        """
        if not journal.is_file():
            raise Problem(ProblemKind.DISK_READ_ONLY, f"there is no {journal.name}")
        self._path = journal.with_name(NAME)
        self._known: dict[str, int] = {}
        with world_errors():
            self._journal = sqlite3.connect(journal, timeout=_BUSY_WAIT_S, isolation_level=None)
            self._journal.execute("PRAGMA query_only = ON")
            try:
                self._own = self._opened()
            except BaseException:
                self._journal.close()
                raise

    def close(self) -> None:
        """Close both files."""
        self._own.close()
        self._journal.close()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- opening ---------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        try:
            own = self._connected()
            if self._fits(own):
                return own
            own.close()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # the disk's; a file that is damaged or none is what is made again
            _log.info("the index of the journal is made again: %s", error)
        forget_catalogue(self._path)
        own = self._connected()
        own.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        return own

    def _connected(self) -> sqlite3.Connection:
        own = sqlite3.connect(self._path, timeout=_BUSY_WAIT_S, isolation_level=None)
        try:
            self._path.chmod(0o600)
            own.execute("PRAGMA journal_mode = WAL")
            # What a power cut takes is read from the journal again; torn it never is.
            own.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            own.close()
            raise
        return own

    def _fits(self, own: sqlite3.Connection) -> bool:
        """Whether it was made by this program, of this journal."""
        if own.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            return False
        entry, adopted, head, *firsts = own.execute(
            "SELECT entry, adopted, head, first_entry, first_adopted FROM reached"
        ).fetchone()
        if any(first not in (0, now) for first, now in zip(firsts, self._firsts(), strict=True)):
            return False
        (last,) = self._journal.execute("SELECT coalesce(max(rowid), 0) FROM adopted").fetchone()
        return bool(adopted <= last and (entry == 0 or self._head(entry) == head))

    def _firsts(self) -> tuple[int, int]:
        """Where the journal begins."""
        row = self._journal.execute(
            "SELECT (SELECT coalesce(min(rowid), 0) FROM entries),"
            " (SELECT coalesce(min(rowid), 0) FROM adopted)"
        ).fetchone()
        return row[0], row[1]

    def _head(self, position: int) -> bytes | None:
        row = self._journal.execute(
            "SELECT hash FROM entries WHERE rowid = ?", (position,)
        ).fetchone()
        return None if row is None else bytes(row[0])

    # --- reading the journal ---------------------------------------------------------------------

    def catch_up(self) -> int:
        """Read what was recorded since; how many entries that were. A million take seconds, what
        a day brings milliseconds."""
        with damage_errors():
            firsts = self._firsts()
            self._own.execute(
                "UPDATE reached SET first_entry = ?1, first_adopted = ?2 "
                "WHERE (first_entry, first_adopted) <> (?1, ?2)",
                firsts,
            )
            return sum(self._read(table) for table in ("entries", "adopted"))

    def _read(self, table: str) -> int:
        column = "entry" if table == "entries" else "adopted"
        count = 0
        last = self._journal.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]  # noqa: S608 - constants
        while True:
            after = self._own.execute(f"SELECT {column} FROM reached").fetchone()[0]  # noqa: S608 - constants
            rows = self._journal.execute(_READ.format(table), (after, last, PAGE_ROWS)).fetchall()
            if not rows:
                return count
            self._known.clear()  # a page that fails takes its names back
            with transaction(self._own):
                self._take(rows)
                self._own.execute(f"UPDATE reached SET {column} = ?", (rows[-1][0],))  # noqa: S608 - constants
                if table == "entries":
                    self._own.execute("UPDATE reached SET head = ?", (rows[-1][5],))
            count += len(rows)

    def _take(self, rows: Sequence[tuple[Any, ...]]) -> None:
        number = self._own.execute("SELECT coalesce(max(number), 0) FROM sales").fetchone()[0]
        sales, labels, amounts, undone, kept = [], [], [], [], []
        seen: set[str] = set()
        for _, kind, op_id, about, body, _ in rows:
            if kind == "void":
                undone.append((about,))
            elif kind == "decision" and _KEPT in body:
                kept.append((about,))
            elif kind == "redemption" and op_id not in seen and not self._has(op_id):
                seen.add(op_id)
                number += 1
                told = json.loads(body)
                who = self._cashier(told["cashier"])
                sales.append((number, op_id, told["at"], who, int(told["honoured"])))
                lines = told["lines"]
                labels += [(_tail(line["label"]), number, line["voucher"]) for line in lines]
                parts = [line["amount_minor"] for line in lines]
                amounts += [(minor, number, told["at"]) for minor in {*parts, sum(parts)}]
        many = self._own.executemany
        many(
            "INSERT INTO sales (number, op_id, at, cashier, offline) VALUES (?, ?, ?, ?, ?)", sales
        )
        many("INSERT OR IGNORE INTO labels VALUES (?, ?, ?)", labels)
        many("INSERT OR IGNORE INTO amounts VALUES (?, ?, ?)", amounts)
        many("UPDATE sales SET undone = 1 WHERE op_id = ?", undone)
        many("UPDATE sales SET kept = 1 WHERE op_id = ?", kept)

    def _has(self, op_id: str) -> bool:
        """An entry that was resent, or that a copy of this till wrote as well, counts once."""
        row = self._own.execute("SELECT 1 FROM sales WHERE op_id = ?", (op_id,)).fetchone()
        return row is not None

    def _cashier(self, name: str) -> int:
        if name not in self._known:
            self._own.execute(
                "INSERT OR IGNORE INTO cashiers (name, folded) VALUES (?, ?)", (name, folded(name))
            )
            row = self._own.execute("SELECT id FROM cashiers WHERE name = ?", (name,)).fetchone()
            self._known[name] = int(row[0])
        return self._known[name]

    # --- finding ---------------------------------------------------------------------------------

    def find(self, wanted: Wanted, *, before: Place | None, limit: int) -> tuple[Place, ...]:
        """The newest that fit; `before`: those that follow this one."""
        search = _Search(wanted, self._cashiers(wanted.cashier))
        if before is not None:
            search.after(before)
        with world_errors():
            rows = self._own.execute(*search.query(limit)).fetchall()
        return tuple(Place(*row) for row in rows)

    def _cashiers(self, begins: str) -> list[int] | None:
        begins = folded(begins)
        if not begins:
            return None
        with world_errors():
            rows = self._own.execute(
                "SELECT id FROM cashiers WHERE folded >= ? AND folded < ? OR folded LIKE ?",
                (begins, begins + _AFTER_ALL, f"% {begins}%"),
            ).fetchall()
        return [row[0] for row in rows]


class _Search:
    """One query, put together so that an index leads it whatever is asked: few vouchers end alike,
    few redemptions are undone, a month is short; else the amount, the cashier, the order."""

    def __init__(self, wanted: Wanted, cashiers: list[int] | None) -> None:
        self._where: list[str] = []
        self._values: list[object] = []
        is_bound = wanted.since is not None or wanted.until is not None
        is_named = bool(wanted.label_end)
        is_some = wanted.kind is not SaleKind.EVERY
        others = is_named or is_some or wanted.minor is not None
        self._by_time = _is_narrow(wanted) or (is_bound and not others)
        self._from, self._number, self._at = "sales s", "s.number", "s.at"
        if is_some and not is_named and not self._by_time:
            self._from = f"sales s INDEXED BY sales_{wanted.kind.value}"
        elif wanted.minor is not None and not is_named and not self._by_time:
            self._from = "amounts a CROSS JOIN sales s ON s.number = a.number"
            self._number, self._at = "a.number", "a.at"
        if is_named:
            self._name(wanted, leads=not self._by_time)
        if wanted.minor is not None:
            self._amount(wanted.minor)
        # A plus keeps SQLite from an index that would have to be sorted.
        column = self._at if self._by_time else f"+{self._at}"
        if wanted.since is not None:
            self._and(f"{column} >= ?", to_text(wanted.since))
        if wanted.until is not None:
            self._and(f"{column} < ?", to_text(wanted.until))
        if cashiers is not None:
            alone = self._from == "sales s" and not self._by_time and len(cashiers) == 1
            marks = ",".join("?" * len(cashiers))
            self._and(f"{'' if alone else '+'}s.cashier IN ({marks})", *cashiers)
        if is_some:
            self._and(f"s.{wanted.kind.value} = 1")

    def _and(self, condition: str, *values: object) -> None:
        self._where.append(condition)
        self._values += values

    def _name(self, wanted: Wanted, *, leads: bool) -> None:
        tail = _tail(wanted.label_end)
        told, values = "l.tail >= ? AND l.tail < ?", [tail, tail + _AFTER_ALL]
        if wanted.voucher_id is not None:
            told += " AND l.voucher_id = ?"
            values.append(id_text(wanted.voucher_id))
        column = "s.number" if leads else "+s.number"
        self._and(f"{column} IN (SELECT l.number FROM labels l WHERE {told})", *values)  # noqa: S608 - constants

    def _amount(self, minor: int) -> None:
        if self._number == "a.number":
            self._and("a.minor = ?", minor)
        else:
            self._and(
                "EXISTS (SELECT 1 FROM amounts a WHERE a.minor = ? AND a.number = s.number)", minor
            )

    def after(self, before: Place) -> None:
        """Only what follows this one."""
        if self._by_time:
            self._and("(s.at, s.number) < (?, ?)", before.at, before.number)
        else:
            self._and(f"{self._number} < ?", before.number)

    def query(self, limit: int) -> tuple[str, list[object]]:
        """The statement and its values."""
        where = f"WHERE {' AND '.join(self._where)}" if self._where else ""
        order = "s.at DESC, s.number DESC" if self._by_time else f"{self._number} DESC"
        return (
            f"SELECT s.number, s.at, s.op_id FROM {self._from} {where} "  # noqa: S608 - constants
            f"ORDER BY {order} LIMIT ?",
            [*self._values, limit],
        )


def _is_narrow(wanted: Wanted) -> bool:
    if wanted.since is None or wanted.until is None:
        return False
    return wanted.until - wanted.since <= _NARROW


def _tail(label: str) -> str:
    return label.lstrip("…")[::-1]
