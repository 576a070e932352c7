"""What the Encaisser screen can be showing: a closed union, and the screen as one value.

No Qt here. The presenter decides, the view paints what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId
from merchant_app.money import BadAmount, Money
from merchant_app.till.results import (
    AcceptedOffline,
    Interrupted,
    NoAnswerYet,
    NotEntitled,
    NothingToReverse,
    OfflineRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemUnknown,
    ReversalPending,
    ReversalRefused,
    Reversed,
    SameAgain,
    Settled,
)
from merchant_app.ui.encaisser.asking_pin import AskingPin as AskingPin
from merchant_app.ui.encaisser.cues import Focus as Focus
from merchant_app.ui.encaisser.cues import Hint as Hint
from merchant_app.ui.encaisser.cues import Sound as Sound
from merchant_app.ui.encaisser.entry import NOTHING, Entry
from merchant_app.ui.encaisser.several import Several as Several
from merchant_app.ui.encaisser.several import WaitingLine as WaitingLine
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.split import Part, total_of
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Use, Verdict


class Word(Enum):
    """Whose word a verdict is."""

    CENTRAL = "central"
    ASKED = "asked"
    """The till's own copy says so; the central service is being asked."""
    LOCAL = "local"
    """The till's own copy says so, and the central service says nothing."""
    CORRECTED = "corrected"
    """The central service's, and it differs from what the screen said before."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a verdict rests on; `copied_at` is how old the till's own copy is (UTC)."""

    word: Word
    copied_at: datetime | None = None


CENTRAL = Basis(Word.CENTRAL)
Done: TypeAlias = Redeemed | AcceptedOffline
"""A redemption after which the goods may be handed over."""


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
        basis: whose word it is.
        edited: the cashier changed the amount that was suggested.
    """

    voucher: Voucher
    verdict: Verdict
    label: str
    history: tuple[Use, ...]
    amount: Money | BadAmount
    judged: Verdict | None
    basis: Basis = CENTRAL
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Declined:
    """The look-up said no, and no other amount will help."""

    verdict: Verdict
    label: str
    basis: Basis = CENTRAL


@dataclass(frozen=True, slots=True)
class ForeignScan:
    kind: Foreign


@dataclass(frozen=True, slots=True)
class LookUpFailed:
    why: NoAnswerYet | NotEntitled


@dataclass(frozen=True, slots=True)
class TypingPaused:
    """Too many typed codes were nobody's: what is typed is looked up later, a scan at once."""


@dataclass(frozen=True, slots=True)
class Debiting:
    """`lifting`: beyond a limit, by the code that was typed here."""

    parts: tuple[Part, ...]
    lifting: AskingPin | None = None

    @property
    def amount(self) -> Money:
        return total_of(self.parts)


@dataclass(frozen=True, slots=True)
class Debited:
    result: Redeemed


@dataclass(frozen=True, slots=True)
class Accepted:
    """Accepted offline: the goods may be handed over, the central service has not confirmed."""

    result: AcceptedOffline


@dataclass(frozen=True, slots=True)
class BeyondLimit:
    """Offline, and more than may be accepted; nothing was begun.

    `offer`: what Enter debits instead of the one voucher; None when there is nothing to offer.
    """

    result: OfflineRefused
    parts: tuple[Part, ...]
    offer: Part | None


@dataclass(frozen=True, slots=True)
class Twice:
    """The same voucher and amount as minutes ago: once more, or a mistake?"""

    result: SameAgain
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused, all of it. `others`: how many vouchers of the basket were not the reason; Enter
    goes on with them."""

    result: RedeemRefused
    others: int = 0


class Wanted(Enum):
    """What the cashier chose while a repetition was under way; it follows as soon as it can."""

    NOTHING = "nothing"
    CANCEL = "cancel"
    HONOUR = "honour"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Debited or not: nobody knows. Asked again by itself, until an answer, or until the cashier
    accepts it offline or cancels it.

    Attributes:
        asking: a repetition is under way right now.
        refused: it cannot be accepted offline either; waiting and cancelling remain.
    """

    result: RedeemUnknown
    asking: bool = False
    wanted: Wanted = Wanted.NOTHING
    refused: OfflineRefused | None = None


@dataclass(frozen=True, slots=True)
class Honouring:
    """The acceptance of what has no answer is being recorded."""

    result: RedeemUnknown


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

    last: Done | None


@dataclass(frozen=True, slots=True)
class Reversing:
    last: Done | None


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
    """Journal and central service differ: final, until the till is enrolled anew.

    `unsent_sales`: how many are kept here that the service does not have.
    """

    unsent_sales: int = 0


State: TypeAlias = (
    Ready
    | Checking
    | Debitable
    | Several
    | Declined
    | ForeignScan
    | LookUpFailed
    | TypingPaused
    | Debiting
    | Debited
    | Accepted
    | BeyondLimit
    | AskingPin
    | Twice
    | Refused
    | Unanswered
    | Honouring
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

LOOKED_UP = (Debitable, Several, Declined, ForeignScan, LookUpFailed, Question)
"""What a look-up can lead to: the verdict is on the screen."""

MONEY_IN_FLIGHT = (Debiting, Unanswered, Honouring, Cancelling, Reversing, Settling)
"""While in one of these no scan is taken and nothing else starts."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One voucher already debited in this purchase, or accepted offline (not `confirmed`)."""

    op_id: OpId
    label: str
    amount: Money
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Offline:
    """The line is cut; one redemption may come to `redemption_max`, or none at all (None)."""

    redemption_max: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the view paints.

    Attributes:
        number: of the newest look-up; the verdict on screen belongs to it.
        purchase_error: why what stands in the purchase field is no amount.
        left: still to pay; None while the purchase was not typed.
        waiting: the vouchers that are to be debited together, next.
        undo: the amount that Ctrl+Z would give back; None when this window debited nothing yet.
        amount_fill, purchase_fill, code_fill: a text to put into the field, with a number that
            grows; the view fills when the number is new, so that it never overwrites typing.
        focus: with a number, likewise.
        offline: what the line's being cut means; None while it is not.
        entry: what stands under the field for codes.
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
    offline: Offline | None
    entry: Entry = NOTHING
    waiting: tuple[WaitingLine, ...] = ()
