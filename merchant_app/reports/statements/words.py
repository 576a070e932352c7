"""What a difference, a payout, and a bank's file that says nothing are called, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from merchant_app.contract.status import OutcomeStatus
from merchant_app.i18n import _
from merchant_app.i18n.formatting import day, moment_in_words, money
from merchant_app.ids import OpId
from merchant_app.ledger.statements import Payout, Period, PeriodKind
from merchant_app.money import Money
from merchant_app.reports.statements.bank_lines import BankFileKind
from merchant_app.reports.statements.differences import (
    AmountDiffers,
    Amounts,
    DebitDiffers,
    Difference,
    DoesNotAddUp,
    Figure,
    MissingAtService,
    MissingHere,
    NotBookedYet,
    NotHeardYet,
    Sale,
    StateDiffers,
    Step,
)
from merchant_app.reports.statements.payouts import (
    Arrived,
    ArrivedOnOtherDay,
    ArrivedOtherwise,
    ArrivedTwice,
    NotArrived,
    OutsideOfFile,
    PayoutMatch,
)


class Deed(Enum):
    """What one button can do about a difference."""

    ASK_AGAIN = "ask_again"
    """Send what is unsent, hear the news, and compare once more."""
    TO_SETTLE = "to_settle"
    """Go to À traiter."""
    CALL = "call"
    """Nothing here: call the platform; `Said.reference` names the sale."""


class Weight(Enum):
    """How a difference is to be shown."""

    WRONG = "wrong"
    """Money may be missing."""
    OPEN = "open"
    """Somebody has to do something here."""
    PENDING = "pending"
    """It comes right by itself."""
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Said:
    """A difference in words.

    Attributes:
        detail: which sale, which amounts.
        advice: what to do.
        deed: what a button can do; None: nothing is to be done.
        reference: the sale's number, for the platform; empty where it has none.
    """

    title: str
    detail: str
    advice: str
    weight: Weight
    deed: Deed | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when this is read."""

    currency: str
    time_zone: str
    now: datetime


def said(difference: Difference, place: Place) -> Said:
    """A difference between statement and journal."""
    match difference:
        case MissingAtService(sale=sale):
            return Said(
                _("Debited, and missing from the statement"),
                _sale(sale, place),
                _(
                    "The central service had confirmed this sale, and no longer shows it. Call the "
                    "platform: your journal is the proof."
                ),
                Weight.WRONG,
                Deed.CALL,
                _number(sale.redemption_id),
            )
        case MissingHere():
            return _missing_here(difference, place)
        case AmountDiffers(sale=sale, service_minor=minor):
            return Said(
                _("Not the same amount"),
                _("{sale}. The statement says {amount}.").format(
                    sale=_sale(sale, place), amount=_money(minor, place)
                ),
                _(
                    "Nobody changes an amount by mistake. Have the journal checked, and call the "
                    "platform."
                ),
                Weight.WRONG,
                Deed.CALL,
                _number(sale.redemption_id),
            )
        case DebitDiffers(sale=sale, journal=here, service=there):
            return _compared(_("Not the same debit"), sale, here, there, place)
        case StateDiffers(sale=sale, journal=here, service=there):
            return _compared(_("Not the same state"), sale, here, there, place)
        case DoesNotAddUp():
            return _does_not_add_up(difference, place)
        case NotBookedYet():
            return _not_booked(difference, place)
        case NotHeardYet(sale=sale):
            return Said(
                _("Booked, and this till has not been told yet"),
                _sale(sale, place),
                _("Nothing to do: this till is told at the next contact."),
                Weight.PENDING,
                Deed.ASK_AGAIN,
                _number(sale.redemption_id),
            )
        case _:
            assert_never(difference)


def _missing_here(one: MissingHere, place: Place) -> Said:
    booking = one.booking
    amount = _money(booking.redeemed_minor - booking.reversed_minor, place)
    return Said(
        _("On the statement, and not in this till"),
        _("{amount}, {moment}, {till}").format(
            amount=amount, moment=_moment(booking.at, place), till=booking.till_name
        ),
        _(
            "A copy of this till may have made this sale, or its journal is an older one. "
            "Call the platform before you accept the payout."
        ),
        Weight.WRONG,
        Deed.CALL,
        _number(booking.redemption_id),
    )


