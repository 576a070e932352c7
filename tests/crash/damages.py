"""Damage a journal in every way a medium can, and count what is noticed and what comes back."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.journal.opening import log_path, open_journal
from merchant_app.journal.salvage import Incomplete, salvage
from tests.fakes.clock import FakeClock
from tests.fakes.journal_story import Day, crash_copy

PAGE = 4096
SECTOR = 512
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

Damage = Callable[[bytearray, random.Random], None]


def one_bit(raw: bytearray, rng: random.Random) -> None:
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)


def one_byte(raw: bytearray, rng: random.Random) -> None:
    raw[rng.randrange(len(raw))] ^= rng.randrange(1, 256)


def garbage_sector(raw: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(raw) // SECTOR) * SECTOR
    raw[at : at + SECTOR] = rng.randbytes(SECTOR)


def zero_page(raw: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(raw) // PAGE) * PAGE
    raw[at : at + PAGE] = bytes(PAGE)


def misdirected_page(raw: bytearray, rng: random.Random) -> None:
    source, target = rng.sample(range(len(raw) // PAGE), 2)
    raw[target * PAGE : (target + 1) * PAGE] = raw[source * PAGE : (source + 1) * PAGE]


def truncated(raw: bytearray, rng: random.Random) -> None:
    del raw[rng.randrange(len(raw) // PAGE) * PAGE :]


KINDS: Mapping[str, Damage] = {
    "bit": one_bit,
    "byte": one_byte,
    "sector": garbage_sector,
    "zero_page": zero_page,
    "misdirected_page": misdirected_page,
    "truncated": truncated,
}
UP_TO_ONE_SECTOR = ("bit", "byte", "sector")


@dataclass(slots=True)
class Counted:
    """What became of the damages of one kind.

    Attributes:
        changed: damages after which the bytes were others at all.
        unnoticed: opened without a word with the mirror, saying something else than before.
        unnoticed_alone: the same without the mirror.
        rows: entries that were there; `rows_alone`, `rows_mirror`: proved again by salvage.
        stories: a line for each damage that went wrong.
    """

    changed: int = 0
    unnoticed: int = 0
    unnoticed_alone: int = 0
    rows: int = 0
    rows_alone: int = 0
    rows_mirror: int = 0
    stories: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sound:
    """A whole journal to be damaged: its file, perhaps its log, and its mirror."""

    file: bytes
    log: bytes
    mirror: bytes
    says: dict[str, list[tuple[object, ...]]]

    @property
    def entries(self) -> int:
        return len(self.says["entries"])


def said(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a journal says."""
    tables = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    return {
        table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        for table in tables
        if not table.startswith("sqlite_")
    }


def sound(folder: Path, *, sales: int, crashed: bool) -> Sound:
    """A journal of so many sales; `crashed`: its log has not been taken into the file."""
    folder.mkdir()
    path, mirror_path = folder / "journal.sqlite", folder / "mirror"
    day = Day(path, mirror_path=mirror_path)
    day.begin_epoch()
    if crashed:
        day.sell(2)
        day.journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    day.sell(sales)
    if crashed:
        path = crash_copy(path, folder / "crashed")
    day.close()
    mirror, file = mirror_path.read_bytes(), path.read_bytes()
    log = log_path(path).read_bytes() if crashed else b""
    with closing(sqlite3.connect(path)) as connection:
        return Sound(file, log, mirror, said(connection))


def try_damage(
    whole: Sound, damage: Damage, *, in_log: bool, seed: int, work: Path, counted: Counted
) -> None:
    """Damage a copy, open it, salvage it; with the mirror and without."""
    rng = random.Random(seed)
    raw = bytearray(whole.log if in_log else whole.file)
    damage(raw, rng)
    if raw == (whole.log if in_log else whole.file):
        return
    counted.changed += 1
    counted.rows += whole.entries
    for with_mirror in (False, True):
        if work.exists():
            shutil.rmtree(work)
        work.mkdir()
        path, mirror_path = work / "journal.sqlite", work / "mirror"
        path.write_bytes(whole.file if in_log else raw)
        if whole.log:
            log_path(path).write_bytes(raw if in_log else whole.log)
        mirror_path.write_bytes(whole.mirror)
        mirror = mirror_path if with_mirror else None
        try:
            rows = _rows_after(path, mirror, whole)
        except Exception as error:  # told with its seed, so that it can be played again
            raise AssertionError(f"{damage.__name__}, seed {seed}, {with_mirror=}") from error
        if rows is None:
            counted.unnoticed += with_mirror
            counted.unnoticed_alone += not with_mirror
            counted.stories.append(f"{damage.__name__} {seed} unnoticed, mirror: {with_mirror}")
            rows = whole.entries
        if with_mirror:
            counted.rows_mirror += rows
        else:
            counted.rows_alone += rows
        if rows < whole.entries:
            counted.stories.append(f"{damage.__name__} {seed}: {rows}, mirror: {with_mirror}")


def _rows_after(path: Path, mirror: Path | None, whole: Sound) -> int | None:
    """How many entries there are in the end; None: the journal lies, and nobody noticed."""
    try:
        return _opened(path, mirror, whole)
    except Problem:
        pass
    try:
        salvage(path, NOW, mirror_path=mirror)
    except Incomplete as incomplete:
        return sum(incomplete.report.proved.values())
    except Problem:
        return 0
    again = _opened(path, mirror, whole, salvaged=True)
    assert again is not None
    return again


def _opened(path: Path, mirror: Path | None, whole: Sound, *, salvaged: bool = False) -> int | None:
    opened = open_journal(path, mirror_path=mirror, clock=FakeClock())
    try:
        now = said(opened.connection)
    finally:
        if opened.mirrored is not None:
            opened.mirrored.close()
        opened.connection.close()
    true_entries = set(whole.says["entries"])
    assert set(now["entries"]) <= true_entries, "an entry that nobody ever wrote"
    noticed = salvaged or opened.from_log or opened.from_mirror
    return len(now["entries"]) if noticed or now == whole.says else None
