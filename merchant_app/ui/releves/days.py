"""Which days a statement on screen is of: three months at a time, in whole weeks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from merchant_app.till.statement_results import Period, PeriodKind

MONTHS = 3
BACK_MAX = 40
"""So many times three months earlier: ten years. Nothing is kept longer."""


@dataclass(frozen=True, slots=True)
class Span:
    """`back`: 0 ends today; each more is three months earlier."""

    back: int
    first_day: date
    last_day: date


def span(back: int, *, today: date) -> Span:
    """From a Monday to today, or to a Sunday: no week and no month of the list is cut in two."""
    newest = _months_before(today.replace(day=1), MONTHS * back)
    oldest = _months_before(newest, MONTHS - 1)
    first_day = oldest - timedelta(days=oldest.weekday())
    if not back:
        return Span(back, first_day, today)
    end = _months_before(newest, -1) - timedelta(days=1)
    return Span(back, first_day, end + timedelta(days=6 - end.weekday()))


def is_whole(period: Period, of: Span) -> bool:
    """Whether this week or month begins and ends within the statement, or goes on today: of others
    it has a few days, beside its first or last month."""
    if period.kind is PeriodKind.WEEK:
        return period.first_day.weekday() == 0
    ends = (period.last_day + timedelta(days=1)).day == 1
    return period.first_day.day == 1 and (ends or not of.back)


def _months_before(first: date, months: int) -> date:
    """`first`: the first day of a month."""
    number = first.year * 12 + first.month - 1 - months
    return first.replace(year=number // 12, month=number % 12 + 1)
