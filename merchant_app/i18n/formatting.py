"""Amounts, days and times as people write them, in each language of the till.

Babel is imported by the first call that needs it (about 30 ms), never before the first window.
Sources: Unicode CLDR, through Babel; "14 h 02" is the Lexique of the Imprimerie nationale, with
no-break spaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from merchant_app.i18n.catalogue import Language, _, active
from merchant_app.money import CURRENCIES, Money, parse_amount

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
_MINUTE_S = 60
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S
_COMPACT_FROM = 100_000
_COMPACT_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Writing:
    """How one language writes figures.

    Attributes:
        locale: Babel's, for everything else.
        point: between units and cents, where a person types an amount.
        thousands: between groups of three digits.
        short_money: Babel's pattern for the scale of a chart.
        first_of_month: what the first day of a month is called, in place of "1".
        time: of day, of hour and minute.
    """

    locale: str
    point: str
    thousands: str
    short_money: str
    first_of_month: str = "1"
    time: str = "{hour:02d}:{minute:02d}"


WRITINGS = {
    Language.FRENCH: Writing(
        "fr_FR",
        point=",",
        thousands=NARROW_NO_BREAK,
        short_money=f"#,##0.##{NO_BREAK}¤",
        first_of_month="1er",
        time=f"{{hour}}{NO_BREAK}h{NO_BREAK}{{minute:02d}}",
    ),
    # Day before month, 24 hours: the English of a till in Europe.
    Language.ENGLISH: Writing("en_GB", point=".", thousands=",", short_money="¤#,##0.##"),
}


def _writing() -> Writing:
    return WRITINGS[active()]


def load() -> None:
    """Load Babel and this language's tables now, in a worker thread: the first verdict must not
    wait for them."""
    money(Money(0, "EUR"))
    day(date(2026, 1, 2))


def money(amount: Money) -> str:
    """ "1 250,00 €" with a narrow no-break space between thousands; "€1,250.00"."""
    return _money(amount, _writing().locale)


# A chart and its numbers write the same hundred amounts and days each time something changes.
@lru_cache(1024)
def _money(amount: Money, locale: str) -> str:
    from babel.numbers import format_currency

    places = CURRENCIES[amount.currency].decimals
    value = Decimal(amount.minor).scaleb(-places)
    return format_currency(value, amount.currency, locale=locale)


def plain_amount(amount: Money) -> str:
    """As a person types it into a field: "1250,00", "1250.00". `money.parse_amount` reads it."""
    places = CURRENCIES[amount.currency].decimals
    whole, rest = divmod(abs(amount.minor), 10**places)
    return f"{whole}{_writing().point}{rest:0{places}d}" if places else str(whole)


def count(of: int) -> str:
    """ "3 200" with a narrow no-break space; "3,200"."""
    return f"{of:,}".replace(",", _writing().thousands)


def field_amount(amount: Money) -> str:
    """For an amount field: with its currency where `money.parse_amount` reads it back, bare where
    not ("FCFP" is Babel's, not a cashier's)."""
    text = money(amount)
    return text if parse_amount(text, amount.currency) == amount else plain_amount(amount)


def day(of: date) -> str:
    """ "31 décembre 2026", "1er janvier 2027"; "31 December 2026"."""
    return _day_first(_date(of, "d MMMM y", _writing().locale), of)


def day_in_year(of: date, *, today: date) -> str:
    """The day without its year when that is this year's: "3 mars"."""
    if of.year != today.year:
        return day(of)
    return _day_first(_date(of, "d MMMM", _writing().locale), of)


def _day_first(text: str, of: date) -> str:
    if of.day == 1:
        text = _writing().first_of_month + text.removeprefix("1")
    return text.replace(" ", NO_BREAK)


def month(of: date) -> str:
    """ "décembre 2026"; "December 2026"."""
    return _date(of, "LLLL y", _writing().locale).replace(" ", NO_BREAK)


@lru_cache(256)
def _date(of: date, pattern: str, locale: str) -> str:
    from babel.dates import format_date

    return format_date(of, pattern, locale=locale)


def time_of_day(moment: datetime, time_zone: str) -> str:
    """ "14 h 02"; "14:02". `moment` is aware."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return _writing().time.format(hour=local.hour, minute=local.minute)


def moment_in_words(moment: datetime, time_zone: str, *, now: datetime) -> str:
    """ "aujourd’hui à 14 h 02", "le 3 mars à 14 h 12"; where the shop is."""
    zone = ZoneInfo(time_zone)
    of, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    at = time_of_day(moment, time_zone)
    if of == today:
        return _("today at {time}").format(time=at)
    return _("on {day} at {time}").format(day=day_in_year(of, today=today), time=at)


def span(seconds: float) -> str:
    """How long ago, in one unit: "12 s", "3 min", "2 h", "4 j"."""
    whole = max(0, int(seconds))
    if whole < _MINUTE_S:
        return _("{n} s").format(n=whole)
    if whole < _HOUR_S:
        return _("{n} min").format(n=whole // _MINUTE_S)
    if whole < _DAY_S:
        return _("{n} h").format(n=whole // _HOUR_S)
    return _("{n} d").format(n=whole // _DAY_S)


def short_money(amount: Money) -> str:
    """For the scale of a chart: "250 €", "1 250 €", "2,5 M €"."""
    from babel.numbers import format_compact_currency, format_currency, parse_pattern

    value = Decimal(amount.minor).scaleb(-CURRENCIES[amount.currency].decimals)
    if abs(value) >= _COMPACT_FROM:
        return format_compact_currency(
            value, amount.currency, locale=_writing().locale, fraction_digits=_COMPACT_DIGITS
        )
    pattern = parse_pattern(_writing().short_money)
    return format_currency(
        value, amount.currency, format=pattern, locale=_writing().locale, currency_digits=False
    )
