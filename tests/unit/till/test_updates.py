"""When a newer version is told of: once a day at most, once a version, never over unsent work."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from merchant_app.contract.release_feed import Release
from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.update_memory import UpdateMemory
from merchant_app.till.results import LineState, Status
from merchant_app.till.updates import UpdateDesk
from tests.fakes.clock import FakeClock
from tests.fakes.counter import ONLINE

UNTIL = date(2030, 1, 1)


def release(version: str) -> Release:
    return Release(version, "https://comptoir.example/", UNTIL)


class Desk:
    """A till at a feed, across restarts."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "updates.json"
        self.clock = FakeClock()
        self.status: Status = ONLINE
        self.feed: Release | None = release("0.2.0")
        self.looks = 0
        self.sells_meanwhile = False
        self.desk = self.start()

    def start(self) -> UpdateDesk:
        self.desk = UpdateDesk(
            self._newest,
            status=lambda: self.status,
            memory=UpdateMemory(self.file),
            version="0.1.0",
            clock=self.clock,
        )
        return self.desk

    def _newest(self) -> Release | None:
        self.looks += 1
        if self.sells_meanwhile:
            self.status = replace(ONLINE, unsent=1)
        return self.feed


@pytest.fixture
def till(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_newer_version_is_told_of_once_for_all_starts(till: Desk) -> None:
    found = till.desk.to_tell()
    assert found == release("0.2.0")
    assert till.desk.to_tell() == found, "it was not shown yet"
    till.desk.told(found)
    assert till.desk.to_tell() is None
    till.start()
    till.clock.advance(days=2)
    assert till.desk.to_tell() is None
    till.feed = release("0.2.1")
    till.clock.advance(days=1)
    assert till.desk.to_tell() == release("0.2.1")


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9"])
def test_what_is_not_newer_is_not_told(till: Desk, version: str) -> None:
    till.feed = release(version)
    assert till.desk.to_tell() is None
    assert till.looks == 1


def test_the_feed_is_looked_at_once_a_day(till: Desk) -> None:
    till.feed = None
    for _ in range(3):
        assert till.desk.to_tell() is None
        till.start()
        till.clock.advance(hours=7)
    assert till.looks == 1
    till.clock.advance(hours=4)
    till.desk.to_tell()
    assert till.looks == 2


@pytest.mark.parametrize(
    "busy",
    [
        replace(ONLINE, unsent=1),
        replace(ONLINE, line=LineState.OFFLINE),
        replace(ONLINE, line=LineState.NOT_ENTITLED),
        replace(ONLINE, line=LineState.STOPPED),
    ],
)
def test_while_anything_waits_nothing_is_looked_at_and_nothing_told(
    till: Desk, busy: Status
) -> None:
    till.status = busy
    assert till.desk.to_tell() is None
    assert till.looks == 0
    till.status = ONLINE
    assert till.desk.to_tell() == release("0.2.0")
    till.status = busy
    assert till.desk.to_tell() is None
    till.status = ONLINE
    assert till.desk.to_tell() == release("0.2.0")
    assert till.looks == 1


def test_what_was_sold_during_the_look_comes_first(till: Desk) -> None:
    till.sells_meanwhile = True
    assert till.desk.to_tell() is None
    till.status = ONLINE
    assert till.desk.to_tell() == release("0.2.0")


def test_a_clock_that_was_years_ahead_does_not_silence_it(till: Desk) -> None:
    till.clock.jump(days=2_000)
    till.desk.to_tell()
    till.clock.jump(days=-2_000)
    till.desk.to_tell()
    assert till.looks == 2


@pytest.mark.parametrize("content", ["", "{}", '{"version": 1, "looked_at": "soon", "shown": 3}'])
def test_what_is_damaged_is_begun_anew(till: Desk, content: str) -> None:
    till.file.write_text(content, encoding="utf-8")
    found = till.desk.to_tell()
    assert found == release("0.2.0")
    till.desk.told(found)
    kept = json.loads(till.file.read_text(encoding="utf-8"))
    assert (kept["version"], kept["shown"]) == (1, "0.2.0")


def test_where_nothing_can_be_written_nothing_is_looked_at(till: Desk) -> None:
    till.file.mkdir()  # nothing can replace a folder
    with pytest.raises(Problem) as caught:
        till.desk.to_tell()
    assert caught.value.kind is ProblemKind.SETTINGS_UNREADABLE
    assert till.looks == 0
