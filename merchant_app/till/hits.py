"""What a search for a person or an order comes to: a closed union for the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from merchant_app.ids import VoucherId
from merchant_app.money import Money
from merchant_app.vouchers.holders import HolderField

HITS_MAX = 8
"""More would be a list to leaf through: the cashier asks the customer for more letters instead."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One voucher that may be meant: enough to ask a question by, too little to learn who she is.

    Attributes:
        name: first name and initial.
        face: what it was bought for.
        order_end: the end of the order number, "…233"; may be empty.
        field: by what it was found.
    """

    voucher_id: VoucherId
    name: str
    face: Money
    bought_on: date | None
    order_end: str
    label: str
    field: HolderField


@dataclass(frozen=True, slots=True)
class Hits:
    """At most `HITS_MAX`; none: nobody in this shop's list is called that."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class TooManyHits:
    """More than can be shown: none of them is."""


@dataclass(frozen=True, slots=True)
class NoList:
    """This till has no list of vouchers yet."""


SearchResult = Hits | TooManyHits | NoList
"""What a search can end in."""
