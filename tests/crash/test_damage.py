"""Damaged journals: noticed before the first sale, and saved. `dev.py bench corrupt` does many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.damages import KINDS, UP_TO_ONE_SECTOR, Counted, one_bit, sound, try_damage

SALES = 60
DAMAGES = 8


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_noticed_and_everything_comes_back_from_the_mirror(
    tmp_path: Path, kind: str
) -> None:
    whole, counted = sound(tmp_path / "whole", sales=SALES, crashed=False), Counted()
    for seed in range(DAMAGES):
        try_damage(
            whole, KINDS[kind], in_log=False, seed=seed, work=tmp_path / "work", counted=counted
        )
    assert counted.unnoticed == 0, counted.stories
    assert counted.rows_mirror == counted.rows, counted.stories
    if kind in UP_TO_ONE_SECTOR:
        # A sector holds less than two entries, and the one after a gap cannot be proved.
        assert counted.rows - counted.rows_alone <= 3 * counted.changed, counted.stories


def test_a_bit_flipped_in_the_log_hides_nothing(tmp_path: Path) -> None:
    whole, counted = sound(tmp_path / "whole", sales=20, crashed=True), Counted()
    for seed in range(3 * DAMAGES):
        try_damage(whole, one_bit, in_log=True, seed=seed, work=tmp_path / "work", counted=counted)
    assert counted.unnoticed == 0, counted.stories
    assert counted.rows_mirror == counted.rows, counted.stories
    assert counted.rows_alone >= 0.99 * counted.rows, counted.stories
