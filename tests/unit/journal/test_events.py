"""What happened besides money: in order, for ever, and whoever touches it is noticed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.journal.events import DETAIL_CHARACTERS_MAX, Event, EventKind, chain_hash
from merchant_app.journal.journal import Journal
from merchant_app.journal.salvage import salvage
from tests.fakes.clock import FakeClock
from tests.fakes.journal_story import Day

NOW = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
SEARCHED, CHOSEN = EventKind.SEARCHED, EventKind.SEARCH_CHOSEN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "till").mkdir()
    return tmp_path / "till" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path, FakeClock())
    yield journal
    journal.close()


def searched(journal: Journal, *times: int, cashier: str = "Claire") -> None:
    for characters in times:
        journal.append_event(SEARCHED, cashier=cashier, detail={"characters": characters})


def written(path: Path, count: int, *, mirror: Path | None = None) -> tuple[Event, ...]:
    journal = Journal(path, FakeClock(), mirror=mirror)
    searched(journal, *range(3, 3 + count))
    events = journal.events.since(0, limit=1_000)
    journal.close()
    return events


def of(path: Path, mirror: Path | None = None) -> tuple[Event, ...]:
    journal = Journal(path, FakeClock(), mirror=mirror)
    events = journal.events.since(0, limit=1_000)
    journal.close()
    return events


def by_force(path: Path, *statements: str) -> None:
    """What somebody with a database tool does."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute("DROP TRIGGER events_no_delete")
        for statement in statements:
            assert connection.execute(statement).rowcount == 1
        connection.commit()


def test_events_are_numbered_and_read_in_order(journal: Journal) -> None:
    searched(journal, 3, 4)
    number = journal.append_event(CHOSEN, cashier="Paul", detail={"field": "name"})
    assert number == 3
    first, *_, last = journal.events.since(0, limit=10)
    assert (first.number, first.kind, first.cashier) == (1, SEARCHED, "Claire")
    assert first.detail == {"characters": 3}
    assert (last.number, last.kind, last.detail) == (3, CHOSEN, {"field": "name"})
    assert [event.number for event in journal.events.since(1, limit=1)] == [2]


def test_they_are_still_there_when_the_file_is_opened_again(path: Path) -> None:
    assert of(path) == ()
    recorded = written(path, 3)
    assert len(recorded) == 3
    assert of(path) == recorded


def test_the_newest_of_a_kind_is_each_cashiers_own(journal: Journal) -> None:
    searched(journal, 3)
    searched(journal, 9, cashier="Paul")
    newest = journal.events.newest((SEARCHED, CHOSEN), cashier="Claire")
    assert newest is not None
    assert newest.detail == {"characters": 3}
    assert journal.events.newest((CHOSEN,), cashier="Claire") is None


def test_the_hash_is_of_documented_bytes(journal: Journal) -> None:
    """So that somebody with another program can check them."""
    journal.append_event(CHOSEN, cashier="Zoë", detail={"voucher_id": "x", "field": "order"})
    at, detail, found = journal._connection.execute(
        "SELECT at, detail, hash FROM events"
    ).fetchone()
    assert detail == '{"field":"order","voucher_id":"x"}'
    body = (
        f'{{"at":"{at}","cashier":"Zo\\u00eb","detail":{json.dumps(detail)},'
        '"kind":"search_chosen"}'
    )
    before = hashlib.sha256(b"comptoir events v1\x00").digest()
    message = b"comptoir event v1\x00" + before + (1).to_bytes(8, "big") + body.encode()
    assert found == hashlib.sha256(message).digest()


@pytest.mark.parametrize("statement", ["UPDATE events SET cashier = 'Paul'", "DELETE FROM events"])
def test_what_is_recorded_cannot_be_changed(journal: Journal, statement: str) -> None:
    searched(journal, 3)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        journal._connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET cashier = 'Paul' WHERE number = 2",
        "UPDATE events SET at = '2026-11-20T09:30:00.000Z' WHERE number = 2",
        """UPDATE events SET detail = '{"characters":30}' WHERE number = 2""",
        "UPDATE events SET kind = 'search_chosen' WHERE number = 2",
        "DELETE FROM events WHERE number = 2",
        "DELETE FROM events WHERE number = 1",
        "UPDATE events SET number = 9 WHERE number = 4",
    ],
)
def test_whoever_changes_one_all_the_same_is_noticed(path: Path, statement: str) -> None:
    written(path, 4)
    by_force(path, statement)
    with pytest.raises(Problem) as problem:
        of(path)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


def test_a_kind_that_only_a_newer_program_knows_is_read_as_text(journal: Journal) -> None:
    _, before = journal.events.head()
    values = ("2026-11-23T09:30:00.000Z", "manager_smiled", "Claire", "{}")
    journal._connection.execute(
        "INSERT INTO events (number, at, kind, cashier, detail, hash) VALUES (1, ?, ?, ?, ?, ?)",
        (*values, chain_hash(before, 1, *values)),
    )
    searched(journal, 3)
    assert [event.kind for event in journal.events.since(0, limit=9)] == [
        "manager_smiled",
        SEARCHED,
    ]


def test_a_detail_without_end_is_a_bug(journal: Journal) -> None:
    with pytest.raises(Bug, match="characters of detail"):
        journal.append_event(SEARCHED, cashier="", detail={"x": "y" * DETAIL_CHARACTERS_MAX})
    assert journal.events.since(0, limit=1) == ()


@pytest.mark.expects_log("the journal lacked 2 rows of its mirror")
def test_the_mirror_gives_back_what_an_older_image_lacks(path: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    written(path, 2, mirror=mirror)
    older = path.read_bytes()
    written(path, 2, mirror=mirror)
    whole = of(path)
    path.write_bytes(older)
    assert of(path) == whole[:2]
    path.write_bytes(older)
    assert of(path, mirror) == whole


def sold_and_searched(path: Path, count: int, *, mirror: Path | None = None) -> None:
    day = Day(path, mirror_path=mirror)
    day.begin_epoch()
    day.sell(1)
    searched(day.journal, *range(3, 3 + count))
    day.close()


def test_a_salvaged_file_keeps_what_can_be_read_and_says_what_is_torn(path: Path) -> None:
    sold_and_searched(path, 5)
    by_force(path, "DELETE FROM events WHERE number = 3")
    salvage(path, NOW)
    *kept, told = of(path)
    assert [event.number for event in kept] == [1, 2, 4, 5]
    assert (told.number, told.kind, told.at) == (6, EventKind.JOURNAL_SALVAGED, NOW)
    assert told.detail == {"events": 4, "torn_after": [2], "resumes_at": [4]}


def test_what_is_torn_after_a_salvage_is_noticed_all_the_same(path: Path) -> None:
    sold_and_searched(path, 5)
    by_force(path, "DELETE FROM events WHERE number = 3")
    salvage(path, NOW)
    by_force(path, "DELETE FROM events WHERE number = 2")
    with pytest.raises(Problem):
        of(path)
    salvage(path, NOW)
    assert [event.number for event in of(path)] == [1, 4, 5, 6, 7]
    assert of(path)[-1].detail == {"events": 4, "torn_after": [1], "resumes_at": [4]}


def test_salvage_takes_from_the_mirror_what_the_file_lost_and_both_agree(
    path: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    sold_and_searched(path, 5, mirror=mirror)
    whole = of(path)
    by_force(path, "DELETE FROM events WHERE number = 3")
    salvage(path, NOW, mirror_path=mirror)
    assert of(path, mirror)[:-1] == whole
    assert of(path)[-1].detail == {"events": 5, "torn_after": [], "resumes_at": []}
