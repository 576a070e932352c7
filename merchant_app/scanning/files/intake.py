"""A file's bytes, taken from the disk: regular files only, no links, never more than the limit."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TypeAlias

from merchant_app.scanning.files.findings import Empty, Obstacle, TooLarge, Unreadable

Taken: TypeAlias = bytes | Empty | TooLarge | Unreadable


def take(path: Path, *, bytes_max: int) -> Taken:
    """The bytes of this file; or why not. Never raises; a slow disk or network makes it wait."""
    # O_NONBLOCK: opening a pipe without a writer would wait for ever.
    flags = (
        os.O_RDONLY
        | getattr(os, "O_NOFOLLOW", 0)
        | getattr(os, "O_NONBLOCK", 0)
        | getattr(os, "O_BINARY", 0)
        | getattr(os, "O_CLOEXEC", 0)
    )
    try:
        if path.is_symlink():  # where the system has no O_NOFOLLOW
            return Unreadable(Obstacle.NOT_A_FILE)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        return Unreadable(_obstacle(error))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return Unreadable(Obstacle.NOT_A_FILE)
        if found.st_size > bytes_max:
            return TooLarge()
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(bytes_max + 1)  # it may have grown meanwhile
    except OSError as error:
        return Unreadable(_obstacle(error))
    finally:
        os.close(descriptor)
    return accepted(data, bytes_max=bytes_max)


def accepted(data: bytes, *, bytes_max: int) -> Taken:
    """The same for bytes that are at hand already."""
    if len(data) > bytes_max:
        return TooLarge()
    return data or Empty()


def _obstacle(error: OSError | ValueError) -> Obstacle:
    if not isinstance(error, OSError):
        return Obstacle.GONE
    match error.errno:
        case errno.EACCES if os.name == "nt" and error.filename and Path(error.filename).is_dir():
            return Obstacle.NOT_A_FILE
        case errno.EACCES | errno.EPERM:
            return Obstacle.NO_PERMISSION
        case errno.ENOENT | errno.ENOTDIR | errno.ENAMETOOLONG:
            return Obstacle.GONE
        case errno.ELOOP | errno.EISDIR | errno.ENXIO | errno.ENODEV:
            return Obstacle.NOT_A_FILE
        case _:
            return Obstacle.DISK
