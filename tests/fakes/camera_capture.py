"""A camera driver that does what a script says, for what no loopback server can play: V4L2."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from merchant_app.scanning.camera import CameraStatus
from merchant_app.scanning.capture import Capture, Unopened
from merchant_app.scanning.source import CameraSource
from tests.fakes.waiting import LIMIT_S, until

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage


class ScriptedCapture:
    """Gives so many pictures, then nothing. Notes which thread did what."""

    def __init__(self, pictures: int, *, fps: float = 30.0, blocks: bool = False) -> None:
        self._left = pictures
        self._fps = fps
        self._blocks = blocks
        self.blocked, self.unblock = threading.Event(), threading.Event()
        self.pictures_read = self.skipped = 0
        self.threads: set[int] = set()
        self.released = threading.Event()

    @property
    def fps(self) -> float:
        return self._fps

    def read(self) -> BgrImage | None:
        import numpy as np

        self.threads.add(threading.get_ident())
        if self._left == 0:
            if self._blocks:
                self.blocked.set()
                self.unblock.wait()
            return None
        self._left -= 1
        self.pictures_read += 1
        return np.zeros((72, 128, 3), np.uint8)

    def skip(self) -> bool:
        self.skipped += 1
        return self.read() is not None

    def release(self) -> None:
        self.threads.add(threading.get_ident())
        self.released.set()


Step: TypeAlias = Capture | Unopened


class ScriptedDriver:
    """Opens the next thing of the script; the last for ever."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)
        self.openings = 0

    def __call__(self, source: CameraSource) -> Step:
        step = self.steps[min(self.openings, len(self.steps) - 1)]
        self.openings += 1
        return step


class Statuses:
    """Collects statuses and lets a test wait for one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all: list[CameraStatus] = []

    def __call__(self, status: CameraStatus) -> None:
        with self._changed:
            self._all.append(status)
            self._changed.notify_all()

    @property
    def all(self) -> list[CameraStatus]:
        with self._changed:
            return list(self._all)

    @property
    def kinds(self) -> list[str]:
        return [type(status).__name__ for status in self.all]

    def wait_for(self, *kinds: str) -> None:
        """Until these came, in this order, others between them allowed."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: self._in_order(kinds), LIMIT_S)
        assert arrived, f"waited for {kinds}, got {self.kinds}"

    def _in_order(self, kinds: Sequence[str]) -> bool:
        came = iter(type(status).__name__ for status in self._all)
        return all(kind in came for kind in kinds)


def wait_until(condition: Callable[[], bool]) -> None:
    """For what has no event of its own."""
    until(condition, what="a condition")
