"""The purchase being paid: its total, the vouchers debited for it, what is left. No Qt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from merchant_app.ids import OpId
from merchant_app.money import BadAmount, Money, parse_amount
from merchant_app.till.results import Redeemed
from merchant_app.ui.encaisser.states import BasketLine, Done

IDLE_MAX = timedelta(minutes=5)
"""A cashier who types no purchase never ends one either: after such a pause the next voucher
belongs to the next customer."""


class Purchase:
    """GUI thread only."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self.total: Money | None = None
        self.error: BadAmount | None = None
        self.basket: tuple[BasketLine, ...] = ()
        self._last_at: datetime | None = None

    @property
    def left(self) -> Money | None:
        """Still to pay, never below zero; None while the total was not typed."""
        if self.total is None:
            return None
        return Money(max(0, self.total.minor - self._paid_minor()), self._currency)

    def is_over(self, now: datetime) -> bool:
        """Whether the next voucher belongs to another purchase."""
        if not self.basket:
            return False
        left = self.left
        if left is not None:
            return left.minor == 0
        return self._last_at is not None and now - self._last_at > IDLE_MAX

    def typed(self, text: str) -> None:
        """The purchase field was edited. Empty means: not known."""
        amount = parse_amount(text, self._currency)
        if isinstance(amount, Money):
            self.total, self.error = amount, None
        else:
            self.total = None
            self.error = None if amount is BadAmount.EMPTY else amount

    def add(self, done: Done, now: datetime) -> None:
        """A redemption was confirmed, or accepted offline."""
        self._last_at = now
        confirmed = isinstance(done, Redeemed)
        self.basket += tuple(
            BasketLine(done.op_id, line.label, line.amount, confirmed) for line in done.lines
        )

    def remove(self, op_id: OpId) -> None:
        """A redemption was undone."""
        self.basket = tuple(line for line in self.basket if line.op_id != op_id)

    @property
    def unconfirmed(self) -> tuple[OpId, ...]:
        """The redemptions of the basket that were accepted offline."""
        return tuple(dict.fromkeys(line.op_id for line in self.basket if not line.confirmed))

    def confirm(self, op_ids: Collection[OpId]) -> None:
        """The central service has debited these by now."""
        self.basket = tuple(
            replace(line, confirmed=True) if line.op_id in op_ids else line for line in self.basket
        )

    def clear(self) -> None:
        """The next customer."""
        self.total = self.error = self._last_at = None
        self.basket = ()

    def _paid_minor(self) -> int:
        return sum(line.amount.minor for line in self.basket)
