"""Copies of the journal that were proved before they were given their name."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.checking import check, world_errors
from merchant_app.journal.reading import reading
from merchant_app.journal.syncing import sync_file, sync_folder

KEPT_MAX = 10
"""Backups of closings that are kept; those before a schema step are kept for ever."""

_PATTERN = re.compile(r"journal-\d{8}T\d{9}(-\d+)?\.sqlite")


def backup(connection: sqlite3.Connection, folder: Path, now: datetime) -> Path:
    """Copy the open journal into `folder`, prove the copy, and forget the oldest ones.

    Returns where the copy is. It is synced, whole and proved, or it does not have its name.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY; JOURNAL_DAMAGED: the copy does not prove itself.
    """
    stamp = now.strftime("%Y%m%dT%H%M%S") + f"{now.microsecond // 1000:03}"
    path = _write(connection, folder, f"journal-{stamp}")
    for old in _closings(folder)[:-KEPT_MAX]:
        old.unlink()
    return path


def backup_beside(path: Path, now: datetime) -> Path:
    """The same for the journal at `path` while its till has it open: in the thread that asks, for
    proving a long journal takes seconds; whatever was committed before is in the copy.

    Raises:
        Problem: as `backup`.
    """
    with reading(path) as connection:
        return backup(connection, path.with_name("backups"), now)


def before_step(connection: sqlite3.Connection, folder: Path, *, version: int) -> Path:
    """Copy the open journal, which has `version`, before a schema step changes it.

    Raises:
        Problem: as `backup`.
    """
    return _write(connection, folder, f"before-version-{version + 1}")


def newest_first(folder: Path) -> list[Path]:
    """Every backup in the folder."""
    steps = sorted(folder.glob("before-version-*.sqlite"), reverse=True)
    return [*reversed(_closings(folder)), *steps]


def forget_all_but(kept: Path) -> None:
    """Remove every other backup in its folder: they hold what was purged.

    Raises:
        Problem: DISK_READ_ONLY.
    """
    try:
        for old in newest_first(kept.parent):
            if old != kept:
                old.unlink()
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"backup: {error.strerror}") from error


def _closings(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.sqlite") if _PATTERN.fullmatch(path.name))


def _write(connection: sqlite3.Connection, folder: Path, name: str) -> Path:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = folder / f"{name}.unfinished"
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_RDWR, 0o600))
        with world_errors(), closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
            connection.backup(copy)
            # One file, without a log beside it, so that it can be carried away as it is.
            copy.execute("PRAGMA journal_mode = DELETE")
            check(copy)
        sync_file(unfinished)
        path = _free(folder, name)
        unfinished.rename(path)
        sync_folder(folder)
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"backup: {error.strerror}") from error
    return path


def _free(folder: Path, name: str) -> Path:
    path, number = folder / f"{name}.sqlite", 2
    while path.exists():
        path, number = folder / f"{name}-{number}.sqlite", number + 1
    return path
