"""What Relevés says: its list, its cards, its buttons, and what deeds came to. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _, formatting, ngettext
from merchant_app.money import Money
from merchant_app.reports.statements.words import (
    Deed,
    Place,
    Said,
    Weight,
    said,
    said_of_payout,
    why_refused,
)
from merchant_app.till.statement_results import (
    BankFileRefused,
    BankMatch,
    Cancelled,
    NoStatement,
    Outstanding,
    Period,
    PeriodKind,
    Reconciled,
    RefusedKind,
    StatementRefused,
)
from merchant_app.ui import words
from merchant_app.ui.message import Message
from merchant_app.ui.outside import printable
from merchant_app.ui.palette import Tone
from merchant_app.ui.releves import states as st

_MARKS = {Weight.WRONG: "✕", Weight.OPEN: "?", Weight.PENDING: "…", Weight.FINE: "✓"}
"""In the list, where there is no room for a drawn shape: what weighs is told without colour."""


def amount(currency: str, minor: int) -> str:
    """As people write it."""
    return formatting.money(Money(minor, currency))


def title(screen: st.Screen) -> str:
    """Above everything."""
    match screen.page:
        case st.Page.OUTSTANDING:
            return _("Still to spend")
        case st.Page.LINES:
            item = screen.item
            days = period_name(item.period) if isinstance(item, st.Figures) else _days(screen)
            return _("Sales: {days}").format(days=days)
        case _:
            return _("Statements")


# --- the list ------------------------------------------------------------------------------------


def row_of(item: st.Item, screen: st.Screen) -> str:
    """Its two lines in the list."""
    found = screen.found
    assert found is not None, "no list without a statement"
    currency = found.statement.currency
    match item:
        case st.Summary():
            return f"{_MARKS[weight(screen)]}  {verdict(screen)}\n{_days(screen)}"
        case st.Different() | st.Paid():
            told = said_in(item, screen)
            detail = printable(told.detail).partition(". ")[0]
            return f"{_MARKS[told.weight]}  {told.title}\n{detail}"
        case st.Figures(period=period):
            redeemed = amount(currency, period.sums.redeemed_minor)
            return f"{period_name(period)}\n{_of_period(period, screen)} · {redeemed}"
        case _:
            assert_never(item)


def period_name(period: Period) -> str:
    """ "novembre 2026", "semaine 47"."""
    if period.kind is PeriodKind.MONTH:
        return formatting.month(period.first_day).capitalize()
    return _("Week {number}").format(number=period.first_day.isocalendar().week)


def _of_period(period: Period, screen: st.Screen) -> str:
    if is_running(period, screen):
        return _("until today")
    if period.kind is PeriodKind.MONTH:
        return _("the whole month")
    return _("from {first}").format(
        first=formatting.day_in_year(period.first_day, today=screen.today)
    )


def is_running(period: Period, screen: st.Screen) -> bool:
    """Whether it is not over yet."""
    return not screen.span.back and period.last_day == screen.span.last_day


def _days(screen: st.Screen) -> str:
    first, last = (
        formatting.day_in_year(one, today=screen.today)
        for one in (screen.span.first_day, screen.span.last_day)
    )
    return _("{first} – {last}").format(first=first, last=last)


def _place(screen: st.Screen) -> Place:
    currency = "EUR" if screen.found is None else screen.found.statement.currency
    return Place(currency, screen.time_zone, screen.now)


def said_in(item: st.Different | st.Paid, screen: st.Screen) -> Said:
    """What it is, and what to do."""
    if isinstance(item, st.Different):
        return said(item.difference, _place(screen))
    return said_of_payout(item.match, _place(screen))


def problems(screen: st.Screen) -> list[Weight]:
    """What each thing weighs that is not as it should be: sales, then payouts at the bank."""
    place = _place(screen)
    of_sales = [] if screen.found is None else screen.found.reconciliation.differences
    of_bank = () if screen.bank is None else screen.bank.matches
    weights = [said(one, place).weight for one in of_sales]
    weights += [said_of_payout(one, place).weight for one in of_bank]
    return [one for one in weights if one is not Weight.FINE]


def weight(screen: st.Screen) -> Weight:
    """What all of it weighs."""
    return st.heaviest(problems(screen))


def verdict(screen: st.Screen) -> str:
    """All of it in two words."""
    count = len(problems(screen))
    if not count:
        return _("Everything agrees")
    return ngettext("{n} difference", "{n} differences", count).format(n=count)


# --- what can be done ----------------------------------------------------------------------------


def deed_of(screen: st.Screen) -> Deed | None:
    """What Enter does about what is read; None: nothing."""
    if screen.page is not st.Page.STATEMENT:
        return None
    item = screen.item
    match item:
        case None | st.Summary():
            return Deed.ASK_AGAIN if screen.asking is None else None
        case st.Different() | st.Paid():
            told = said_in(item, screen)
            if told.deed is Deed.CALL and not told.reference:
                return None
            return told.deed
        case st.Figures():
            return None
        case _:
            assert_never(item)


def deed_button(deed: Deed, screen: st.Screen) -> str:
    """The loud one."""
    match deed:
        case Deed.ASK_AGAIN:
            return _("Ask the central service") if screen.found is None else _("Compare again")
        case Deed.TO_SETTLE:
            return _("To settle")
        case Deed.CALL:
            return _("Copy the number")
        case _:
            assert_never(deed)


def reference_of(screen: st.Screen) -> str:
    """What to tell the platform on the telephone; empty where there is nothing."""
    item = screen.item
    return said_in(item, screen).reference if isinstance(item, st.Different | st.Paid) else ""


def has_lines(screen: st.Screen) -> bool:
    """Whether there are sales behind what is read."""
    return isinstance(screen.item, st.Summary | st.Figures)


# --- sentences -----------------------------------------------------------------------------------


def message(screen: st.Screen) -> Message:
    """What the last deed came to; else whether what is seen is fresh."""
    if screen.reading_bank:
        return Message(_("The bank’s file is being read…"), Tone.QUIET)
    match screen.news:
        case None:
            return _fresh(screen)
        case st.Notice():
            return Message(_notice(screen.news), Tone.CHOICE)
        case BankFileRefused(kind=kind):
            return Message(why_refused(kind), Tone.NO)
        case BankMatch():
            return Message(file_read(screen.news, screen.found), Tone.QUIET)
        case ProblemKind():
            return Message(words.problem(screen.news).sentence, Tone.NO)
        case _:
            assert_never(screen.news)


def _notice(notice: st.Notice) -> str:
    match notice:
        case st.Notice.STATEMENT_FIRST:
            return _("First the statement: the bank’s file is compared with it.")
        case st.Notice.ONE_FILE:
            return _("One file at a time, please: the one from your bank.")
        case st.Notice.COPIED:
            return _("Copied: paste it into your mail to the platform.")
        case _:
            assert_never(notice)


def _fresh(screen: st.Screen) -> Message:
    if screen.page is st.Page.OUTSTANDING:
        return Message(_as_copied(screen), Tone.QUIET)
    found = screen.found
    if found is None:
        return Message("", Tone.QUIET)
    made = formatting.moment_in_words(found.statement.made_at, screen.time_zone, now=screen.now)
    if screen.asking is not None:
        return Message(
            _("Asking once more… {lines}. Esc stops.").format(lines=so_far(screen.asking)),
            Tone.QUIET,
        )
    if screen.failure is not None and not isinstance(screen.failure, Cancelled):
        return Message(
            _("{why} This is the statement made {moment}.").format(
                why=failure(screen.failure)[1], moment=made
            ),
            Tone.WAIT,
        )
    return Message(_("Made {moment}").format(moment=made), Tone.QUIET)


def _as_copied(screen: st.Screen) -> str:
    if not isinstance(screen.outstanding, Outstanding):
        return ""
    totals = screen.outstanding.totals
    moment = formatting.moment_in_words(
        screen.outstanding.copied_at, screen.time_zone, now=screen.now
    )
    return ngettext(
        "{amount} on {n} voucher, as this till knew {moment}",
        "{amount} on {n} vouchers, as this till knew {moment}",
        totals.count,
    ).format(
        amount=amount(screen.outstanding.currency, totals.amount_minor),
        n=totals.count,
        moment=moment,
    )


def file_read(bank: BankMatch, found: Reconciled | None) -> str:
    """What the bank's file gave, and what it did not."""
    file = bank.file
    count = len(file.lines)
    told = ngettext(
        "Bank’s file: {n} movement, {first} to {last}.",
        "Bank’s file: {n} movements, {first} to {last}.",
        count,
    ).format(n=count, first=formatting.day(file.first_day), last=formatting.day(file.last_day))
    parts = [told]
    if file.unread:
        parts.append(
            ngettext(
                "{n} row could not be read.", "{n} rows could not be read.", file.unread
            ).format(n=file.unread)
        )
    if found is not None and not found.statement.payouts:
        parts.append(_("No payout in these days, so there was nothing to look for."))
    return " ".join(parts)


def so_far(asking: st.Asking) -> str:
    """How much has come."""
    return ngettext("{n} line so far", "{n} lines so far", asking.lines).format(n=asking.lines)


def failure(of: st.Failure) -> tuple[str, str]:
    """Why there is no statement: a word, and what to know."""
    match of:
        case Cancelled():
            return _("Stopped"), _("Nothing was changed.")
        case NoStatement(why=why):
            return _("No statement"), words.no_answer(why)
        case StatementRefused(kind=kind):
            return _refused(kind)
        case ProblemKind():
            told = words.problem(of)
            return told.word, told.sentence
        case _:
            assert_never(of)


def _refused(kind: RefusedKind) -> tuple[str, str]:
    match kind:
        case RefusedKind.TILL_NOT_AUTHORISED:
            return (
                _("Till not recognised"),
                _("The central service does not recognise this till. It must be enrolled again."),
            )
        case RefusedKind.NOT_OFFERED:
            return (
                _("No statement"),
                _("The central service gives no statement for these days. Ask the platform."),
            )
        case _:
            assert_never(kind)
