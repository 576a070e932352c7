"""Which day, month or year a closing is for: from the journal's order, and from what is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from merchant_app.clock import business_date
from merchant_app.journal.closings import ClosingKind
from merchant_app.reports.closing import ClockFlag, KeptClosing, Numbers

CLOCK_SLACK = timedelta(minutes=2)
"""Clocks are set right by seconds all day; this much back is a jump."""
GAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that has entries and no closing.

    Attributes:
        day: where the shop is.
        last_position: the last entry that belongs to it; what follows is of a later day.
    """

    day: date
    last_position: int


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A month or a year whose days are closed, and which is not.

    `name` is "2026-11" or "2026".
    """

    kind: ClosingKind
    name: str
    covers: Numbers


def forgotten(
    moments: Iterable[tuple[int, datetime]],
    *,
    today: date,
    last_closed: date | None,
    time_zone: str,
) -> OpenDay | None:
    """The oldest day before today that has entries and no closing.

    Order follows numbers: the day begins with the first entry that is not closed, and ends before
    the first one of a later day. A date that cannot be true (before the last closed day, after
    today) counts as the nearest one that can.

    Args:
        moments: the entries that no closing covers, in order.
        today: where the shop is.
        last_closed: the day of the last closing.
        time_zone: of the shop.
    """
    found: OpenDay | None = None
    for position, at in moments:
        day = business_date(at, time_zone)
        if last_closed is not None:
            day = max(day, last_closed)
        if found is None:
            if day >= today:
                return None
            found = OpenDay(day, position)
        elif day > found.day:
            break
        else:
            found = OpenDay(found.day, position)
    return found


def clock_flags(
    moments: Iterable[tuple[int, datetime]],
    *,
    before: datetime | None,
    closed_at: datetime,
    last_closed_at: datetime | None,
    last_position: int,
) -> tuple[ClockFlag, ...]:
    """What the clock cannot have said: each jump once, at the entry after it.

    Args:
        moments: the entries of the range, in order.
        before: when the entry before the range was written.
        closed_at: now.
        last_closed_at: when the closing before was made.
        last_position: the last entry of the range.
    """
    flags: list[ClockFlag] = []
    previous, is_first, was_future = before, True, False
    for position, at in moments:
        if previous is not None and at < previous - CLOCK_SLACK:
            flags.append(ClockFlag("back", position))
        if previous is not None and not is_first and at > previous + GAP:
            flags.append(ClockFlag("gap", position))
        is_future = at > closed_at + CLOCK_SLACK
        if is_future and not was_future:
            flags.append(ClockFlag("future", position))
        previous, is_first, was_future = at, False, is_future
    if last_closed_at is not None and closed_at < last_closed_at - CLOCK_SLACK:
        flags.append(ClockFlag("closing", last_position))
    return tuple(flags)


def due(days: Sequence[KeptClosing], kind: ClosingKind, *, today: date) -> DuePeriod | None:
    """The oldest month or year that is over, or whose last day is closed.

    Args:
        days: the closings of days that no closing of this kind covers, in order.
        kind: MONTH or YEAR.
        today: where the shop is.
    """
    if not days:
        return None
    name = _name(days[0].closing.business_date, kind)
    last = days[0]
    for one in days:
        # Order follows numbers: days that a wrong clock dated are a period of their own.
        if _name(one.closing.business_date, kind) != name:
            break
        last = one
    is_over = name < _name(today, kind) or last is not days[-1]
    closes_today = last.closing.business_date == today
    if is_over or (closes_today and _name(today + timedelta(days=1), kind) != name):
        return DuePeriod(kind, name, Numbers(days[0].number, last.number))
    return None


def _name(day: date, kind: ClosingKind) -> str:
    return day.isoformat()[: 4 if kind is ClosingKind.YEAR else 7]
