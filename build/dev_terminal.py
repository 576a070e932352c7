"""What the programs of build/ say on the terminal, where the project is, one start at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".work"
"""What may be thrown away: locks and logs of these programs. Git ignores it."""


class CannotGoOn(Exception):
    """The world is in the way; the text is the whole message, for a person."""


def say(text: str) -> None:
    """One line for a person, on stderr: stdout belongs to what the command was asked for."""
    print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; False when another process has it.

    The lock goes with the open file: a crash frees it, and on Linux and macOS a program started
    by `exec` keeps it when the descriptor is inheritable.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def open_lock(name: str) -> IO[bytes]:
    """The lock file of that name, open and not locked yet."""
    WORK.mkdir(exist_ok=True)
    return (WORK / name).open("ab")


@contextmanager
def one_at_a_time(name: str, waiting: str) -> Iterator[None]:
    """Hold the lock of that name; says `waiting` once when another process has it."""
    with open_lock(name) as file:
        told = False
        while not try_lock(file):
            if not told:
                say(waiting)
                told = True
            time.sleep(0.2)
        yield
