"""Salvage: what proves itself is saved, what is missing is named, nothing is deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId
from merchant_app.journal import backup, schema
from merchant_app.journal.evidence import Source
from merchant_app.journal.journal import Journal
from merchant_app.journal.replacing import salvaged_path
from merchant_app.journal.salvage import Incomplete, Missing, salvage
from merchant_app.ledger.entries import Envelope
from tests.fakes.clock import FakeClock
from tests.fakes.journal_story import Day, entries_in

NOW = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "till").mkdir()
    return tmp_path / "till" / "journal.sqlite"


def sold(path: Path, *, sales: int = 4, mirror: Path | None = None) -> EpochId:
    day = Day(path, mirror_path=mirror)
    epoch_id = day.begin_epoch()
    day.sell(sales)
    day.close()
    return epoch_id


def spoiled(path: Path, *bodies: str) -> None:
    """These entries, wherever they stand in the file, can be proved no more."""
    raw = path.read_bytes()
    for body in bodies:
        assert body.encode() in raw
        raw = raw.replace(body.encode(), body.replace("EUR", "USD").replace("Zo", "Lo").encode())
    path.write_bytes(raw)


def service(epoch_id: EpochId, held: Sequence[Envelope]) -> object:
    def pull(epoch: EpochId, after_seq: int) -> Sequence[Envelope]:
        assert epoch == epoch_id
        return [envelope for envelope in held if envelope.seq > after_seq]

    return pull


def chain(path: Path) -> list[Envelope]:
    return [Envelope(seq, body, entry_hash) for _, seq, body, entry_hash in entries_in(path)]


def says(path: Path, mirror: Path | None = None) -> tuple[int, int, bool]:
    """Opened as ever: its last number, what is undecided, and whether it asks about the last."""
    journal = Journal(path, FakeClock(), mirror=mirror)
    result = journal.head()[0], len(journal.undecided()), journal.unseen_completed() is not None
    journal.close()
    return result


def test_what_is_missing_is_named_and_nothing_is_touched(path: Path) -> None:
    epoch_id = sold(path)
    third, fourth = chain(path)[2:4]
    spoiled(path, third.body, fourth.body)
    before = path.read_bytes()
    with pytest.raises(Incomplete) as incomplete:
        salvage(path, NOW)
    assert incomplete.value.kind is ProblemKind.JOURNAL_INCOMPLETE
    # The fifth is there, and nothing proves it: what it is chained to is gone. But the hash of the
    # fourth can still be read, and the service had signed it.
    assert incomplete.value.report.missing == (Missing(epoch_id, 3, 4),)
    assert incomplete.value.report.heads == {epoch_id: 8}
    assert incomplete.value.report.proved[Source.FILE] == 6
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_service_fills_the_gap(path: Path) -> None:
    epoch_id = sold(path)
    whole = chain(path)
    spoiled(path, whole[2].body)
    report = salvage(path, NOW, pull=service(epoch_id, whole[:7]))  # type: ignore[arg-type]
    assert report.missing == ()
    assert report.proved[Source.SERVICE] == 1
    assert report.proved[Source.FILE] == 7
    assert chain(path) == whole
    assert says(path) == (8, 0, True)


def test_a_service_that_lies_is_not_believed(path: Path) -> None:
    epoch_id = sold(path)
    whole = chain(path)
    spoiled(path, whole[2].body)
    lie = Envelope(3, whole[0].body, whole[2].hash)
    with pytest.raises(Incomplete):
        salvage(path, NOW, pull=service(epoch_id, [lie]))  # type: ignore[arg-type]


def test_the_mirror_fills_the_gap_and_both_agree_afterwards(path: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    sold(path, mirror=mirror)
    whole = chain(path)
    with closing(sqlite3.connect(path)) as connection:
        outcomes = connection.execute("SELECT * FROM outcomes ORDER BY id").fetchall()
    path.write_bytes(path.read_bytes()[:8192])
    report = salvage(path, NOW, mirror_path=mirror)
    assert report.proved[Source.MIRROR] == 8
    assert report.outcomes == len(outcomes)
    assert chain(path) == whole
    assert says(path, mirror) == (8, 0, True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM outcomes ORDER BY id").fetchall() == outcomes


def test_nothing_is_saved_without_the_medium_that_may_have_the_last_entries(
    path: Path, tmp_path: Path
) -> None:
    sold(path)
    with pytest.raises(Problem) as problem:
        salvage(path, NOW, mirror_path=tmp_path / "stick" / "mirror")
    assert problem.value.kind is ProblemKind.MIRROR_UNREACHABLE
    salvage(path, NOW, mirror_path=tmp_path / "never_written")
    assert says(path) == (8, 0, True)


def test_a_backup_helps_with_what_it_has(path: Path) -> None:
    day = Day(path)
    day.begin_epoch()
    day.sell(2)
    backup.backup(day.journal._connection, path.parent / "backups", NOW)
    day.sell(2)
    day.close()
    whole = chain(path)
    spoiled(path, whole[1].body)
    report = salvage(path, NOW)
    assert (report.proved[Source.BACKUP], report.proved[Source.FILE]) == (1, 7)
    assert chain(path) == whole


def test_the_damaged_files_are_kept(path: Path) -> None:
    epoch_id = sold(path)
    whole = chain(path)
    spoiled(path, whole[2].body)
    damaged = path.read_bytes()
    for number in (1, 2):
        report = salvage(path, NOW, pull=service(epoch_id, whole))  # type: ignore[arg-type]
        name = "damaged-20261123T180500" + ("-2" if number == 2 else "")
        assert report.folder == path.parent / name
    assert (path.parent / "damaged-20261123T180500" / path.name).read_bytes() == damaged


def test_a_crash_while_the_files_change_places_is_made_good(path: Path) -> None:
    epoch_id = sold(path)
    whole = chain(path)
    spoiled(path, whole[2].body)
    damaged = path.read_bytes()
    report = salvage(path, NOW, pull=service(epoch_id, whole))  # type: ignore[arg-type]
    assert report.folder is not None
    # As if the power had gone after the new file had got its first name.
    path.rename(salvaged_path(path))
    (report.folder / path.name).unlink()
    path.write_bytes(damaged)
    path.with_name(f"{path.name}-wal").write_bytes(b"what SQLite would apply to the new file")
    assert says(path) == (8, 0, True)
    assert chain(path) == whole
    assert (report.folder / path.name).read_bytes() == damaged


def test_older_epochs_are_saved_with_their_entries_that_were_sent_again(path: Path) -> None:
    day = Day(path)
    first = day.begin_epoch()
    day.sell(2)
    head = day.journal.head()[1]
    bodies = [envelope.body for envelope in day.journal.envelopes(first, after_seq=2, limit=9)]
    day.begin_epoch(previous_head=head)
    day.journal.reconciled(bodies)
    day.sell(1)
    day.close()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM entries ORDER BY rowid").fetchall()
    raw = bytearray(path.read_bytes())
    raw[100] ^= 0xFF  # the first page's own header: SQL reads nothing any more
    path.write_bytes(raw)
    with pytest.raises(Problem) as problem:
        Journal(path, FakeClock())
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
    salvage(path, NOW)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM entries ORDER BY rowid").fetchall() == rows


def test_outcomes_are_read_again_after_salvage(path: Path) -> None:
    sold(path)
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT acked_seq, outcome_cursor FROM progress").fetchone()
    assert before == (7, 4)
    salvage(path, NOW)
    with closing(sqlite3.connect(path)) as connection:
        after = connection.execute("SELECT acked_seq, outcome_cursor FROM progress").fetchone()
    assert after == (7, 0)


@pytest.mark.parametrize("flipped", [1 << 6, 1 << 30])
def test_todays_tables_under_a_higher_number_are_a_flipped_bit_and_are_saved(
    path: Path, flipped: int
) -> None:
    sold(path)
    before = entries_in(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION ^ flipped}")
    with pytest.raises(Problem) as problem:
        Journal(path, FakeClock())
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
    salvage(path, NOW)
    assert entries_in(path) == before
    Journal(path, FakeClock()).close()


def test_a_file_of_something_else_is_no_journal_to_save(path: Path) -> None:
    path.write_bytes(b"my holiday pictures " * 1000)
    with pytest.raises(Problem) as problem:
        salvage(path, NOW)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
