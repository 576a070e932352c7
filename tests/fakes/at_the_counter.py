"""What a cashier does all day, in one call each, over any counter."""

from __future__ import annotations

from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.till.counter import Counter
from merchant_app.till.results import Judged, Redeemed, RedeemResult, RedeemUnknown
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Valid
from tests.fakes.waiting import until


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
    """The same, and it must work; on a busy computer later than a cashier waits."""
    result = debit(counter, text, amount)
    if isinstance(result, RedeemUnknown):
        return _answered(counter, result.op_id)
    assert isinstance(result, Redeemed), result
    return result


def _answered(counter: Counter, op_id: OpId) -> Redeemed:
    def answer() -> Redeemed | None:
        result = counter.wait(op_id)
        return result if isinstance(result, Redeemed) else None

    return until(answer, what="the service's answer")
