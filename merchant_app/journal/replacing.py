"""Putting a salvaged journal in the place of a damaged one, whatever happens in between.

The salvaged file gets its name, `...-salvaged`, when it is complete, proved and synced: from then
on it is the journal. A crash while the damaged files are moved aside is made good at the next
opening. The old log must be gone before the new file takes its place: SQLite would apply it.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.syncing import sync_file, sync_folder

_DAMAGED_ENDINGS = ("", "-wal", "-wal-kept", "-shm")


def salvaged_path(path: Path) -> Path:
    """The complete salvaged file, until it takes the journal's place."""
    return path.with_name(f"{path.name}-salvaged")


def damaged_folder(path: Path, now: datetime) -> Path:
    """Where the damaged files of the journal at `path` go; named after the moment, never reused."""
    name = f"damaged-{now:%Y%m%dT%H%M%S}"
    folder, number = path.with_name(name), 2
    while folder.exists():
        folder, number = path.with_name(f"{name}-{number}"), number + 1
    return folder


def replace(path: Path, unfinished: Path, folder: Path) -> None:
    """Let the proved file `unfinished` be the journal; the damaged files go into `folder`.

    Raises:
        Problem: DISK_READ_ONLY; either the damaged journal is untouched, or the next opening goes
            on from here.
    """
    try:
        folder.mkdir(mode=0o700)
        sync_file(unfinished)
        unfinished.rename(salvaged_path(path))
        sync_folder(path.parent)
        _move(path, folder)
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"salvage: {error.strerror}") from error


def finish_replacing(path: Path) -> None:
    """Go on with a replacement that a crash interrupted, if there is one.

    Raises:
        Problem: DISK_READ_ONLY.
    """
    if not salvaged_path(path).exists():
        return
    folders = sorted(path.parent.glob("damaged-*"), key=lambda folder: folder.stat().st_mtime_ns)
    try:
        _move(path, folders[-1])
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"salvage: {error.strerror}") from error


def purged_path(path: Path) -> Path:
    """The complete purged file, until it takes the journal's place."""
    return path.with_name(f"{path.name}-purged")


def put_purged(path: Path, unfinished: Path) -> None:
    """Let the proved file `unfinished` be the journal, which nobody has open; the one of before is
    gone for good.

    Raises:
        Problem: DISK_READ_ONLY; either the journal is as it was, or the next opening goes on.
    """
    try:
        sync_file(unfinished)
        unfinished.rename(purged_path(path))
        sync_folder(path.parent)
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"purge: {error.strerror}") from error
    finish_purging(path)


def finish_purging(path: Path) -> None:
    """Go on with a purge that a crash interrupted, if there is one. From its name on, the purged
    file is the journal; the old log must be gone before it takes the place.

    Raises:
        Problem: DISK_READ_ONLY.
    """
    if not purged_path(path).exists():
        return
    try:
        for ending in _DAMAGED_ENDINGS[1:]:
            path.with_name(path.name + ending).unlink(missing_ok=True)
        sync_folder(path.parent)
        os.replace(purged_path(path), path)
        sync_folder(path.parent)
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"purge: {error.strerror}") from error


def _move(path: Path, folder: Path) -> None:
    for ending in _DAMAGED_ENDINGS:
        old = path.with_name(path.name + ending)
        if old.exists():
            os.replace(old, folder / old.name)
    sync_folder(folder)
    sync_folder(path.parent)
    os.replace(salvaged_path(path), path)
    sync_folder(path.parent)
