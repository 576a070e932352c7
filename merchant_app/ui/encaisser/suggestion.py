"""Which amount to suggest for a voucher, and what the typed one would lead to. Pure, no Qt."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.money import Money, parse_amount
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.purchase import Purchase
from merchant_app.ui.encaisser.states import Basis, Debitable, Declined
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    PartUseNotAllowed,
    Use,
    UsedUp,
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
    basis: Basis,
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
        return Declined(verdict, label, basis)
    return Debitable(
        voucher=voucher,
        verdict=verdict,
        label=label,
        history=history,
        amount=amount,
        judged=judge.judge(voucher, purchase=purchase.total, amount=amount),
        basis=basis,
    )


def with_amount(judge: Judge, state: Debitable, text: str, *, purchase: Purchase) -> Debitable:
    """The same voucher with what stands in the amount field now."""
    amount = parse_amount(text, state.voucher.balance.currency)
    judged = None
    if isinstance(amount, Money):
        judged = judge.judge(state.voucher, purchase=purchase.total, amount=amount)
    return replace(state, amount=amount, judged=judged, edited=True)


def with_typed_amount(
    judge: Judge, state: Debitable, before: Debitable, *, purchase: Purchase
) -> Debitable:
    """The voucher as the central service knows it, with the amount the cashier had typed for it if
    that is still possible."""
    if not before.edited or not isinstance(before.amount, Money):
        return state
    judged = judge.judge(state.voucher, purchase=purchase.total, amount=before.amount)
    if not isinstance(judged, Valid):
        return state
    return replace(state, amount=before.amount, judged=judged, edited=True)


def says_the_same(one: Verdict, other: Verdict) -> bool:
    """Whether two verdicts come to the same at the counter; the history may differ."""
    voucher, another = at_hand(one), at_hand(other)
    if voucher is not None and another is not None:
        # What may be debited is judged from the voucher, with the amount in the field.
        return voucher == another
    return _bare(one) == _bare(other)


def history_of(verdict: Verdict) -> tuple[Use, ...]:
    """Earlier uses, newest first, where the verdict tells them."""
    return verdict.history if isinstance(verdict, Valid | UsedUp) else ()


def _bare(verdict: Verdict) -> Verdict:
    return replace(verdict, history=()) if isinstance(verdict, UsedUp | Valid) else verdict
