"""Which amount to suggest for a voucher, and what the typed one would lead to. Pure, no Qt."""

from __future__ import annotations

from merchant_app.money import Money, parse_amount
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.purchase import Purchase
from merchant_app.ui.encaisser.states import Debitable, Declined
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    PartUseNotAllowed,
    Use,
    Valid,
    Verdict,
)


def at_hand(verdict: Verdict) -> Voucher | None:
    """The voucher, when it can be debited now or after another choice; None when it is a no."""
    match verdict:
        case (
            Valid(voucher=voucher)
            | BelowMinimumPurchase(voucher=voucher)
            | PartUseNotAllowed(voucher=voucher)
            | AmountAboveBalance(voucher=voucher)
        ):
            return voucher
        case _:
            return None


def taken_up(
    judge: Judge,
    voucher: Voucher,
    *,
    purchase: Purchase,
    label: str,
    history: tuple[Use, ...],
) -> Debitable | Declined:
    """The voucher with the amount to suggest: what is left of the purchase, or the balance."""
    left = purchase.left
    amount = voucher.balance
    if left is not None and 0 < left.minor < amount.minor:
        amount = left
    verdict = judge.judge(voucher, purchase=purchase.total, amount=amount)
    if isinstance(verdict, PartUseNotAllowed):
        amount = voucher.balance
    if at_hand(verdict) is None:
        return Declined(verdict, label)
    return Debitable(
        voucher=voucher,
        verdict=verdict,
        label=label,
        history=history,
        amount=amount,
        judged=judge.judge(voucher, purchase=purchase.total, amount=amount),
    )


def with_amount(judge: Judge, state: Debitable, text: str, *, purchase: Purchase) -> Debitable:
    """The same voucher with what stands in the amount field now."""
    amount = parse_amount(text, state.voucher.balance.currency)
    judged = None
    if isinstance(amount, Money):
        judged = judge.judge(state.voucher, purchase=purchase.total, amount=amount)
    return Debitable(
        voucher=state.voucher,
        verdict=state.verdict,
        label=state.label,
        history=state.history,
        amount=amount,
        judged=judged,
    )
