"""The one thread that owns the journal; everybody else asks it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from merchant_app.clock import Clock
from merchant_app.journal.journal import Journal

Result = TypeVar("Result")


class JournalOwner:
    """Runs work on the journal, one piece at a time, in its own thread.

    Any thread may call `run`; it blocks until the work is done and raises what the work raised.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file.

        Raises:
            Problem: see `opening.open_file`.
        """
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        try:
            self._journal = self._thread.submit(Journal, path, clock).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def run(self, work: Callable[[Journal], Result]) -> Result:
        """The result of `work`, done on the journal's thread. What it writes is durable."""
        return self._thread.submit(work, self._journal).result()

    def close(self) -> None:
        """Finish what was asked for, close the file, end the thread."""
        self._thread.submit(self._journal.close).result()
        self._thread.shutdown()
