"""Tills and service are killed at any instant, on a bad line: nothing is lost, nothing twice."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.end2end.nemesis import Plan, Report, haunt
from tests.end2end.nemesis_audit import audit
from tests.fakes.waiting import LIMIT_S

SEED = 20_261_123


def test_kills_lose_nothing_and_debit_nothing_twice(tmp_path: Path) -> None:
    plan = Plan(seed=SEED, length_s=12, till_kill_every_s=1.0, service_kill_every_s=5)
    report = haunt(plan, tmp_path)
    found = report.findings
    assert found.wrong == [], f"seed {plan.seed}"
    assert (found.lost, found.doubled) == (0, 0)
    assert found.rows_at_tills == found.rows_at_service > 0
    assert found.handed_over
    assert report.till_kills
    assert report.service_kills
    _the_auditor_is_awake(report, tmp_path / "tampered.db")


def _the_auditor_is_awake(report: Report, copy: Path) -> None:
    """Three rows changed at the service after all was over, and he says which."""
    shutil.copyfile(report.database, copy)
    accepted = "FROM ops WHERE status = 'accepted' AND handed_over"
    with closing(sqlite3.connect(copy)) as connection:
        connection.executescript(
            f"""
            UPDATE vouchers SET balance_minor = balance_minor - 1
                WHERE id = (SELECT id FROM vouchers WHERE balance_minor > 0 LIMIT 1);
            UPDATE ops SET status = 'refused' WHERE id = (SELECT id {accepted} LIMIT 1);
            DROP TRIGGER envelopes_no_delete;
            DELETE FROM envelopes WHERE rowid = (SELECT max(rowid) FROM envelopes);
            """
        )
    found = audit(report.journals, copy, report.truth)
    assert (found.doubled, found.lost) == (1, 1), found.wrong
    assert any("1 only at tills" in wrong for wrong in found.wrong)
    assert any("books" in wrong for wrong in found.wrong)


def test_a_till_that_is_green_before_its_journal_is_caught(tmp_path: Path) -> None:
    plan = Plan(
        seed=SEED,
        length_s=7,
        tills=2,
        till_kill_every_s=0.6,
        service_kill_every_s=60,
        # Every kill strikes between the green screen and the journal, on a busy computer too.
        doomed_share=1.0,
        doom_wait_s=LIMIT_S,
        think_s=0.5,
        plant="early-ack",
    )
    found = haunt(plan, tmp_path).findings
    assert found.lost
    assert any("in no journal" in wrong for wrong in found.wrong)
