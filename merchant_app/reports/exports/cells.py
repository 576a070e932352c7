"""Texts and amounts as cells of a table: what a spreadsheet must never run, and numbers it can add.

A cell that begins with = + - @ is a formula to a spreadsheet, whoever wrote it: a cashier's name
can be one. Such a text gets an apostrophe in front (OWASP, "CSV injection"). Only texts do: the
minus of an amount is a minus.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from merchant_app.money import CURRENCIES, Money

_FORMULA = frozenset("=+-@\u2212")


def safe_text(text: str) -> str:
    """The text without control characters, and never one that a spreadsheet would run.

    TAB, CR and NUL before a formula are overlooked by some spreadsheets, full-width signs are taken
    for plain ones: so control characters become spaces, and what counts is the first character that
    is none, in its compatible form (NFKC).
    """
    if text.isalnum():
        return text
    plain = "".join(
        " " if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") else one for one in text
    )
    begins = unicodedata.normalize("NFKC", plain).lstrip()[:1]
    return f"'{plain}" if begins in _FORMULA else plain


def number(amount: Money) -> Decimal:
    """In the main unit, exactly, with all its decimals: Decimal("-20.00")."""
    return Decimal(amount.minor).scaleb(-CURRENCIES[amount.currency].decimals)


def plain_number(amount: Money, *, point: str) -> str:
    """ "-1250.00" or "-1250,00": no thousands separator, all decimals."""
    return f"{number(amount):f}".replace(".", point)
