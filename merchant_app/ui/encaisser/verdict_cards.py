"""The card of every verdict on a voucher. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.money import Money
from merchant_app.ui import offline_words
from merchant_app.ui.encaisser.card import Card, Shape, kept_together
from merchant_app.ui.encaisser.states import Basis, Debitable, Word
from merchant_app.ui.palette import Tone
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    Expired,
    NotYetValid,
    OtherCurrency,
    OtherShop,
    PartUseNotAllowed,
    Revoked,
    Unknown,
    UnknownKey,
    Use,
    UsedUp,
    Valid,
    Verdict,
    WrongSignature,
)

USES_SHOWN_MAX = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when the words are spoken: for "today at 14:02".

    Attributes:
        now: UTC.
        time_zone: the shop's.
    """

    now: datetime
    time_zone: str


def debitable_card(state: Debitable, place: Place, *, left: Money | None) -> Card:
    """The card of a voucher at hand; `left` is what is still to pay of the purchase."""
    return with_basis(_debitable_card(state, place, left=left), state.basis, place)


def with_basis(card: Card, basis: Basis, place: Place) -> Card:
    """The card with whose word it is, where that is not simply the central service's."""
    match basis.word:
        case Word.CENTRAL | Word.ASKED:
            return card
        case Word.LOCAL:
            assert basis.copied_at is not None
            remark = offline_words.list_of(
                basis.copied_at, now=place.now, time_zone=place.time_zone
            )
        case Word.CORRECTED:
            remark = _("corrected by the central service")
    return replace(card, lines=(*card.lines, remark))


def _debitable_card(state: Debitable, place: Place, *, left: Money | None) -> Card:
    balance = formatting.money(state.voucher.balance)
    note = _("of {face}").format(face=formatting.money(state.voucher.face))
    lines = (_about(state.voucher),)
    holder = state.voucher.holder
    match state.verdict:
        case PartUseNotAllowed(voucher=voucher) if left is not None and left < voucher.balance:
            lost = formatting.money(voucher.balance - left)
            return Card(
                tone=Tone.CHOICE,
                shape=Shape.HALF,
                word=_("Whole only"),
                figure=balance,
                figure_note=note,
                lead=_("This voucher is debited in one go: {lost} would be lost.").format(
                    lost=lost
                ),
                lines=lines,
                outside=holder,
            )
        case Valid():
            return Card(
                tone=Tone.YES,
                shape=Shape.CHECK_CIRCLE,
                word=_("Valid"),
                figure=balance,
                figure_note=note,
                lines=lines,
                outside=holder,
                history=uses(state.history, place),
            )
        case _:
            return verdict_card(state.verdict, state.label, place)


def verdict_card(verdict: Verdict, label: str, place: Place) -> Card:
    """The card of a verdict, by itself."""
    match verdict:
        case BelowMinimumPurchase() | PartUseNotAllowed() | AmountAboveBalance():
            return _choice_card(verdict)
        case Valid(voucher=voucher, history=history):
            return Card(
                tone=Tone.YES,
                shape=Shape.CHECK_CIRCLE,
                word=_("Valid"),
                figure=formatting.money(voucher.balance),
                figure_note=_("of {face}").format(face=formatting.money(voucher.face)),
                lines=(_about(voucher),),
                outside=voucher.holder,
                history=uses(history, place),
            )
        case Unknown():
            return _no(
                _("Unknown"),
                _("The central service does not know this voucher. Do not accept it."),
                _("If the code was typed, compare it with the voucher again."),
            )
        case OtherShop(shop=""):
            return _no(_("Other shop"), _("This voucher can be spent only in its own shop."))
        case OtherShop(shop=shop):
            return _no(
                _("Other shop"), _("This voucher can be spent only in its own shop:"), outside=shop
            )
        case NotYetValid(voucher=voucher, valid_from=valid_from):
            return _no(
                _("Not valid yet"),
                _("Valid from {day}.").format(day=formatting.day(valid_from)),
                _worth(voucher),
            )
        case Expired(voucher=voucher, expired_on=expired_on):
            return _no(
                _("Expired"),
                _("It was valid until {day}.").format(day=formatting.day(expired_on)),
                _worth(voucher),
            )
        case UsedUp(voucher=voucher, history=history):
            return _used_up(voucher, history, place)
        case Revoked():
            return _no(
                _("Withdrawn"),
                _("The issuer has withdrawn this voucher. Do not accept it."),
                _about_label(label),
            )
        case OtherCurrency() | WrongSignature() | UnknownKey():
            return _not_for_this_till(verdict)
        case _:
            assert_never(verdict)


