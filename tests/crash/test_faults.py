"""System calls that are refused, and a disk that is full."""

from __future__ import annotations

import json
from pathlib import Path

from merchant_app.errors import ProblemKind
from tests.crash import shim

EVERY = 5
"""Each error begins at another call, so that different ones are refused."""


def test_refused_calls_lose_nothing_and_a_disk_that_is_well_again_is_used(
    library: Path, tmp_path: Path
) -> None:
    command = [str(tmp_path), "--every", str(EVERY)]
    said = json.loads(shim.run(shim.FAULTS, library, tmp_path, command))
    assert said["points"] > 40
    assert (said["lost"], said["corrupt"], said["stuck"]) == (0, 0, 0)
    known = {ProblemKind.DISK_FULL.value, ProblemKind.DISK_READ_ONLY.value}
    assert set(said["kinds"]) == known


def test_a_full_disk_loses_nothing_and_the_ballast_lets_what_was_begun_be_decided(
    library: Path, tmp_path: Path
) -> None:
    said = json.loads(shim.run(shim.FAULTS, library, tmp_path, [str(tmp_path), "--full"]))
    assert said["kinds"] == [ProblemKind.DISK_FULL.value] * 2
    assert said["before_full"] > 0
    assert said["decided"] == said["undecided"]
    assert said["in_the_ballasts_place"] > 0
    assert said["lost"] == 0
