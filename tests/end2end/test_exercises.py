"""The six exercises, one after the other, at a till with its own service: each ends as it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.end2end.test_whole_till import NO_CAMERA, is_calm
from tests.fakes.driven_till import Driven, driven_till

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="drives the till by pipes")


def present(till: Driven, situation: str, *, leads_to: str, done: int) -> None:
    """Go to the exercises, once they and the line are ready, and hold out this voucher."""
    before = len(till.seen)
    shown = till.do("school")
    till.shows(did=shown, after=before, exercise=lambda told: told != "", exercises_done=done)
    till.after("present", situation=situation, shows=leads_to)


def test_all_six_in_their_order(tmp_path: Path) -> None:
    with driven_till(
        "--training", *NO_CAMERA, "--data-dir", str(tmp_path), output=tmp_path / "out"
    ) as till:
        till.shows(state="Ready", line="online")
        present(till, "good", leads_to="Debitable", done=0)
        till.after("enter", shows="Debited")
        present(till, "part", leads_to="Debitable", done=1)
        till.do("type", field="amount", text="37")
        till.after("enter", shows="Debited")
        present(till, "used", leads_to="Declined", done=2)
        present(till, "expired", leads_to="Declined", done=3)
        present(till, "outage", leads_to="Debitable", done=4)
        till.after("enter", shows="Accepted")
        present(till, "refused_later", leads_to="Debitable", done=5)
        till.after("enter", shows="Accepted")
        till.shows(exercises_done=6, to_settle=1, line="online")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")
