"""What a cashier does all day, in one call each, over any counter."""

from __future__ import annotations

from merchant_app.money import Money
from merchant_app.till.counter import Counter
from merchant_app.till.results import Judged, Redeemed, RedeemResult
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Valid


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


def valid(counter: Counter, text: str) -> Voucher:
    """Look up a voucher that must be good."""
    found = counter.look_up(text, purchase=None)
    assert isinstance(found, Judged), found
    assert isinstance(found.verdict, Valid), found
    return found.verdict.voucher


def debit(counter: Counter, text: str, amount: int) -> RedeemResult:
    """Look up and debit so many euros."""
    return counter.redeem(valid(counter, text), amount=euros(amount), purchase=None)


def debited(counter: Counter, text: str, amount: int) -> Redeemed:
    """The same, and it must work."""
    result = debit(counter, text, amount)
    assert isinstance(result, Redeemed), result
    return result
