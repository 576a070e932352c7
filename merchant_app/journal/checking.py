"""What a journal must prove before the first sale: SQLite's structure, every chain, known heads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId
from merchant_app.journal import bases, closings, events, records, schema
from merchant_app.ledger.entries import (
    BadEntry,
    Envelope,
    Redemption,
    about,
    first_broken,
    from_body,
    root_hash,
)

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
_DAMAGE_CODES = (sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS)


class _WorldErrors:
    def __enter__(self) -> None:
        return

    def __exit__(self, _kind_: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            kind = _kind(error)
            if kind is not None:
                name = getattr(error, "sqlite_errorname", "")
                raise Problem(kind, f"{name}: {error}") from error


_WORLD_ERRORS = _WorldErrors()


def world_errors() -> _WorldErrors:
    """Turn what the world does to SQLite into Problems; our own mistakes stay exceptions.

    Raises:
        Problem: the disk is full, cannot be written, the file is locked or damaged.
    """
    return _WORLD_ERRORS


def _kind(error: sqlite3.Error) -> ProblemKind | None:
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    return ProblemKind.JOURNAL_DAMAGED if code in _DAMAGE_CODES else _PROBLEMS.get(code & 0xFF)


@contextmanager
def damage_errors() -> Iterator[None]:
    """For the time of checking, when whatever does not fit is damage: damaged bytes come out of
    sqlite3 as almost any error, a missing table and a text that is no UTF-8 among them.

    Raises:
        Problem: as `world_errors`, and JOURNAL_DAMAGED for the rest.
    """
    try:
        with world_errors():
            yield
    except (sqlite3.Error, TypeError, ValueError, OverflowError, MemoryError) as error:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"{type(error).__name__}: {error}") from error


def check(connection: sqlite3.Connection) -> None:
    """Everything that the file can prove of itself, whatever its version.

    Raises:
        Problem: JOURNAL_DAMAGED.
    """
    with damage_errors():
        for (verdict,) in connection.execute("PRAGMA integrity_check(1)").fetchall():
            if verdict != "ok":
                raise Problem(ProblemKind.JOURNAL_DAMAGED, str(verdict))
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise Problem(ProblemKind.JOURNAL_DAMAGED, "a row points nowhere")
        vouchers: set[tuple[str, str]] = set()
        base = bases.base_of(connection)
        for (epoch_id,) in connection.execute("SELECT epoch_id FROM epochs").fetchall():
            gone = bases.chain_base(base, EpochId(UUID(epoch_id)))
            chain = _checked_chain(connection, EpochId(UUID(epoch_id)), gone)
            _check_heads(connection, epoch_id, chain, gone)
            vouchers |= _check_entries(connection, epoch_id, chain)
        _check_vouchers(connection, vouchers)
        _check_values(connection)


def root_of(connection: sqlite3.Connection, epoch_id: EpochId) -> bytes:
    """h(0) of an epoch; it follows from the id where the file is older than rooted epochs."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(epochs)")]
    if "root" in columns:
        row = connection.execute(
            "SELECT root FROM epochs WHERE epoch_id = ?", (str(epoch_id),)
        ).fetchone()
        if row is not None and row[0] is not None:
            return bytes(row[0])
    return root_hash(epoch_id)


_Gone = tuple[int, bytes] | None
"""Number and hash of the last entry that was purged; None: none was."""


def _checked_chain(
    connection: sqlite3.Connection, epoch_id: EpochId, gone: _Gone
) -> list[Envelope]:
    rows = connection.execute(
        "SELECT seq, body, hash FROM entries WHERE epoch_id = ? ORDER BY seq", (str(epoch_id),)
    ).fetchall()
    chain = [Envelope(*row) for row in rows]
    seq, base_hash = 0, root_of(connection, epoch_id)
    if gone is not None and (not chain or chain[0].seq > 1):
        seq, base_hash = gone
    broken = first_broken(chain, base_seq=seq, base_hash=base_hash)
    if broken is not None:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"epoch {epoch_id}, entry {broken.seq}")
    return chain


def _check_heads(
    connection: sqlite3.Connection, epoch_id: str, chain: list[Envelope], gone: _Gone
) -> None:
    """The chain must reach, and pass through, every head that the service ever signed."""
    before = chain[0].seq - 1 if chain else 0 if gone is None else gone[0]
    end = before + len(chain)
    acked = connection.execute(
        "SELECT acked_seq FROM progress WHERE epoch_id = ?", (epoch_id,)
    ).fetchone()
    if acked is not None and acked[0] > end:
        raise Problem(
            ProblemKind.JOURNAL_DAMAGED, f"epoch {epoch_id} ends at {end}, not {acked[0]}"
        )
    heads = connection.execute(
        "SELECT seq, hash FROM receipts WHERE epoch_id = ? AND seq > ?", (epoch_id, before)
    )
    for seq, head_hash in heads:
        if seq > end or chain[seq - before - 1].hash != head_hash:
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"epoch {epoch_id}, signed head {seq}")


def _check_entries(
    connection: sqlite3.Connection, epoch_id: str, chain: list[Envelope]
) -> set[tuple[str, str]]:
    """The columns beside a body say what the body says; the vouchers that the epoch is about."""
    columns = connection.execute(
        "SELECT kind, op_id, redemption_id FROM entries WHERE epoch_id = ? ORDER BY seq",
        (epoch_id,),
    ).fetchall()
    vouchers: set[tuple[str, str]] = set()
    for envelope, row in zip(chain, columns, strict=True):
        try:
            entry = from_body(envelope.body)
        except BadEntry as error:
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"entry {envelope.seq}: {error}") from error
        if isinstance(entry, Redemption):
            vouchers |= {(str(line.voucher_id), str(entry.op_id)) for line in entry.lines}
            said: tuple[str, str, str | None] = ("redemption", str(entry.op_id), None)
        else:
            said = (type(entry).__name__.lower(), str(entry.op_id), str(about(entry)))
        if tuple(row) != said:
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"entry {envelope.seq} is misfiled")
    return vouchers


def _check_values(connection: sqlite3.Connection) -> None:
    """Rows that no chain proves at least say something that this program can have written."""
    if connection.execute("PRAGMA user_version").fetchone()[0] < schema.VERSION:
        return  # an older file lacks columns; it is looked at once more when it has them
    for record in records.since(connection, {}):
        if record.table != "entries" and not records.is_sensible(record):
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"{record.table} {record.rowid}")
    _check_chains(connection)


def _check_chains(connection: sqlite3.Connection) -> None:
    """Events and closings follow from one another, but where a salvage said that they do not."""
    torn = events.torn(events.rows_of(connection))
    if torn:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"events: torn after {torn[0][0]}")
    named = events.torn_closings(events.rows_of(connection))
    base = bases.base_of(connection)
    torn = closings.torn(
        closings.rows_of(connection), named, base=None if base is None else base.closing
    )
    if torn:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"closings: torn after {torn[0][0]}")


def _check_vouchers(connection: sqlite3.Connection, expected: set[tuple[str, str]]) -> None:
    filed = set(connection.execute("SELECT voucher_id, op_id FROM redemption_vouchers"))
    if not expected <= filed:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, "a redemption is not filed by its vouchers")
