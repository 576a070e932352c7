"""Amounts, days and times as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from merchant_app.i18n import Language, formatting, install
from merchant_app.money import CURRENCIES, Money, parse_amount

PARIS = "Europe/Paris"
NOW = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)


@pytest.fixture
def french() -> None:
    install(Language.FRENCH)


@pytest.fixture
def english() -> Iterator[None]:
    install(Language.ENGLISH)
    yield
    install(Language.FRENCH)


@pytest.mark.usefixtures("french")
def test_french() -> None:
    assert formatting.money(Money(5000, "EUR")) == "50,00\u00a0€"
    assert formatting.money(Money(125000, "EUR")) == "1\u202f250,00\u00a0€"
    assert formatting.plain_amount(Money(125005, "EUR")) == "1250,05"
    assert formatting.day(date(2026, 12, 31)) == "31\u00a0décembre\u00a02026"
    assert formatting.day(date(2027, 1, 1)) == "1er\u00a0janvier\u00a02027"
    assert formatting.day(date(2027, 1, 11)) == "11\u00a0janvier\u00a02027"
    assert formatting.time_of_day(NOW, PARIS) == "12\u00a0h\u00a030"
    march = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
    assert formatting.moment_in_words(march, PARIS, now=NOW) == (
        "le 3\u00a0mars à 14\u00a0h\u00a002"
    )
    assert formatting.moment_in_words(NOW, PARIS, now=NOW) == "aujourd’hui à 12\u00a0h\u00a030"
    last_year = datetime(2025, 3, 1, 13, 2, tzinfo=UTC)
    assert "1er\u00a0mars\u00a02025" in formatting.moment_in_words(last_year, PARIS, now=NOW)


@pytest.mark.usefixtures("english")
def test_english() -> None:
    assert formatting.money(Money(125000, "EUR")) == "€1,250.00"
    assert formatting.plain_amount(Money(125005, "EUR")) == "1250.05"
    assert formatting.day(date(2026, 12, 31)) == "31\u00a0December\u00a02026"
    assert formatting.time_of_day(NOW, PARIS) == "12:30"


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0\u00a0s"),
        (12.9, "12\u00a0s"),
        (61, "1\u00a0min"),
        (7300, "2\u00a0h"),
        (2e5, "2\u00a0j"),
    ],
)
def test_spans(seconds: float, text: str) -> None:
    assert formatting.span(seconds) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("minor", [1, 50, 1250, 125000, 9_999_999])
def test_what_is_put_into_a_field_is_read_back(
    language: Language, currency: str, minor: int
) -> None:
    install(language)
    amount = Money(minor, currency)
    try:
        assert parse_amount(formatting.field_amount(amount), currency) == amount
        assert parse_amount(formatting.plain_amount(amount), currency) == amount
    finally:
        install(Language.FRENCH)


@pytest.mark.parametrize(
    ("minor", "told"),
    [
        (50, "0,5\u00a0€"),
        (125_000, "1\u202f250\u00a0€"),
        (25_000_000, "250\u00a0k\u00a0€"),
        (1_000_000_000, "10\u00a0M\u00a0€"),
        (-500_000_000, "-5\u00a0M\u00a0€"),
    ],
)
@pytest.mark.usefixtures("french")
def test_amounts_beside_a_scale_are_short(minor: int, told: str) -> None:
    assert formatting.short_money(Money(minor, "EUR")) == told
