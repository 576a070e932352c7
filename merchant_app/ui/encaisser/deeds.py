"""What the two buttons and the amount field say in each state. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from merchant_app.i18n import _, formatting
from merchant_app.money import BadAmount, Money
from merchant_app.till.results import Lift, NotEntitled
from merchant_app.ui import offline_words, words
from merchant_app.ui.encaisser import several_words
from merchant_app.ui.encaisser.states import (
    MONEY_IN_FLIGHT,
    AskingPin,
    BeyondLimit,
    Cancelling,
    Checking,
    ConfirmUndo,
    Debitable,
    Debiting,
    Hint,
    Honouring,
    LookUpFailed,
    Offline,
    Question,
    Ready,
    Refused,
    Reversing,
    Screen,
    SellingStopped,
    Settling,
    Several,
    Twice,
    TypingPaused,
    Unanswered,
    Wanted,
)
from merchant_app.ui.palette import Tone
from merchant_app.vouchers.split import total_of
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


NONE = Deed("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """Attributes:
    enter: the main button; Enter does the same.
    escape: the other one; Esc does the same. While a question is asked the two are its answers
        and have no keys: neither may be given by habit.
    accept: a third one, `ACCEPT_KEY`: accept offline what has no answer, or what is beyond a limit.
    pin: the responsible person's code is asked for, in the amount field's place.
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
    accept: Deed = NONE
    pin: bool = False


def deeds_of(screen: Screen) -> Deeds:
    """What can be done now."""
    state = screen.state
    hint = _hint(screen.hint)
    match state:
        case Debitable() | Several():
            return _at_hand(screen, state)
        case Debiting(amount=amount):
            wait = Deed(_("Debiting {amount}…").format(amount=formatting.money(amount)), False)
            return _plain(wait, NONE, hint, amount_shown=True)
        case Unanswered():
            return _unanswered(state, hint)
        case Twice() | BeyondLimit() | AskingPin():
            return _instead(screen, state, hint)
        case Honouring() | Cancelling() | Reversing() | Settling():
            return _plain(Deed(_("One moment…"), False), NONE, hint)
        case ConfirmUndo():
            return _plain(Deed(_("Undo the debit")), Deed(_("Keep it")), hint)
        case Question():
            return _plain(
                Deed(_("Yes, handed over")), Deed(_("No, nothing given")), hint, asks=True
            )
        case SellingStopped():
            return _plain(Deed(_("Enrol again")), NONE, hint)
        case LookUpFailed(why=why):
            again = _("Enrol again") if isinstance(why, NotEntitled) else _("Try again")
            return _plain(Deed(again), Deed(_("Cancel")), hint)
        case Checking() | TypingPaused():
            return _plain(NONE, Deed(_("Cancel")), hint)
        case Ready():
            return _plain(NONE, NONE, hint)
        case _:
            return _plain(Deed(_onwards(screen)), NONE, hint)


def _onwards(screen: Screen) -> str:
    """Enter leaves this card: for the vouchers that wait, if there are some."""
    if not screen.waiting:
        return _("Next voucher")
    if isinstance(screen.state, Refused):
        return _("Go on without it")
    return _("Back to the vouchers")


def _at_hand(screen: Screen, state: Debitable | Several) -> Deeds:
    return _several(screen, state) if isinstance(state, Several) else _debitable(screen, state)


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


def _instead(screen: Screen, state: Twice | BeyondLimit | AskingPin, hint: str) -> Deeds:
    match state:
        case Twice(result=result, parts=parts):
            again = _("Yes, debit {amount} again").format(amount=formatting.money(result.amount))
            if len(parts) > 1:
                total = formatting.money(total_of(parts))
                again = _("Yes, debit {amount} in all").format(amount=total)
            return _plain(Deed(again), Deed(_("No")), hint)
        case BeyondLimit(result=result, offer=offer):
            deeds = _plain(Deed(_onwards(screen)), NONE, hint)
            if offer is not None:
                debit = Deed(_("Debit {amount}").format(amount=formatting.money(offer.amount)))
                deeds = _plain(debit, Deed(_("Cancel")), hint)
            with_pin = result.lift is Lift.WITH_PIN
            return replace(deeds, accept=Deed(_("Manager’s PIN")) if with_pin else NONE)
        case AskingPin(amount=amount, refused=refused):
            debit = Deed(_("Debit {amount}").format(amount=formatting.money(amount)))
            deeds = _plain(debit, Deed(_("Back")), hint or words.pin_refused(refused))
            tone = Tone.CHOICE if hint or refused is None else Tone.NO
            return replace(deeds, pin=True, tone=tone)


def _unanswered(state: Unanswered, hint: str) -> Deeds:
    cancels, honours = state.wanted is Wanted.CANCEL, state.wanted is Wanted.HONOUR
    free = not cancels and not honours
    asking = state.asking
    return replace(
        _plain(
            Deed(_("Asking again…") if asking else _("Ask again"), free and not asking),
            Deed(_("Cancelling…") if cancels else _("Cancel"), not cancels),
            hint,
            amount_shown=True,
        ),
        accept=NONE if state.refused is not None else Deed(_("Accept offline"), free),
    )


def _debitable(screen: Screen, state: Debitable) -> Deeds:
    fixed = not state.voucher.terms.partial_allowed
    text, tone = _judged(state)
    can = isinstance(state.judged, Valid)
    if can and screen.offline is not None:
        text, tone = _offline(screen.offline, state.amount)
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


def _offline(
    offline: Offline, amount: Money | BadAmount, *, together: bool = False
) -> tuple[str, Tone]:
    """`together`: the amount of several vouchers, which count as one redemption."""
    most = offline.redemption_max
    if most is None:
        return _("Offline: no voucher can be accepted."), Tone.NO
    if isinstance(amount, Money) and amount > most:
        if together:
            told = _("Offline: {most} at most, all vouchers together.")
            return told.format(most=offline_words.short(most)), Tone.CHOICE
        return _("Offline: {most} at most.").format(most=offline_words.short(most)), Tone.CHOICE
    return _("Offline: accepted here, confirmed later."), Tone.LATER


def _several(screen: Screen, state: Several) -> Deeds:
    split, share = state.split, state.share
    currency = split.total.currency
    text, tone = "", Tone.QUIET
    if state.amount is not None:
        text, tone = words.bad_amount(state.amount, currency), Tone.NO
    elif state.wrong is not None:
        text, tone = several_words.wrong(state.wrong)
    elif screen.offline is not None:
        text, tone = _offline(screen.offline, split.debited, together=True)
    elif share.idle is not None:
        text = several_words.idle(share.idle, share.voucher)
    else:
        text = several_words.rest(share)
    return Deeds(
        enter=Deed(
            _("Debit {amount}").format(amount=formatting.money(split.debited)),
            state.can_be_debited,
        ),
        escape=Deed(_("Remove all")),
        amount=True,
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
        case Hint.PIN_FIRST:
            return _("The PIN is typed by hand: 4 to 8 digits, then Enter.")
        case Hint.CODE_FIRST:
            return _("Show a voucher or type its code first.")
        case Hint.BASKET_FULL:
            return _("No more vouchers fit into one debit: debit these first.")
        case Hint.SETTLE_FIRST:
            return _("Something is being recorded in “To settle”: one moment, then again.")
        case _:
            assert_never(hint)


def is_busy(screen: Screen) -> bool:
    """Money is in flight."""
    return isinstance(screen.state, MONEY_IN_FLIGHT)
