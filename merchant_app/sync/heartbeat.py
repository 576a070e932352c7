"""A sign of life every few seconds: sends what is unsent, and knows when the line is back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from merchant_app.errors import Problem

STOP_LIMIT_S = 2.0
"""The window closes; a beat that hangs in a slow line is left behind and ends by its own limits."""

_log = logging.getLogger(__name__)


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
        """Beat no more; returns within STOP_LIMIT_S."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._beat()
            except Problem as problem:
                # A full disk, say: the next action of the cashier meets it too, and shows it.
                _log.error("sign of life: %s", problem)
            except BaseException:
                if self._stopping.is_set():
                    return  # what the beat worked with has been closed meanwhile
                raise
            self._wake.wait(self._every_s)
            self._wake.clear()
