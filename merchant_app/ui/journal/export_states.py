"""What the panel of exports can be showing, as one value. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.till.journal_results import Exported, ExportForm, ExportRefusal


class Span(Enum):
    """How long a time is written."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    FROM_TO = "from_to"


@dataclass(frozen=True, slots=True)
class Days:
    """Both included."""

    first: date
    last: date


class Notice(Enum):
    """A soft word before anything is written."""

    NO_DAY = "no_day"
    """What stands in a field is no day."""
    BACKWARDS = "backwards"
    SIREN_WRONG = "siren_wrong"
    """Nine digits, or nothing."""
    CANCELLED = "cancelled"


News: TypeAlias = Exported | ExportRefusal | ProblemKind | Notice
"""What the last export came to, or what is in the way of the next."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """What, when and where to is being chosen."""

    news: News | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """It is being written: so many rows so far. `stopping`: nobody wants it any more."""

    rows: int = 0
    stopping: bool = False


Mode: TypeAlias = Choosing | Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All that the panel paints.

    Attributes:
        folder: where the file goes.
        siren: as typed; asked for only where the tax office's file is chosen.
        days_fill: the two days for their fields, with a number that grows.
    """

    form: ExportForm
    span: Span
    days: Days
    folder: Path
    siren: str
    mode: Mode
    days_fill: int = 0


def days_around(day: date, span: Span) -> Days:
    """The day, week, month or year that it lies in; itself where the time is free."""
    match span:
        case Span.DAY | Span.FROM_TO:
            return Days(day, day)
        case Span.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Days(monday, monday + timedelta(days=6))
        case Span.MONTH:
            first = day.replace(day=1)
            return Days(first, _following_month(first) - timedelta(days=1))
        case Span.YEAR:
            return Days(date(day.year, 1, 1), date(day.year, 12, 31))


def moved(days: Days, span: Span, *, forward: bool) -> Days:
    """The one before or after it; a free time moves by its own length."""
    if span is Span.FROM_TO:
        length = days.last - days.first + timedelta(days=1)
        step = length if forward else -length
        return Days(days.first + step, days.last + step)
    edge = days.last + timedelta(days=1) if forward else days.first - timedelta(days=1)
    return days_around(edge, span)


def _following_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
