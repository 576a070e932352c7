"""What the Encaisser screen can be showing: a closed union, and the screen as one value.

No Qt here. The presenter decides, the view paints what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId
from merchant_app.money import BadAmount, Money
from merchant_app.till.results import (
    Interrupted,
    NoAnswerYet,
    NotEntitled,
    NothingToReverse,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemUnknown,
    ReversalPending,
    ReversalRefused,
    Reversed,
    Settled,
)
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Use, Verdict


@dataclass(frozen=True, slots=True)
class Ready:
    """Nothing at hand; the next voucher may come."""


@dataclass(frozen=True, slots=True)
class Checking:
    """A look-up is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debitable:
    """A voucher at hand that can be debited, perhaps after another choice.

    Attributes:
        verdict: of the amount that was suggested; the card shows it.
        amount: in the field; what is wrong with it when it is none.
        judged: the verdict on `amount`; None when it is none. Enter debits only if it is Valid.
        history: earlier uses, newest first.
    """

    voucher: Voucher
    verdict: Verdict
    label: str
    history: tuple[Use, ...]
    amount: Money | BadAmount
    judged: Verdict | None


@dataclass(frozen=True, slots=True)
class Declined:
    """The look-up said no, and no other amount will help."""

    verdict: Verdict
    label: str


@dataclass(frozen=True, slots=True)
class ForeignScan:
    kind: Foreign


@dataclass(frozen=True, slots=True)
class LookUpFailed:
    why: NoAnswerYet | NotEntitled


@dataclass(frozen=True, slots=True)
class Debiting:
    voucher: Voucher
    amount: Money


@dataclass(frozen=True, slots=True)
class Debited:
    result: Redeemed


@dataclass(frozen=True, slots=True)
class Refused:
    result: RedeemRefused


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Debited or not: nobody knows. Asked again by itself, until an answer or Esc.

    Attributes:
        asking: a repetition is under way right now.
        cancel_wanted: Esc was pressed meanwhile; the cancel follows as soon as it can.
    """

    result: RedeemUnknown
    asking: bool
    cancel_wanted: bool


@dataclass(frozen=True, slots=True)
class Cancelling:
    op_id: OpId
    amount: Money


@dataclass(frozen=True, slots=True)
class Cancelled:
    result: RedeemCancelled


@dataclass(frozen=True, slots=True)
class ConfirmUndo:
    """Undo, really? `last` is None when the last redemption was before this window opened."""

    last: Redeemed | None


@dataclass(frozen=True, slots=True)
class Reversing:
    last: Redeemed | None


@dataclass(frozen=True, slots=True)
class Undone:
    result: Reversed | ReversalPending


@dataclass(frozen=True, slots=True)
class NotUndone:
    result: ReversalRefused | NothingToReverse


@dataclass(frozen=True, slots=True)
class Question:
    """Left over from a crash: were the goods handed over? `more` others wait behind it."""

    interrupted: Interrupted
    more: int


@dataclass(frozen=True, slots=True)
class Settling:
    interrupted: Interrupted


@dataclass(frozen=True, slots=True)
class Answered:
    """The question is answered, on disk."""

    result: Settled


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A Problem stopped an action. `money`: the action was one that moves money."""

    kind: ProblemKind
    money: bool


@dataclass(frozen=True, slots=True)
class SellingStopped:
    """Journal and central service differ: final, until the till is enrolled anew."""


State: TypeAlias = (
    Ready
    | Checking
    | Debitable
    | Declined
    | ForeignScan
    | LookUpFailed
    | Debiting
    | Debited
    | Refused
    | Unanswered
    | Cancelling
    | Cancelled
    | ConfirmUndo
    | Reversing
    | Undone
    | NotUndone
    | Question
    | Settling
    | Answered
    | InTheWay
    | SellingStopped
)

LOOKED_UP = (Debitable, Declined, ForeignScan, LookUpFailed, Question)
"""What a look-up can lead to: the verdict is on the screen."""

MONEY_IN_FLIGHT = (Debiting, Unanswered, Cancelling, Reversing, Settling)
"""While in one of these no scan is taken and nothing else starts."""


class Hint(Enum):
    """A soft word under the card, gone with the next change."""

    NONE = "none"
    FINISH_FIRST = "finish_first"
    """A scan or a key came while money was in flight."""
    ANSWER_FIRST = "answer_first"
    """Esc or Enter does not answer the question; its buttons do."""
    CODE_FIRST = "code_first"
    """Enter, but nothing was scanned or typed."""


class Focus(Enum):
    """Which field should have the keyboard now."""

    CODE = "code"
    AMOUNT = "amount"
    PURCHASE = "purchase"


class Sound(Enum):
    """The value is the file's name in resources/sounds."""

    YES = "yes"
    NO = "no"
    LOOK = "look"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One voucher already debited in this purchase."""

    op_id: OpId
    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the view paints.

    Attributes:
        number: of the newest look-up; the verdict on screen belongs to it.
        purchase_error: why what stands in the purchase field is no amount.
        left: still to pay; None while the purchase was not typed.
        undo: the amount that Ctrl+Z would give back; None when this window debited nothing yet.
        amount_fill, purchase_fill, code_fill: a text to put into the field, with a number that
            grows; the view fills when the number is new, so that it never overwrites typing.
        focus: with a number, likewise.
    """

    state: State
    number: int
    hint: Hint
    purchase: Money | None
    purchase_error: BadAmount | None
    left: Money | None
    basket: tuple[BasketLine, ...]
    undo: Money | None
    amount_fill: tuple[int, str]
    purchase_fill: tuple[int, str]
    code_fill: tuple[int, str]
    focus: tuple[int, Focus]
    offline: bool
