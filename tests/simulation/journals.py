"""The tills' journals, with a boundary on both sides of every transaction, where a program can die.

A kill and a power cut leave the same behind, because what was committed is on disk: the whole
transaction, whether or not anybody heard of it, or nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from merchant_app.clock import Clock
from merchant_app.ids import EpochId, TillId
from merchant_app.journal import schema
from merchant_app.journal.journal import Journal
from merchant_app.journal.queries import Queries
from merchant_app.journal.rows import Rows
from merchant_app.journal.sessions import Sessions
from merchant_app.ledger.entries import Decision, Entry, Envelope
from merchant_app.ledger.messages import Stored
from merchant_app.ledger.till import Progress
from merchant_app.ledger.till_journal import Recorded, TillJournal
from tests.fakes.memory_journal import MemoryJournal

Boundary = Callable[[], None]
"""Called between any two durable steps; raises when the program dies there."""


class SimulatedJournal(TillJournal, Protocol):
    """What a simulated till needs besides."""

    boundary: Boundary

    def begin_epoch(
        self, epoch_id: EpochId, *, till_id: TillId, generation: int, previous_head: bytes = b""
    ) -> None: ...

    def is_all_sent(self) -> bool: ...

    def unseen_completed(self) -> Recorded | None: ...

    def mark_seen(self) -> None: ...

    def durable_hash_at(self, seq: int) -> bytes | None:
        """The hash of what would be there after a power cut."""
        ...

    def died(self, *, power: bool) -> None:
        """The program is gone; `power`: and the computer with it."""
        ...

    def started(self) -> None:
        """The program opens its file again."""
        ...

    def copied(self) -> SimulatedJournal:
        """Another computer with a copy of the file."""
        ...

    def restored(self, image: Any) -> SimulatedJournal:
        """An older image, with what this one's mirror has."""
        ...


def from_mirror(lost: SimulatedJournal, image: SimulatedJournal) -> SimulatedJournal:
    """Entries and outcomes come back; where sending stood does not."""
    restored = lost.copied()
    if restored.epoch_id() == image.epoch_id():
        progress = image.progress()
        if restored.progress().reconcile:
            progress = replace(progress, reconcile=True)
    else:
        progress = Progress(
            epoch_id=restored.epoch_id(),
            generation=restored.progress().generation,
            reconcile=True,
        )
    restored.boundary = _nothing
    restored.record_answer(progress, receipt=None)
    return restored


def _nothing() -> None:
    return


class InMemory(MemoryJournal):
    """`MemoryJournal` with boundaries."""

    boundary: Boundary

    def begin_epoch(
        self, epoch_id: EpochId, *, till_id: TillId, generation: int, previous_head: bytes = b""
    ) -> None:
        self.boundary()
        super().begin_epoch(
            epoch_id, till_id=till_id, generation=generation, previous_head=previous_head
        )
        self.boundary()

    def append(self, *entries: Entry) -> tuple[Envelope, ...]:
        self.boundary()
        added = super().append(*entries)
        self.boundary()
        return added

    def record_answer(
        self, progress: Progress, *, receipt: Stored | None, decisions: Sequence[Decision] = ()
    ) -> None:
        self.boundary()
        super().record_answer(progress, receipt=receipt, decisions=decisions)
        self.boundary()

    def extend(self, entries: Sequence[Envelope]) -> None:
        self.boundary()
        super().extend(entries)
        self.boundary()

    def adopt(self, epoch_id: EpochId, entries: Sequence[Envelope]) -> None:
        self.boundary()
        super().adopt(epoch_id, entries)
        self.boundary()

    def reconciled(self, bodies: Sequence[str]) -> None:
        self.boundary()
        super().reconciled(bodies)
        self.boundary()

    def mark_seen(self) -> None:
        self.boundary()
        super().mark_seen()
        self.boundary()

    def durable_hash_at(self, seq: int) -> bytes | None:
        return self.hash_at(seq)

    def died(self, *, power: bool) -> None:
        pass

    def started(self) -> None:
        self.reopened()

    def copied(self) -> InMemory:
        copy = self.image()
        assert isinstance(copy, InMemory)
        return copy

    def restored(self, image: SimulatedJournal) -> SimulatedJournal:
        return from_mirror(self, image)


class InSqlite(Journal):
    """The journal that ships, on SQLite's own memory or on a file, with boundaries."""

    boundary: Boundary

    def __init__(self, clock: Clock, *, path: Path | None = None) -> None:
        connection = sqlite3.connect(":memory:" if path is None else path, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for step in schema.STEPS:
                connection.executescript(step)
        self._open(connection, clock)

    def _open(self, connection: sqlite3.Connection, clock: Clock) -> None:
        Queries.__init__(self, connection)
        self._mirrored, self._room = None, None
        self._rows = Rows(connection)
        self._clock = clock
        self._sessions = Sessions(connection, clock)
        self._forget()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.boundary()
        with super()._writing():
            yield
        self.boundary()

    def mark_seen(self) -> None:
        self.boundary()
        super().mark_seen()
        self.boundary()

    def durable_hash_at(self, seq: int) -> bytes | None:
        return self.hash_in(self.epoch_id(), seq)

    def died(self, *, power: bool) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def started(self) -> None:
        self._open(self._connection, self._clock)

    def copied(self) -> InSqlite:
        other = InSqlite.__new__(InSqlite)
        connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.backup(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        other.boundary = self.boundary
        other._open(connection, self._clock)
        return other

    def restored(self, image: SimulatedJournal) -> SimulatedJournal:
        return from_mirror(self, image)


def _assert_protocol(memory: InMemory, disk: InSqlite) -> tuple[SimulatedJournal, ...]:
    return (memory, disk)
