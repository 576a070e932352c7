"""Journal and mirror side by side: what one lacks the other gives back, before the first sale.

Of each table that never changes, one of the two holds the beginning of what the other holds:
whichever was cut off by a crash, or restored from an older image, is behind. Anything else is
damage, or another history.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from merchant_app.clock import Clock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import bases, events, records
from merchant_app.journal.bases import Base
from merchant_app.journal.mirror import Contents, Mirror
from merchant_app.journal.records import Marks, Record

RETRY_AFTER_S = 30.0
"""How long a mirror that could not be written is left alone: a dead medium may be slow to fail."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two copies lack. Both are empty when they say the same."""

    missing_in_journal: tuple[Record, ...]
    missing_in_mirror: tuple[Record, ...]
    shortened: tuple[Record, ...] | None = None
    """All that the mirror is to keep, where it still holds what was purged from the journal."""


def compare(connection: sqlite3.Connection, contents: Contents) -> Comparison:
    """Hold a journal of today's version against what its mirror holds.

    Raises:
        Problem: JOURNAL_DAMAGED: they differ where both have a row, or the journal lacks a row in
            the middle: damage, or two histories (a copy of the file that went on by itself).
    """
    base, shortened = _base(connection, contents)
    gone = (lambda _record: False) if base is None else base.is_gone
    unseen = {key: record for key, record in contents.records.items() if not gone(record)}
    missing_in_mirror = []
    for record in records.since(connection, {}):
        if gone(record):
            continue
        kept = unseen.pop((record.table, record.rowid), None)
        if kept is None:
            missing_in_mirror.append(record)
        elif kept != record:
            where = f"{record.table} {record.rowid}"
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"the mirror differs: {where}")
    order = {table: position for position, table in enumerate(records.COLUMNS)}
    missing_in_journal = sorted(unseen.values(), key=lambda r: (order[r.table], r.rowid))
    ends = records.ends(connection)
    for record in missing_in_journal:
        if record.rowid <= ends[record.table]:
            where = f"{record.table} {record.rowid}"
            raise Problem(ProblemKind.JOURNAL_DAMAGED, f"only the mirror has {where}")
    return Comparison(tuple(missing_in_journal), tuple(missing_in_mirror), shortened)


def _base(
    connection: sqlite3.Connection, contents: Contents
) -> tuple[Base | None, tuple[Record, ...] | None]:
    """Before what nothing is compared: either of the two may be an image of before a purge. And
    all that the mirror is to keep, where it is that one."""
    ours = bases.base_of(connection)
    told = [record for record in contents.records.values() if record.table == "events"]
    rows = (events.to_row(r.rowid, *r.values) for r in sorted(told, key=lambda r: r.rowid))
    theirs = bases.newest_of(rows)
    if ours is None or not any(map(ours.is_gone, contents.records.values())):
        known = [base for base in (ours, theirs) if base is not None]
        return max(known, key=lambda base: base.closing[0], default=None), None
    return ours, tuple(r for r in contents.records.values() if not ours.is_gone(r))


class MirrorState(Enum):
    """Whether what is recorded is in both places."""

    OK = "ok"
    INTERRUPTED = "interrupted"


class Mirrored:
    """Keeps the mirror of one open journal. Confined to the journal's thread.

    A mirror that cannot be written stops nothing: the journal is the truth, and goes on alone. What
    the mirror lacks is added as soon as it can be written again.

    Attributes:
        state: whether the mirror has everything.
        since: when it was interrupted; None while it is not.
        problem: what was in the way last; None while nothing is.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock) -> None:
        self._connection = connection
        self._path = path
        self._clock = clock
        self._mirror: Mirror | None = None
        self._marks: Marks = {}
        self._retry_at_s = 0.0
        self.state = MirrorState.OK
        self.since: datetime | None = None
        self.problem: Problem | None = None

    def open_mirror(self) -> Mirror | None:
        """Open the file; None when it cannot be, which is no reason to stop.

        Raises:
            Problem: JOURNAL_NEWER: a newer program wrote it.
        """
        try:
            self._mirror = Mirror(self._path)
        except Problem as problem:
            if problem.kind is ProblemKind.JOURNAL_NEWER:
                raise
            self.interrupted(problem)
        return self._mirror

    def take_up(
        self, missing: Iterable[Record], *, shortened: Iterable[Record] | None = None
    ) -> None:
        """Go on with the open mirror, which lacks these records and no others.

        `shortened`: it is to hold these and no others before.
        """
        if self._mirror is None:
            return
        self._marks = records.ends(self._connection)
        try:
            if shortened is not None:
                self._mirror.rewrite(shortened)
            self._mirror.append(missing)
        except Problem as problem:
            self.interrupted(problem)

    def interrupted(self, problem: Problem) -> None:
        """The mirror cannot be written; the next try is `RETRY_AFTER_S` from now."""
        if self._mirror is not None:
            self._mirror.close()
            self._mirror = None
        if self.state is MirrorState.OK:
            self.since = self._clock.now()
        self.state, self.problem = MirrorState.INTERRUPTED, problem
        self._retry_at_s = self._clock.monotonic_s() + RETRY_AFTER_S

    def committed(self) -> None:
        """Call it after every commit, before anything is shown: adds what the commit brought.

        Raises:
            Problem: JOURNAL_DAMAGED: the mirror came back, and holds another history.
        """
        if self._mirror is None:
            if self._clock.monotonic_s() >= self._retry_at_s:
                self.catch_up()
            return
        new = tuple(records.since(self._connection, self._marks))
        try:
            self._mirror.append(new)
        except Problem as problem:
            self.interrupted(problem)
            return
        for record in new:
            self._marks[record.table] = record.rowid

    def catch_up(self) -> None:
        """Try a mirror that was interrupted again, now; what it lacks is added.

        Raises:
            Problem: JOURNAL_DAMAGED: it holds what the journal does not: another history.
        """
        mirror = self.open_mirror()
        if mirror is None:
            return
        comparison = compare(self._connection, mirror.contents_at_opening)
        if comparison.missing_in_journal:
            raise Problem(ProblemKind.JOURNAL_DAMAGED, "the mirror has another history")
        self.state, self.since, self.problem = MirrorState.OK, None, None
        self.take_up(comparison.missing_in_mirror, shortened=comparison.shortened)

    def close(self) -> None:
        """Let go of the mirror."""
        if self._mirror is not None:
            self._mirror.close()
            self._mirror = None
