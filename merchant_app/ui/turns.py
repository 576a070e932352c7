"""Work in pieces, so that a key pressed meanwhile is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Slot

_DONE = object()


class Turns(QObject):
    """Work that yields between its pieces: each has a turn of the event loop. GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)

    def run(self, work: Iterator[None]) -> None:
        """From the next turn on. What ran before is left as it is."""
        self._work = work
        self._timer.start(0)

    def finish(self) -> None:
        """What is left, at once."""
        work = self._work
        deque(work, maxlen=0)
        if work is self._work:
            self._timer.stop()

    def stop(self) -> None:
        """What is not done yet stays so."""
        self._work = iter(())
        self._timer.stop()

    @Slot()
    def _next(self) -> None:
        work = self._work
        is_done = next(work, _DONE) is _DONE
        if is_done and work is self._work:  # the last piece may have begun something else
            self._timer.stop()
