"""What the screens ask of the counter, as data: one value a question, run in a worker thread.

A closed union, so that a presenter can be tested by reading what it asked for, and so that "at
most one money action at a time" is a property of one place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.till.counter import Counter
from merchant_app.till.results import (
    Interrupted,
    LookUp,
    RedeemResult,
    ReverseResult,
    Settled,
    Status,
)
from merchant_app.vouchers.terms import Voucher


@dataclass(frozen=True, slots=True)
class AskLookUp:
    """Attributes:
    number: counts the look-ups of this window; an answer with an older number is dropped.
    text: as scanned or typed; a secret.
    """

    number: int
    text: str = field(repr=False)
    purchase: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoRedeem:
    voucher: Voucher
    amount: Money
    purchase: Money | None


@dataclass(frozen=True, slots=True)
class DoWait:
    op_id: OpId


@dataclass(frozen=True, slots=True)
class DoCancel:
    op_id: OpId


@dataclass(frozen=True, slots=True)
class DoReverseLast:
    """Undo the last redemption."""


@dataclass(frozen=True, slots=True)
class AskInterrupted:
    """Which redemptions did a crash leave without a decision?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoSettle:
    op_id: OpId
    handed_over: bool


@dataclass(frozen=True, slots=True)
class AskContact:
    """Is anybody there? Sends what is unsent, too."""


RedeemCommand: TypeAlias = DoRedeem | DoWait | DoCancel
MoneyCommand: TypeAlias = RedeemCommand | DoReverseLast | DoSettle
Command: TypeAlias = AskLookUp | AskInterrupted | AskContact | MoneyCommand
Answer: TypeAlias = (
    LookUp | RedeemResult | ReverseResult | Settled | Status | tuple[Interrupted, ...]
)


def perform(counter: Counter, command: Command) -> Answer:
    """Ask, and wait for the answer: worker threads only.

    Raises:
        Problem: what the counter's own methods raise.
    """
    match command:
        case AskLookUp(text=text, purchase=purchase):
            return counter.look_up(text, purchase=purchase)
        case DoRedeem(voucher=voucher, amount=amount, purchase=purchase):
            return counter.redeem(voucher, amount=amount, purchase=purchase)
        case DoWait(op_id):
            return counter.wait(op_id)
        case DoCancel(op_id):
            return counter.cancel(op_id)
        case DoReverseLast():
            return counter.reverse_last()
        case AskInterrupted():
            return counter.interrupted()
        case DoSettle(op_id=op_id, handed_over=handed_over):
            return counter.settle(op_id, handed_over=handed_over)
        case AskContact():
            return counter.contact()
