"""What can be said about a voucher at the counter: a closed union, matched exhaustively.

`judge` is pure and is asked on both sides: by the till before Enter counts, by the central service
before a debit counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from merchant_app.errors import Bug
from merchant_app.ids import ShopNumber
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher, VoucherStatus


@dataclass(frozen=True, slots=True)
class Use:
    """One earlier use of a voucher, as told to a customer who doubts it.

    Attributes:
        at: when the central service debited it, UTC.
        till: the till's name, "Caisse 2".
        amount: what was debited, less what was given back since.
    """

    at: datetime
    till: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Valid:
    """It may be debited.

    Attributes:
        suggested: what is left of the purchase if that is less, the balance otherwise.
    """

    voucher: Voucher
    suggested: Money
    history: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such voucher; or a mistyped code that happens to have the right check characters."""


@dataclass(frozen=True, slots=True)
class OtherShop:
    """A voucher, but for another shop. Its name and town are told, nothing else."""

    shop: str


@dataclass(frozen=True, slots=True)
class NotYetValid:
    voucher: Voucher
    valid_from: date


@dataclass(frozen=True, slots=True)
class Expired:
    voucher: Voucher
    expired_on: date


@dataclass(frozen=True, slots=True)
class UsedUp:
    """Nothing is left on it; the history says when, where and how much, newest first."""

    voucher: Voucher
    history: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Revoked:
    voucher: Voucher


@dataclass(frozen=True, slots=True)
class BelowMinimumPurchase:
    """The purchase is too small, or has not been typed yet (`purchase` is None)."""

    voucher: Voucher
    minimum: Money
    purchase: Money | None


@dataclass(frozen=True, slots=True)
class PartUseNotAllowed:
    """It must be debited whole, and the amount asked for is less."""

    voucher: Voucher
    amount: Money


@dataclass(frozen=True, slots=True)
class AmountAboveBalance:
    """More was asked for than is left; another amount will do."""

    voucher: Voucher
    amount: Money


@dataclass(frozen=True, slots=True)
class OtherCurrency:
    """It is worth another currency than the purchase, which is in `wanted` (ISO 4217 letters):
    nobody at a counter knows the rate."""

    voucher: Voucher
    wanted: str


@dataclass(frozen=True, slots=True)
class WrongSignature:
    """It looks like one of our vouchers, but nobody entitled to issue one has signed it."""


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """Signed with a key this till does not know: perhaps newer than its last contact."""

    key_id: int


Refusal = (
    Unknown
    | OtherShop
    | NotYetValid
    | Expired
    | UsedUp
    | Revoked
    | BelowMinimumPurchase
    | PartUseNotAllowed
    | AmountAboveBalance
    | OtherCurrency
    | WrongSignature
    | UnknownKey
)
Verdict = Valid | Refusal


class Reason(Enum):
    """The names of the refusals, as they are journalled and sent."""

    UNKNOWN = "unknown"
    OTHER_SHOP = "other_shop"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    USED_UP = "used_up"
    REVOKED = "revoked"
    BELOW_MINIMUM_PURCHASE = "below_minimum_purchase"
    PART_USE_NOT_ALLOWED = "part_use_not_allowed"
    AMOUNT_ABOVE_BALANCE = "amount_above_balance"
    OTHER_CURRENCY = "other_currency"
    WRONG_SIGNATURE = "wrong_signature"
    UNKNOWN_KEY = "unknown_key"


_REASONS: dict[type, Reason] = {
    Unknown: Reason.UNKNOWN,
    OtherShop: Reason.OTHER_SHOP,
    NotYetValid: Reason.NOT_YET_VALID,
    Expired: Reason.EXPIRED,
    UsedUp: Reason.USED_UP,
    Revoked: Reason.REVOKED,
    BelowMinimumPurchase: Reason.BELOW_MINIMUM_PURCHASE,
    PartUseNotAllowed: Reason.PART_USE_NOT_ALLOWED,
    AmountAboveBalance: Reason.AMOUNT_ABOVE_BALANCE,
    OtherCurrency: Reason.OTHER_CURRENCY,
    WrongSignature: Reason.WRONG_SIGNATURE,
    UnknownKey: Reason.UNKNOWN_KEY,
}


def reason_of(refusal: Refusal) -> Reason:
    """The stable name of a refusal."""
    return _REASONS[type(refusal)]


def judge(
    voucher: Voucher,
    *,
    shop_number: ShopNumber,
    shop_name_of_voucher: str,
    today: date,
    purchase: Money | None,
    amount: Money | None = None,
    history: tuple[Use, ...] = (),
) -> Verdict:
    """What may be done with a voucher in this shop, on this day, for this purchase.

    Args:
        voucher: the voucher as last known.
        shop_number: the shop that asks.
        shop_name_of_voucher: name and town of the voucher's own shop, for the other-shop verdict.
        today: the calendar day where the shop is.
        purchase: the total of the whole purchase, however much of it other vouchers paid already;
            None when it was not typed.
        amount: what the cashier wants to debit; None before she chose: the verdict then suggests.
        history: earlier uses, newest first.

    Raises:
        Bug: the amount is not positive; parsing it is somebody else's job, and comes before.
    """
    if amount is not None and amount.minor <= 0:
        raise Bug("an amount to debit is positive")
    if voucher.shop_number != shop_number:
        return OtherShop(shop_name_of_voucher)
    terms = voucher.terms
    if voucher.status is VoucherStatus.REVOKED:
        return Revoked(voucher)
    if terms.valid_from is not None and today < terms.valid_from:
        return NotYetValid(voucher, terms.valid_from)
    # Used up before expired: "already used, on the 3rd, at till 2" answers the customer's question.
    if voucher.balance.minor <= 0:
        return UsedUp(voucher, history)
    if terms.expires_on is not None and today > terms.expires_on:
        return Expired(voucher, terms.expires_on)
    for wanted in (purchase, amount):
        if wanted is not None and wanted.currency != voucher.balance.currency:
            return OtherCurrency(voucher, wanted.currency)
    minimum = terms.minimum_purchase
    if minimum is not None and (purchase is None or purchase < minimum):
        return BelowMinimumPurchase(voucher, minimum, purchase)
    return _judge_amount(voucher, purchase=purchase, amount=amount, history=history)


def _judge_amount(
    voucher: Voucher, *, purchase: Money | None, amount: Money | None, history: tuple[Use, ...]
) -> Verdict:
    suggested = voucher.balance
    if amount is None and purchase is not None and 0 < purchase.minor < suggested.minor:
        suggested = purchase
    wanted = amount if amount is not None else suggested
    if wanted > voucher.balance:
        return AmountAboveBalance(voucher, wanted)
    if wanted < voucher.balance and not voucher.terms.partial_allowed:
        return PartUseNotAllowed(voucher, wanted)
    return Valid(voucher, suggested, history)
