"""Closings in the journal: chained, for ever, in the mirror, kept by a salvage; who touches one is
noticed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.closings import ClosingKind, ClosingRow, Reach
from merchant_app.journal.events import EventKind
from merchant_app.journal.journal import Journal
from merchant_app.journal.salvage import salvage
from tests.fakes.clock import FakeClock
from tests.fakes.journal_story import Day
from tests.fakes.till_key import sign

NOW = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "till").mkdir()
    return tmp_path / "till" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path, FakeClock())
    yield journal
    journal.close()


def close_days(journal: Journal, count: int) -> list[ClosingRow]:
    return [
        journal.append_closing(ClosingKind.DAY, f'{{"day":{number}}}', sign, cashier="Zoë")
        for number in range(count)
    ]


def by_force(path: Path, statement: str) -> None:
    """What somebody with a database tool does."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER closings_no_update")
        connection.execute("DROP TRIGGER closings_no_delete")
        connection.execute(statement)
        for verb in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER closings_no_{verb.lower()} BEFORE {verb} ON closings\n"
                "BEGIN SELECT RAISE(ABORT, 'closings is append-only'); END"
            )
        connection.commit()


def test_each_follows_from_the_one_before_as_it_is_written_down(journal: Journal) -> None:
    first, second = close_days(journal, 2)
    root = hashlib.sha256(
        b"comptoir closing v1\x00" + bytes(32) + (1).to_bytes(8, "big") + b'{"day":0}'
    ).digest()
    assert first.hash == root
    assert (
        second.hash
        == hashlib.sha256(
            b"comptoir closing v1\x00" + root + (2).to_bytes(8, "big") + b'{"day":1}'
        ).digest()
    )
    assert second.signature == sign(b"comptoir closing signature v1\x00" + second.hash)


def test_the_events_know_of_each(journal: Journal) -> None:
    (row,) = close_days(journal, 1)
    (event,) = journal.events.since(0, limit=9)
    assert event.kind is EventKind.CLOSING_MADE
    assert event.detail == {"closing": 1, "hash": row.hash.hex()}


def test_none_is_changed_or_removed(journal: Journal) -> None:
    close_days(journal, 1)
    for statement in ("UPDATE closings SET kind = 'year'", "DELETE FROM closings"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            journal._connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE closings SET body = '{\"day\":7}' WHERE number = 2",
        "DELETE FROM closings WHERE number = 2",
        "UPDATE closings SET number = 9 WHERE number = 3",
    ],
)
def test_whoever_touches_one_is_noticed_when_the_file_is_opened(path: Path, statement: str) -> None:
    journal = Journal(path, FakeClock())
    close_days(journal, 3)
    journal.close()
    by_force(path, statement)
    with pytest.raises(Problem) as problem:
        Journal(path, FakeClock())
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


@pytest.mark.expects_log("the journal lacked")
def test_the_mirror_gives_back_what_an_older_file_lacks(path: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    journal = Journal(path, FakeClock(), mirror=mirror)
    close_days(journal, 1)
    journal.close()
    older = path.read_bytes()
    journal = Journal(path, FakeClock(), mirror=mirror)
    made = journal.append_closing(ClosingKind.MONTH, '{"month":1}', sign, cashier="Zoë")
    journal.close()
    path.write_bytes(older)
    journal = Journal(path, FakeClock(), mirror=mirror)
    assert journal.closings.row(2) == made
    journal.close()


@pytest.mark.expects_log
def test_a_salvage_keeps_closings_and_names_where_their_chain_is_torn(path: Path) -> None:
    day = Day(path)
    day.begin_epoch()
    day.sell(3)
    made = close_days(day.journal, 4)
    day.close()
    by_force(path, "DELETE FROM closings WHERE number = 2")
    salvage(path, now=NOW, mirror_path=None)
    journal = Journal(path, FakeClock())
    rows = journal.closings.after(0, ClosingKind.DAY, limit=9)
    assert list(rows) == [made[0], made[2], made[3]]
    told = journal.events.since(0, limit=9)[-1]
    assert told.detail["closings_torn_after"] == [1]
    assert told.detail["closings_resume_at"] == [3]
    assert journal.append_closing(ClosingKind.DAY, "{}", sign, cashier="Zoë").number == 5
    journal.close()


def test_a_range_reaches_to_the_last_row_of_each_table(path: Path) -> None:
    day = Day(path)
    day.begin_epoch()
    day.sell(3)
    assert day.journal.ranges.reach() == Reach(entry=6, adopted=0, outcome=3, alarm=0)
    ops = list(day.journal.ranges.touched(Reach(), Reach(entry=2)))
    assert len(ops) == 1
    assert ops[0].after.handed_over
    assert ops[0].after.told is None
    day.close()
