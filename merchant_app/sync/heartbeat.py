"""A sign of life every few seconds: sends what is unsent, and knows when the line is back."""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.clock import Clock
from merchant_app.sync.schedule import BASE_S, Timetable
from merchant_app.sync.worker import Worker


class Heartbeat(Worker):
    """Calls `beat` in a thread of its own, at the pace of a `Timetable` and whenever woken."""

    def __init__(
        self,
        beat: Callable[[], object],
        *,
        every_s: float,
        clock: Clock,
        chance: Callable[[], float],
        base_s: float = BASE_S,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            beat: returns the outcome of its last call of the port; `NoAnswer` is trouble.
            every_s: from one answer to the next beat.
            clock: paces it.
            chance: draws evenly from [0, 1).
            base_s: the longest wait after the first failure.
        """
        timetable = Timetable(every_s=every_s, chance=chance, base_s=base_s)
        super().__init__("heartbeat", lambda _stopped: beat(), timetable=timetable, clock=clock)
