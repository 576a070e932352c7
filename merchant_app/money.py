"""Money: a whole number of minor units and a currency. No float, anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from merchant_app.errors import Bug


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency of ISO 4217.

    Attributes:
        code: three capital letters, "EUR".
        number: the ISO 4217 number, 978; it is what a voucher's token carries.
        decimals: digits after the separator; 2 for the euro, 0 for the Pacific franc.
    """

    code: str
    number: int
    decimals: int


CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("EUR", 978, 2),
        Currency("CHF", 756, 2),
        Currency("GBP", 826, 2),
        Currency("USD", 840, 2),
        Currency("XPF", 953, 0),  # New Caledonia, French Polynesia, Wallis and Futuna
    )
}
CURRENCY_BY_NUMBER = {currency.number: currency for currency in CURRENCIES.values()}

# Ten million of the main unit: no shop sells more in a day, and any typing slip is far above.
AMOUNT_MAX_MAJOR = 10_000_000


@dataclass(frozen=True, slots=True)
class Money:
    """An amount.

    Attributes:
        minor: the amount in the currency's smallest unit (cents for the euro); may be negative.
        currency: ISO 4217 letters.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise Bug(f"an amount must be a whole number of minor units, not {self.minor!r}")
        if self.currency not in CURRENCIES:
            raise Bug(f"unknown currency {self.currency!r}")

    def _same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise Bug(f"{self.currency} and {other.currency} cannot be mixed")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same_currency(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same_currency(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same_currency(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same_currency(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same_currency(other)

    def __bool__(self) -> bool:
        return self.minor != 0


class BadAmount(Enum):
    """Why what somebody typed is not an amount that can be debited."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"


_SPACES = re.compile(r"[ \t\u00a0\u202f\u2009]")
_SYMBOLS = {"€": "EUR", "£": "GBP", "$": "USD"}
_NUMBER = re.compile(
    r"(?P<sign>[-\u2212]?)"
    r"(?P<whole>[0-9]{1,12}|[0-9]{1,3}(?P<group>[.,'’])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?P<point>[.,])(?P<decimals>[0-9]*))?"
)


def parse_amount(text: str, currency: str) -> Money | BadAmount:
    """The positive amount that a person typed, or why it is none.

    Accepts what people write in France and elsewhere: "12,50", "12.50", "1 250,00 €" with any of
    the spaces used between thousands, "1.250,00", "1,250.00", "€12". A single separator is the
    decimal one: "1,250" has three decimals and is refused rather than guessed to be 1250.
    """
    # Bounded before the patterns see it: the field on screen is short, a paste may not be.
    if len(text) > 64:
        return BadAmount.NOT_A_NUMBER
    compact = _SPACES.sub("", text)
    if not compact:
        return BadAmount.EMPTY
    bare = _without_currency(compact, currency)
    match = _NUMBER.fullmatch(bare)
    if match is None or (match["point"] is not None and match["point"] == match["group"]):
        return BadAmount.NOT_A_NUMBER
    whole = match["whole"].replace(match["group"] or "'", "")
    decimals = match["decimals"] or ""
    return _positive(sign=match["sign"], whole=whole, decimals=decimals, currency=currency)


def _without_currency(compact: str, currency: str) -> str:
    marks = [currency, *(symbol for symbol, code in _SYMBOLS.items() if code == currency)]
    for mark in marks:
        if compact.upper().endswith(mark):
            return compact[: -len(mark)]
        if compact.upper().startswith(mark):
            return compact[len(mark) :]
    return compact


def _positive(*, sign: str, whole: str, decimals: str, currency: str) -> Money | BadAmount:
    places = CURRENCIES[currency].decimals
    if len(decimals) > places:
        return BadAmount.TOO_MANY_DECIMALS
    minor = int(whole + decimals.ljust(places, "0"))
    if sign and minor:
        return BadAmount.NEGATIVE
    if minor == 0:
        return BadAmount.ZERO
    if minor > AMOUNT_MAX_MAJOR * 10**places:
        return BadAmount.TOO_LARGE
    return Money(minor, currency)
