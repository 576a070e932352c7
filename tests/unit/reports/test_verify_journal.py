"""Tampering is found and named, whatever was touched; whoever touched nothing is not accused."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from merchant_app.errors import Problem
from merchant_app.journal import schema
from merchant_app.journal.checking import check
from merchant_app.journal.records import COLUMNS
from merchant_app.journal.salvage import salvage
from tests.crash.damages import KINDS as DAMAGES
from tests.fakes import journal_changes
from tests.fakes.journal_changes import KEY, KINDS, change_column, strike
from tests.fakes.journal_story import Day, crash_copy
from tests.fakes.journal_verdict import names, verdict, verifier
from tests.fakes.journals_lived import journals_lived
from tests.fakes.signed_books import KEYS, SERVICE, write_books

OLD = Path(__file__).parents[2] / "data" / "journals"
NOW = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
CLOSED = {**COLUMNS, "closings": ("kind", "body", "hash", "signature")}
EVERY_COLUMN = [
    (table, column)
    for table, columns in CLOSED.items()
    for column in dict.fromkeys((*columns, *([] if KEY[table] == "rowid" else [KEY[table]])))
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "journal.sqlite"
    write_books(path)
    return path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    (tmp_path / "till").mkdir()
    return Path(shutil.copyfile(sound, tmp_path / "till" / "journal.sqlite"))


def by_force(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """What somebody with a database tool does."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            assert connection.execute(statement, values).rowcount > 0


def found(path: Path, *, keys: tuple[str, ...] = ()) -> tuple[str, str, int]:
    """The first finding: what, in which table, which row."""
    result = verdict(path, keys)
    assert not result["sound"]
    first = result["findings"][0]
    return first["kind"], first["table"], first["row"]


@pytest.mark.parametrize("keys", [(), KEYS], ids=["no key", "keys"])
def test_who_touched_nothing_is_not_accused(path: Path, keys: tuple[str, ...]) -> None:
    before = path.read_bytes()
    result = verdict(path, keys)
    assert result["findings"] == []
    assert result["sound"] is True
    assert result["counts"]["closings"] == 2
    assert result["counts"]["receipts_signed"] == (13 if keys else 0)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("version", [1, 2])
def test_files_of_older_programs_are_sound(version: int) -> None:
    assert verdict(OLD / f"v{version}.sqlite")["findings"] == []


def test_a_log_beside_the_file_is_read_with_it_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "till").mkdir()
    day = Day(tmp_path / "till" / "journal.sqlite", service_key=SERVICE)
    day.begin_epoch()
    numbers = day.sell(5)
    copy = crash_copy(tmp_path / "till" / "journal.sqlite", tmp_path / "copy")
    day.close()
    before = {file.name: file.read_bytes() for file in copy.parent.iterdir()}
    result = verdict(copy, KEYS)
    assert result["sound"]
    assert result["counts"]["entries"] == numbers
    assert {file.name: file.read_bytes() for file in copy.parent.iterdir()} == before


@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN)
def test_one_byte_in_any_column_of_any_table_is_found(
    path: Path, sound: Path, table: str, column: str
) -> None:
    for seed in range(3):
        shutil.copyfile(sound, path)
        struck = strike(
            path,
            lambda connection, chance: change_column(connection, chance, table, column),
            random.Random(f"{table} {column} {seed}"),
        )
        result = verdict(path, KEYS)
        assert names(result, struck), (seed, struck, result["findings"][:2])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_single_change_is_found_and_named(path: Path, kind: str, seed: int) -> None:
    struck = strike(path, KINDS[kind], random.Random(f"{kind} {seed}"))
    result = verdict(path, KEYS)
    assert names(result, struck), (struck, result["findings"][:2])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["byte", "removed", "inserted"])
def test_a_changed_entry_is_named_without_any_key(path: Path, kind: str, seed: int) -> None:
    chance = random.Random(f"keyless {kind} {seed}")
    while True:
        copy = Path(shutil.copyfile(path, path.with_name("copy.sqlite")))
        struck = strike(copy, KINDS[kind], chance)
        if struck.table == "entries":
            break
    assert names(verdict(copy), struck)


def test_a_position_that_was_moved_is_named(path: Path) -> None:
    by_force(path, ("UPDATE entries SET rowid = 1000 WHERE rowid = ?", (7,)))
    assert found(path) == ("removed", "entries", 7)


def test_a_root_that_was_changed_is_no_fault_of_the_first_entry(path: Path) -> None:
    by_force(path, ("UPDATE epochs SET root = ? WHERE position = 2", (bytes(32),)))
    assert found(path) == ("changed", "epochs", 2)


def test_a_row_without_entries_that_names_a_voucher_is_found(path: Path) -> None:
    first = "SELECT op_id FROM entries WHERE rowid = ?"
    by_force(path, (f"DELETE FROM redemption_vouchers WHERE op_id IN ({first})", (1,)))
    assert found(path) == ("removed", "redemption_vouchers", 1)


# --- copies ---------------------------------------------------------------------------------------


def receipts_of(path: Path, into: Path) -> None:
    """What the service signed for one copy, in the file of the other."""
    with closing(sqlite3.connect(into)) as connection, connection:
        connection.execute("ATTACH ? AS other", (str(path),))
        connection.execute(
            "INSERT INTO receipts SELECT * FROM other.receipts "
            "WHERE id > (SELECT max(id) FROM receipts)"
        )


