"""Whether a newer version is to be told of. Nothing is ever downloaded or installed from here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from merchant_app.clock import Clock
from merchant_app.contract.release_feed import Release, is_newer
from merchant_app.till.results import LineState, Status

LOOK_EVERY = timedelta(days=1)


class Memory(Protocol):
    """What is remembered across restarts; see `settings.update_memory`."""

    @property
    def looked_at(self) -> datetime | None: ...

    @property
    def shown(self) -> str: ...

    def looked(self, moment: datetime) -> None: ...

    def was_shown(self, version: str) -> None: ...


class UpdateDesk:
    """What a screen can ask about newer versions. Worker threads, one at a time."""

    def __init__(
        self,
        newest: Callable[[], Release | None],
        *,
        status: Callable[[], Status],
        memory: Memory,
        version: str,
        clock: Clock,
    ) -> None:
        """
        Args:
            newest: asks the feed; blocks, never raises; None: nothing that can be believed.
            status: the till's.
            memory: across restarts.
            version: of this program.
            clock: says when a day has passed.
        """
        self._newest = newest
        self._status = status
        self._memory = memory
        self._version = version
        self._clock = clock
        self._found: Release | None = None
        self._turn = threading.Lock()

    def to_tell(self) -> Release | None:
        """The release that is to be shown now: newer than this program, not shown before.

        Looks at the feed when that was not done for a day. While anything waits to be sent, nothing
        is looked at and nothing shown: a till that is replaced then is a till that loses sales.

        Raises:
            Problem: what is remembered cannot be written; then nothing was looked at.
        """
        with self._turn:
            if not self._is_well():
                return None
            if self._is_due():
                # Before the look: a program that falls over it does not look again today.
                self._memory.looked(self._clock.now())
                self._found = self._newest()
            found = self._found
            if found is None or not is_newer(found.version, self._version):
                return None
            # Sold meanwhile? The next time, then.
            return found if found.version != self._memory.shown and self._is_well() else None

    def told(self, release: Release) -> None:
        """It was shown; it is not shown again.

        Raises:
            Problem: that cannot be remembered.
        """
        with self._turn:
            self._memory.was_shown(release.version)

    def _is_well(self) -> bool:
        status = self._status()
        return status.line is LineState.ONLINE and not status.unsent

    def _is_due(self) -> bool:
        before = self._memory.looked_at
        # Either way: a clock that was wrong for a day must not silence this for years.
        return before is None or abs(self._clock.now() - before) >= LOOK_EVERY
