"""Kill a selling till at random instants, again and again, and count what it had acknowledged."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from merchant_app.journal.opening import open_journal
from tests.crash.shim import ROOT, TILL
from tests.fakes.clock import FakeClock

LIFE_MEAN_S = 0.03
ENTRIES_MAX = 5_000
"""Then a fresh journal is begun, so that opening stays quick."""


@dataclass(slots=True)
class Killed:
    """All rounds together. `lost`: acknowledged entries that are not there, or are others;
    `doubled`: ops that stand there twice; `unseen`: entries that nobody was told of.
    """

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    unseen: int = 0


def kill_again_and_again(
    folder: Path, *, kills: int, seed: int, mirror: bool, arguments: Sequence[str] = ()
) -> Killed:
    """Start, let sell for a random while, kill; the next till goes on with the same journal."""
    rng, result = random.Random(seed), Killed()
    disk = folder / "disk"
    disk.mkdir(parents=True)
    path, mirror_path = disk / "journal.sqlite", disk / "mirror" if mirror else None
    known: dict[int, str] = {}
    for number in range(kills):
        command = [str(path), "--seed", str(seed * 1_000 + number), *arguments]
        command += ["--mirror", str(mirror_path)] if mirror_path is not None else []
        acknowledged = _one_life(command, rng.expovariate(1 / LIFE_MEAN_S))
        result.kills += 1
        result.acknowledged += len(acknowledged)
        there = _entries(path, mirror_path)
        known |= acknowledged
        result.lost += sum(there.get(seq) != op_id for seq, op_id in known.items())
        result.doubled += len(there) - len(set(there.values()))
        result.unseen += len(there.keys() - known.keys())
        known = there
        if len(there) > ENTRIES_MAX:
            shutil.rmtree(disk)
            disk.mkdir()
            known = {}
    return result


def _one_life(arguments: Sequence[str], life_s: float) -> dict[int, str]:
    """What the till acknowledged before it was killed: ops by number."""
    with subprocess.Popen(
        [sys.executable, TILL, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as till:
        assert till.stdout is not None
        assert till.stdout.readline() == "ready\n"
        with suppress(subprocess.TimeoutExpired):
            till.wait(life_s)
        till.kill()
        lines = till.stdout.read().split("\n")[:-1]
    return {int(line.split()[0]): line.split()[1] for line in lines}


def _entries(path: Path, mirror_path: Path | None) -> dict[int, str]:
    opened = open_journal(path, mirror_path=mirror_path, clock=FakeClock())
    if opened.mirrored is not None:
        opened.mirrored.close()
    with closing(opened.connection) as connection:
        return dict(connection.execute("SELECT seq, op_id FROM entries").fetchall())
