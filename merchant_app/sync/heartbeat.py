"""A sign of life every few seconds: sends what is unsent, and knows when the line is back."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Heartbeat:
    """Calls `beat` in a thread of its own, every `every_s` seconds and whenever woken."""

    def __init__(self, beat: Callable[[], object], *, every_s: float) -> None:
        self._beat = beat
        self._every_s = every_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Beat now. Any thread."""
        self._wake.set()

    def stop(self) -> None:
        """No beat after this returns, except one that is under way and ends by its time limits."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=self._every_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._beat()
            self._wake.wait(self._every_s)
            self._wake.clear()