def two_copies(tmp_path: Path, *, both_go_on: bool) -> tuple[Path, Path]:
    """A till's file, and an older copy of it that was put back; how far they are the same: 6."""
    till, restored = tmp_path / "till.sqlite", tmp_path / "restored.sqlite"
    day = Day(till, service_key=SERVICE)
    epoch_id = day.begin_epoch()
    assert day.sell(3) == 6
    day.close()
    shutil.copyfile(till, restored)
    for path, seed in ((till, 2), (restored, 3)):
        if path == till or both_go_on:
            day = Day(path, seed=seed, service_key=SERVICE, till_id=day.till_id)
            day.go_on(epoch_id)
            # The restored copy has no line: what it sold, the service has not seen.
            day.sell(2) if path == till else day.journal.append(
                day.redemption(), day.redemption(), day.redemption(), day.redemption()
            )
            day.close()
    return till, restored


def test_an_older_copy_that_was_put_back_is_told_from_a_newer_receipt(tmp_path: Path) -> None:
    till, restored = two_copies(tmp_path, both_go_on=False)
    assert verdict(restored, KEYS)["sound"]
    receipts_of(till, restored)
    first = verdict(restored, KEYS)["findings"][0]
    assert (first["kind"], first["number"], first["row"]) == ("rolled_back", 7, 7)


def test_a_copy_that_went_its_own_way_is_a_fork(tmp_path: Path) -> None:
    till, restored = two_copies(tmp_path, both_go_on=True)
    receipts_of(till, restored)
    first = verdict(restored, KEYS)["findings"][0]
    # The service had signed for number 5, and next for number 7.
    assert (first["kind"], first["number"], first["last_number"]) == ("fork", 6, 7)


def test_a_tail_that_was_cut_off_after_a_receipt_is_named(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (end,) = connection.execute("SELECT max(rowid) FROM entries").fetchone()
    by_force(path, ("DELETE FROM entries WHERE rowid > ?", (end - 2,)))
    assert found(path) == ("rolled_back", "entries", end - 1)


# --- signatures -----------------------------------------------------------------------------------


def test_a_key_of_somebody_else_is_told_and_accuses_nobody(path: Path) -> None:
    result = verdict(path, (KEYS[1].partition("=")[2],))
    assert result["sound"]
    assert any("No given key fits" in text for text in result["told"])


def test_whose_key_it_is_can_be_said_and_then_holds(path: Path) -> None:
    other = KEYS[1].replace("till=", "service=")
    assert found(path, keys=(other,))[0] == "signature"


def test_closings_signed_by_a_stranger_are_accused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    write_books(path)
    stranger = KEYS[0].replace("service=", "till=")
    assert found(path, keys=(stranger,)) == ("signature", "closings", 1)


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_file_cut_at_any_byte_is_never_sound(path: Path, seed: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: random.Random(seed).randrange(len(whole))])
    with suppress(verifier().CannotRead):
        assert not verdict(path, KEYS)["sound"]


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("source", ["changes", "damages"])
def test_what_the_till_refuses_is_not_sound_either(path: Path, source: str, seed: int) -> None:
    chance = random.Random(f"{source} {seed}")
    if source == "changes":
        strike(path, KINDS[list(KINDS)[seed % len(KINDS)]], chance)
    else:
        raw = bytearray(path.read_bytes())
        DAMAGES[list(DAMAGES)[seed % len(DAMAGES)]](raw, chance)
        path.write_bytes(raw)
    copy = Path(shutil.copyfile(path, path.with_name("checked.sqlite")))
    refused = False
    try:
        with closing(sqlite3.connect(copy)) as connection:
            check(connection)
    except (Problem, sqlite3.Error):
        refused = True
    if refused:
        with suppress(verifier().CannotRead):
            assert not verdict(path, KEYS)["sound"]


def test_a_salvaged_journal_is_sound_and_says_what_happened(path: Path, tmp_path: Path) -> None:
    till = tmp_path / "salvaged" / "journal.sqlite"
    till.parent.mkdir()
    write_books(till, closed=False)
    with closing(sqlite3.connect(till)) as connection:
        (body,) = connection.execute("SELECT detail FROM events WHERE number = 2").fetchone()
    raw = till.read_bytes()
    till.write_bytes(raw.replace(body.encode(), body.replace("0", "7").encode()))
    assert found(till, keys=KEYS)[1:] == ("events", 2)
    salvage(till, NOW)
    result = verdict(till, KEYS)
    assert result["findings"] == []
    assert any("salvaged" in text for text in result["told"])


def test_a_change_that_finds_nothing_to_change_is_drawn_again(path: Path) -> None:
    drawn = []

    def change(connection: sqlite3.Connection, chance: random.Random) -> journal_changes.Struck:
        drawn.append(1)
        if len(drawn) == 1:
            raise journal_changes.NothingToChange
        return journal_changes.removed(connection, chance)

    strike(path, change, random.Random(1))
    assert len(drawn) == 2


def test_the_columns_of_the_verifier_are_those_of_the_schema() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in schema.STEPS:
            connection.executescript(step)
        for table, columns in verifier().TABLES.items():
            assert tuple(columns.split()[1:]) == COLUMNS[table]


@pytest.mark.parametrize(("profile", "seed"), [("swarm", 5), ("disaster", 3)])
def test_whatever_a_till_went_through_it_is_not_accused(
    tmp_path: Path, profile: str, seed: int
) -> None:
    """Crashes, lost lines, copies, restores: an honest journal says what it lacks, and is sound."""
    for path in journals_lived(tmp_path, profile=profile, seed=seed):
        assert verdict(path)["findings"] == []
