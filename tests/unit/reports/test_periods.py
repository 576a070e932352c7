"""Which day, month or year is to be closed, whatever the clock said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from merchant_app.journal.closings import ClosingKind, Reach
from merchant_app.reports.closing import (
    ClockFlag,
    Closing,
    KeptClosing,
    Numbers,
    Perpetual,
    Positions,
)
from merchant_app.reports.figures import Figures
from merchant_app.reports.periods import DuePeriod, OpenDay, clock_flags, due, forgotten

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


def test_a_closing_of_the_future_leaves_nothing_to_be_closed_before_today() -> None:
    assert found(NOON - DAY, NOON, last_closed=TODAY + DAY) is None
    assert found(NOON - DAY, NOON + 400 * DAY) == OpenDay(TODAY - DAY, 1)


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


def test_a_week_without_a_sale_is_a_holiday_and_two_minutes_are_no_jump() -> None:
    week, minutes, second = timedelta(days=7), timedelta(minutes=2), timedelta(seconds=1)
    assert flags(NOON - week, NOON) == ()
    assert flags(NOON - week - second, NOON) == (ClockFlag("gap", 2),)
    assert flags(NOON, NOON - minutes) == ()
    assert flags(NOON, NOON - minutes - second) == (ClockFlag("back", 2),)
    assert flags(NOON + minutes) == ()
    assert flags(NOON + minutes + second) == (ClockFlag("future", 1),)


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_summer_time_is_no_jump(hour: int) -> None:
    spring = datetime(2026, 3, 29, hour, tzinfo=UTC)
    assert flags(spring, spring + timedelta(minutes=59)) == ()


def test_a_closing_before_the_last_one_is_flagged() -> None:
    assert clock_flags(
        [], before=None, closed_at=NOON, last_closed_at=NOON + DAY, last_position=9
    ) == (ClockFlag("closing", 9),)


# --- months and years -----------------------------------------------------------------------------


def day_closed(number: int, day: date) -> KeptClosing:
    return KeptClosing(
        number,
        bytes(32),
        Closing(
            kind=ClosingKind.DAY,
            covers=Positions(Reach(), Reach()),
            head=None,
            events_head=(0, ""),
            business_date=day,
            closed_at=NOON,
            time_zone="Europe/Paris",
            shop="Librairie Cassiopée",
            till="Caisse 1",
            till_public_key="",
            cashier="Zoë",
            training=False,
            currency="EUR",
            figures=Figures(),
            perpetual=Perpetual(),
        ),
    )


NOVEMBER_30 = date(2026, 11, 30)
DECEMBER_31 = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("days", "today", "month"),
    [
        ([], TODAY, None),
        ([date(2026, 11, 20)], TODAY, None),
        ([date(2026, 10, 30), date(2026, 10, 31)], date(2026, 11, 1), ("2026-10", 2)),
        ([date(2026, 9, 30), date(2026, 10, 1), TODAY], TODAY, ("2026-09", 1)),
        # The last day, once it is closed; a shop that is shut then waits for the first.
        ([date(2026, 11, 29)], NOVEMBER_30, None),
        ([date(2026, 11, 29), NOVEMBER_30], NOVEMBER_30, ("2026-11", 2)),
        ([date(2026, 11, 29)], date(2026, 12, 1), ("2026-11", 1)),
        # Days that a wrong clock dated, before and after the true ones.
        ([date(2026, 11, 20), date(1970, 1, 1), TODAY], TODAY, ("2026-11", 1)),
        ([date(1970, 1, 1), TODAY], TODAY, ("1970-01", 1)),
        ([date(2027, 5, 1), TODAY], TODAY, ("2027-05", 1)),
        ([date(2027, 5, 1)], TODAY, None),
    ],
)
def test_the_oldest_month_that_is_over_is_due(
    days: list[date], today: date, month: tuple[str, int] | None
) -> None:
    closed = [day_closed(number, day) for number, day in enumerate(days, start=4)]
    wanted = None
    if month is not None:
        name, count = month
        wanted = DuePeriod(ClosingKind.MONTH, name, Numbers(4, 3 + count))
    assert due(closed, ClosingKind.MONTH, today=today) == wanted


@pytest.mark.parametrize(
    ("today", "is_due"),
    [(DECEMBER_31 - DAY, False), (DECEMBER_31, True), (DECEMBER_31 + DAY, True)],
)
def test_a_year_is_due_with_its_last_day(today: date, *, is_due: bool) -> None:
    closed = [day_closed(1, date(2026, 3, 2)), day_closed(9, min(today, DECEMBER_31))]
    year = DuePeriod(ClosingKind.YEAR, "2026", Numbers(1, 9))
    assert due(closed, ClosingKind.YEAR, today=today) == (year if is_due else None)
