"""Opening the journal file: pragmas, schema steps, and proofs before the first sale."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from merchant_app.clock import Clock, SystemClock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId
from merchant_app.journal import backup, bases, records, schema
from merchant_app.journal.carving import Found, Pool, carve
from merchant_app.journal.checking import check, damage_errors, root_of, world_errors
from merchant_app.journal.log_frames import hides_commits
from merchant_app.journal.mirror import Mirror
from merchant_app.journal.mirrored import Mirrored, compare
from merchant_app.journal.records import Record, Value
from merchant_app.journal.replacing import finish_purging, finish_replacing
from merchant_app.journal.syncing import sync_file
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Redemption,
    about,
    from_body,
)

__all__ = ["Opened", "connect", "open_file", "open_journal", "transaction", "world_errors"]

BUSY_WAIT_S = 2.0


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
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # macOS: fsync alone may leave data in the drive's cache. No effect elsewhere.
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
    except BaseException:
        connection.close()
        raise
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


@dataclass(frozen=True, slots=True)
class Opened:
    """An open, proved journal, and what it took.

    Attributes:
        mirrored: keeps the mirror, if there is to be one; call its `committed` after each commit.
        from_mirror: rows that the file lacked and the mirror gave back.
        from_log: entries that SQLite's log hid and that proved themselves.
    """

    connection: sqlite3.Connection
    mirrored: Mirrored | None
    from_mirror: int
    from_log: int


def open_file(path: Path) -> sqlite3.Connection:
    """`open_journal` without a mirror."""
    return open_journal(path).connection


def open_journal(
    path: Path, *, mirror_path: Path | None = None, clock: Clock | None = None
) -> Opened:
    """The journal at `path`, created or brought up to date, proved and completed.

    A backup is made before each schema step, in the folder `backups` beside it. What only the
    mirror has, or only the raw log, is put back if the chain proves it; what only the journal has
    is added to the mirror. A mirror that cannot be written is no reason not to open.

    Raises:
        Problem: JOURNAL_NEWER, JOURNAL_DAMAGED (`salvage.salvage` comes next), JOURNAL_LOCKED,
            DISK_FULL, DISK_READ_ONLY.
    """
    finish_purging(path)
    finish_replacing(path)
    # SQLite shortens the log as soon as the file is closed: read it before it is opened.
    raw_log = _raw_log(path)
    mirrored = None
    with world_errors():
        connection = connect(path)
        try:
            if mirror_path is not None:
                mirrored = Mirrored(connection, mirror_path, clock or SystemClock())
            return _prove(connection, path, raw_log, mirrored)
        except BaseException as error:
            if isinstance(error, Problem) and error.kind is ProblemKind.JOURNAL_DAMAGED:
                _keep_log(path, raw_log)
            if mirrored is not None:
                mirrored.close()
            connection.close()
            raise


def log_path(path: Path) -> Path:
    """SQLite's write-ahead log of the journal at `path`."""
    return path.with_name(f"{path.name}-wal")


def kept_log_path(path: Path) -> Path:
    """The log of a damaged journal, as it was before anything touched it."""
    return path.with_name(f"{path.name}-wal-kept")


def _raw_log(path: Path) -> bytes:
    try:
        return log_path(path).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"{type(error).__name__}: {error}") from error


def _keep_log(path: Path, raw_log: bytes) -> None:
    kept = kept_log_path(path)
    # A full or read-only disk must not hide that the journal is damaged.
    with contextlib.suppress(OSError):
        if raw_log and not (kept.exists() and kept.read_bytes().endswith(raw_log)):
            with kept.open("ab") as file:
                file.write(raw_log)
            sync_file(kept)


def _prove(
    connection: sqlite3.Connection, path: Path, raw_log: bytes, mirrored: Mirrored | None
) -> Opened:
    backups = path.with_name("backups")
    found = carve(raw_log)
    with damage_errors():
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        mirror = None if mirrored is None else mirrored.open_mirror()
        _refuse_to_begin_anew(version, backups, found, mirror)
        migrate(connection, version=version, backups=backups)
        check(connection)
        lacking: tuple[Record, ...] = ()
        missing: tuple[Record, ...] = ()
        shortened: tuple[Record, ...] | None = None
        if mirrored is not None and mirror is not None:
            comparison = compare(connection, mirror.contents_at_opening)
            missing, lacking = comparison.missing_in_journal, comparison.missing_in_mirror
            shortened = comparison.shortened
        with transaction(connection):
            records.put(connection, missing)
            hidden = _hidden(connection, Pool(found), raw_log)
            records.put(connection, hidden)
            if missing or hidden:
                _begin_sending(connection, (*missing, *hidden))
                check(connection)
        if mirrored is not None and mirror is not None:
            mirrored.take_up((*lacking, *hidden), shortened=shortened)
    return Opened(connection, mirrored, from_mirror=len(missing), from_log=len(hidden))


def _begin_sending(connection: sqlite3.Connection, put_back: Iterable[Record]) -> None:
    """Where sending an epoch stood is not told by its rows: all of it is offered again, and what
    came before it is compared.
    """
    connection.executemany(
        "INSERT OR IGNORE INTO progress "
        "(epoch_id, generation, acked_seq, outcome_cursor, resync_to, reconcile) "
        "VALUES (?, 0, 0, 0, 0, 1)",
        [(record.value("epoch_id"),) for record in put_back if record.table == "epochs"],
    )


