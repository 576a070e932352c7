"""Time comes in as an argument: whoever needs it is given a Clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, tzinfo
from datetime import time as time_of_day
from functools import cache
from typing import Protocol


class Clock(Protocol):
    """Where the program takes its time from. Any thread may call it."""

    def now(self) -> datetime:
        """The wall clock: aware, in UTC. It may jump; never measure durations with it."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some fixed instant; never goes back."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()


def to_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: how every moment is stored, hashed and sent."""
    # Not strftime: on Linux its %Y writes the year 987 with three digits.
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"  # instead of +00:00


def from_text(text: str) -> datetime:
    """The inverse of `to_text`.

    Raises:
        ValueError: the text is no RFC 3339 moment with a zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"beyond the years 1 to 9999: {text!r}") from None


def business_date(moment: datetime, time_zone: str) -> date:
    """The calendar day of a moment where the shop is; expiry is judged by it."""
    return local_time(moment, time_zone).date()


def start_of(day: date, time_zone: str) -> datetime:
    """The first moment of a calendar day where the shop is, in UTC."""
    return datetime.combine(day, time_of_day.min, _zone(time_zone)).astimezone(UTC)


def local_time(moment: datetime, time_zone: str) -> datetime:
    """A moment as the clocks where the shop is show it."""
    return moment.astimezone(_zone(time_zone))


@cache
def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # late: the window is painted before any day is judged

    return ZoneInfo(name)
