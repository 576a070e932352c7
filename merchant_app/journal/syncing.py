"""What makes a file, or its name, outlive a power cut."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def sync_handle(handle: int) -> None:
    """What was written is on the medium when this returns; raises OSError."""
    if sys.platform == "darwin":
        import fcntl

        # fsync alone may leave data in the drive's cache there.
        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def sync_file(path: Path) -> None:
    """As `sync_handle`, for a file that others wrote."""
    _sync(path, os.O_RDWR)


def sync_folder(folder: Path) -> None:
    """The names in the folder are on the medium; Windows keeps them by itself."""
    if os.name == "posix":
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        sync_handle(handle)
    finally:
        os.close(handle)
