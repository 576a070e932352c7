"""Moments as text, and the shape of ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_app.clock import SystemClock, business_date, from_text, to_text
from merchant_app.ids import uuid7

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Hypothesis wants bounds without a zone.
FIRST, LAST, YEAR_1970 = datetime(1, 1, 3), datetime(9999, 12, 29), datetime(1970, 1, 1)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, LAST, timezones=OFFSETS)


@given(MOMENTS)
@example(datetime(987, 6, 5, 4, 3, 2, 1000, UTC))
def test_a_moment_comes_back_to_the_millisecond(moment: datetime) -> None:
    text = to_text(moment)
    again = from_text(text)
    assert again.tzinfo is UTC
    assert timedelta(0) <= moment - again < timedelta(milliseconds=1)
    assert to_text(again) == text
    assert len(text) == len("2026-11-23T09:30:00.000Z")


@given(MOMENTS, MOMENTS)
def test_texts_sort_like_moments(one: datetime, two: datetime) -> None:
    if to_text(one) < to_text(two):
        assert one < two


@given(st.text(max_size=40))
@example("0001-01-01T00:00:00+23:59")
@example("9999-12-31T23:59:59-23:59")
def test_any_text_is_a_moment_or_a_value_error(text: str) -> None:
    try:
        moment = from_text(text)
    except ValueError:
        return
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-11-23T09:30:00", "2026-11-23", ""])
def test_a_moment_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        from_text(text)


def test_the_business_day_is_that_of_the_shop() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert business_date(late, "Europe/Paris") == date(2027, 1, 1)
    assert business_date(late, "America/Guadeloupe") == date(2026, 12, 31)
    assert business_date(late, "Pacific/Noumea") == date(2027, 1, 1)


def test_the_systems_clock_is_in_utc_and_its_seconds_never_go_back() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic_s() <= clock.monotonic_s()


@given(
    st.datetimes(YEAR_1970, LAST, timezones=st.just(UTC)),
    st.binary(min_size=10, max_size=10),
)
def test_an_id_has_the_shape_of_rfc_9562(now: datetime, random_bytes: bytes) -> None:
    made = uuid7(now, lambda count: random_bytes[:count])
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    millis = made.int >> 80
    assert abs(millis - (now - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)) <= 1
    tail = int.from_bytes(random_bytes, "big")
    assert made.int >> 64 & 0xFFF == tail >> 68
    assert made.int & (1 << 62) - 1 == tail & (1 << 62) - 1


def test_ids_made_at_one_moment_differ() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert len({uuid7(now) for _ in range(10_000)}) == 10_000


def test_a_clock_before_1970_still_gives_an_id() -> None:
    assert uuid7(datetime(1969, 12, 31, tzinfo=UTC)).version == 7
