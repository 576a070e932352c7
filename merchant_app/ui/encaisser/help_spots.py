"""What help is about in each state of Encaisser. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.ui.encaisser.asking_pin import AskingPin
from merchant_app.ui.encaisser.several import Several
from merchant_app.ui.encaisser.states import (
    Accepted,
    Answered,
    BeyondLimit,
    Cancelled,
    Cancelling,
    Checking,
    ConfirmUndo,
    Debitable,
    Debited,
    Debiting,
    Declined,
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
    State,
    Twice,
    TypingPaused,
    Unanswered,
    Undone,
)
from merchant_app.ui.manual.shelf import Spot


def spot_of(state: State) -> Spot | None:
    """Where the manual speaks of this state; None: it is what the whole page is about."""
    match state:
        case Ready() | Checking() | Debitable() | Twice() | Debiting() | Debited():
            return None
        case Several():
            return Spot("checkout", "several")
        case Declined() | Refused():
            return Spot("saying")
        case ForeignScan():
            return Spot("reading")
        case TypingPaused():
            return Spot("reading", "typed")
        case (
            LookUpFailed()
            | Accepted()
            | BeyondLimit()
            | Unanswered()
            | Honouring()
            | Cancelling()
            | Cancelled()
        ):
            return Spot("outage", "line")
        case AskingPin():
            return Spot("settings", "pin")
        case ConfirmUndo() | Reversing() | Undone() | NotUndone():
            return Spot("checkout", "mistakes")
        case Question() | Settling() | Answered():
            return Spot("outage", "broken-off")
        case InTheWay():
            return Spot("outage", "stopped")
        case SellingStopped():
            return Spot("this-till", "blocked")
        case _:
            assert_never(state)
