"""The file of the till's own copy of the vouchers: its tables, and how pages get into them.

It can be fetched again at any time, so it is written without waiting for the disk and is given up
at the first sign of damage. The version before is completed, so that a till that is updated while
its line is cut can go on; any other is fetched again. A row proves itself when it is read: a
flipped bit must not become somebody's balance. `sealed` is whom it was bought for (`sealing`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from merchant_app.clock import from_text, to_text
from merchant_app.ids import VoucherId
from merchant_app.journal.opening import connect, transaction
from merchant_app.journal.sealing import NotOpened, Sealer
from merchant_app.journal.vouchers_rows import (
    COLUMNS,
    CopiedVoucher,
    Damaged,
    Page,
    damage_noticed,
    proof,
    reading,
    row_of,
)
from merchant_app.vouchers.holders import Holder

VERSION = 3
_VERSION_WITHOUT_HOLDERS = 2
WAL_BYTES_KEPT_MAX = 16_000_000
"""A whole snapshot of a large shop writes more; the space is given back afterwards."""


def _vouchers_table(name: str) -> str:
    return f"""
CREATE TABLE {name} (
    voucher_id             BLOB PRIMARY KEY,
    code_mac               BLOB NOT NULL,
    shop_number            INTEGER NOT NULL,
    currency               TEXT NOT NULL,
    face_minor             INTEGER NOT NULL,
    balance_minor          INTEGER NOT NULL,
    status                 TEXT NOT NULL,
    label                  TEXT NOT NULL,
    holder                 TEXT NOT NULL,
    partial_allowed        INTEGER NOT NULL,
    valid_from             TEXT,
    expires_on             TEXT,
    minimum_purchase_minor INTEGER,
    vat_kind               TEXT NOT NULL,
    proof                  INTEGER NOT NULL,
    sealed                 BLOB
) STRICT, WITHOUT ROWID
"""


# Not unique: two vouchers with one code are the service's mistake, and no reason to stop the till.
_INDEX = "CREATE INDEX vouchers_by_code ON vouchers (code_mac)"
_SCHEMA = (
    _vouchers_table("vouchers"),
    _INDEX,
    # Pages wait here until the last one has come; then they count all at once.
    _vouchers_table("staged"),
    "CREATE TABLE staged_gone (voucher_id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID",
    """CREATE TABLE state (
        id            INTEGER PRIMARY KEY CHECK (id = 1),
        belongs_to    TEXT NOT NULL,
        cursor        TEXT NOT NULL,
        fetched_at    TEXT,
        count         INTEGER NOT NULL,
        staging       TEXT NOT NULL CHECK (staging IN ('', 'changes', 'everything')),
        staged_cursor TEXT NOT NULL,
        proof         INTEGER NOT NULL
    ) STRICT""",
    f"PRAGMA user_version = {VERSION}",
)


def _bare(sql: str) -> str:
    """A statement without what SQLite adds or leaves out when it keeps it."""
    return re.sub(r'[\s"]', "", sql)


class NotOurs(Exception):
    """A copy of another version, or of another shop's vouchers."""


@dataclass(frozen=True, slots=True)
class State:
    """How far the copy is.

    Attributes:
        cursor: what is in it; empty before the first snapshot is complete.
        fetched_at: when the service was asked for the newest of it, UTC.
        count: vouchers in it.
        staging: "": nothing waits; "changes" or "everything": pages of a delta or a snapshot do.
        staged_cursor: up to where they go.
    """

    cursor: str = ""
    fetched_at: datetime | None = None
    count: int = 0
    staging: str = ""
    staged_cursor: str = ""

    @property
    def next_cursor(self) -> str:
        """What to ask the service for next."""
        return self.staged_cursor if self.staging else self.cursor


class News:
    """What `HolderIndex`es need: another object of this kind means that everything is new.

    Attributes:
        changed: new, or another name; only ever longer.
    """

    def __init__(self) -> None:
        self.changed: list[VoucherId] = []


