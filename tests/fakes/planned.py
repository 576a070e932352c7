"""Answers that a test prepares for a fake."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Planned(Generic[T]):
    """Answers that a test has prepared, used up one a call."""

    def __init__(self) -> None:
        self._steps: deque[Callable[[], T]] = deque()

    def append(self, answer: T) -> None:
        """The next call gets this."""
        self._steps.append(lambda: answer)

    def fail(self, error: Exception) -> None:
        """The next call raises this."""

        def step() -> T:
            raise error

        self._steps.append(step)

    def take(self) -> T | None:
        return self._steps.popleft()() if self._steps else None
