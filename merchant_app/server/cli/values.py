"""What people type as values of options, as the domain's types."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from merchant_app.money import BadAmount, Money, parse_amount
from merchant_app.server.catalogue import CannotDo


def uuid_of(text: str) -> UUID:
    """An id.

    Raises:
        CannotDo: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise CannotDo("This is no id: the listing commands print them.") from None


def day_of(text: str | None) -> date | None:
    """A day as 2027-12-31.

    Raises:
        CannotDo: it is none.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CannotDo(f"“{text}” is no date: write 2027-12-31.") from None


def money_of(text: str, currency: str) -> Money:
    """A positive amount, as money is written in France or in England.

    Raises:
        CannotDo: it is none.
    """
    money = parse_amount(text, currency)
    if isinstance(money, BadAmount):
        raise CannotDo(f"“{text}” is no amount in {currency} ({money.value.replace('_', ' ')}).")
    return money
