"""The card of everything that a debit can come to. No Qt."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.money import Money
from merchant_app.till.results import (
    AcceptedOffline,
    DebitedLine,
    NoAnswerKind,
    NotAuthorisedKind,
    RedeemCancelled,
    Redeemed,
)
from merchant_app.ui import offline_words, words
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser.card import Card, Shape, kept_together
from merchant_app.ui.encaisser.several_words import LABELS_SHOWN_MAX
from merchant_app.ui.encaisser.states import (
    Accepted,
    AskingPin,
    BeyondLimit,
    Cancelled,
    Cancelling,
    Debited,
    Debiting,
    Done,
    Honouring,
    Refused,
    Twice,
    Unanswered,
    Wanted,
)
from merchant_app.ui.encaisser.verdict_cards import Place, verdict_card
from merchant_app.ui.function_keys import ACCEPT_KEY
from merchant_app.ui.palette import Tone

RedeemState: TypeAlias = (
    Debiting
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
)


def redeem_card(state: RedeemState, place: Place) -> Card:
    """The card of a debit under way, or of its end."""
    match state:
        case Debiting(amount=amount):
            return working(_("Debiting {amount}…"), amount, _("Hand nothing over yet."))
        case Debited(result=result):
            return _debited(result, place)
        case Accepted(result=result):
            return _accepted(result, place)
        case BeyondLimit():
            return _beyond_limit(state)
        case AskingPin():
            return _asking_pin(state)
        case Twice():
            return _twice(state, place)
        case Refused():
            return _refused(state, place)
        case Unanswered():
            return _unanswered(state)
        case Honouring(result=result):
            return working(_("Accepting {amount} offline…"), result.amount, _("One moment…"))
        case Cancelling(amount=amount):
            return working(_("Cancelling {amount}…"), amount, _("Hand nothing over."))
        case Cancelled(result=result):
            return _cancelled(result)
        case _:
            assert_never(state)


def working(word: str, amount: Money, lead: str) -> Card:
    """Money is on its way; `word` has a place for the amount."""
    return Card(
        tone=Tone.WAIT,
        shape=Shape.HOURGLASS,
        word=word.format(amount=formatting.money(amount)),
        lead=lead,
    )


def _unanswered(state: Unanswered) -> Card:
    amount = formatting.money(state.result.amount)
    lines = [_why(state.result.why)]
    match state.wanted:
        case Wanted.CANCEL:
            lines.append(_("The debit of {amount} is cancelled as soon as the line is back."))
        case Wanted.HONOUR:
            lines.append(_("{amount} is accepted offline as soon as this try has ended."))
        case Wanted.NOTHING if state.refused is not None:
            lines += [
                _("It cannot be accepted offline."),
                offline_words.limited(state.refused.limit).reason,
                _("Comptoir goes on asking. Esc cancels the debit of {amount}."),
            ]
        case Wanted.NOTHING:
            lines.append(
                _(
                    "Comptoir goes on asking. {key} accepts {amount} without an answer, "
                    "Esc cancels the debit."
                )
            )
    return Card(
        tone=Tone.WAIT,
        shape=Shape.HOURGLASS,
        word=_("No answer"),
        lead=_("Hand nothing over yet."),
        lines=tuple(line.format(amount=amount, key=ACCEPT_KEY) for line in lines),
        loud=True,
    )


def _why(why: NoAnswerKind | NotAuthorisedKind | None) -> str:
    match why:
        case None:
            return _("Nobody knows yet whether it was debited.")
        case NoAnswerKind():
            return words.no_answer(why)
        case NotAuthorisedKind():
            return words.not_entitled(why).sentence


def _accepted(result: AcceptedOffline, place: Place) -> Card:
    return Card(
        tone=Tone.LATER,
        shape=Shape.CHECK_DASHED,
        word=_("Accepted offline"),
        figure=formatting.money(outcomes.total_of(result)),
        figure_note=f"({offline_words.standing(result.standing)})",
        lead=_("Not confirmed yet. The goods may be handed over."),
        lines=(
            _("It will be sent when the line is back."),
            _rest(result.lines),
            _entry(result, place),
        ),
        loud=True,
    )


def _beyond_limit(state: BeyondLimit) -> Card:
    told = offline_words.limited(state.result.limit)
    nothing = _("Nothing was debited.")
    if state.offer is None:
        together = len(state.parts) > 1
        reason = told.reason
        for part in state.parts:
            if part.voucher.voucher_id == state.result.voucher_id:
                label = kept_together(part.voucher.label)
                reason = _("{label}: {why}").format(label=label, why=told.reason)
        advice = (
            _("Remove a voucher, or lower an amount: the limits count all of them together.")
            if together
            else told.advice
        )
        return Card(
            tone=Tone.NO,
            shape=Shape.OCTAGON,
            word=_("Not while offline"),
            lead=reason,
            lines=(
                offline_words.liftable(state.result.lift) or advice,
                f"{nothing} " + _("Hand nothing over."),
            ),
            loud=True,
        )
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.HALF,
        word=_("Limited offline"),
        figure=formatting.money(state.offer.amount),
        figure_note=_("at most, on voucher {label}").format(
            label=kept_together(state.offer.voucher.label)
        ),
        lead=told.reason,
        lines=tuple(filter(None, (nothing, offline_words.liftable(state.result.lift)))),
    )


def _asking_pin(state: AskingPin) -> Card:
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.QUESTION,
        word=_("Manager’s PIN"),
        figure=formatting.money(state.amount),
        lead=_("The manager may take this one beyond the limit."),
        lines=(_("It is for this debit alone, and the journal says so."),),
    )


def _twice(state: Twice, place: Place) -> Card:
    result = state.result
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.QUESTION,
        word=_("Once more?"),
        figure=formatting.money(result.amount),
        figure_note=_("voucher {label}").format(label=kept_together(result.label)),
        lead=_("The same voucher and the same amount, {ago} ago.").format(
            ago=formatting.span((place.now - result.at).total_seconds())
        ),
        lines=(_("It was debited then. Enter debits it a second time."),),
    )


def _debited(result: Redeemed, place: Place) -> Card:
    return Card(
        tone=Tone.YES,
        shape=Shape.CHECK_FILLED,
        word=_("Debited"),
        figure=formatting.money(outcomes.total_of(result)),
        lead=_rest(result.lines),
        lines=(_entry(result, place),),
        loud=True,
    )


def _rest(lines: tuple[DebitedLine, ...]) -> str:
    """Of several vouchers only those that the customer must not throw away."""
    told = lines if len(lines) == 1 else tuple(line for line in lines if line.balance)
    if not told:
        return _("Nothing is left on the {n} vouchers.").format(n=len(lines))
    return " · ".join(
        _("{balance} left on voucher {label}").format(
            balance=formatting.money(line.balance), label=kept_together(line.label)
        )
        for line in told[:LABELS_SHOWN_MAX]
    )


def _entry(done: Done, place: Place) -> str:
    return _("entry {number} · {check} · {time}").format(
        number=done.number,
        check=done.check,
        time=formatting.time_of_day(done.at, place.time_zone),
    )


def _refused(state: Refused, place: Place) -> Card:
    result = state.result
    nothing = _("Nothing was debited. Do not hand over.")
    if state.others:
        return _refused_basket(state, nothing)
    if result.verdict is None:
        lead = " ".join(dict.fromkeys(words.reason(line.reason) for line in result.lines))
        history: tuple[str, ...] = ()
        outside = ""
    else:
        labels = " ".join(line.label for line in result.lines)
        fresh = verdict_card(result.verdict, labels, place)
        lead, history, outside = f"{fresh.word}. {fresh.lead}", fresh.history, fresh.outside
    return Card(
        tone=Tone.NO,
        shape=Shape.OCTAGON,
        word=_("Refused"),
        lead=lead,
        lines=(nothing,),
        outside=outside,
        history=history,
        loud=True,
    )


def _refused_basket(state: Refused, nothing: str) -> Card:
    """All or nothing: which voucher it was, why, and that the others can be debited without it."""
    told = [
        _("{label}: {why}").format(label=kept_together(line.label), why=words.reason(line.reason))
        for line in state.result.lines[:LABELS_SHOWN_MAX]
    ]
    return Card(
        tone=Tone.NO,
        shape=Shape.OCTAGON,
        word=_("Refused"),
        lead=" ".join(told),
        lines=(
            nothing,
            ngettext(
                "The other voucher can be debited without it.",
                "The {n} other vouchers can be debited without it.",
                state.others,
            ).format(n=state.others),
        ),
        loud=True,
    )


def _cancelled(result: RedeemCancelled) -> Card:
    amount = formatting.money(result.amount)
    if result.confirmed:
        return Card(
            tone=Tone.CHOICE,
            shape=Shape.UNDO,
            word=_("Cancelled"),
            lead=_("{amount} was not debited. Hand nothing over.").format(amount=amount),
            lines=(_("The voucher can be shown again."),),
        )
    return Card(
        tone=Tone.LATER,
        shape=Shape.CHECK_DASHED,
        word=_("Cancelled here"),
        lead=_("Hand nothing over."),
        lines=(
            _("If {amount} was debited, it goes back on the voucher when the line is back.").format(
                amount=amount
            ),
        ),
    )
