"""A file that is there whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from merchant_app.errors import ProblemKind
from merchant_app.journal.syncing import sync_folder, sync_handle
from merchant_app.settings.paths import disk_problem

_MODE = 0o600


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write` fill a file of another name beside `path`; synced, it gets its name.

    Whatever `write` raises leaves the folder as it was; a file of this name from before stays.

    Raises:
        Problem: DISK_FULL; DISK_READ_ONLY: the folder cannot be written, or is gone.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        try:
            # A leftover of a power cut is made anew; a link in its place is not followed.
            unfinished.unlink(missing_ok=True)
            handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, _MODE)
            with os.fdopen(handle, "wb") as file:
                write(file)
                file.flush()
                sync_handle(file.fileno())
            os.replace(unfinished, path)
            sync_folder(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would translate line ends
