"""Room on the disk: some is held back, so that what was begun can be written to its end.

A full disk must never leave a redemption without its decision. So selling stops while there is
still room, and a file of zeros, the ballast, is given back when there is none.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.syncing import sync_folder, sync_handle

BALLAST_BYTES = 16 * 1024 * 1024
FREE_BYTES_MIN = 64 * 1024 * 1024
_PIECE = bytes(1024 * 1024)


def free_bytes(path: Path) -> int:
    """What is left for us on the disk that holds `path` (a folder, or a file in it).

    Raises:
        Problem: DISK_READ_ONLY: the disk does not answer.
    """
    try:
        return shutil.disk_usage(path if path.is_dir() else path.parent).free
    except OSError as error:
        raise _problem(error) from error


def check(path: Path, *, free_bytes_min: int = FREE_BYTES_MIN) -> None:
    """Before a redemption: is there room for it and all that may follow from it?

    Raises:
        Problem: DISK_NEARLY_FULL; DISK_READ_ONLY: the disk does not answer.
    """
    free = free_bytes(path)
    if free < free_bytes_min:
        raise Problem(ProblemKind.DISK_NEARLY_FULL, f"{free} bytes are left")


def probe(folder: Path) -> None:
    """Write, sync and remove a small file: only that tells whether a folder can be written.

    Raises:
        Problem: DISK_READ_ONLY, DISK_FULL.
    """
    path = folder / "probe"
    try:
        _write(path, size=512)
        path.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise _problem(error) from error


class Ballast:
    """The file of zeros beside a journal. Any one thread.

    Attributes:
        path: where it is.
    """

    def __init__(self, journal: Path, *, size: int = BALLAST_BYTES) -> None:
        self.path = journal.with_name(f"{journal.name}-ballast")
        self._size = size

    def is_there(self) -> bool:
        """Whether it has its full size."""
        try:
            return self.path.stat().st_size >= self._size
        except OSError:
            return False

    def release(self) -> bool:
        """Give its room back; True if there was any. Call it on DISK_FULL, then write once more."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _problem(error) from error
        return True

    def restore(self) -> None:
        """Make it, unless it is there, or room is so short that selling has stopped anyway.

        Raises:
            Problem: DISK_READ_ONLY. A disk that is too full for it is none: `check` says so.
        """
        if self.is_there() or free_bytes(self.path) < self._size + FREE_BYTES_MIN:
            return
        try:
            _write(self.path, size=self._size)
            sync_folder(self.path.parent)
        except OSError as error:
            self.release()
            if error.errno != errno.ENOSPC:
                raise _problem(error) from error


def _write(path: Path, *, size: int) -> None:
    # Written, not only made long: a file with holes takes no room, and would give none back.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        written = 0
        while written < size:
            written += os.write(handle, _PIECE[: size - written])
        sync_handle(handle)
    finally:
        os.close(handle)


def _problem(error: OSError) -> Problem:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    kind = ProblemKind.DISK_FULL if is_full else ProblemKind.DISK_READ_ONLY
    return Problem(kind, error.strerror or type(error).__name__)
