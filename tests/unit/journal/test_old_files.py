"""Files that older programs wrote: backed up, brought up to date, and they say what they said."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import OpId
from merchant_app.journal import schema
from merchant_app.journal.journal import Journal
from tests.fakes.clock import FakeClock

OLD = Path(__file__).parents[2] / "data" / "journals"
VERSIONS = range(1, schema.VERSION)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def path(tmp_path: Path, version: int) -> Path:
    path = tmp_path / "journal.sqlite"
    shutil.copyfile(OLD / f"v{version}.sqlite", path)
    return path


@pytest.fixture
def said(version: int) -> Any:
    return json.loads((OLD / f"v{version}.json").read_text())


def test_every_version_before_todays_has_its_file() -> None:
    there = sorted(int(path.stem[1:]) for path in OLD.glob("v*.sqlite"))
    assert there == list(VERSIONS)


def test_an_old_file_says_what_it_said(path: Path, said: Any) -> None:
    journal = Journal(path, FakeClock())
    entries = [
        [str(epoch.epoch_id), envelope.seq, envelope.body, envelope.hash.hex()]
        for epoch in journal.epochs()
        for envelope in journal.envelopes(epoch.epoch_id, after_seq=0, limit=10_000)
    ]
    assert entries == said["entries"]
    progress = journal.progress()
    assert said["progress"] == [progress.generation, progress.acked_seq, progress.outcome_cursor]
    assert journal.unsent_count() == said["unsent"]
    assert [str(one.redemption.op_id) for one in journal.undecided()] == said["undecided"]
    last, unseen = journal.last_completed(), journal.unseen_completed()
    assert last is not None
    assert unseen is not None
    assert str(last.redemption.op_id) == said["last_completed"]
    assert str(unseen.redemption.op_id) == said["unseen_completed_after_crash"]
    assert [_recorded(journal, one["op"]) for one in said["redemptions"]] == said["redemptions"]
    journal.close()


def _recorded(journal: Journal, op_id: str) -> dict[str, Any]:
    found = journal.recorded(OpId(UUID(op_id)))
    assert found is not None
    outcome = found.outcome
    return {
        "op": op_id,
        "epoch": str(found.epoch_id),
        "seq": found.envelope.seq,
        "decision": found.decision,
        "void": None if found.void is None else str(found.void),
        "status": None if outcome is None else outcome.status.value,
        "balances_minor": [] if outcome is None else [line.balance_minor for line in outcome.lines],
    }


def test_an_old_file_is_backed_up_before_it_is_changed(
    path: Path, tmp_path: Path, version: int
) -> None:
    raw = path.read_bytes()
    Journal(path, FakeClock()).close()
    with closing(sqlite3.connect(path)) as today:
        assert today.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
    backups = sorted((path.parent / "backups").iterdir())
    assert [file.name for file in backups] == [
        f"before-version-{step + 1}.sqlite" for step in range(version, schema.VERSION)
    ]
    before = tmp_path / "before.sqlite"
    before.write_bytes(raw)
    with closing(sqlite3.connect(backups[0])) as old, closing(sqlite3.connect(before)) as was:
        assert list(old.iterdump()) == list(was.iterdump())
        assert old.execute("PRAGMA user_version").fetchone()[0] == version


def test_a_damaged_old_file_is_not_changed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entries_no_delete")
        connection.execute("DELETE FROM entries WHERE seq = 3")
        connection.commit()
        before = list(connection.iterdump())
    with pytest.raises(Problem) as problem:
        Journal(path, FakeClock())
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before
