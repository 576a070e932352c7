"""Verified backups; room that is held back."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import backup, space
from merchant_app.journal.journal import Journal
from merchant_app.journal.space import Ballast
from tests.fakes.clock import FakeClock
from tests.fakes.journal_story import Day, crash_copy, entries_in

NOW = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
SIZE = 1_000_000


@pytest.fixture
def day(tmp_path: Path) -> Day:
    day = Day(tmp_path / "journal.sqlite")
    day.begin_epoch()
    day.sell(3)
    return day


def test_a_backup_is_one_file_that_says_the_same(day: Day, tmp_path: Path) -> None:
    copy = backup.backup(day.journal._connection, tmp_path / "backups", NOW)
    day.close()
    assert [file.name for file in (tmp_path / "backups").iterdir()] == [copy.name]
    assert entries_in(copy) == entries_in(tmp_path / "journal.sqlite")
    if sys.platform != "win32":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    Journal(copy, FakeClock()).close()


def test_a_damaged_journal_is_not_backed_up_over_good_ones(day: Day, tmp_path: Path) -> None:
    connection = day.journal._connection
    folder = tmp_path / "backups"
    good = backup.backup(connection, folder, NOW)
    connection.execute("DROP TRIGGER entries_no_delete")
    connection.execute("DELETE FROM entries WHERE seq = 2")
    with pytest.raises(Problem) as problem:
        backup.backup(connection, folder, NOW)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
    assert list(folder.glob("*.sqlite")) == [good]
    day.close()


def test_the_newest_closings_are_kept_and_every_schema_step(day: Day, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    connection = day.journal._connection
    step = backup.before_step(connection, folder, version=1)
    made = [backup.backup(connection, folder, NOW + timedelta(days=n)) for n in range(13)]
    assert backup.newest_first(folder) == [*reversed(made[3:]), step]
    assert len(made[3:]) == backup.KEPT_MAX
    day.close()


def test_two_backups_of_one_moment_are_both_kept(day: Day, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made = {backup.backup(day.journal._connection, folder, NOW) for _ in range(2)}
    assert set(folder.iterdir()) == made
    assert len(made) == 2
    day.close()


def test_an_empty_file_where_there_are_backups_is_no_new_journal(day: Day, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    backup.backup(day.journal._connection, tmp_path / "backups", NOW)
    day.close()
    path.write_bytes(b"")
    with pytest.raises(Problem) as problem:
        Journal(path, FakeClock())
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


def test_a_log_whose_file_lost_everything_is_no_new_journal(day: Day, tmp_path: Path) -> None:
    image = crash_copy(tmp_path / "journal.sqlite", tmp_path / "image")
    day.close()
    log = image.with_name(f"{image.name}-wal")
    raw = bytearray(log.read_bytes())
    raw[40] ^= 1  # in the first frame: SQLite takes the log for empty
    log.write_bytes(raw)
    with closing(sqlite3.connect(image)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    log.write_bytes(raw)
    with pytest.raises(Problem) as problem:
        Journal(image, FakeClock())
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
    # Closing shortened the log; what it said is kept beside it.
    assert image.with_name(f"{image.name}-wal-kept").read_bytes() == bytes(raw)


def test_the_ballast_is_really_there_and_given_back_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "journal.sqlite", size=SIZE)
    ballast.restore()
    assert ballast.is_there()
    if hasattr(os.stat_result, "st_blocks"):
        assert ballast.path.stat().st_blocks * 512 >= SIZE
    assert ballast.release()
    assert not ballast.release()
    assert not ballast.is_there()
    ballast.restore()
    assert ballast.is_there()


def test_a_ballast_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "journal.sqlite", size=SIZE)
    ballast.path.write_bytes(bytes(10))
    assert not ballast.is_there()
    ballast.restore()
    assert ballast.is_there()


def test_selling_stops_while_there_is_still_room(tmp_path: Path) -> None:
    free = space.free_bytes(tmp_path)
    space.check(tmp_path, free_bytes_min=free // 2)
    with pytest.raises(Problem) as problem:
        space.check(tmp_path / "journal.sqlite", free_bytes_min=free * 2)
    assert problem.value.kind is ProblemKind.DISK_NEARLY_FULL


def test_a_folder_is_probed_by_a_real_write(tmp_path: Path) -> None:
    space.probe(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Problem) as problem:
        space.probe(tmp_path / "missing")
    assert problem.value.kind is ProblemKind.DISK_READ_ONLY
