"""What À traiter says: its cards, its list, its deeds, and what they came to. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _, formatting
from merchant_app.till.matters import (
    Card,
    CardKind,
    Choice,
    Decided,
    RetryFailed,
    StepTaken,
)
from merchant_app.till.results import (
    AcceptedOffline,
    Interrupted,
    OfflineRefused,
    PinRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    SameAgain,
    Settled,
    Stopped,
)
from merchant_app.ui import offline_words, words
from merchant_app.ui.a_traiter import states as st
from merchant_app.ui.encaisser.card import Card as Shown
from merchant_app.ui.encaisser.card import Shape, kept_together
from merchant_app.ui.encaisser.cards import question_card
from merchant_app.ui.encaisser.verdict_cards import Place, uses
from merchant_app.ui.message import Message
from merchant_app.ui.palette import Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `decided`: greyed."""

    title: str
    detail: str
    shape: Shape
    tone: Tone
    decided: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A deed on its way to being recorded.

    `note_name` is what the note field asks for; empty: it has none.
    """

    sentence: str
    button: str
    note_name: str


def title(screen: st.Screen) -> str:
    """Above the list."""
    if not screen.open_count:
        return _("To settle")
    return _("To settle ({n})").format(n=screen.open_count)


def card_of(screen: st.Screen, place: Place) -> Shown:
    """The card at the right."""
    item = screen.item
    match item:
        case None if not screen.loaded:
            return Shown(tone=Tone.QUIET, shape=Shape.DOTS, word=_("One moment…"))
        case None:
            return Shown(
                tone=Tone.QUIET,
                shape=Shape.CHECK_CIRCLE,
                word=_("Nothing to settle"),
                lead=_("Everything is in order."),
                lines=(_("What the central service refuses later is shown here."),),
            )
        case Interrupted():
            return question_card(item, place)
        case Card(is_open=False):
            return _decided(item, place)
        case Card():
            return _open_card(item, place)


def _open_card(card: Card, place: Place) -> Shown:
    word, lead = _what(card)
    return Shown(
        tone=Tone.LATER if card.kind is CardKind.SHORTFALL else Tone.NO,
        shape=Shape.HALF if card.kind is CardKind.SHORTFALL else Shape.OCTAGON,
        word=word,
        figure=formatting.money(card.at_stake),
        figure_note=_("of {face}").format(face=formatting.money(card.amount)),
        lead=lead,
        lines=(_where(card, place), *_advice(card)),
        history=(*_others(card, place), *_steps(card, place)),
    )


def _decided(card: Card, place: Place) -> Shown:
    last = card.steps[-1] if card.steps else None
    return Shown(
        tone=Tone.QUIET,
        shape=Shape.CHECK_CIRCLE,
        word=_("Decided") if last is None else chosen(last.choice),
        figure=formatting.money(card.at_stake),
        figure_note=_("of {face}").format(face=formatting.money(card.amount)),
        lead=" ".join(_what(card)[1:]),
        lines=(_where(card, place),),
        history=(*_others(card, place), *_steps(card, place)),
    )


def _what(card: Card) -> tuple[str, str]:
    """A word, and why."""
    why = words.reason(card.reason) if card.reason is not None else ""
    match card.kind:
        case CardKind.SHORTFALL:
            return _("Missing"), why or _("The voucher could not pay for all of it.")
        case CardKind.VOID_REFUSED:
            return _("Undo refused"), why or _("Nothing was given back on the voucher.")
        case CardKind.NOT_PROCESSED:
            return (
                _("Not processed"),
                why or _("The central service has it and cannot make sense of it."),
            )
        case _:
            assert_never(card.kind)


def _advice(card: Card) -> tuple[str, ...]:
    match card.kind:
        case CardKind.SHORTFALL:
            return (_("The goods were handed over, and the debit came too late."),)
        case CardKind.VOID_REFUSED:
            return (_("If the customer was given money back, it is missing in the till."),)
        case CardKind.NOT_PROCESSED:
            return (_("The platform has been told. Nothing is lost."),)
        case _:
            assert_never(card.kind)


def _where(card: Card, place: Place) -> str:
    moment = formatting.moment_in_words(card.at, place.time_zone, now=place.now)
    labels = kept_together(", ".join(card.labels))
    parts = (moment, card.till, card.cashier, _("voucher {label}").format(label=labels))
    return " · ".join(part for part in parts if part)


def _others(card: Card, place: Place) -> tuple[str, ...]:
    first, *rest = uses(card.uses, place) or ("",)
    return (_("Also used: {use}").format(use=first), *rest) if first else ()


def _steps(card: Card, place: Place) -> tuple[str, ...]:
    return tuple(_step(step, place) for step in card.steps)


def _step(step: StepTaken, place: Place) -> str:
    text = _("{what}, {moment}, {cashier}").format(
        what=chosen(step.choice),
        moment=formatting.moment_in_words(step.at, place.time_zone, now=place.now),
        cashier=step.cashier,
    )
    return _("{text}: “{note}”").format(text=text, note=step.note) if step.note else text


def chosen(choice: Choice) -> str:
    """What somebody did, in two words."""
    match choice:
        case Choice.CUSTOMER_CALLED:
            return _("Customer called")
        case Choice.RETRIED:
            return _("Debited again")
        case Choice.LOSS_ACCEPTED:
            return _("Loss accepted")
        case Choice.PLATFORM_ASKED:
            return _("Platform asked")
        case _:
            assert_never(choice)


def deed(choice: Choice) -> str:
    """What can be done, on its button."""
    match choice:
        case Choice.CUSTOMER_CALLED:
            return _("Customer called")
        case Choice.RETRIED:
            return _("Try the debit again")
        case Choice.LOSS_ACCEPTED:
            return _("Accept the loss")
        case Choice.PLATFORM_ASKED:
            return _("Ask the platform")
        case _:
            assert_never(choice)


def asked(choice: Choice, card: Card) -> Asked:
    """The deed, once more before it is recorded."""
    at_stake = formatting.money(card.at_stake)
    match choice:
        case Choice.CUSTOMER_CALLED:
            return Asked(
                _("The card stays here until somebody decides."),
                _("Note the call"),
                _("What was said (optional)"),
            )
        case Choice.RETRIED:
            return Asked(
                _("{amount} is debited again on the same voucher.").format(amount=at_stake),
                _("Debit {amount}").format(amount=at_stake),
                "",
            )
        case Choice.LOSS_ACCEPTED:
            return Asked(
                _("The shop bears {amount}.").format(amount=at_stake),
                _("Accept the loss"),
                _("Why? (required)"),
            )
        case Choice.PLATFORM_ASKED:
            return Asked(
                _("The matter goes to the platform."),
                _("Ask the platform"),
                _("What to say (optional)"),
            )
        case _:
            assert_never(choice)


def recording(choice: Choice | None) -> str:
    """While it is under way."""
    if choice is Choice.RETRIED:
        return _("The central service is being asked…")
    return _("Recording…")


def row_of(item: st.Item, place: Place) -> Row:
    """Its line in the list."""
    labels = ", ".join(item.labels)
    day = _short_moment(item.at, place)
    if isinstance(item, Interrupted):
        name = f"{formatting.money(item.amount)} · {labels}"
        detail = _("Interrupted, {moment}").format(moment=day)
        return Row(name, detail, Shape.QUESTION, Tone.CHOICE, decided=False)
    name = f"{formatting.money(item.at_stake)} · {labels}"
    if not item.is_open:
        done = chosen(item.steps[-1].choice) if item.steps else _("Decided")
        return Row(name, f"{done}, {day}", Shape.CHECK_CIRCLE, Tone.QUIET, decided=True)
    shortfall = item.kind is CardKind.SHORTFALL
    return Row(
        name,
        f"{_what(item)[0]}, {day}",
        Shape.HALF if shortfall else Shape.OCTAGON,
        Tone.LATER if shortfall else Tone.NO,
        decided=False,
    )


def _short_moment(moment: datetime, place: Place) -> str:
    """The hour of today, the day of any other day."""
    zone = ZoneInfo(place.time_zone)
    day, today = moment.astimezone(zone).date(), place.now.astimezone(zone).date()
    if day == today:
        return formatting.time_of_day(moment, place.time_zone)
    return formatting.day_in_year(day, today=today)


def news(of: st.News | None) -> Message:
    """What the last deed came to."""
    match of:
        case None:
            return Message("", Tone.QUIET)
        case st.Notice():
            return Message(_notice(of), Tone.CHOICE)
        case ProblemKind():
            told = words.problem(of)
            return Message(f"{told.word}. {told.sentence}", Tone.NO)
        case Stopped():
            return Message(_("This till is blocked: nothing was recorded."), Tone.NO)
        case Settled():
            return Message(_settled(of), Tone.LATER if of.shortfall else Tone.YES)
        case Decided(card=card):
            return Message(_noted(card), Tone.YES)
        case RetryFailed(result=result):
            return Message(_retry(result), Tone.NO)
        case _:
            assert_never(of)


def _notice(of: st.Notice) -> str:
    match of:
        case st.Notice.NOTE_NEEDED:
            return _("Write why: the accountant will ask.")
        case st.Notice.DEBIT_FIRST:
            return _("A debit is under way in “Checkout”: finish it first.")
        case _:
            assert_never(of)


def _settled(settled: Settled) -> str:
    amount = formatting.money(settled.amount)
    if not settled.handed_over:
        return _("Noted: {amount} goes back on the voucher, nothing was handed over.").format(
            amount=amount
        )
    if settled.shortfall:
        return _("Noted; {amount} could not be debited and has to be settled.").format(
            amount=formatting.money(settled.shortfall)
        )
    return _("Noted: {amount}, the goods were handed over.").format(amount=amount)


def _noted(card: Card) -> str:
    if not card.steps:
        return _("Noted.")
    return _("Noted: {what}.").format(what=chosen(card.steps[-1].choice).lower())


def _retry(result: RedeemResult) -> str:
    """Why the new debit did not happen; the card stays."""
    match result:
        case RedeemRefused(lines=lines):
            return " ".join(
                (_("Refused again:"), *dict.fromkeys(words.reason(line.reason) for line in lines))
            )
        case RedeemUnknown():
            return _("No answer: nothing is decided. Try again when the line is back.")
        case OfflineRefused(limit=limit):
            return _("Not while offline:") + " " + offline_words.limited(limit).reason
        case RedeemCancelled():
            return _("The new debit was cancelled: nothing is decided.")
        case Stopped():
            return _("This till is blocked: nothing was recorded.")
        case Redeemed() | AcceptedOffline() | PinRefused() | SameAgain():
            return _("The new debit is not complete: nothing is decided.")
        case _:
            assert_never(result)
