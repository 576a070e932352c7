"""Amounts and days as banks write them. Pure; None: it is none."""

from __future__ import annotations

import re
from datetime import date

from merchant_app.money import CURRENCIES
from merchant_app.reports.statements.bank_lines import AMOUNT_MINOR_MAX

_CHARACTERS_MAX = 40
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_MARKS = re.compile(r"€|EUR|CHF|GBP|USD|XPF|£|\$", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_DECIMAL = re.compile(r"(?P<whole>[0-9.,]*[0-9]|)[.,](?P<decimals>[0-9]{1,5})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.-]?(\d{2})[/.-]?(\d{2})")
_CENTURY = 2000


def amount_of(text: str, *, currency: str) -> int | None:
    """Minor units, signed: "1 234,56", "-12.3", "(5,00)", "12,00-", "+1.234,56 €"."""
    if len(text) > _CHARACTERS_MAX:
        return None
    bare = _MARKS.sub("", _SPACES.sub("", text)).replace("\u2212", "-")
    sign = 1
    if bare.startswith("(") and bare.endswith(")"):
        sign, bare = -1, bare[1:-1]
    elif bare[:1] in ("+", "-"):
        sign, bare = (-1 if bare[0] == "-" else 1), bare[1:]
    elif bare[-1:] in ("+", "-"):
        sign, bare = (-1 if bare[-1] == "-" else 1), bare[:-1]
    minor = _minor(bare, CURRENCIES[currency].decimals)
    return None if minor is None or minor > AMOUNT_MINOR_MAX else sign * minor


def _minor(bare: str, places: int) -> int | None:
    if not bare.isascii():
        return None
    decimals = ""
    if bare.isdigit() or _GROUPED.fullmatch(bare):
        whole = bare
    else:
        found = _DECIMAL.fullmatch(bare)
        if found is None:
            return None
        whole, decimals = found["whole"], found["decimals"].rstrip("0")
        if not (whole == "" or whole.isdigit() or _GROUPED.fullmatch(whole)):
            return None
    if len(decimals) > places:
        return None
    return int((re.sub(r"[.,]", "", whole) or "0") + decimals.ljust(places, "0"))


def day_of(text: str) -> date | None:
    """A day: 31/12/2026, 31.12.26, 2026-12-31, 20261231; what follows is left out."""
    start = text.strip()[:_CHARACTERS_MAX]
    found = _YEAR_FIRST.match(start)
    if found:
        year, month, day = (int(part) for part in found.groups())
    else:
        found = _DAY_FIRST.match(start)
        if found is None:
            return None
        day, month, year = (int(part) for part in found.groups())
        year += _CENTURY if year < 100 else 0
    try:
        return date(year, month, day)
    except ValueError:
        return None
