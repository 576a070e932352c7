"""A copy of the journal to be carried away, made while the till goes on selling.

A connection of its own reads one moment of the file: nobody waits for it, and what is recorded
meanwhile is not in the copy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from merchant_app.journal import closings, events
from merchant_app.journal.checking import damage_errors, world_errors
from merchant_app.journal.closings import ClosingRow

PAGES_A_STEP = 1_024
"""About 4 MB: so often somebody is told how far it is, and may stop it."""


def copy_out(journal: Path, to: Path, *, on_pages: Callable[[int, int], None]) -> None:
    """Copy the journal, which may be open and written meanwhile, as one file without a log.

    Any thread. `on_pages` is told pages done and pages in all; what it raises ends the copying, and
    comes out of here. The file `to` is then incomplete.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY; JOURNAL_DAMAGED.
    """
    # Not opened by our own `connect`: closing a second handle of the file would drop the locks that
    # the journal's own connection holds on it (POSIX).
    uri = f"{journal.resolve().as_uri()}?mode=ro"
    with (
        world_errors(),
        closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as source,
        closing(sqlite3.connect(to, isolation_level=None)) as copy,
    ):
        # One moment: without this a sale would start the copying anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(
            copy,
            pages=PAGES_A_STEP,
            progress=lambda _status, left, total: on_pages(total - left, total),
        )
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds, as far as whoever carries it away must know.

    Attributes:
        till_id: of the last enrolment; empty where there was none.
        entries: the position of the last entry.
        head: epoch, number and hash of that entry; None: there is none.
        events_head: number and hash of the last event.
        version: of the tables.
    """

    till_id: str
    entries: int
    head: tuple[str, int, bytes] | None
    events_head: tuple[int, bytes]
    version: int
    closings: tuple[ClosingRow, ...]


def read_copy(path: Path) -> Copied:
    """What stands in a copy that nobody else has open.

    Raises:
        Problem: JOURNAL_DAMAGED: it cannot be read.
    """
    with _reading(path) as copy:
        epoch = copy.execute("SELECT till_id FROM epochs ORDER BY position DESC LIMIT 1").fetchone()
        last = copy.execute(
            "SELECT rowid, epoch_id, seq, hash FROM entries ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        return Copied(
            till_id="" if epoch is None else str(epoch[0]),
            entries=0 if last is None else last[0],
            head=None if last is None else (last[1], last[2], bytes(last[3])),
            events_head=events.Events(copy).head(),
            version=copy.execute("PRAGMA user_version").fetchone()[0],
            closings=tuple(closings.rows_of(copy)),
        )


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with damage_errors(), closing(sqlite3.connect(uri, uri=True)) as copy:
        yield copy
