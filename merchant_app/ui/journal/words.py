"""What the Journal says: its list, a redemption's life. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from merchant_app.clock import local_time
from merchant_app.errors import ProblemKind
from merchant_app.i18n import _, formatting
from merchant_app.till.journal_results import (
    Answered,
    Counted,
    HandedOver,
    Life,
    LifeLine,
    LimitLifted,
    NotProcessed,
    OutcomeStatus,
    ReceiptPrinted,
    Recorded,
    Resolved,
    Sale,
    SaleKind,
    SaleState,
    Step,
    Stored,
    Undone,
)
from merchant_app.ui import words
from merchant_app.ui.a_traiter.words import chosen
from merchant_app.ui.encaisser.card import Card, Shape
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.journal.states import Screen
from merchant_app.ui.palette import Tone


@dataclass(frozen=True, slots=True)
class State:
    """What has become of a redemption: a word, a shape, a tone, and what it means."""

    word: str
    shape: Shape
    tone: Tone
    meaning: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    when: str
    labels: str
    amount: str
    cashier: str
    state: State

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader."""
        return ", ".join((self.when, self.amount, self.labels, self.cashier, self.state.word))


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a life: when, and what happened."""

    when: str
    what: str


def state(of: SaleState) -> State:
    """Told by word and shape, never by colour alone."""
    match of:
        case SaleState.DEBITED:
            return State(_("Debited"), Shape.CHECK_FILLED, Tone.YES, _("All is settled."))
        case SaleState.WAITING:
            meaning = _("The goods were handed over; the debit follows when the line is back.")
            return State(_("Accepted offline"), Shape.CHECK_DASHED, Tone.LATER, meaning)
        case SaleState.SHORT:
            meaning = _("The goods were handed over, and the voucher could not pay for all of it.")
            return State(_("Missing"), Shape.HALF, Tone.LATER, meaning)
        case SaleState.UNDONE:
            meaning = _("The voucher has its money back.")
            return State(_("Undone"), Shape.UNDO, Tone.QUIET, meaning)
        case SaleState.UNDO_WAITS:
            meaning = _("The money goes back on the voucher when the line is back.")
            return State(_("Undo pending"), Shape.HOURGLASS, Tone.WAIT, meaning)
        case SaleState.REFUSED:
            meaning = _("Nothing was debited, nothing was handed over.")
            return State(_("Refused"), Shape.OCTAGON, Tone.NO, meaning)
        case SaleState.KEPT:
            meaning = _("It was cancelled: nothing is debited, nothing was handed over.")
            return State(_("Abandoned"), Shape.DOTS, Tone.QUIET, meaning)
        case SaleState.OPEN:
            meaning = _("Nobody has said whether the goods were handed over.")
            return State(_("To answer"), Shape.QUESTION, Tone.CHOICE, meaning)
        case _:
            assert_never(of)


def kind(of: SaleKind) -> str:
    """The quiet filters."""
    match of:
        case SaleKind.EVERY:
            return _("All")
        case SaleKind.OFFLINE:
            return _("Offline")
        case SaleKind.UNDONE:
            return _("Reversals")
        case SaleKind.KEPT:
            return _("Given up")
        case _:
            assert_never(of)


def row_of(sale: Sale, place: Place) -> Row:
    """A line of the list."""
    return Row(
        when=_short(sale.at, place),
        labels=", ".join(sale.labels),
        amount=formatting.money(sale.amount),
        cashier=sale.cashier,
        state=state(sale.state),
    )


def _short(moment: datetime, place: Place) -> str:
    """ "14 h 02" today, "3 mars, 14 h 12" on any other day."""
    at = formatting.time_of_day(moment, place.time_zone)
    day = local_time(moment, place.time_zone).date()
    today = local_time(place.now, place.time_zone).date()
    if day == today:
        return at
    return f"{formatting.day_in_year(day, today=today)}, {at}"


def nothing(screen: Screen) -> Card | None:
    """What stands where list and life would be, and what to do; None: there is a list."""
    if screen.sales:
        return None
    if screen.trouble is not None:
        told = words.problem(screen.trouble)
        return Card(tone=Tone.NO, shape=Shape.OCTAGON, word=told.word, lead=told.sentence)
    if not screen.loaded:
        return Card(
            tone=Tone.QUIET,
            shape=Shape.HOURGLASS,
            word=_("One moment…"),
            lead=_("The journal is being read."),
        )
    if screen.is_filtered:
        return Card(
            tone=Tone.QUIET,
            shape=Shape.QUESTION,
            word=_("Nothing found"),
            lead=_("Try an amount, a day, an hour, a name, or the last characters of the code."),
        )
    return Card(
        tone=Tone.QUIET,
        shape=Shape.LINES,
        word=_("Nothing recorded yet"),
        lead=_("Scan a voucher: the sale will appear here, with its whole story."),
    )


def trouble(of: ProblemKind | None) -> str:
    """Beside a list that is there."""
    if of is None:
        return ""
    told = words.problem(of)
    return f"{told.word}. {told.sentence}"


# --- one redemption ------------------------------------------------------------------------------


def lead(life: Life) -> str:
    """What its state means."""
    return state(life.sale.state).meaning


def line(of: LifeLine) -> str:
    """One voucher of it."""
    parts = [f"{of.label}  {formatting.money(of.amount)}"]
    if of.missing:
        parts.append(_("missing: {amount}").format(amount=formatting.money(of.missing)))
    if of.reason is not None:
        parts.append(words.reason(of.reason))
    elif of.balance is not None and of.debited:
        parts.append(_("left on it then: {amount}").format(amount=formatting.money(of.balance)))
    return " · ".join(parts)


def moments(life: Life, place: Place) -> tuple[Moment, ...]:
    """Its life, step by step; the day is said where it is another one than before."""
    told: list[Moment] = []
    day = None
    for step in life.steps:
        this = local_time(step.at, place.time_zone).date()
        at = formatting.time_of_day(step.at, place.time_zone)
        today = local_time(place.now, place.time_zone).date()
        when = at if this == day else f"{formatting.day_in_year(this, today=today)}, {at}"
        told.append(Moment(when, _what(step, place)))
        day = this
    return tuple(told)


def _what(step: Step, place: Place) -> str:
    match step:
        case Recorded():
            return _recorded(step)
        case LimitLifted(cashier=cashier):
            return _by(_("Taken beyond an offline limit with the manager’s PIN"), cashier)
        case Stored():
            return _("Received by the central service")
        case Answered():
            return _answered(step)
        case HandedOver(cashier=cashier, handed_over=True):
            return _by(_("Goods handed over"), cashier)
        case HandedOver(cashier=cashier):
            return _by(_("Nothing handed over"), cashier)
        case Undone(cashier=cashier, taken=taken):
            return _by(_undone(taken), cashier)
        case NotProcessed():
            return _("The central service cannot make sense of it; the platform has been told")
        case Resolved(cashier=cashier, choice=choice, note=note):
            text = _by(chosen(choice), cashier)
            return _("{text}: “{note}”").format(text=text, note=note) if note else text
        case ReceiptPrinted(cashier=cashier, again=again):
            return _by(_("Receipt printed again") if again else _("Receipt printed"), cashier)
        case Counted(number=number, business_date=day):
            today = local_time(place.now, place.time_zone).date()
            told = formatting.day_in_year(day, today=today)
            return _("In closing {number} of {day}").format(number=number, day=told)
        case _:
            assert_never(step)


def _recorded(step: Recorded) -> str:
    what = _("Recorded and handed over offline") if step.offline else _("Recorded")
    name = _("no. {number}, {check}").format(number=step.number, check=step.check)
    parts = [_by(what, step.cashier), name.replace(" ", formatting.NO_BREAK)]
    if step.purchase is not None:
        amount = formatting.money(step.purchase)
        parts.append(_("purchase of {amount}").format(amount=amount))
    return " · ".join(parts)


def _answered(step: Answered) -> str:
    debited, missing = formatting.money(step.debited), formatting.money(step.missing)
    match step.status:
        case OutcomeStatus.ACCEPTED:
            return _("Debited: {amount}").format(amount=debited)
        case OutcomeStatus.SHORT:
            return _("Debited: {amount}; missing: {missing}").format(
                amount=debited, missing=missing
            )
        case OutcomeStatus.REFUSED | OutcomeStatus.UNPROCESSABLE:
            return _("Refused by the central service")
        case OutcomeStatus.CANCELLED:
            return _("Cancelled at the central service: nothing is debited")
        case OutcomeStatus.VOIDED | OutcomeStatus.REVERSED:
            return _("Undone at the central service: the money is back on the voucher")
        case OutcomeStatus.NOT_REVERSIBLE:
            return _("Could not be undone at the central service")
        case _:
            assert_never(step.status)


def _undone(taken: bool | None) -> str:
    match taken:
        case None:
            return _("Undone here; the central service will hear of it")
        case True:
            return _("Undone")
        case False:
            return _("Undo refused by the central service")


def _by(what: str, cashier: str) -> str:
    return f"{what}, {cashier}" if cashier else what
