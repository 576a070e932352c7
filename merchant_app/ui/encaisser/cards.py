"""The card of every state of the screen. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.till.results import (
    Interrupted,
    NoAnswerYet,
    NotEntitled,
    NothingToReverse,
    ReversalPending,
    ReversalRefused,
    Reversed,
    Settled,
)
from merchant_app.ui import status_words, words
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser.card import Card, Shape, kept_together
from merchant_app.ui.encaisser.redeem_cards import redeem_card, working
from merchant_app.ui.encaisser.several_words import labels_in_short, several_card
from merchant_app.ui.encaisser.states import (
    Answered,
    Checking,
    ConfirmUndo,
    Debitable,
    Declined,
    ForeignScan,
    InTheWay,
    LookUpFailed,
    NotUndone,
    Question,
    Ready,
    Reversing,
    Screen,
    SellingStopped,
    Settling,
    Several,
    TypingPaused,
    Undone,
)
from merchant_app.ui.encaisser.verdict_cards import (
    Place,
    debitable_card,
    verdict_card,
    with_basis,
)
from merchant_app.ui.palette import Tone


def card_of(screen: Screen, place: Place) -> Card:
    """What the card says now."""
    match screen.state:
        case Ready():
            return _ready(screen)
        case Checking():
            return Card(tone=Tone.QUIET, shape=Shape.DOTS, word=_("Checking…"))
        case Debitable() as state:
            return debitable_card(state, place, left=screen.left)
        case Several() as state:
            return with_basis(several_card(state), state.basis, place)
        case Declined(verdict=verdict, label=label, basis=basis):
            return with_basis(verdict_card(verdict, label, place), basis, place)
        case ForeignScan(kind=kind):
            told = words.foreign(kind)
            return Card(tone=Tone.WAIT, shape=Shape.QUESTION, word=told.word, lead=told.sentence)
        case LookUpFailed() | TypingPaused() as state:
            return _no_look_up(state)
        case ConfirmUndo() | Reversing() | Undone() | NotUndone() as state:
            return _undo_card(state, place)
        case Question() | Settling() | Answered() as state:
            return _question_card(state, place)
        case InTheWay(kind=kind, money=money):
            told = words.problem(kind)
            nothing = _("Nothing is confirmed: hand nothing over.") if money else ""
            return Card(
                tone=Tone.NO,
                shape=Shape.OCTAGON,
                word=told.word,
                lead=told.sentence,
                lines=(nothing,) if nothing else (),
                loud=True,
            )
        case SellingStopped(unsent_sales=unsent_sales):
            return _stopped(unsent_sales)
        case _:
            return redeem_card(screen.state, place)


def _ready(screen: Screen) -> Card:
    if screen.left is not None and screen.basket:
        paid = screen.left.minor == 0
        return Card(
            tone=Tone.QUIET,
            shape=Shape.VIEWFINDER,
            word=_("Paid in full") if paid else _("Next voucher"),
            figure="" if paid else formatting.money(screen.left),
            figure_note="" if paid else _("left to pay"),
            lead=_("The next voucher begins a new purchase.") if paid else "",
        )
    return Card(
        tone=Tone.QUIET,
        shape=Shape.VIEWFINDER,
        word=_("Show a voucher"),
        lead=_("To the camera or with the scanner gun; or type its code, or a name."),
    )


def _stopped(unsent_sales: int) -> Card:
    return Card(
        tone=Tone.NO,
        shape=Shape.OCTAGON,
        word=_("Till blocked"),
        lead=" ".join((status_words.kept(unsent_sales), _("Call the manager."))),
        lines=(
            _("The journal here and the central service’s differ: do not sell."),
            _("With a new enrolment code this till goes on, and nothing is lost."),
        ),
        loud=True,
    )


def _no_look_up(state: LookUpFailed | TypingPaused) -> Card:
    if isinstance(state, LookUpFailed):
        return _look_up_failed(state.why)
    return Card(
        tone=Tone.WAIT,
        shape=Shape.HOURGLASS,
        word=_("Typing paused"),
        lead=_("Several codes in a row were not found. Scan the voucher, or wait."),
        lines=(_("Compare the code with the voucher again."),),
    )


def _look_up_failed(why: NoAnswerYet | NotEntitled) -> Card:
    match why:
        case NotEntitled(why=kind):
            told = words.not_entitled(kind)
            return Card(
                tone=Tone.NO,
                shape=Shape.OCTAGON,
                word=told.word,
                lead=told.sentence,
                lines=(_("Everything recorded is kept, and is sent after the new enrolment."),),
                loud=True,
            )
        case NoAnswerYet(why=kind):
            return Card(
                tone=Tone.WAIT,
                shape=Shape.HOURGLASS,
                word=_("Could not be checked"),
                lead=words.no_answer(kind),
                lines=(_("Nothing was debited."),),
                loud=True,
            )
        case _:
            assert_never(why)


def _undo_card(state: ConfirmUndo | Reversing | Undone | NotUndone, place: Place) -> Card:
    match state:
        case ConfirmUndo(last=None):
            count = 1
            word, lead = _("Undo the last debit?"), _("The last one of this till, made earlier.")
        case ConfirmUndo(last=last):
            assert last is not None
            word = _("Undo {amount}?").format(amount=formatting.money(outcomes.total_of(last)))
            count = len(last.lines)
            lead = ngettext(
                "Voucher {label}, debited {moment}.", "Vouchers {label}, debited {moment}.", count
            ).format(
                label=labels_in_short([line.label for line in last.lines]),
                moment=formatting.moment_in_words(last.at, place.time_zone, now=place.now),
            )
        case Reversing(last=None):
            return Card(tone=Tone.WAIT, shape=Shape.HOURGLASS, word=_("Undoing…"))
        case Reversing(last=last):
            assert last is not None
            return working(_("Undoing {amount}…"), outcomes.total_of(last), "")
        case Undone(result=result):
            return _undone(result)
        case NotUndone(result=result):
            return _not_undone(result)
        case _:
            assert_never(state)
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.UNDO,
        word=word,
        lead=lead,
        lines=(
            ngettext(
                "The money goes back on the voucher; the goods stay in the shop.",
                "The money goes back on the vouchers; the goods stay in the shop.",
                count,
            ),
        ),
    )


def _undone(result: Reversed | ReversalPending) -> Card:
    match result:
        case Reversed(lines=lines) if len(lines) > 1:
            back = _("{amount} back on vouchers {labels}.").format(
                amount=formatting.money(outcomes.total_of(result)),
                labels=labels_in_short([line.label for line in lines]),
            )
            return Card(tone=Tone.CHOICE, shape=Shape.UNDO, word=_("Undone"), lead=back, loud=True)
        case Reversed(lines=lines):
            back = " · ".join(
                _("{amount} back on voucher {label}, {balance} left").format(
                    amount=formatting.money(line.amount),
                    label=kept_together(line.label),
                    balance=formatting.money(line.balance),
                )
                for line in lines
            )
            return Card(tone=Tone.CHOICE, shape=Shape.UNDO, word=_("Undone"), lead=back, loud=True)
        case ReversalPending(amount=amount):
            return Card(
                tone=Tone.LATER,
                shape=Shape.CHECK_DASHED,
                word=_("Credit pending"),
                figure=formatting.money(amount),
                lead=_("The undo is recorded. The credit follows when the line is back."),
            )
        case _:
            assert_never(result)


def _not_undone(result: ReversalRefused | NothingToReverse) -> Card:
    match result:
        case ReversalRefused():
            return Card(
                tone=Tone.NO,
                shape=Shape.OCTAGON,
                word=_("Not undone"),
                lead=_("The central service has nothing to give back for this debit."),
                lines=(_("It was undone already, or never debited."),),
                loud=True,
            )
        case NothingToReverse():
            return Card(
                tone=Tone.QUIET,
                shape=Shape.QUESTION,
                word=_("Nothing to undo"),
                lead=_("This till has no debit that could still be undone."),
            )
        case _:
            assert_never(result)


def question_card(interrupted: Interrupted, place: Place) -> Card:
    """What a crash left: were the goods handed over?"""
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.QUESTION,
        word=_("Interrupted"),
        figure=formatting.money(interrupted.amount),
        figure_note=_("voucher {label}").format(label=labels_in_short(interrupted.labels)),
        lead=_("Were the goods handed over to the customer?"),
        lines=(
            _("This debit was interrupted {moment}.").format(
                moment=formatting.moment_in_words(interrupted.at, place.time_zone, now=place.now)
            ),
        ),
    )


def _question_card(state: Question | Settling | Answered, place: Place) -> Card:
    match state:
        case Question(interrupted=interrupted):
            return question_card(interrupted, place)
        case Settling(interrupted=interrupted):
            return working(_("Recording {amount}…"), interrupted.amount, "")
        case Answered(result=result):
            return _answered(result)
        case _:
            assert_never(state)


def _answered(result: Settled) -> Card:
    amount = formatting.money(result.amount)
    lines: tuple[str, ...] = ()
    if result.handed_over:
        lead = _("{amount}: the goods were handed over.").format(amount=amount)
        if result.shortfall is None:
            lines = (_("The central service confirms it when the line is back."),)
        elif result.shortfall:
            missing = formatting.money(result.shortfall)
            lines = (
                _("{missing} could not be debited: the shop bears it.").format(missing=missing),
            )
    else:
        lead = _("{amount}: nothing was handed over, the voucher keeps its money.").format(
            amount=amount
        )
    return Card(
        tone=Tone.LATER if result.shortfall else Tone.CHOICE,
        # No check: that is the shape of a voucher that is good, and this is a note in the book.
        shape=Shape.TRAY if result.shortfall else Shape.LINES,
        word=_("Noted, with a shortfall") if result.shortfall else _("Noted"),
        lead=lead,
        lines=lines,
    )
