"""Amounts: what people type, in many writings, and arithmetic that never mixes currencies."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_app.errors import Bug
from merchant_app.money import (
    AMOUNT_MAX_MAJOR,
    CURRENCIES,
    BadAmount,
    Money,
    parse_amount,
)

TWO_DECIMALS = st.sampled_from(["EUR", "CHF", "GBP", "USD"])
AMOUNTS = st.integers(1, AMOUNT_MAX_MAJOR * 100)
MARKS = {"EUR": ["", "€", "EUR", "eur"], "CHF": ["", "CHF"], "GBP": ["£"], "USD": ["$", "usd"]}
SPACES = ["", " ", "\u00a0", "\u202f", "\u2009"]


@st.composite
def writings(draw: st.DrawFn) -> tuple[str, Money]:
    """An amount and one of the ways in which somebody would write it."""
    currency, minor = draw(TWO_DECIMALS), draw(AMOUNTS)
    group, point = draw(
        st.sampled_from(
            [("", ","), ("", "."), (".", ","), (",", "."), ("'", "."), ("’", ",")]
            + [(space, point) for space in SPACES for point in ",."]
        )
    )
    whole, cents = divmod(minor, 100)
    text = f"{whole:,}".replace(",", group)
    if cents or draw(st.booleans()) or group in (".", ","):
        decimals = f"{cents:02d}"
        text += point + (decimals[0] if cents % 10 == 0 and draw(st.booleans()) else decimals)
    mark = draw(st.sampled_from(MARKS[currency]))
    space = draw(st.sampled_from(SPACES))
    text = f"{mark}{space}{text}" if draw(st.booleans()) else f"{text}{space}{mark}"
    return text, Money(minor, currency)


@given(writings())
def test_every_common_writing_gives_the_amount_back(case: tuple[str, Money]) -> None:
    text, amount = case
    assert parse_amount(text, amount.currency) == amount


@given(st.text(max_size=80), st.sampled_from(sorted(CURRENCIES)))
@example("ﬀ" * 10, "CHF")
@example("9" * 64, "EUR")
@example("٣٫٥", "EUR")
def test_any_text_gives_a_positive_amount_or_a_reason(text: str, currency: str) -> None:
    result = parse_amount(text, currency)
    if isinstance(result, Money):
        assert result.currency == currency
        assert 0 < result.minor <= AMOUNT_MAX_MAJOR * 10 ** CURRENCIES[currency].decimals
    else:
        assert isinstance(result, BadAmount)


@given(st.text(alphabet="0123456789.,'’- €EUR\u00a0\u202f", max_size=24))
def test_digits_and_separators_in_any_order_never_change_their_digits(text: str) -> None:
    result = parse_amount(text, "EUR")
    if isinstance(result, Money):
        digits = "".join(character for character in text if character.isdigit())
        assert str(result.minor).rstrip("0") == digits.lstrip("0").rstrip("0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", BadAmount.EMPTY),
        ("  \u00a0", BadAmount.EMPTY),
        ("€", BadAmount.NOT_A_NUMBER),
        ("douze", BadAmount.NOT_A_NUMBER),
        ("12,5,0", BadAmount.NOT_A_NUMBER),
        ("1.250.00", BadAmount.NOT_A_NUMBER),
        ("12,34.56", BadAmount.NOT_A_NUMBER),
        ("1e3", BadAmount.NOT_A_NUMBER),
        ("+5", BadAmount.NOT_A_NUMBER),
        ("£12", BadAmount.NOT_A_NUMBER),
        ("٣", BadAmount.NOT_A_NUMBER),
        ("1" * 65, BadAmount.NOT_A_NUMBER),
        ("-5", BadAmount.NEGATIVE),
        ("\u22125,00", BadAmount.NEGATIVE),
        ("0", BadAmount.ZERO),
        ("-0,00", BadAmount.ZERO),
        ("1,250", BadAmount.TOO_MANY_DECIMALS),
        ("1.250", BadAmount.TOO_MANY_DECIMALS),
        ("10000000,01", BadAmount.TOO_LARGE),
        ("10 000 000,00", Money(1_000_000_000, "EUR")),
        ("12,", Money(1200, "EUR")),
        ("12,5", Money(1250, "EUR")),
        ("1'250", Money(125_000, "EUR")),
        ("1,234,567.89", Money(123_456_789, "EUR")),
    ],
)
def test_the_cases_people_type(text: str, expected: Money | BadAmount) -> None:
    assert parse_amount(text, "EUR") == expected


def test_a_currency_without_decimals_takes_none() -> None:
    assert parse_amount("1 500 XPF", "XPF") == Money(1500, "XPF")
    assert parse_amount("1500,5", "XPF") is BadAmount.TOO_MANY_DECIMALS


@given(st.integers(), st.integers(), st.integers())
def test_arithmetic_is_that_of_whole_numbers(a: int, b: int, c: int) -> None:
    one, two, three = (Money(minor, "EUR") for minor in (a, b, c))
    assert (one + two).minor == a + b
    assert (one - two).minor == a - b
    assert (one + two) + three == one + (two + three)
    assert (-one).minor == -a
    assert bool(one) == bool(a)
    assert (one < two, one <= two, one > two, one >= two) == (a < b, a <= b, a > b, a >= b)


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
    ],
)
def test_currencies_are_never_mixed(mix: object) -> None:
    assert callable(mix)
    with pytest.raises(Bug):
        mix(Money(1, "EUR"), Money(1, "CHF"))


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_an_amount_is_a_whole_number(minor: object) -> None:
    with pytest.raises(Bug):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_a_currency_is_one_we_know() -> None:
    with pytest.raises(Bug):
        Money(1, "XXX")
