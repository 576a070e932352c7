"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class FakeClock:
    """See `merchant_app.clock.Clock`."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._monotonic_s = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def advance(self, **duration: float) -> None:
        """Time passes: `advance(minutes=5)`."""
        step = timedelta(**duration)
        self._now += step
        self._monotonic_s += step.total_seconds()

    def jump(self, **duration: float) -> None:
        """Somebody sets the wall clock; real time does not pass."""
        self._now += timedelta(**duration)
