"""A voucher and its terms, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import Money


class VatKind(Enum):
    """When VAT falls due (directive 2006/112/EC, articles 30a and 30b)."""

    SINGLE_PURPOSE = "single_purpose"
    """Taxed when sold."""
    MULTI_PURPOSE = "multi_purpose"
    """Taxed when redeemed."""


class VoucherStatus(Enum):
    ACTIVE = "active"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the buyer agreed to.

    Attributes:
        partial_allowed: whether less than the balance may be debited.
        valid_from: first day of validity where the shop is; None: from the day it was issued.
        expires_on: last day of validity, included, where the shop is; None: it does not expire.
        minimum_purchase: the purchase must reach this; None: any purchase.
        vat_kind: when VAT falls due.
    """

    partial_allowed: bool = True
    valid_from: date | None = None
    expires_on: date | None = None
    minimum_purchase: Money | None = None
    vat_kind: VatKind = VatKind.MULTI_PURPOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A voucher as the central service knows it.

    Attributes:
        label: last four characters of its short code; safe to show and to store.
        holder: first name and initial of the beneficiary, "Claire D."; may be empty.
    """

    voucher_id: VoucherId
    shop_number: ShopNumber
    face: Money
    balance: Money
    terms: Terms
    status: VoucherStatus
    label: str
    holder: str = ""