def _refuse_to_begin_anew(
    version: int, backups: Path, found: tuple[Found, ...], mirror: Mirror | None
) -> None:
    """An empty file is a new journal only where nothing says that there was one before."""
    if version > 0 or (mirror is not None and mirror.contents_at_opening.records):
        return
    if found:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, "the log has entries, the file has no tables")
    if backups.is_dir() and backup.newest_first(backups):
        raise Problem(ProblemKind.JOURNAL_DAMAGED, "the file is empty, and there are backups of it")


def migrate(connection: sqlite3.Connection, *, version: int, backups: Path) -> None:
    """Bring a file from `version` to today's, step by step, each after a backup.

    Raises:
        Problem: JOURNAL_NEWER; JOURNAL_DAMAGED: what is there proves nothing, or is no journal.
    """
    if not 0 <= version <= schema.VERSION:
        is_newer = version > 0 and not schema.is_todays(connection)
        raise Problem(
            ProblemKind.JOURNAL_NEWER if is_newer else ProblemKind.JOURNAL_DAMAGED,
            f"file has version {version}, program {schema.VERSION}",
        )
    for number in range(version, schema.VERSION):
        if version > 0:
            check(connection)
            backup.before_step(connection, backups, version=number)
        # One script is one transaction: `executescript` would commit a surrounding one.
        connection.executescript(
            f"BEGIN IMMEDIATE;{schema.STEPS[number]};PRAGMA user_version = {number + 1};COMMIT;"
        )


def _hidden(connection: sqlite3.Connection, pool: Pool, raw_log: bytes) -> list[Record]:
    """Entries that stand in the raw log and continue a chain, as rows.

    One flipped bit makes SQLite end its log there and say nothing. After a power cut too there may
    be such an entry: it was being written, nobody has seen it, and keeping it is as right as not.
    """
    rows = connection.execute("SELECT epoch_id FROM epochs ORDER BY position").fetchall()
    epochs = [EpochId(UUID(row[0])) for row in rows]
    strange = pool.claimed().difference(epochs)
    # What a power cut left of a page may be of two minds about where its entries belong.
    if strange and hides_commits(raw_log):
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"the log hides {len(strange)} epochs")
    if not epochs:
        return []
    # Older epochs ended before the current one began, and its beginning can be read.
    epoch_id = epochs[-1]
    seq, last_hash = _head(connection, epoch_id)
    chain = pool.follow(epoch_id, seq, last_hash)
    end = seq + len(chain)
    if pool.highest(epoch_id) > end and hides_commits(raw_log):
        detail = f"epoch {epoch_id} ends at {end}, the log hides {pool.highest(epoch_id)}"
        raise Problem(ProblemKind.JOURNAL_DAMAGED, detail)
    return entry_records(connection, epoch_id, chain)


def _head(connection: sqlite3.Connection, epoch_id: EpochId) -> tuple[int, bytes]:
    row = connection.execute(
        "SELECT seq, hash FROM entries WHERE epoch_id = ? ORDER BY seq DESC LIMIT 1",
        (str(epoch_id),),
    ).fetchone()
    if row is not None:
        return row[0], bytes(row[1])
    gone = bases.chain_base(bases.base_of(connection), epoch_id)
    return gone or (0, root_of(connection, epoch_id))


def entry_records(
    connection: sqlite3.Connection,
    epoch_id: EpochId,
    chain: Sequence[Envelope],
    origins: Mapping[int, Value] | None = None,
    *,
    after: int = 0,
) -> list[Record]:
    """The rows of entries that proved themselves and come after all that the journal has.

    `origins` are those that can be read, by number; the others follow from what the journal has.
    `after`: no position up to this one is given: they were purged.
    """
    rowid = max(after, records.ends(connection)["entries"])
    result = []
    for envelope in chain:
        entry = from_body(envelope.body)
        redemption_id = None if isinstance(entry, Redemption) else str(about(entry))
        origin = (origins or {}).get(envelope.seq) or _origin(connection, entry)
        rowid += 1
        values: tuple[Value, ...] = (
            str(epoch_id),
            envelope.seq,
            type(entry).__name__.lower(),
            str(entry.op_id),
            redemption_id,
            envelope.body,
            envelope.hash,
            origin,
        )
        result.append(Record("entries", rowid, values))
    return result


def _origin(connection: sqlite3.Connection, entry: Entry) -> str:
    """What an earlier epoch has, or a copy of this till wrote, stands here once more."""
    is_known = connection.execute(
        "SELECT 1 FROM entries WHERE op_id = ?1 UNION ALL SELECT 1 FROM adopted WHERE op_id = ?1 "
        "UNION ALL SELECT 1 FROM adopted WHERE ?2 AND redemption_id = ?3 AND kind = 'decision'",
        (str(entry.op_id), isinstance(entry, Decision), str(about(entry))),
    ).fetchone()
    return "resent" if is_known else "own"
