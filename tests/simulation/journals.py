"""The tills' journals, with a boundary on both sides of every transaction, where a program can die.

A kill and a power cut leave the same behind, because what was committed is on disk: the whole
transaction, whether or not anybody heard of it, or nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Protocol

from merchant_app.clock import Clock
from merchant_app.ids import EpochId, TillId
from merchant_app.journal import schema
from merchant_app.journal.closing_ranges import ClosingRanges
from merchant_app.journal.closings import Closings
from merchant_app.journal.events import Events
from merchant_app.journal.journal import Journal
from merchant_app.journal.queries import Queries
from merchant_app.journal.rows import Rows
from merchant_app.journal.sessions import Sessions
from merchant_app.ledger.entries import Decision, Entry, Envelope
from merchant_app.ledger.messages import Stored
from merchant_app.ledger.till import Progress
from merchant_app.ledger.till_journal import Lifted, Recorded, TillJournal
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

    def durable_hashes(self, first_seq: int, last_seq: int) -> list[bytes]:
        """The hashes of those of these entries that would be there after a power cut, in order."""
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

    def append(self, *entries: Entry, lifted: Lifted | None = None) -> tuple[Envelope, ...]:
        self.boundary()
        added = super().append(*entries, lifted=lifted)
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

    def durable_hashes(self, first_seq: int, last_seq: int) -> list[bytes]:
        return [envelope.hash for envelope in self._chains[-1].envelopes[first_seq - 1 : last_seq]]

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


def on_disk(
    connection: sqlite3.Connection, epoch_id: EpochId, first_seq: int, last_seq: int
) -> list[bytes]:
    """The hashes of entries as the file has them, whatever the program remembers."""
    rows = connection.execute(
        "SELECT hash FROM entries WHERE epoch_id = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (str(epoch_id), first_seq, last_seq),
    )
    return [row[0] for row in rows]


def _in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


@cache
def _empty_image() -> bytes:
    """A file with all the tables and no rows: a run makes several, their schema is made once."""
    connection = _in_memory()
    for step in schema.STEPS:
        connection.executescript(step)
    return connection.serialize()


class InSqlite(Journal):
    """The journal that ships, on SQLite's own memory, with boundaries."""

    boundary: Boundary

    def __init__(self, clock: Clock) -> None:
        connection = _in_memory()
        connection.deserialize(_empty_image())
        connection.execute("PRAGMA foreign_keys = ON")
        self._open(connection, clock)

    def _open(self, connection: sqlite3.Connection, clock: Clock) -> None:
        Queries.__init__(self, connection)
        self._mirrored, self._room = None, None
        self._rows = Rows(connection)
        self.events, self.closings = Events(connection), Closings(connection)
        self.ranges = ClosingRanges(connection)
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

    def durable_hashes(self, first_seq: int, last_seq: int) -> list[bytes]:
        return on_disk(self._connection, self.epoch_id(), first_seq, last_seq)

    def died(self, *, power: bool) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def started(self) -> None:
        self._open(self._connection, self._clock)

    def copied(self) -> InSqlite:
        other = InSqlite.__new__(InSqlite)
        connection = _in_memory()
        self._connection.backup(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        other.boundary = self.boundary
        other._open(connection, self._clock)
        return other

    def restored(self, image: SimulatedJournal) -> SimulatedJournal:
        return from_mirror(self, image)


def _assert_protocol(memory: InMemory, disk: InSqlite) -> tuple[SimulatedJournal, ...]:
    return (memory, disk)