def _not_for_this_till(verdict: OtherCurrency | WrongSignature | UnknownKey) -> Card:
    match verdict:
        case OtherCurrency(voucher=voucher, wanted=wanted):
            return _no(
                _("Other currency"),
                other_currency(voucher, wanted),
                _("Vouchers of another currency cannot be debited here."),
            )
        case WrongSignature():
            return _no(
                _("Not genuine"),
                _("This code looks like a voucher, but was not issued by the service."),
                _("Do not accept it, and do not debit it by hand."),
            )
        case UnknownKey():
            return _no(
                _("Cannot be verified"),
                _("This till does not know the key that signed this voucher yet."),
                _("When the till is back online, show the voucher again."),
            )
        case _:
            assert_never(verdict)


def _choice_card(verdict: BelowMinimumPurchase | PartUseNotAllowed | AmountAboveBalance) -> Card:
    balance = formatting.money(verdict.voucher.balance)
    match verdict:
        case BelowMinimumPurchase(minimum=minimum, purchase=None):
            word = _("How much is the purchase?")
            lead = _("This voucher needs a purchase of at least {minimum}.").format(
                minimum=formatting.money(minimum)
            )
            line = _("Type the total of the purchase above.")
        case BelowMinimumPurchase(minimum=minimum, purchase=purchase):
            assert purchase is not None
            word = _("Purchase too small")
            lead = _("This voucher needs a purchase of at least {minimum}.").format(
                minimum=formatting.money(minimum)
            )
            line = _("This one comes to {purchase}.").format(purchase=formatting.money(purchase))
        case PartUseNotAllowed():
            word = _("Whole only")
            lead = _("This voucher is debited in one go, or not at all.")
            line = _about(verdict.voucher)
        case AmountAboveBalance(amount=amount):
            word = _("Not enough left")
            lead = _("{amount} was asked for, and {balance} is left.").format(
                amount=formatting.money(amount), balance=balance
            )
            line = _("Choose a smaller amount.")
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.HALF,
        word=word,
        figure=balance,
        figure_note=_("of {face}").format(face=formatting.money(verdict.voucher.face)),
        lead=lead,
        lines=(line,),
        outside=verdict.voucher.holder,
    )


def _used_up(voucher: Voucher, history: tuple[Use, ...], place: Place) -> Card:
    """When and where first: that is what the customer asks."""
    nothing = _("Nothing is left of its {face}.").format(face=formatting.money(voucher.face))
    if not history:
        return _no(_("Already used"), nothing, outside=voucher.holder)
    last = history[0]
    lead = _("Last used {moment}, {till}.").format(
        moment=formatting.moment_in_words(last.at, place.time_zone, now=place.now), till=last.till
    )
    return _no(
        _("Already used"), lead, nothing, outside=voucher.holder, history=uses(history, place)
    )


def uses(history: tuple[Use, ...], place: Place) -> tuple[str, ...]:
    """When, where and how much, newest first; what does not fit is counted."""
    lines = [
        _("{amount} {moment}, {till}").format(
            amount=formatting.money(use.amount),
            moment=formatting.moment_in_words(use.at, place.time_zone, now=place.now),
            till=use.till,
        )
        for use in history[:USES_SHOWN_MAX]
    ]
    more = len(history) - USES_SHOWN_MAX
    if more > 0:
        lines.append(ngettext("and {n} earlier use", "and {n} earlier uses", more).format(n=more))
    return tuple(lines)


def _no(
    word: str, lead: str, *lines: str, outside: str = "", history: tuple[str, ...] = ()
) -> Card:
    return Card(
        tone=Tone.NO,
        shape=Shape.OCTAGON,
        word=word,
        lead=lead,
        lines=tuple(line for line in lines if line),
        outside=outside,
        history=history,
        loud=True,
    )


def _about(voucher: Voucher) -> str:
    expires_on = voucher.terms.expires_on
    until = (
        _("until {day}").format(day=formatting.day(expires_on))
        if expires_on is not None
        else _("no expiry date")
    )
    return " · ".join(part for part in (until, _about_label(voucher.label)) if part)


def _about_label(label: str) -> str:
    return _("voucher {label}").format(label=kept_together(label)) if label else ""


def other_currency(voucher: Voucher, wanted: str) -> str:
    """Why no amount of the one can be paid with the other."""
    return _("This voucher is worth {balance}; the shop sells in {currency}.").format(
        balance=formatting.money(voucher.balance), currency=wanted
    )


def _worth(voucher: Voucher) -> str:
    return _("{balance} left on it, {label}").format(
        balance=formatting.money(voucher.balance), label=_about_label(voucher.label)
    )