class VouchersFile:
    """The open file. Confined to the thread that opened it (`owner.Owner`); readers have their own
    connections. Every method that writes is one transaction.

    All methods raise `Damaged`, and Problems (`opening.world_errors`).

    Attributes:
        state: how far it is.
        news: the holders that changed since the whole of them did.
    """

    def __init__(self, path: Path, *, belongs_to: str, sealer: Sealer | None = None) -> None:
        """Open the file, or make it.

        Args:
            path: of the file.
            belongs_to: what it is a copy of.
            sealer: seals holders; None: none is kept.

        Raises:
            NotOurs: it is a copy of something else, or of another version.
        """
        self._belongs_to = belongs_to
        self._sealer = sealer
        self.news = News()
        with reading():
            self._connection = connect(path)
            try:
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_KEPT_MAX}")
                self._make_or_check()
                self.state = self._read_state()
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        self._connection.close()

    def _make_or_check(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION_WITHOUT_HOLDERS, VERSION):
            raise NotOurs(f"version {version}")
        if version == _VERSION_WITHOUT_HOLDERS:
            self._add_holders()
        if version == 0:
            with transaction(self._connection):
                if self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise NotOurs("version 0")
                for statement in _SCHEMA:
                    self._connection.execute(statement)
                self._write_state(State())
        rows = self._connection.execute("SELECT sql FROM sqlite_master").fetchall()
        if {_bare(row[0]) for row in rows} != {_bare(sql) for sql in _SCHEMA[:-1]}:
            raise Damaged("the tables are not those that were made")

    def _add_holders(self) -> None:
        """From the version before. The vouchers stay; whom they were bought for comes with the next
        fetch, which is one of everything."""
        with transaction(self._connection):
            for table in ("vouchers", "staged"):
                self._connection.execute(f"ALTER TABLE {table} ADD COLUMN sealed BLOB")
            state = self._read_state()
            self._empty_stage()
            self._write_state(replace(state, staging="everything", staged_cursor=""))
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _read_state(self) -> State:
        row = self._connection.execute(
            "SELECT belongs_to, cursor, fetched_at, count, staging, staged_cursor, proof FROM state"
        ).fetchone()
        if row is None or proof(row[:-1]) != row[-1]:
            raise Damaged("the state does not prove itself")
        if row[0] != self._belongs_to:
            raise NotOurs("another shop's vouchers")
        fetched_at = None if row[2] is None else from_text(row[2])
        return State(row[1], fetched_at, *row[3:-1])

    def _write_state(self, state: State) -> None:
        values = (
            self._belongs_to,
            state.cursor,
            None if state.fetched_at is None else to_text(state.fetched_at),
            state.count,
            state.staging,
            state.staged_cursor,
        )
        self._connection.execute(
            "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            (*values, proof(values)),
        )

    # --- pages ---------------------------------------------------------------------------------

    def apply(self, page: Page, *, at: datetime) -> None:
        """Take the page after `state.next_cursor`, asked for at `at`.

        Nothing of a snapshot or delta counts before its last page is there; then all of it does.
        """
        from_the_start = page.starts_over or not self.state.next_cursor
        with damage_noticed(), transaction(self._connection):
            state = self._stage(page, from_the_start=from_the_start)
            if not page.more:
                state = replace(self._merged(state), fetched_at=at)
            self._write_state(state)
        self.state = state

    def forget_cursor(self) -> None:
        """Begin again with a whole snapshot; until it is complete, what is here stays."""
        with damage_noticed(), transaction(self._connection):
            self._empty_stage()
            state = replace(self.state, staging="everything", staged_cursor="")
            self._write_state(state)
        self.state = state

    def _stage(self, page: Page, *, from_the_start: bool) -> State:
        if from_the_start:
            self._empty_stage()
        self._connection.executemany(
            f"INSERT OR REPLACE INTO staged VALUES ({', '.join('?' * (len(COLUMNS) + 1))})",  # noqa: S608
            ((*row_of(one), self._sealed(one)) for one in page.vouchers),
        )
        here = [(one.voucher.voucher_id.bytes,) for one in page.vouchers]
        gone = [(voucher_id.bytes,) for voucher_id in page.gone]
        # A voucher may come, go and come again from one page to the next: the later page is right.
        self._connection.executemany("DELETE FROM staged_gone WHERE voucher_id = ?", here)
        self._connection.executemany("DELETE FROM staged WHERE voucher_id = ?", gone)
        self._connection.executemany("INSERT OR IGNORE INTO staged_gone VALUES (?)", gone)
        kind = "everything" if from_the_start else self.state.staging or "changes"
        return replace(self.state, staging=kind, staged_cursor=page.next_cursor)

    def _sealed(self, one: CopiedVoucher) -> bytes | None:
        if self._sealer is None or one.holder is None:
            return None
        return self._sealer.seal(one.voucher.voucher_id, one.holder)

    def _empty_stage(self) -> None:
        self._connection.execute("DELETE FROM staged")
        self._connection.execute("DELETE FROM staged_gone")

    def _merged(self, state: State) -> State:
        if state.staging == "everything":
            count = self._exchange_tables()
            self.news = News()
        else:
            count = state.count + self._merge_changes()
        self._empty_stage()
        return State(cursor=state.staged_cursor, count=count)

    def _exchange_tables(self) -> int:
        """The staged vouchers become the vouchers. The index is made at the end: a million rows
        in random order cost it minutes one by one, and seconds sorted.
        """
        for statement in (
            "DROP TABLE vouchers",
            "ALTER TABLE staged RENAME TO vouchers",
            _INDEX,
            _vouchers_table("staged"),
        ):
            self._connection.execute(statement)
        return self._number("SELECT count(*) FROM vouchers")

    def _merge_changes(self) -> int:
        """Take over what changed; by how many vouchers the copy grew."""
        changed = self._changed_holders()
        new = self._number(
            "SELECT count(*) FROM staged s WHERE NOT EXISTS "
            "(SELECT 1 FROM vouchers v WHERE v.voucher_id = s.voucher_id)"
        )
        self._connection.execute("INSERT OR REPLACE INTO vouchers SELECT * FROM staged")
        gone = self._connection.execute(
            "DELETE FROM vouchers WHERE voucher_id IN (SELECT voucher_id FROM staged_gone)"
        ).rowcount
        self.news.changed += changed
        return new - gone

    def _changed_holders(self) -> list[VoucherId]:
        """A debit changes a voucher and nobody's name: that is no news to whoever looks for one."""
        rows = self._connection.execute(
            "SELECT s.voucher_id, s.sealed, v.sealed FROM staged s "
            "LEFT JOIN vouchers v ON v.voucher_id = s.voucher_id WHERE s.sealed IS NOT NULL"
        ).fetchall()
        ids = ((VoucherId(UUID(bytes=raw)), new, old) for raw, new, old in rows)
        return [id_ for id_, new, old in ids if self._opened(id_, new) != self._opened(id_, old)]

    def _opened(self, voucher_id: VoucherId, sealed: bytes | None) -> Holder | None:
        if self._sealer is None or sealed is None:
            return None
        try:
            return self._sealer.open(voucher_id, sealed)
        except NotOpened:
            return None  # of before: it is written anew

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])
