"""What the two buttons and the amount field say in each state. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from merchant_app.i18n import _, formatting
from merchant_app.money import BadAmount, Money
from merchant_app.ui import words
from merchant_app.ui.encaisser.states import (
    MONEY_IN_FLIGHT,
    Cancelling,
    Checking,
    ConfirmUndo,
    Debitable,
    Debiting,
    Hint,
    LookUpFailed,
    Question,
    Ready,
    Reversing,
    Screen,
    SellingStopped,
    Settling,
    Unanswered,
)
from merchant_app.ui.palette import Tone
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    PartUseNotAllowed,
    Valid,
)


@dataclass(frozen=True, slots=True)
class Deed:
    """A button. An empty `text`: there is none now."""

    text: str
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """Attributes:
    enter: the main button; Enter does the same.
    escape: the other one; Esc does the same. While a question is asked the two are its answers
        and have no keys: neither may be given by habit.
    amount: the amount field can be edited; `amount_shown`: it has something to say.
    message: under the amount field, with its tone.
    """

    enter: Deed
    escape: Deed
    amount: bool
    amount_shown: bool
    message: str
    tone: Tone
    asks: bool = False


NONE = Deed("")


def deeds_of(screen: Screen) -> Deeds:
    """What can be done now."""
    state = screen.state
    hint = _hint(screen.hint)
    match state:
        case Debitable():
            return _debitable(screen, state)
        case Debiting(amount=amount):
            wait = Deed(_("Debiting {amount}…").format(amount=formatting.money(amount)), False)
            return _plain(wait, NONE, hint, amount_shown=True)
        case Unanswered(asking=asking, cancel_wanted=cancel_wanted):
            enter = Deed(_("Asking again…") if asking else _("Ask again now"), not asking)
            escape = Deed(_("Cancelling…") if cancel_wanted else _("Cancel"), not cancel_wanted)
            return _plain(enter, escape, hint, amount_shown=True)
        case Cancelling() | Reversing() | Settling():
            return _plain(Deed(_("One moment…"), False), NONE, hint)
        case ConfirmUndo():
            return _plain(Deed(_("Undo the debit")), Deed(_("Keep it")), hint)
        case Question():
            return _plain(
                Deed(_("Yes, handed over")), Deed(_("No, nothing given")), hint, asks=True
            )
        case LookUpFailed():
            return _plain(Deed(_("Try again")), Deed(_("Cancel")), hint)
        case Checking():
            return _plain(NONE, Deed(_("Cancel")), hint)
        case Ready() | SellingStopped():
            return _plain(NONE, NONE, hint)
        case _:
            return _plain(Deed(_("Next voucher")), NONE, hint)


def _plain(
    enter: Deed, escape: Deed, message: str, *, asks: bool = False, amount_shown: bool = False
) -> Deeds:
    return Deeds(
        enter=enter,
        escape=escape,
        amount=False,
        amount_shown=amount_shown,
        message=message,
        tone=Tone.CHOICE,
        asks=asks,
    )


def _debitable(screen: Screen, state: Debitable) -> Deeds:
    fixed = not state.voucher.terms.partial_allowed
    text, tone = _judged(state)
    can = isinstance(state.judged, Valid)
    if can and screen.offline:
        text, tone = _("Offline: the debit waits for the line."), Tone.LATER
    elif can and fixed:
        text, tone = _("This voucher is debited whole."), Tone.CHOICE
    amount = state.amount
    enter = (
        _("Debit {amount}").format(amount=formatting.money(amount))
        if isinstance(amount, Money)
        else _("Debit")
    )
    return Deeds(
        enter=Deed(enter, can),
        escape=Deed(_("Cancel")),
        amount=not fixed,
        amount_shown=True,
        message=_hint(screen.hint) or text,
        tone=tone,
    )


def _judged(state: Debitable) -> tuple[str, Tone]:
    if isinstance(state.amount, BadAmount):
        tone = Tone.CHOICE if state.amount is BadAmount.EMPTY else Tone.NO
        return words.bad_amount(state.amount, state.voucher.balance.currency), tone
    match state.judged:
        case Valid(voucher=voucher):
            rest = formatting.money(voucher.balance - state.amount)
            return _("{rest} will be left on the voucher.").format(rest=rest), Tone.QUIET
        case AmountAboveBalance(voucher=voucher):
            balance = formatting.money(voucher.balance)
            return _("Only {balance} is left on this voucher.").format(balance=balance), Tone.NO
        case PartUseNotAllowed(voucher=voucher):
            balance = formatting.money(voucher.balance)
            return _("Only the whole {balance} can be debited.").format(balance=balance), Tone.NO
        case BelowMinimumPurchase(minimum=minimum):
            return (
                _("The purchase must reach {minimum}.").format(minimum=formatting.money(minimum)),
                Tone.CHOICE,
            )
        case _:
            return _("This voucher cannot be debited."), Tone.NO


def _hint(hint: Hint) -> str:
    match hint:
        case Hint.NONE:
            return ""
        case Hint.FINISH_FIRST:
            return _("Finish this debit first; then the next one.")
        case Hint.ANSWER_FIRST:
            return _("Please answer with one of the two buttons.")
        case Hint.CODE_FIRST:
            return _("Show a voucher or type its code first.")
        case _:
            assert_never(hint)


def is_busy(screen: Screen) -> bool:
    """Money is in flight."""
    return isinstance(screen.state, MONEY_IN_FLIGHT)
