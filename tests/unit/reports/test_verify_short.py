"""The two pages that an inspector reads say what the program's verifier says, and name the same."""

from __future__ import annotations

import ast
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from merchant_app.journal import schema
from merchant_app.journal.records import COLUMNS
from merchant_app.journal.row_digests import SEALED
from merchant_app.journal.salvage import salvage
from merchant_app.reports.verifier import program_file
from tests.crash.damages import KINDS as DAMAGES
from tests.fakes.journal_changes import KINDS, Struck, removed, strike
from tests.fakes.journal_verdict import (
    Place,
    first_place,
    is_there,
    short_verdict,
    short_verifier,
    verdict,
    verifier,
)
from tests.fakes.journals_lived import journals_lived
from tests.fakes.signed_books import KEYS, write_books
from tests.fakes.waiting import LIMIT_S

NUMBERED = ("entries", "events", "closings")
"""Where a row is a place that people can look up; of the others the range is enough."""

LINES_MAX = 250
OLD = Path(__file__).parents[2] / "data" / "journals"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "journal.sqlite"
    write_books(path)
    return path


def agree(path: Path, struck: Struck) -> tuple[bool, str]:
    """Whether both find a change and name one place; and what they say, for people."""
    long, short = first_place(verdict(path, KEYS)), short_verdict(path, KEYS)
    if long is None or short is None or long[0] != short[0]:
        return False, f"{struck}: {long}, {short}"
    same: Place = long if long[0] in NUMBERED else short
    return same == short and is_there(short, struck), f"{struck}: {long}, {short}"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", KINDS)
def test_it_finds_and_names_what_the_programs_verifier_does(
    sound: Path, tmp_path: Path, kind: str, seed: int
) -> None:
    path = tmp_path / "journal.sqlite"
    for number in range(4):
        shutil.copyfile(sound, path)
        struck = strike(path, KINDS[kind], random.Random(f"short {kind} {seed} {number}"))
        same, said = agree(path, struck)
        assert same, said


@pytest.mark.parametrize("keys", [(), KEYS], ids=["no key", "keys"])
@pytest.mark.parametrize("seed", range(6))
def test_it_accuses_nobody(tmp_path: Path, keys: tuple[str, ...], seed: int) -> None:
    path = tmp_path / "journal.sqlite"
    write_books(path, sales=4 + seed, seed=seed, closed=seed > 0)
    before = path.read_bytes()
    assert short_verdict(path, keys) is None
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [1, 2])
def test_files_of_older_programs_are_sound_to_it(version: int) -> None:
    assert short_verdict(OLD / f"v{version}.sqlite") is None


@pytest.mark.parametrize(("profile", "seed"), [("swarm", 5), ("disaster", 3)])
def test_whatever_a_till_went_through_it_accuses_nobody(
    tmp_path: Path, profile: str, seed: int
) -> None:
    for path in journals_lived(tmp_path, profile=profile, seed=seed):
        assert short_verdict(path) is None


def test_a_salvage_is_no_fault_to_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    write_books(path, closed=False)
    with closing(sqlite3.connect(path)) as connection:
        (text,) = connection.execute("SELECT detail FROM events WHERE number = 2").fetchone()
    path.write_bytes(path.read_bytes().replace(text.encode(), text.replace("0", "7").encode()))
    assert short_verdict(path, KEYS) == ("events", 2, 2)
    salvage(path, datetime(2026, 11, 23, 18, 5, tzinfo=UTC))
    assert short_verdict(path, KEYS) is None


@pytest.mark.parametrize("seed", range(12))
def test_a_file_cut_at_any_byte_is_never_sound_to_it(
    sound: Path, tmp_path: Path, seed: int
) -> None:
    whole, path = sound.read_bytes(), tmp_path / "journal.sqlite"
    path.write_bytes(whole[: random.Random(seed).randrange(len(whole))])
    with suppress(sqlite3.Error):
        assert short_verdict(path, KEYS) is not None


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_is_sound_to_neither_or_both(sound: Path, tmp_path: Path, kind: str) -> None:
    raw, path = bytearray(sound.read_bytes()), tmp_path / "journal.sqlite"
    DAMAGES[kind](raw, random.Random(f"short {kind}"))
    path.write_bytes(raw)
    try:
        long: bool | None = verdict(path, KEYS)["sound"]
    except verifier().CannotRead:
        long = None
    try:
        short: bool | None = short_verdict(path, KEYS) is None
    except sqlite3.Error:
        short = None
    assert (short is True) == (long is True)


def test_closings_signed_by_a_stranger_are_named_by_it(sound: Path) -> None:
    stranger = KEYS[0].replace("service=", "till=")
    assert short_verdict(sound, (stranger,)) == ("closings", 1, 1)


def ran(*words: str | Path) -> tuple[int, str]:
    """Exit code and output of the bare file: no packages, no environment, no project."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", program_file(), *words],
        capture_output=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def test_it_runs_alone_and_answers_in_both_languages(sound: Path, tmp_path: Path) -> None:
    code, said = ran(sound)
    assert code == 0
    assert said.startswith("Sound / Intègre")
    assert "cryptography" in said, "what was not checked is said"
    struck = Path(shutil.copyfile(sound, tmp_path / "struck.sqlite"))
    strike(struck, removed, random.Random(4))
    code, said = ran(struck)
    assert code == 1
    assert said.startswith("NOT SOUND / NON INTÈGRE")


def test_what_it_cannot_read_is_said(sound: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no journal")
    for words in (
        [tmp_path / "missing"],
        [text],
        [sound, "--key", "till=zz"],
        [sound, "--key", "a"],
    ):
        code, said = ran(*words)
        assert code == 2
        assert said.startswith("Cannot be read / Lecture impossible")
        assert len(said.splitlines()) == 1


def test_it_is_two_pages_of_python_of_3_8() -> None:
    text = program_file().read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES_MAX
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}  # where it is there


def test_it_digests_the_columns_in_the_order_of_the_tables() -> None:
    """A closing signs them in the order of `COLUMNS`; the two pages take the tables' own."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in schema.STEPS:
            connection.executescript(step)
        for table in SEALED:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            assert tuple(name for name in columns if name != "id") == COLUMNS[table]


def test_it_says_why_of_everything_it_accuses() -> None:
    tree = ast.parse(program_file().read_text(encoding="utf-8"))
    reasons = {
        node.args[2].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "accuse"
        and isinstance(node.args[2], ast.Constant)
    }
    assert reasons == set(short_verifier().WHY)
