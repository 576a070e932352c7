"""The cards of Relevés: whether everything agrees, a difference with what to do, or why there is
no statement. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.reports.statements.words import Deed, Said, Weight
from merchant_app.till.statement_results import (
    BankMatch,
    Cancelled,
    NoCopy,
    Outstanding,
    OutstandingResult,
    Reconciled,
)
from merchant_app.ui.encaisser.card import Card, Shape, kept_together
from merchant_app.ui.outside import printable
from merchant_app.ui.palette import Tone
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves.words import (
    amount,
    failure,
    file_read,
    said_in,
    so_far,
    verdict,
    weight,
)


def card_of(screen: st.Screen) -> Card | None:
    """The card of this state; None where figures are seen."""
    item = screen.item
    match item:
        case None:
            return _no_statement(screen)
        case st.Summary() if screen.found is not None:
            return _summary(screen.found, screen)
        case st.Different() | st.Paid():
            return _difference(said_in(item, screen))
        case st.Summary() | st.Figures():
            return None
        case _:
            assert_never(item)


def _no_statement(screen: st.Screen) -> Card:
    if screen.asking is not None:
        return Card(
            tone=Tone.WAIT,
            shape=Shape.DOTS,
            word=_("One moment…"),
            lead=_("The central service is asked for your statement."),
            lines=(so_far(screen.asking), _("Esc stops.")),
        )
    if screen.failure is None:
        return Card(tone=Tone.QUIET, shape=Shape.DOTS, word=_("No statement yet"))
    word, sentence = failure(screen.failure)
    stopped = isinstance(screen.failure, Cancelled)
    return Card(
        tone=Tone.QUIET if stopped else Tone.WAIT,
        shape=Shape.DOTS if stopped else Shape.HOURGLASS,
        word=word,
        lead=sentence,
        lines=()
        if stopped
        else (_("You can go on selling. This till’s own figures are under “Closing”."),),
    )


_LOOKS = {
    Weight.WRONG: (Tone.NO, Shape.OCTAGON),
    Weight.OPEN: (Tone.CHOICE, Shape.QUESTION),
    Weight.PENDING: (Tone.WAIT, Shape.HOURGLASS),
    Weight.FINE: (Tone.YES, Shape.CHECK_CIRCLE),
}


def _summary(found: Reconciled, screen: st.Screen) -> Card:
    tone, shape = _LOOKS[weight(screen)]
    compared = found.reconciliation.compared
    lead = ngettext(
        "{n} sale of this till, compared with the central service.",
        "{n} sales of this till, compared one by one with the central service.",
        compared,
    ).format(n=compared)
    owed = amount(found.statement.currency, found.owed_after_minor)
    day = formatting.day_in_year(screen.span.last_day, today=screen.today)
    lines = [
        _("Still owed to you by the platform on {day}: {amount}.").format(day=day, amount=owed)
    ]
    more = len(found.reconciliation.differences) - st.DIFFERENCES_MAX
    if more > 0:
        lines.append(_("{n} more are not in the list.").format(n=more))
    lines.append(_bank_line(found, screen.bank))
    if screen.training:
        lines.append(_("Training mode: none of this is real money."))
    return Card(
        tone=tone,
        shape=shape,
        word=verdict(screen),
        lead=lead if compared else _("No sale of this till in these days."),
        lines=tuple(lines),
    )


def _bank_line(found: Reconciled, bank: BankMatch | None) -> str:
    if bank is not None:
        return file_read(bank, found)
    if found.statement.payouts:
        return _("Drop your bank’s file here to see whether the payouts came.")
    return _("No payout in these days.")


def _difference(told: Said) -> Card:
    tone, shape = _LOOKS[told.weight]
    lines = [kept_together(printable(told.detail))]
    if told.deed is Deed.CALL and told.reference:
        # It may be broken where it has hyphens: with larger text it is wider than the card.
        reference = printable(told.reference).replace("-", "-\u200b")
        lines.append(_("Number for the platform: {number}").format(number=reference))
    return Card(tone=tone, shape=shape, word=told.title, lead=told.advice, lines=tuple(lines))


def no_outstanding(outstanding: OutstandingResult | None) -> Card | None:
    """In place of what can be spent; None where there is something."""
    match outstanding:
        case None:
            return Card(tone=Tone.QUIET, shape=Shape.DOTS, word=_("One moment…"))
        case NoCopy():
            return Card(
                tone=Tone.WAIT,
                shape=Shape.HOURGLASS,
                word=_("No list yet"),
                lead=_(
                    "This till has no list of the vouchers yet: it comes with the next contact."
                ),
            )
        case Outstanding():
            return None
        case _:
            assert_never(outstanding)
