"""Power cuts at recorded instants: what was acknowledged is there. `dev.py bench powerloss` is the
same with thousands of states.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import power

SALES = 12
STATES_MAX = 144


@pytest.mark.parametrize("mirror", [False, True], ids=["alone", "with a mirror"])
@pytest.mark.parametrize("log_pages", [1000, 40], ids=["in the log", "taken in"])
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    library: Path, tmp_path: Path, mirror: bool, log_pages: int
) -> None:
    arguments = ("--log-pages", str(log_pages))
    log = power.record(library, tmp_path, sales=SALES, arguments=arguments, mirror=mirror)
    survived = power.replay(
        log, tmp_path / "work", seed=log_pages, states_max=STATES_MAX, with_mirror=mirror
    )
    assert survived.states == STATES_MAX
    assert not survived.stories


def test_a_till_that_does_not_sync_each_commit_is_caught(library: Path, tmp_path: Path) -> None:
    arguments = ("--synchronous", "NORMAL")
    log = power.record(library, tmp_path, sales=SALES, arguments=arguments, mirror=False)
    survived = power.replay(
        log, tmp_path / "work", seed=1, states_max=STATES_MAX, with_mirror=False
    )
    assert survived.lost > 0
