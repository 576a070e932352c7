"""A till whose system calls are refused, one after the other; a program behind the shim.

It prints one JSON object.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import os
import shutil
from contextlib import closing
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.journal.opening import open_journal
from merchant_app.journal.room import Room
from tests.fakes.clock import FakeClock
from tests.fakes.journal_story import Day

_SHIM = ctypes.CDLL(None)
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS)
BALLAST_AND_A_LITTLE = 17 * 1024 * 1024


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="refuse each so-many-th call")
    parser.add_argument("--full", action="store_true", help="a full disk, with and without ballast")
    options = parser.parse_args()
    said = full(options.folder) if options.full else errors(options.folder, every=options.every)
    os.write(1, json.dumps(said).encode() + b"\n")


# --- errors --------------------------------------------------------------------------------------


def errors(folder: Path, *, every: int) -> dict[str, object]:
    """Refuse the k-th call, for each k and each error, once and for ever."""
    figures = {"points": 0, "lost": 0, "corrupt": 0, "stuck": 0}
    kinds: set[str] = set()
    for turn, error in enumerate(ERRORS):
        for for_ever in (0, 1):
            k = 1 + (2 * turn + for_ever) % every
            while _one_refusal(folder, k, error, for_ever, figures, kinds):
                figures["points"] += 1
                k += every
    return {**figures, "kinds": sorted(kinds)}


def _one_refusal(
    folder: Path, k: int, error: int, for_ever: int, figures: dict[str, int], kinds: set[str]
) -> bool:
    """Whether there was a k-th call at all."""
    disk = folder / "disk"
    if disk.exists():
        shutil.rmtree(disk)
    disk.mkdir()
    path, mirror = disk / "journal.sqlite", disk / "mirror"
    before = Day(path, mirror_path=mirror)
    epoch_id = before.begin_epoch()
    acknowledged = before.sell(1)
    before.close()
    _SHIM.comptoir_io_fail(k, error, for_ever)
    day = None
    try:
        day = Day(path, seed=2, mirror_path=mirror)
        day.go_on(epoch_id)
        for seq in day.sales(2):
            acknowledged = seq
    except Problem as problem:
        kinds.add(problem.kind.value)
    was_there = bool(_SHIM.comptoir_io_fail(0, 0, 0) >= k)
    if day is not None:
        # The disk is well again: a till that still runs goes on.
        try:
            acknowledged = max(acknowledged, day.sell(1))
        except Problem:
            figures["stuck"] += 1
        day.close()
    try:
        opened = open_journal(path, mirror_path=mirror, clock=FakeClock())
    except Problem:
        figures["corrupt"] += 1
        return was_there
    assert opened.mirrored is not None
    opened.mirrored.close()
    with closing(opened.connection) as connection:
        rows = connection.execute("SELECT max(seq) FROM entries").fetchone()[0]
    figures["lost"] += rows < acknowledged
    return was_there


# --- a full disk ---------------------------------------------------------------------------------


def full(folder: Path) -> dict[str, object]:
    """Sell until the disk is full; then make room and go on. With a ballast, decide first."""
    path = folder / "journal.sqlite"
    room = Room(path)
    day = Day(path)
    day.begin_epoch()
    _SHIM.comptoir_io_quota(ctypes.c_long(BALLAST_AND_A_LITTLE))
    acknowledged, kind = _sell_until_full(day)
    undecided = [recorded.redemption for recorded in day.journal.undecided()]
    day.journal._room = room
    decided = 0
    for redemption in undecided:
        day.journal.append(day.decision(redemption, handed_over=False))
        decided += 1
    # Not all of the ballast's place, whether or not it was needed yet: a test need not sell for
    # minutes.
    _SHIM.comptoir_io_quota(ctypes.c_long(_used(folder) + 300_000))
    acknowledged_2, kind_2 = _sell_until_full(day)
    _SHIM.comptoir_io_quota(ctypes.c_long(0))
    acknowledged_3 = day.sell(1)
    day.close()
    with closing(open_journal(path).connection) as connection:
        rows = connection.execute("SELECT max(seq) FROM entries").fetchone()[0]
    return {
        "kinds": [kind, kind_2],
        "undecided": len(undecided),
        "decided": decided,
        "before_full": acknowledged,
        "in_the_ballasts_place": acknowledged_2 - acknowledged,
        "lost": max(0, acknowledged_3 - rows),
    }


def _used(folder: Path) -> int:
    """Bytes, without the ballast's."""
    files = (file for file in folder.iterdir() if not file.name.endswith("-ballast"))
    return sum(file.stat().st_size for file in files)


def _sell_until_full(day: Day) -> tuple[int, str]:
    acknowledged = 0
    try:
        for seq in day.sales(100_000):
            acknowledged = seq
    except Problem as problem:
        return acknowledged, problem.kind.value
    return acknowledged, ""


if __name__ == "__main__":
    main()
