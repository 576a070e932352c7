"""The journal read from its beginning to its end, page by page, beside the till that writes it.

A reader has a connection of its own: the way through the journal's thread would make a customer
wait for an export. It needs no long transaction either: the tables only grow, so whatever lies
before a horizon is the same on every page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from merchant_app.clock import from_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.journal import outcome_lines
from merchant_app.journal.checking import damage_errors, world_errors
from merchant_app.journal.events import lifted_ops
from merchant_app.ledger.entries import Decision, Entry, Redemption, Void, from_body
from merchant_app.ledger.messages import OutcomeLine

PAGE_ROWS = 500
_BUSY_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """How much of the journal counts: the last position of each table, 0 for none."""

    entry: int = 0
    adopted: int = 0
    outcome: int = 0


@dataclass(frozen=True, slots=True)
class DayClosed:
    """One closing of a day, as far as a reader needs it.

    Attributes:
        number: of the closing.
        business_date: the local day it is for.
        closed_at: when it was made, UTC.
        end: the last positions it covers.
    """

    number: int
    business_date: date
    closed_at: datetime
    end: Horizon


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry where it stands.

    Attributes:
        position: its rowid, gapless over all epochs; among the adopted ones if it is `foreign`.
        foreign: a copy of this till wrote it.
        number: its number in its epoch.
        entry: what it says.
    """

    position: int
    foreign: bool
    epoch_id: str
    number: int
    entry: Entry

    def is_within(self, horizon: Horizon) -> bool:
        """Whether it lies before the horizon."""
        return self.position <= (horizon.adopted if self.foreign else horizon.entry)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing the service said of an op; `position` grows with every one of them."""

    position: int
    op_id: str
    status: OutcomeStatus
    lines: tuple[OutcomeLine, ...]
    recorded_at: datetime


@dataclass(slots=True)
class Story:
    """A redemption, and everything the journal knows of what became of it, whenever it was known.

    Attributes:
        places: where it stands: ours first; what was sent again in another epoch, or came back
            from the service, stands more than once.
        decisions: ours first.
        voids: ours first.
        told: what the service said of it, oldest first.
    """

    redemption: Redemption
    places: list[Placed]
    decisions: list[Placed] = field(default_factory=list)
    voids: list[Placed] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def placed(self) -> Placed:
        """What names it: where it stands first."""
        return self.places[0]

    def placed_within(self, horizon: Horizon) -> Placed | None:
        """Where it stands before the horizon; None: it came later."""
        return next((placed for placed in self.places if placed.is_within(horizon)), None)


class BookReader:
    """Reads one journal file. Confined to the thread that made it; the till may go on writing.

    Every method may raise Problem: JOURNAL_DAMAGED, JOURNAL_LOCKED, or the disk's.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, for reading alone.

        Raises:
            Problem: there is no journal, or it cannot be read.
        """
        if not path.is_file():
            raise Problem(ProblemKind.DISK_READ_ONLY, f"there is no {path.name}")
        with world_errors():
            self._connection = sqlite3.connect(path, timeout=_BUSY_WAIT_S, isolation_level=None)
            self._connection.execute("PRAGMA query_only = ON")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def horizon(self) -> Horizon:
        """The end of the journal, now."""
        with world_errors():
            row = self._connection.execute(
                "SELECT (SELECT coalesce(max(rowid), 0) FROM entries),"
                " (SELECT coalesce(max(rowid), 0) FROM adopted),"
                " (SELECT coalesce(max(id), 0) FROM outcomes)"
            ).fetchone()
        return Horizon(*row)

    def lifted(self) -> frozenset[str]:
        """The redemptions that somebody responsible took beyond a limit; whichever stands before a
        horizon that was asked for earlier is among them."""
        with world_errors(), damage_errors():
            return lifted_ops(self._connection)

    def days_closed(self) -> Iterator[DayClosed]:
        """The closings of days, in order; none in a file that is older than closings."""
        with world_errors():
            known = self._connection.execute(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'closings'"
            ).fetchone()
        number = 0
        while known is not None:
            with world_errors():
                # One at a time: an open query would hold back the journal's log for the export.
                row = self._connection.execute(
                    "SELECT number, body FROM closings WHERE kind = 'day' AND number > ? "
                    "ORDER BY number LIMIT 1",
                    (number,),
                ).fetchone()
            if row is None:
                return
            number = row[0]
            yield _day_closed(number, row[1])

    def entries(self, after: Horizon, until: Horizon) -> Iterator[list[Placed]]:
        """The entries of a range in pages: this till's, then the adopted ones. One that was sent
        again in another epoch, or came back from the service, stands there each time."""
        yield from self._pages("entries", after.entry, until.entry)
        yield from self._pages("adopted", after.adopted, until.adopted)

    def _pages(self, table: str, after: int, until: int) -> Iterator[list[Placed]]:
        query = (
            f"SELECT rowid, epoch_id, seq, body FROM {table} "  # noqa: S608 - constants
            f"WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT {PAGE_ROWS}"
        )
        while after < until:
            with world_errors():
                rows = self._connection.execute(query, (after, until)).fetchall()
            page = [_placed(row, foreign=table == "adopted") for row in rows]
            if not page:
                return
            after = page[-1].position
            yield page

    def told_about(self, after: Horizon, until: Horizon) -> Iterator[list[str]]:
        """The ops that the service spoke of in a range, in pages: each op once, where it spoke of
        it last. Redemptions of the range itself are left out: most of a day's answers are about
        that day."""
        query = (
            "SELECT o.id, o.op_id FROM outcomes o WHERE o.id > ?1 AND o.id <= ?2 AND NOT EXISTS "
            "(SELECT 1 FROM outcomes n WHERE n.op_id = o.op_id AND n.id > o.id AND n.id <= ?2) "
            "AND (EXISTS (SELECT 1 FROM entries e WHERE e.op_id = o.op_id"
            " AND e.rowid <= ?3) "
            "OR EXISTS (SELECT 1 FROM adopted a WHERE a.op_id = o.op_id"
            " AND a.rowid <= ?4)) "
            "ORDER BY o.id LIMIT ?5"
        )
        position = after.outcome
        while position < until.outcome:
            with world_errors():
                limits = (position, until.outcome, after.entry, after.adopted, PAGE_ROWS)
                rows = self._connection.execute(query, limits).fetchall()
            if not rows:
                return
            position = rows[-1][0]
            yield [row[1] for row in rows]

    def stories(self, op_ids: Iterable[str]) -> dict[str, Story]:
        """The redemptions among these ops (a page of them), with all that is known of each."""
        wanted = list(dict.fromkeys(op_ids))
        stories: dict[str, Story] = {}
        for table in ("entries", "adopted"):
            columns = f"SELECT rowid, epoch_id, seq, body FROM {table} WHERE"  # noqa: S608 - constants
            query = columns + " kind = 'redemption' AND op_id IN ({marks}) ORDER BY rowid"
            for row in self._rows(query, wanted):
                placed = _placed(row, foreign=table == "adopted")
                if isinstance(placed.entry, Redemption):
                    story = Story(placed.entry, [])
                    stories.setdefault(str(placed.entry.op_id), story).places.append(placed)
        # Each kind by an index of its own; ours before the adopted ones.
        for table in ("entries", "adopted"):
            columns = f"SELECT rowid, epoch_id, seq, body FROM {table} WHERE"  # noqa: S608 - constants
            for kind in ("decision", "void"):
                query = (
                    columns + f" kind = '{kind}' AND redemption_id IN ({{marks}}) ORDER BY rowid"
                )
                for row in self._rows(query, list(stories)):
                    _file(_placed(row, foreign=table == "adopted"), stories)
        self._tell(stories)
        return stories

    def _tell(self, stories: dict[str, Story]) -> None:
        query = (
            "SELECT id, op_id, status, lines, recorded_at FROM outcomes "
            "WHERE op_id IN ({marks}) ORDER BY id"
        )
        for row in self._rows(query, list(stories)):
            with damage_errors():
                told = Told(
                    row[0],
                    row[1],
                    OutcomeStatus(row[2]),
                    outcome_lines.from_text(row[3]),
                    from_text(row[4]),
                )
            stories[told.op_id].told.append(told)

    def select(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Rows of a query that changes nothing, for a reader of another kind."""
        with world_errors():
            return self._connection.execute(query, values).fetchall()

    def _rows(self, query: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Rows of a query about ids, which come in pieces that SQLite takes."""
        for start in range(0, len(ids), PAGE_ROWS):
            some = ids[start : start + PAGE_ROWS]
            with world_errors():
                rows = self._connection.execute(
                    query.replace("{marks}", ",".join("?" * len(some))), some
                ).fetchall()
            yield from rows


def _placed(row: Sequence[object], *, foreign: bool) -> Placed:
    position, epoch_id, number, body = row
    if not (isinstance(position, int) and isinstance(number, int) and isinstance(body, str)):
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"entry {position} has columns of no sense")
    with damage_errors():  # a body that is none is a ValueError
        return Placed(position, foreign, str(epoch_id), number, from_body(body))


def _file(placed: Placed, stories: dict[str, Story]) -> None:
    match placed.entry:
        case Decision(redemption_id=redemption_id):
            stories[str(redemption_id)].decisions.append(placed)
        case Void(redemption_id=redemption_id):
            stories[str(redemption_id)].voids.append(placed)
        case entry:
            raise Bug(f"a {type(entry).__name__} where a decision or void was asked for")


def _day_closed(number: int, body: str) -> DayClosed:
    try:
        fields = json.loads(body)
        return DayClosed(
            number=number,
            business_date=date.fromisoformat(fields["business_date"]),
            closed_at=from_text(fields["closed_at"]),
            end=Horizon(
                int(fields["last_entry"]), int(fields["last_adopted"]), int(fields["last_outcome"])
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"closing {number}") from error
