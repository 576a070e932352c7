"""Waiting for what has no event of its own: another process, a file, a socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

LIMIT_S = 120.0
"""Never reached but by a failing test; a busy machine is slow."""
LIMIT_MS = round(LIMIT_S * 1000)
_EVERY_S = 0.02

T = TypeVar("T")


def until(look: Callable[[], T | None], *, what: str, limit_s: float = LIMIT_S) -> T:
    """The first answer of `look` that is true."""
    tick = threading.Event()
    end_s = time.monotonic() + limit_s
    while not (answer := look()):
        assert time.monotonic() < end_s, f"{what}: waited {limit_s} s for it"
        tick.wait(_EVERY_S)
    return answer
