"""What an answer of the counter makes of the screen: pure tables beside the presenter. No Qt."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add
from typing import assert_never

from merchant_app.errors import Bug
from merchant_app.money import Money
from merchant_app.till.results import (
    AcceptedOffline,
    NothingToReverse,
    OfflineRefused,
    PinRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemUnknown,
    ReversalPending,
    ReversalRefused,
    Reversed,
    SameAgain,
    Stopped,
)
from merchant_app.ui.commands import Answer
from merchant_app.ui.encaisser.states import (
    Accepted,
    Answered,
    AskingPin,
    BeyondLimit,
    Cancelled,
    Cancelling,
    Checking,
    ConfirmUndo,
    Debitable,
    Debited,
    Debiting,
    Declined,
    Done,
    ForeignScan,
    Honouring,
    InTheWay,
    LookUpFailed,
    NotUndone,
    Question,
    Ready,
    Refused,
    Reversing,
    SellingStopped,
    Settling,
    Several,
    Sound,
    State,
    Twice,
    TypingPaused,
    Unanswered,
    Undone,
)
from merchant_app.vouchers.split import Part
from merchant_app.vouchers.verdicts import Valid

RETRY_AFTER_S = 2.0
"""From "no answer" to the next try; the try itself waits up to the policy's 5 s."""


UNMEANT_WITHIN_S = 0.25
"""An Enter this soon after a card appeared was meant for what was there before: the second of two
presses in the code field must not debit what the first one found."""


def state_after(answer: Answer, *, before: State, offer: Part | None, others: int = 0) -> State:
    """What the screen shows after a money action ended like this.

    Args:
        answer: the counter's.
        before: what the screen showed meanwhile.
        offer: what can be debited instead, beyond an offline limit.
        others: how many vouchers can be debited although one was refused.

    Raises:
        Bug: the answer is none of a money action's, or not of this one's.
    """
    match answer:
        case AcceptedOffline():
            return Accepted(answer)
        case OfflineRefused() | PinRefused() | SameAgain():
            return _not_done(answer, before, offer)
        case Redeemed():
            return Debited(answer)
        case RedeemRefused():
            return Refused(answer, others)
        case RedeemUnknown():
            return Unanswered(answer)
        case RedeemCancelled():
            return Cancelled(answer)
        case Reversed() | ReversalPending():
            return Undone(answer)
        case ReversalRefused() | NothingToReverse():
            return NotUndone(answer)
        case Stopped():
            return SellingStopped()
        case _:
            raise Bug(f"a money action was answered by {type(answer).__name__}")


def _not_done(
    answer: OfflineRefused | PinRefused | SameAgain, before: State, offer: Part | None
) -> State:
    match answer, before:
        case OfflineRefused(op_id=None), Debiting(parts=parts):
            return BeyondLimit(answer, parts, offer)
        case OfflineRefused(), Honouring(result=result):
            return Unanswered(result, refused=answer)
        case PinRefused(), Debiting(lifting=AskingPin() as asking):
            return replace(asking, refused=answer)
        case SameAgain(), Debiting(parts=parts):
            return Twice(answer, parts)
        case _:
            raise Bug(f"{type(answer).__name__} while the screen was {type(before).__name__}")


def sound_of(state: State, *, before: State) -> Sound | None:
    """What is heard when the screen comes to this state."""
    match state:
        case Debited():
            return Sound.YES
        case Accepted():
            return Sound.LATER
        case BeyondLimit(offer=Part()):
            return Sound.LOOK
        case (
            BeyondLimit()
            | Refused()
            | Declined()
            | ForeignScan()
            | InTheWay()
            | SellingStopped()
            | NotUndone()
        ):
            return Sound.NO
        case Debitable(verdict=Valid()) | Several():
            return None
        case Debitable():
            # Typing the purchase judges again at every key: one note is enough.
            return None if isinstance(before, Debitable) else Sound.LOOK
        case AskingPin(refused=PinRefused()):
            return Sound.NO
        case Cancelled() | Undone() | Question() | Twice() | AskingPin():
            return Sound.LOOK
        case Unanswered() | LookUpFailed() | TypingPaused():
            return Sound.TICK
        case Ready() | Checking() | Debiting() | Honouring() | Cancelling() | ConfirmUndo():
            return None
        case Reversing() | Settling() | Answered():
            return None
        case _:
            assert_never(state)


def total_of(done: Done | Reversed) -> Money:
    """What one redemption debited, or its undo gave back, over all its vouchers."""
    return reduce(add, (line.amount for line in done.lines))


def undo_amount(last: Done | None) -> Money | None:
    """What undoing this one gives back."""
    return total_of(last) if last is not None else None
