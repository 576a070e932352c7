"""What is said about a basket of vouchers that is not debited yet. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.ui.encaisser.card import Card, Shape, kept_together
from merchant_app.ui.encaisser.several import Several, Wrong
from merchant_app.ui.encaisser.verdict_cards import other_currency
from merchant_app.ui.palette import Tone
from merchant_app.vouchers.split import AboveTotal, Idle, Share
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import AmountAboveBalance, OtherCurrency, PartUseNotAllowed

LABELS_SHOWN_MAX = 3


def labels_in_short(labels: Sequence[str]) -> str:
    """ "…H2M7, …9TT1, …XAB2 and 4 more"."""
    shown = ", ".join(kept_together(label) for label in labels[:LABELS_SHOWN_MAX])
    more = len(labels) - LABELS_SHOWN_MAX
    if more <= 0:
        return shown
    return ngettext("{labels} and {n} more", "{labels} and {n} more", more).format(
        labels=shown, n=more
    )


def several_card(state: Several) -> Card:
    """How many vouchers, what they pay, and what is left to pay beside them."""
    split = state.split
    count = len(split.parts)
    figure = formatting.money(split.debited)
    note = _("of {total}").format(total=formatting.money(split.total)) if state.total_known else ""
    lines = tuple(
        _("{label}: {why}").format(
            label=kept_together(share.voucher.label), why=idle(share.idle, share.voucher)
        )
        for share in split.shares
        if share.idle is not None
    )[:LABELS_SHOWN_MAX]
    keys = _("↑ ↓ choose a voucher, Del removes it.")
    if not count:
        return Card(
            tone=Tone.CHOICE,
            shape=Shape.HALF,
            word=_("None fits"),
            lead=_("None of these vouchers can be used for this purchase."),
            lines=(*lines, keys),
        )
    if split.lost:
        return Card(
            tone=Tone.CHOICE,
            shape=Shape.HALF,
            word=_("Whole only"),
            figure=figure,
            figure_note=note,
            lead=_("A voucher is debited in one go: {lost} would be lost.").format(
                lost=formatting.money(split.lost)
            ),
            lines=(*lines, keys),
        )
    return Card(
        tone=Tone.YES,
        shape=Shape.CHECK_CIRCLE,
        word=ngettext("{n} voucher", "{n} vouchers", count).format(n=count),
        figure=figure,
        figure_note=note,
        lead=_left(state),
        lines=(*lines, keys),
    )


def _left(state: Several) -> str:
    if not state.total_known:
        return ""
    left = state.split.left_to_pay
    if not left:
        return _("Nothing is left to pay.")
    return _("{left} left to pay, in cash or by card.").format(left=formatting.money(left))


def idle(why: Idle, voucher: Voucher) -> str:
    """Why a voucher of the basket gives nothing."""
    match why:
        case Idle.NOT_NEEDED:
            return _("not needed")
        case Idle.WHOLE_TOO_MUCH:
            return _("can only be debited whole, {balance} is too much").format(
                balance=formatting.money(voucher.balance)
            )
        case Idle.BELOW_MINIMUM:
            minimum = voucher.terms.minimum_purchase
            assert minimum is not None
            return _("needs a purchase of {minimum}").format(minimum=formatting.money(minimum))
        case _:
            assert_never(why)


def wrong(why: Wrong) -> tuple[str, Tone]:
    """Why an amount typed for a voucher of the basket cannot be debited."""
    match why:
        case AmountAboveBalance(voucher=voucher):
            balance = formatting.money(voucher.balance)
            return _("Only {balance} is left on this voucher.").format(balance=balance), Tone.NO
        case PartUseNotAllowed(voucher=voucher):
            balance = formatting.money(voucher.balance)
            return _("Only the whole {balance} can be debited.").format(balance=balance), Tone.NO
        case AboveTotal(most=most) if most:
            return _("The purchase needs {most} at most.").format(
                most=formatting.money(most)
            ), Tone.NO
        case AboveTotal():
            return _("The other vouchers pay for everything already."), Tone.NO
        case OtherCurrency(voucher=voucher, wanted=wanted):
            return other_currency(voucher, wanted), Tone.NO
        case _:
            assert_never(why)


def rest(share: Share) -> str:
    """What stays on the voucher whose amount is in the field."""
    left = formatting.money(share.voucher.balance - share.amount)
    return _("{left} will be left on {voucher}.").format(left=left, voucher=_voucher(share.voucher))


def _voucher(voucher: Voucher) -> str:
    return _("voucher {label}").format(label=kept_together(voucher.label))
