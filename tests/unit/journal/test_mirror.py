"""The mirror: a second copy that only grows, and what it gives back."""

from __future__ import annotations

import sqlite3
import stat
import sys
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import schema
from merchant_app.journal.mirror import Mirror, read_file
from merchant_app.journal.mirrored import RETRY_AFTER_S, Mirrored, MirrorState, compare
from merchant_app.journal.opening import Opened, open_journal
from merchant_app.journal.records import COLUMNS, Record
from tests.fakes.clock import START, FakeClock
from tests.fakes.journal_story import Day, crash_copy, entries_in

ALARM = Record("alarms", 1, ("0190", "2026-11-23T09:30:00.000Z"))
OTHER = Record("alarms", 2, ("0191", "2026-11-23T09:31:00.000Z"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    (tmp_path / "till").mkdir()
    return tmp_path / "till" / "journal.sqlite"


def written(path: Path, *records: Record) -> None:
    mirror = Mirror(path)
    mirror.append(records)
    mirror.close()


def opened(journal_path: Path, mirror_path: Path) -> Opened:
    return open_journal(journal_path, mirror_path=mirror_path, clock=FakeClock())


def said(mirrored: Mirrored) -> tuple[MirrorState, datetime | None, ProblemKind | None]:
    problem = mirrored.problem
    return mirrored.state, mirrored.since, None if problem is None else problem.kind


def shut(opened: Opened) -> None:
    assert opened.mirrored is not None
    opened.mirrored.close()
    opened.connection.close()


def test_what_was_added_is_read_back(path: Path) -> None:
    written(path, ALARM, OTHER)
    assert list(read_file(path).records.values()) == [ALARM, OTHER]
    written(path)
    assert list(read_file(path).records.values()) == [ALARM, OTHER]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists")
def test_only_its_owner_can_read_it(path: Path) -> None:
    written(path, ALARM)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_cut_off_at_any_byte_is_removed_and_the_others_stay(path: Path) -> None:
    written(path, ALARM)
    whole = path.stat().st_size
    written(path, OTHER)
    raw = path.read_bytes()
    for length in range(whole, len(raw)):
        path.write_bytes(raw[:length])
        written(path)
        assert path.read_bytes() == raw[:whole]


def test_a_damaged_line_in_the_middle_is_counted_and_the_others_stay(path: Path) -> None:
    written(path, ALARM)
    at = path.stat().st_size - 20
    written(path, OTHER)
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    contents = read_file(path)
    assert contents.damaged_lines == 1
    assert list(contents.records.values()) == [OTHER]


def test_a_newer_mirror_is_refused_and_left_alone(path: Path) -> None:
    written(path)
    raw = path.read_bytes().replace(b":1}", b":9}")
    text = raw.rpartition(b" ")[0]
    path.write_bytes(text + b" " + sha256(text).hexdigest()[:32].encode() + b"\n")
    before = path.read_bytes()
    with pytest.raises(Problem) as problem:
        Mirror(path)
    assert problem.value.kind is ProblemKind.JOURNAL_NEWER
    assert path.read_bytes() == before


def test_a_file_of_something_else_is_never_overwritten(path: Path) -> None:
    path.write_text("My accounts\n" * 100, encoding="utf-8")
    with pytest.raises(Problem) as problem:
        Mirror(path)
    assert problem.value.kind is ProblemKind.MIRROR_UNREACHABLE
    assert path.read_text(encoding="utf-8") == "My accounts\n" * 100


def test_every_table_that_never_changes_is_mirrored_whole(journal_path: Path) -> None:
    Day(journal_path).close()
    with closing(sqlite3.connect(journal_path)) as connection:
        never_changing = {
            row[0].removesuffix("_no_update")
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            if row[0].endswith("_no_update")
        }
        # What a redemption is about is said by its entry once more.
        assert set(COLUMNS) == never_changing - {"redemption_vouchers"}
        for table, columns in COLUMNS.items():
            there = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            assert set(columns) == set(there) - {"id", "number"}, table
    assert schema.VERSION == 4, "old mirrors lack the new columns: give them a default"


def test_a_mirror_that_was_behind_is_caught_up_at_opening(journal_path: Path, path: Path) -> None:
    day = Day(journal_path)
    day.begin_epoch()
    day.sell(3)
    day.close()
    found = opened(journal_path, path)
    assert compare(found.connection, read_file(path)).missing_in_mirror == ()
    assert found.from_mirror == 0
    shut(found)


def test_a_journal_restored_from_an_older_image_gets_everything_back(
    journal_path: Path, path: Path, tmp_path: Path
) -> None:
    day = Day(journal_path, mirror_path=path)
    day.begin_epoch()
    day.sell(2)
    image = crash_copy(journal_path, tmp_path / "image")
    day.sell(3)
    day.close()
    found = opened(image, path)
    assert found.from_mirror > 0
    shut(found)
    assert entries_in(image) == entries_in(journal_path)
    with closing(sqlite3.connect(image)) as old, closing(sqlite3.connect(journal_path)) as new:
        for table in ("outcomes", "receipts", "redemption_vouchers", "epochs"):
            query = f"SELECT * FROM {table}"
            assert old.execute(query).fetchall() == new.execute(query).fetchall()


def test_a_journal_that_is_gone_comes_back_from_its_mirror(journal_path: Path, path: Path) -> None:
    day = Day(journal_path, mirror_path=path)
    epoch_id = day.begin_epoch()
    day.sell(3)
    day.close()
    before = entries_in(journal_path)
    journal_path.unlink()
    shut(opened(journal_path, path))
    assert entries_in(journal_path) == before
    day = Day(journal_path, mirror_path=path, seed=2)
    day.go_on(epoch_id)
    assert day.sell(1) == 8
    day.close()


def test_two_histories_are_never_mixed(journal_path: Path, path: Path, tmp_path: Path) -> None:
    day = Day(journal_path, mirror_path=path)
    epoch_id = day.begin_epoch()
    day.sell(1)
    clone = crash_copy(journal_path, tmp_path / "clone")
    day.sell(2)
    day.close()
    other = Day(clone, seed=2)
    other.go_on(epoch_id)
    other.sell(1)
    other.close()
    with pytest.raises(Problem) as problem:
        opened(clone, path)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


def test_a_mirror_that_lies_about_an_entry_is_not_believed(
    journal_path: Path, path: Path, tmp_path: Path
) -> None:
    day = Day(journal_path, mirror_path=path)
    day.begin_epoch()
    day.sell(1)
    image = crash_copy(journal_path, tmp_path / "image")
    day.sell(1)
    day.close()
    false = tmp_path / "false"
    records = [
        Record(r.table, r.rowid, tuple(b"x" * 32 if isinstance(v, bytes) else v for v in r.values))
        if r.table == "entries" and r.rowid == 4
        else r
        for r in read_file(path).records.values()
    ]
    written(false, *records)
    before = entries_in(image)
    with pytest.raises(Problem) as problem:
        opened(image, false)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
    assert entries_in(image) == before


def test_a_mirror_out_of_reach_stops_nothing_and_is_caught_up_later(
    journal_path: Path, tmp_path: Path
) -> None:
    medium = tmp_path / "stick"
    day = Day(journal_path, mirror_path=medium / "mirror")
    mirrored = day.journal._mirrored
    assert mirrored is not None
    since = START
    assert said(mirrored) == (MirrorState.INTERRUPTED, since, ProblemKind.MIRROR_UNREACHABLE)
    day.begin_epoch()
    day.sell(2)
    assert mirrored.since == since
    medium.mkdir()
    day.clock.advance(seconds=RETRY_AFTER_S)
    day.sell(1)
    assert said(mirrored) == (MirrorState.OK, None, None)
    contents = read_file(medium / "mirror")
    assert compare(day.journal._connection, contents).missing_in_mirror == ()
    day.close()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no device files")
def test_a_device_is_no_mirror() -> None:
    with pytest.raises(Problem) as problem:
        Mirror(Path("/dev/zero"))
    assert problem.value.kind is ProblemKind.MIRROR_UNREACHABLE