def _compared(title: str, sale: Sale, here: Amounts, there: Amounts, place: Place) -> Said:
    return Said(
        title,
        _("{sale}. Here: {here}. On the statement: {there}.").format(
            sale=_sale(sale, place), here=_amounts(here, place), there=_amounts(there, place)
        ),
        _("Compare again; if it stays, call the platform."),
        Weight.WRONG,
        Deed.ASK_AGAIN,
        _number(sale.redemption_id),
    )


def _does_not_add_up(one: DoesNotAddUp, place: Place) -> Said:
    return Said(
        _("{period}: “{figure}” does not add up").format(
            period=period_name(one.period), figure=figure_name(one.figure)
        ),
        _("The statement says {told}, its lines come to {listed}.").format(
            told=_money(one.told_minor, place), listed=_money(one.listed_minor, place)
        ),
        _("The mistake is the platform’s: call it, with this page before you."),
        Weight.WRONG,
        Deed.CALL,
    )


def _not_booked(one: NotBookedYet, place: Place) -> Said:
    match one.step:
        case Step.HANDED_OVER:
            title = _("Handed over, not booked yet")
        case Step.REVERSED:
            title = _("Reversed here, not booked yet")
        case Step.NOT_HANDED_OVER:
            title = _("Debited, and not handed over")
        case Step.UNDECIDED:
            title = _("Debited: were the goods handed over?")
    advice, weight, deed = (
        _("It is sent as soon as the central service can be reached."),
        Weight.PENDING,
        Deed.ASK_AGAIN,
    )
    if one.step is Step.UNDECIDED:
        advice, weight, deed = (
            _("Say under “To settle” whether the goods were handed over."),
            Weight.OPEN,
            Deed.TO_SETTLE,
        )
    elif one.sent:
        advice = _("The central service has it. If it is still here tomorrow, call the platform.")
    number = _number(one.sale.redemption_id)
    return Said(title, _sale(one.sale, place), advice, weight, deed, number)


def _sale(sale: Sale, place: Place) -> str:
    return _("{amount}, voucher {label}, {moment}, {cashier}").format(
        amount=_money(sale.amount_minor, place),
        label=sale.label,
        moment=_moment(sale.at, place),
        cashier=sale.cashier,
    )


def _number(redemption_id: OpId) -> str:
    return str(redemption_id)


def _moment(moment: datetime, place: Place) -> str:
    return moment_in_words(moment, place.time_zone, now=place.now)


def _money(minor: int, place: Place) -> str:
    return money(Money(minor, place.currency))


def _amounts(amounts: Amounts, place: Place) -> str:
    debited = _("{state}, {amount} debited").format(
        state=state_name(amounts.status), amount=_money(amounts.accepted_minor, place)
    )
    if not amounts.shortfall_minor:
        return debited
    return _("{debited}, {amount} lost").format(
        debited=debited, amount=_money(amounts.shortfall_minor, place)
    )


def state_name(status: OutcomeStatus | None) -> str:
    """What became of a sale, in a word or two."""
    match status:
        case None:
            return _("not booked")
        case OutcomeStatus.ACCEPTED:
            return _("accepted")
        case OutcomeStatus.REFUSED:
            return _("refused")
        case OutcomeStatus.SHORT:
            return _("accepted in part")
        case OutcomeStatus.UNPROCESSABLE:
            return _("voucher unknown")
        case OutcomeStatus.CANCELLED:
            return _("not handed over")
        case OutcomeStatus.VOIDED | OutcomeStatus.REVERSED:
            return _("reversed")
        case OutcomeStatus.NOT_REVERSIBLE:
            return _("not reversible")


def figure_name(figure: Figure) -> str:
    """The name of a row of the statement."""
    match figure:
        case Figure.REDEEMED:
            return _("Redeemed")
        case Figure.REVERSED:
            return _("Reversed")
        case Figure.SHORTFALL:
            return _("Lost")
        case Figure.FEE:
            return _("Fees")


