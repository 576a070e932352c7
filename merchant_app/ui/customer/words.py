"""What the customer's screen says of a sale. No Qt.

It is read by whoever stands in the shop: no holder, no code, no reason why a voucher is refused;
and whether the till has a line is no customer's worry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.money import Money
from merchant_app.till.results import DebitedLine
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.palette import Tone


@dataclass(frozen=True, slots=True)
class Shown:
    """All of it: a few words, the amount that matters, and one line under it."""

    lead: str
    figure: str = ""
    note: str = ""
    tone: Tone = Tone.QUIET


def shown(screen: st.Screen) -> Shown:
    """The customer's side of what the cashier sees."""
    match screen.state:
        case st.Debitable() as state:
            return _voucher(state)
        case st.Several(split=split):
            amounts = [part.amount for part in split.parts]
            return _to_debit(amounts) if amounts else _moment()
        case st.Debiting(parts=parts):
            return _moment(sum_of([part.amount for part in parts]))
        case st.Debited(result=result) | st.Accepted(result=result):
            return _thanks(result.lines, screen.left)
        case st.Ready():
            return _welcome(screen)
        case _:
            return _moment()


def sum_of(amounts: Sequence[Money]) -> Money:
    """All together; at least one."""
    total = amounts[0]
    for amount in amounts[1:]:
        total += amount
    return total


def _welcome(screen: st.Screen) -> Shown:
    if screen.basket and screen.left is not None and screen.left.minor:
        return Shown(_("Left to pay"), formatting.money(screen.left))
    return Shown(_("Welcome"), note=_("Please have your gift voucher ready."))


def _voucher(state: st.Debitable) -> Shown:
    balance = formatting.money(state.voucher.balance)
    if isinstance(state.amount, Money):
        note = _("On your voucher: {balance}").format(balance=balance)
        return Shown(_("To be debited"), formatting.money(state.amount), note, Tone.CHOICE)
    return Shown(_("On your voucher"), balance, tone=Tone.CHOICE)


def _to_debit(amounts: Sequence[Money]) -> Shown:
    vouchers = ngettext("with {n} voucher", "with {n} vouchers", len(amounts))
    figure = formatting.money(sum_of(amounts))
    note = vouchers.format(n=len(amounts))
    return Shown(_("To be debited"), figure, note, Tone.CHOICE)


def _thanks(lines: Sequence[DebitedLine], left: Money | None) -> Shown:
    figure = formatting.money(sum_of([line.amount for line in lines]))
    if left is not None and left.minor:
        note = _("Left to pay: {amount}").format(amount=formatting.money(left))
    else:
        rest = formatting.money(sum_of([line.balance for line in lines]))
        note = ngettext(
            "Left on your voucher: {amount}", "Left on your vouchers: {amount}", len(lines)
        ).format(amount=rest)
    return Shown(_("Thank you!"), figure, note, Tone.YES)


def _moment(amount: Money | None = None) -> Shown:
    figure = "" if amount is None else formatting.money(amount)
    return Shown(_("One moment, please"), figure)
