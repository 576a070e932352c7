"""The one thread that owns a file; everybody else asks it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from merchant_app.clock import Clock
from merchant_app.journal.journal import Journal
from merchant_app.journal.room import Room


class Closable(Protocol):
    """What can be owned."""

    def close(self) -> None: ...


Owned = TypeVar("Owned", bound=Closable)
Result = TypeVar("Result")


class Owner(Generic[Owned]):
    """Runs work on what it owns, one piece at a time and in order, in its own thread."""

    def __init__(self, open_: Callable[[], Owned], *, name: str) -> None:
        """Open it in the new thread, which is called `name`; raises what `open_` raises."""
        self._open = open_
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        try:
            self._owned = self._thread.submit(open_).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def run(self, work: Callable[[Owned], Result]) -> Result:
        """The result of `work`, done on the owner's thread. What it writes is durable.

        Any thread may call it; it blocks until the work is done and raises what the work raised.
        """
        return self._thread.submit(work, self._owned).result()

    def exchange(self, prepare: Callable[[Owned], None], between: Callable[[], None]) -> None:
        """Do something with what is owned, close it, do something to its file, open it again.

        Whoever asks meanwhile waits. What `prepare` raises comes out, and nothing was closed.

        Raises:
            Problem: it cannot be opened any more; nothing can be asked of it then.
        """
        self._thread.submit(self._exchange, prepare, between).result()

    def _exchange(self, prepare: Callable[[Owned], None], between: Callable[[], None]) -> None:
        prepare(self._owned)
        self._owned.close()
        try:
            between()
        finally:
            self._owned = self._open()

    def close(self) -> None:
        """Finish what was asked for, close what is owned, end the thread."""
        self._thread.submit(self._owned.close).result()
        self._thread.shutdown()


class JournalOwner(Owner[Journal]):
    """The journal and its thread.

    Attributes:
        path: of the file, for who reads it over a connection of his own.
    """

    def __init__(
        self, path: Path, clock: Clock, *, mirror: Path | None = None, room: Room | None = None
    ) -> None:
        """Open the file; see `Journal`.

        Raises:
            Problem: see `opening.open_journal`.
        """
        self.path = path
        super().__init__(lambda: Journal(path, clock, mirror=mirror, room=room), name="journal")
