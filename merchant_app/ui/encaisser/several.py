"""Several vouchers at hand for one purchase, as values. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from merchant_app.ids import VoucherId
from merchant_app.money import BadAmount, Money
from merchant_app.vouchers.split import AboveTotal, Idle, Share, Split
from merchant_app.vouchers.verdicts import AmountAboveBalance, OtherCurrency, PartUseNotAllowed

if TYPE_CHECKING:
    from merchant_app.ui.encaisser.states import Basis

Wrong = AboveTotal | AmountAboveBalance | PartUseNotAllowed | OtherCurrency
"""Why an amount cannot be put on a voucher by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """The vouchers of a basket, and how they would share the purchase; nothing is debited yet.

    Attributes:
        split: what Enter debits, all or nothing.
        chosen: the voucher that the amount field belongs to.
        amount: what is wrong with the text in that field; None while nothing is.
        wrong: why the amount in that field cannot be debited; the split is the one before.
        total_known: the purchase was typed; otherwise the vouchers are used whole.
        basis: whose word it is, the weakest of all the vouchers'.
    """

    split: Split
    chosen: VoucherId
    amount: BadAmount | None
    wrong: Wrong | None
    total_known: bool
    basis: Basis

    @property
    def share(self) -> Share:
        """The chosen voucher's."""
        return next(s for s in self.split.shares if s.voucher.voucher_id == self.chosen)

    @property
    def can_be_debited(self) -> bool:
        return self.amount is None and self.wrong is None and bool(self.split.parts)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One voucher of the basket that is not debited yet.

    Attributes:
        idle: why its amount is zero.
        chosen: the amount field is its.
    """

    voucher_id: VoucherId
    label: str
    amount: Money
    idle: Idle | None
    chosen: bool
