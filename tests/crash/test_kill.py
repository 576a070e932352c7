"""Real kills of a real process: what it had acknowledged is there, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.kills import Killed, kill_again_and_again

KILLS = 8
EARLY_ROUNDS_MAX = 10


@pytest.mark.parametrize("mirror", [False, True], ids=["alone", "with a mirror"])
def test_a_killed_till_loses_and_doubles_nothing(tmp_path: Path, mirror: bool) -> None:
    killed = kill_again_and_again(tmp_path, kills=KILLS, seed=3, mirror=mirror)
    assert killed.kills == KILLS
    assert (killed.lost, killed.doubled) == (0, 0)


def test_a_till_that_acknowledges_too_early_is_caught(tmp_path: Path) -> None:
    killed = Killed()
    for number in range(EARLY_ROUNDS_MAX):
        killed = kill_again_and_again(
            tmp_path / str(number), kills=KILLS, seed=number, mirror=False, arguments=["--early"]
        )
        if killed.lost:
            break
    assert killed.lost > 0
