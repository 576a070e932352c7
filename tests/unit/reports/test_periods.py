"""Which day, month or year is to be closed, whatever the clock said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from merchant_app.reports.closing import ClockFlag
from merchant_app.reports.periods import OpenDay, clock_flags, forgotten

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def entries(*moments: datetime) -> list[tuple[int, datetime]]:
    return list(enumerate(moments, start=1))


def found(*moments: datetime, last_closed: date | None = None) -> OpenDay | None:
    return forgotten(
        entries(*moments), today=TODAY, last_closed=last_closed, time_zone="Europe/Paris"
    )


def test_nothing_is_forgotten_while_only_today_is_open() -> None:
    assert found() is None
    assert found(NOON, NOON) is None


def test_the_oldest_open_day_ends_before_the_first_entry_of_a_later_one() -> None:
    assert found(NOON - 2 * DAY, NOON - 2 * DAY, NOON - DAY, NOON) == OpenDay(date(2026, 11, 21), 2)


def test_a_day_ends_at_midnight_where_the_shop_is() -> None:
    # 23 h 30 UTC on the 22nd is half past midnight on the 23rd in Paris.
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert found(late, late + timedelta(hours=1)) == OpenDay(date(2026, 11, 22), 1)


def test_a_clock_that_was_ahead_makes_no_day_of_the_future() -> None:
    assert found(NOON + 400 * DAY) is None


def test_a_dead_battery_makes_no_day_before_the_last_closed_one() -> None:
    in_1970 = datetime(1970, 1, 1, tzinfo=UTC)
    assert found(in_1970, NOON, last_closed=TODAY - DAY) == OpenDay(TODAY - DAY, 1)


def flags(*moments: datetime, before: datetime | None = None) -> tuple[ClockFlag, ...]:
    return clock_flags(
        entries(*moments), before=before, closed_at=NOON, last_closed_at=None, last_position=9
    )


def test_true_dates_and_seconds_of_correction_are_not_flagged() -> None:
    assert flags(NOON - DAY, NOON - DAY - timedelta(seconds=90), NOON, before=NOON - 30 * DAY) == ()


def test_each_jump_is_flagged_once_at_the_entry_after_it() -> None:
    back = NOON - timedelta(days=365)
    assert flags(NOON, back, back, NOON) == (ClockFlag("back", 2), ClockFlag("gap", 4))
    ahead = NOON + DAY
    assert flags(ahead, ahead) == (ClockFlag("future", 1),)


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_summer_time_is_no_jump(hour: int) -> None:
    spring = datetime(2026, 3, 29, hour, tzinfo=UTC)
    assert flags(spring, spring + timedelta(minutes=59)) == ()


def test_a_closing_before_the_last_one_is_flagged() -> None:
    assert clock_flags(
        [], before=None, closed_at=NOON, last_closed_at=NOON + DAY, last_position=9
    ) == (ClockFlag("closing", 9),)
