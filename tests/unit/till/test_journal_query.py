"""What people type into the journal's search field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.money import Money
from merchant_app.till.journal_query import Here, days_of, query_of
from merchant_app.till.journal_results import Query
from tests.fakes.counter import code

PARIS = ZoneInfo("Europe/Paris")
HERE = Here(datetime(2026, 11, 23, 14, 0, tzinfo=UTC), PARIS, "EUR")  # a Monday, 15 h in Paris


def asked(text: str) -> Query:
    return query_of(text, HERE)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12,50", 1_250), ("12.50", 1_250), ("12,50 €", 1_250), ("€12.50", 1_250), ("50", 5_000),
        ("50 €", 5_000), ("1 250,00 €", 125_000), ("1\u202f250,00\u00a0€", 125_000), ("20€", 2_000),
    ],
)  # fmt: skip
def test_an_amount(text: str, minor: int) -> None:
    found = asked(text)
    assert found.amount == Money(minor, "EUR")
    assert found.cashier == ""
    assert found.since is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("hier", date(2026, 11, 22), None),
        ("avant-hier", date(2026, 11, 21), None),
        ("aujourd’hui", date(2026, 11, 23), None),
        ("Aujourd'hui", date(2026, 11, 23), None),
        ("yesterday", date(2026, 11, 22), None),
        ("samedi", date(2026, 11, 21), None),
        ("monday", date(2026, 11, 23), None),
        ("12/11", date(2026, 11, 12), None),
        ("24/12", date(2026, 12, 24), None),
        ("31/05", date(2026, 5, 31), None),
        ("12/11/25", date(2025, 11, 12), None),
        ("1/2/2024", date(2024, 2, 1), None),
        ("2026-11-12", date(2026, 11, 12), None),
        ("12 novembre", date(2026, 11, 12), None),
        ("1er août 2025", date(2025, 8, 1), None),
        ("novembre", date(2026, 11, 1), date(2026, 11, 30)),
        ("Février 2024", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_day(text: str, first: date, last: date | None) -> None:
    found = asked(text)
    assert (found.since, found.until) == days_of(first, last or first, PARIS)
    assert found.cashier == ""
    assert found.amount is None


def test_a_day_without_a_year_that_is_far_ahead_was_last_year() -> None:
    here = Here(datetime(2026, 1, 5, 12, tzinfo=UTC), PARIS, "EUR")
    assert (
        query_of("24/12", here).since == days_of(date(2025, 12, 24), date(2025, 12, 24), PARIS)[0]
    )


def test_a_day_of_summer_time_has_its_own_length() -> None:
    since, until = days_of(date(2026, 10, 25), date(2026, 10, 25), PARIS)
    assert until - since == timedelta(hours=25)


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("14:30", 23, 14, 30), ("14h30", 23, 14, 30), ("14 h 30", 23, 14, 30),
        ("hier 14:30", 22, 14, 30), ("14:30 12/11", 12, 14, 30), ("18:05", 22, 18, 5),
    ],
)  # fmt: skip
def test_an_hour(text: str, day: int, hour: int, minute: int) -> None:
    found = asked(text)
    at = datetime(2026, 11, day, hour, minute, tzinfo=PARIS)
    assert found.since is not None
    assert found.until is not None
    assert found.since < at < found.until
    assert found.until - found.since == timedelta(minutes=30)


def test_an_hour_that_is_whole_is_all_of_it() -> None:
    found = asked("9h")
    assert found.until == datetime(2026, 11, 23, 10, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("text", "end"), [("2M", "2M"), ("h2m7", "H2M7"), ("…H2M7", "H2M7"), ("H2ZC-2M", "ZC2M")]
)
def test_the_end_of_a_code(text: str, end: str) -> None:
    assert asked(text) == Query(label_end=end)


def test_a_whole_code_is_found_and_never_shown() -> None:
    found = asked(code(1).replace("-", " "))
    assert found.code is not None
    assert found.code not in repr(found)


def test_a_cashier_and_all_of_it_at_once() -> None:
    assert asked("Zoë") == Query(cashier="zoe")
    found = asked("12,50 € hier Marie-Christine")
    assert found.amount == Money(1_250, "EUR")
    assert found.cashier == "marie christine"
    assert found.since is not None


def test_what_may_be_two_things_is_looked_for_as_both() -> None:
    """Four figures are an amount or a code's end, four letters a cashier or a code's end."""
    assert asked("1234").amount == Money(123_400, "EUR")
    assert asked("1234").otherwise == Query(label_end="1234")
    assert asked("Zeta").cashier == "zeta"
    assert asked("Zeta").otherwise == Query(label_end="ZETA")


@pytest.mark.parametrize("text", ["1234 Claire", "Zeta Claire", "12,50 1234"])
def test_what_stands_beside_another_word_is_one_thing(text: str) -> None:
    assert asked(text).otherwise is None


@pytest.mark.parametrize("text", ["", "  ", "…"])
def test_nothing_looks_for_everything(text: str) -> None:
    assert asked(text) == Query()


@pytest.mark.parametrize("text", ["32/13", "99:99", "31/02/2026", "0", "0000-00-00", "1/2/3/4"])
def test_what_is_no_day_or_hour_is_no_error(text: str) -> None:
    assert asked(text).since is None


@given(st.text(max_size=200))
def test_any_text_is_a_query(text: str) -> None:
    asked(text)
