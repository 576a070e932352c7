"""One running program per profile: two would write one journal (S20)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.paths import FILE_MODE, Profile, disk_problem


@contextlib.contextmanager
def only_instance(profile: Profile) -> Iterator[None]:
    """Hold the profile while the block runs. The system lets go of it if the program dies.

    Raises:
        Problem: ALREADY_RUNNING, with the other's process id in `detail` where it is known; or
            DISK_FULL, DISK_READ_ONLY.
    """
    # A lock of the file system, never a file whose mere existence counts: that one would lock the
    # shop out after a power cut.
    lock = FileLock(
        profile.lock_file,
        timeout=0,
        mode=FILE_MODE,
        thread_local=False,
        fallback_to_soft=False,
    )
    # Beside it, because Windows lets nobody read a locked file.
    owner = profile.lock_file.with_suffix(".pid")
    try:
        lock.acquire()
    except Timeout:
        raise Problem(ProblemKind.ALREADY_RUNNING, _owner_of(owner)) from None
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error
    try:
        _note(owner)
        yield
    finally:
        with contextlib.suppress(OSError):  # a number left behind says nothing: the lock counts
            owner.unlink(missing_ok=True)
        lock.release()


def _note(owner: Path) -> None:
    try:
        owner.write_text(str(os.getpid()), encoding="ascii")
        owner.chmod(FILE_MODE)
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error


def _owner_of(owner: Path) -> str:
    try:
        text = owner.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
    return f"pid {text}" if text.isdigit() and len(text) < 12 else ""
