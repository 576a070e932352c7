"""Opening the journal file: pragmas, schema steps, and checks before the first sale."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId
from merchant_app.journal import schema
from merchant_app.ledger.entries import BadEntry, Envelope, first_broken, from_body, root_hash

BUSY_WAIT_S = 2.0

_PROBLEMS = {
    sqlite3.SQLITE_FULL: ProblemKind.DISK_FULL,
    sqlite3.SQLITE_READONLY: ProblemKind.DISK_READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: ProblemKind.DISK_READ_ONLY,
    sqlite3.SQLITE_IOERR: ProblemKind.DISK_READ_ONLY,
    sqlite3.SQLITE_PERM: ProblemKind.DISK_READ_ONLY,
    sqlite3.SQLITE_BUSY: ProblemKind.JOURNAL_LOCKED,
    sqlite3.SQLITE_LOCKED: ProblemKind.JOURNAL_LOCKED,
    sqlite3.SQLITE_CORRUPT: ProblemKind.JOURNAL_DAMAGED,
    sqlite3.SQLITE_NOTADB: ProblemKind.JOURNAL_DAMAGED,
}


@contextmanager
def world_errors() -> Iterator[None]:
    """Turn what the world does to SQLite into Problems; our own mistakes stay exceptions.

    Raises:
        Problem: the disk is full, cannot be written, the file is locked or damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        kind = _PROBLEMS.get(code & 0xFF) if isinstance(code, int) else None
        if kind is None:
            raise
        name = getattr(error, "sqlite_errorname", "")
        raise Problem(kind, f"{name}: {error}") from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the journal's promises: WAL, synchronous=FULL, foreign keys.

    `synchronous` and `foreign_keys` hold per connection, so every one of them comes from here.
    The file is created with mode 0600; SQLite gives -wal and -shm the same.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"{type(error).__name__}: {error}") from error
    connection = sqlite3.connect(path, timeout=BUSY_WAIT_S, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # macOS: fsync alone may leave data in the drive's cache. No effect elsewhere.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it durable, or nothing. IMMEDIATE: a deferred one can fail half-way in."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # After a full disk SQLite has often rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def open_file(path: Path) -> sqlite3.Connection:
    """The journal at `path`, created or brought up to date, and checked to the last hash.

    Raises:
        Problem: JOURNAL_NEWER, JOURNAL_DAMAGED, JOURNAL_LOCKED, DISK_FULL, DISK_READ_ONLY.
    """
    with world_errors():
        connection = connect(path)
        try:
            _migrate(connection)
            _check(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > schema.VERSION:
        raise Problem(
            ProblemKind.JOURNAL_NEWER, f"file has version {version}, program {schema.VERSION}"
        )
    for number in range(version, schema.VERSION):
        # One script is one transaction: `executescript` would commit a surrounding one.
        connection.executescript(
            f"BEGIN IMMEDIATE;{schema.STEPS[number]};PRAGMA user_version = {number + 1};COMMIT;"
        )


def _check(connection: sqlite3.Connection) -> None:
    """SQLite's own check, then every chain: one flipped bit passes the first, never the second."""
    try:
        verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise Problem(ProblemKind.JOURNAL_DAMAGED, str(verdict))
        for (epoch_id,) in connection.execute("SELECT epoch_id FROM epochs").fetchall():
            _check_chain(connection, epoch_id)
    except (TypeError, UnicodeDecodeError, ValueError) as error:
        # Damaged bytes come out of sqlite3 as any of these.
        raise Problem(ProblemKind.JOURNAL_DAMAGED, type(error).__name__) from error


def _check_chain(connection: sqlite3.Connection, epoch_id: str) -> None:
    rows = connection.execute(
        "SELECT seq, body, hash FROM entries WHERE epoch_id = ? ORDER BY seq", (epoch_id,)
    ).fetchall()
    chain = [Envelope(*row) for row in rows]
    root = root_hash(EpochId(UUID(epoch_id)))
    broken = first_broken(chain, base_seq=0, base_hash=root)
    if broken is not None:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"epoch {epoch_id}, entry {broken.seq}")
    acked = connection.execute(
        "SELECT acked_seq FROM progress WHERE epoch_id = ?", (epoch_id,)
    ).fetchone()
    if acked is not None and acked[0] > len(chain):
        raise Problem(
            ProblemKind.JOURNAL_DAMAGED, f"epoch {epoch_id} ends at {len(chain)}, not {acked[0]}"
        )
    for envelope in chain:
        try:
            from_body(envelope.body)
        except BadEntry as error:
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"entry {envelope.seq}: {error}") from error