def period_name(period: Period) -> str:
    """ "Week 47" or "11/2026": which one, wherever the days stand beside it."""
    year, _dash, number = period.name.partition("-")
    if period.kind is PeriodKind.WEEK:
        return _("Week {number}, {year}").format(number=int(number.removeprefix("W")), year=year)
    return _("{month}/{year}").format(month=number, year=year)


# --- the bank ------------------------------------------------------------------------------------


def said_of_payout(match_: PayoutMatch, place: Place) -> Said:
    """What became of a payout at the bank."""
    payout = match_.payout
    sent = _("{amount}, sent on {day}, reference {reference}").format(
        amount=_money(payout.amount_minor, place), day=day(payout.day), reference=payout.reference
    )
    match match_:
        case NotArrived():
            return Said(
                _("Not on your account"),
                sent,
                _("Look at the days after on your account, then call the platform."),
                Weight.WRONG,
                Deed.CALL,
                payout.reference,
            )
        case ArrivedOtherwise(line=line):
            return Said(
                _("Another amount on your account"),
                _("{sent}. On your account: {amount}, on {day}.").format(
                    sent=sent, amount=_money(line.amount_minor, place), day=day(line.day)
                ),
                _("Call the platform: the amount that came is not the one announced."),
                Weight.WRONG,
                Deed.CALL,
                payout.reference,
            )
        case ArrivedTwice(lines=lines):
            return Said(
                _("More than once on your account"),
                _("{sent}. On your account on {days}.").format(
                    sent=sent, days=", ".join(day(line.day) for line in lines)
                ),
                _("Leave the second one untouched, and call the platform."),
                Weight.WRONG,
                Deed.CALL,
                payout.reference,
            )
        case ArrivedOnOtherDay(line=line):
            return Said(
                _("On your account, on another day"),
                _("{sent}. On your account on {day}.").format(sent=sent, day=day(line.day)),
                _("Nothing to do: reference and amount are right."),
                Weight.FINE,
            )
        case OutsideOfFile():
            return Said(
                _("Not in the days of this file"),
                sent,
                _("Download a longer period from your bank: it must begin earlier and end later."),
                Weight.OPEN,
            )
        case Arrived(line=line):
            return _arrived(match_, payout, sent, day(line.day))
        case _:
            assert_never(match_)


def _arrived(one: Arrived, payout: Payout, sent: str, on: str) -> Said:
    advice = "" if one.by_reference else _("Found by its amount: the bank names no reference.")
    detail = _("{sent}. On your account on {day}.").format(sent=sent, day=on)
    title = _("On your account") if payout.amount_minor >= 0 else _("Taken from your account")
    return Said(title, detail, advice, Weight.FINE)


def why_refused(kind: BankFileKind) -> str:
    """Why a bank's file gave nothing, and what to do."""
    match kind:
        case BankFileKind.UNREADABLE:
            return _("This file cannot be opened. Copy it to this computer and try again.")
        case BankFileKind.EMPTY:
            return _("This file is empty. Download it from your bank again.")
        case BankFileKind.TOO_LARGE | BankFileKind.TOO_MANY_LINES:
            return _("This file is too large. Download a shorter period from your bank.")
        case BankFileKind.NOT_A_BANK_FILE:
            return _(
                "This is no bank file. On your bank’s site, choose the download as CSV, OFX or "
                "CAMT.053 (XML)."
            )
        case BankFileKind.DAMAGED:
            return _("This file is incomplete or damaged. Download it from your bank again.")
        case BankFileKind.FORBIDDEN_XML:
            return _(
                "This file holds commands that no bank writes; it was not read. Download it from "
                "your bank’s own site."
            )
        case BankFileKind.NO_COLUMNS:
            return _(
                "This table has no column for the date or the amount. Download it from your bank "
                "again, as CSV, with the names of the columns."
            )
        case BankFileKind.NO_MOVEMENTS:
            return _("There is no movement in this file. Download a longer period from your bank.")
