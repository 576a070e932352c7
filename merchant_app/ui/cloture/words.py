"""What Clôture says: its cards, its buttons, and what deeds came to. No Qt."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _, formatting, ngettext
from merchant_app.reports import closing_sheet
from merchant_app.till.closing_results import (
    Blocking,
    Closed,
    Closing,
    ClosingKind,
    ClosingPreview,
    DuePeriod,
    KeptClosing,
)
from merchant_app.ui import words
from merchant_app.ui.cloture import states as st
from merchant_app.ui.cloture.figures import amount
from merchant_app.ui.commands import Deed
from merchant_app.ui.encaisser.card import Card, Shape
from merchant_app.ui.function_keys import TO_SETTLE_KEY
from merchant_app.ui.message import Message
from merchant_app.ui.palette import Tone


def title(screen: st.Screen) -> str:
    """Above everything."""
    preview = screen.preview
    if isinstance(screen.mode, st.Earlier):
        return _("Earlier closings")
    if preview is None or not isinstance(screen.mode, st.Overview):
        return _("Closing")
    return _("Today, {day}").format(day=_day(preview, preview.closing.business_date))


def close_button(screen: st.Screen) -> str:
    """The loud one."""
    preview = screen.preview
    if preview is None or preview.forgotten is None:
        return _("Close the day")
    return _("Close {day}").format(day=_day(preview, preview.forgotten))


def period_button(due: DuePeriod) -> str:
    """Of the month or year that is due."""
    if due.kind is ClosingKind.YEAR:
        return _("Close the year {year}").format(year=due.name)
    year, month = due.name.split("-")
    return _("Close the month {month}").format(month=f"{month}/{year}")


def _day(preview: ClosingPreview, of: date) -> str:
    return formatting.day_in_year(of, today=preview.closing.business_date)


# --- cards ---------------------------------------------------------------------------------------


def card_of(screen: st.Screen) -> Card | None:
    """The card of this state; None where figures are seen."""
    preview = screen.preview
    match screen.mode:
        case st.Working(deed=deed):
            return Card(tone=Tone.WAIT, shape=Shape.DOTS, word=_working(deed))
        case st.Done(closed=closed):
            return _done(closed, screen.unsent_sales)
        case st.Asking(blocking=blocking):
            return _asking(blocking)
        case st.Offering() if preview is not None and preview.open_days:
            return _offering(preview)
        case st.Earlier() if screen.read is not None:
            return _earlier(screen.read)
        case st.Overview() | st.Offering() | st.Earlier():
            return None if preview is not None else _nothing_read(screen.news)
        case _:
            assert_never(screen.mode)


def _nothing_read(news: st.News | None) -> Card:
    if isinstance(news, st.Trouble):
        told = words.problem(news.kind)
        return Card(tone=Tone.NO, shape=Shape.OCTAGON, word=told.word, lead=told.sentence)
    return Card(tone=Tone.QUIET, shape=Shape.DOTS, word=_("One moment…"))


def _working(deed: Deed) -> str:
    match deed:
        case Deed.TODAY | Deed.FORGOTTEN:
            return _("Closing the day…")
        case Deed.PERIOD:
            return _("Closing…")
        case _:
            assert_never(deed)


def _offering(preview: ClosingPreview) -> Card:
    first = preview.open_days[0]
    more = len(preview.open_days) - 1
    lines = [_("Its figures are kept apart from today’s.")]
    if more:
        lines.append(
            ngettext("{n} more day waits after it.", "{n} more days wait after it.", more).format(
                n=more
            )
        )
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.BOOK,
        word=_("A day to close"),
        figure=amount(first, first.figures.redeemed_minor),
        figure_note=_redemptions(first),
        lead=_("{day} was not closed.").format(day=formatting.day(first.business_date)),
        lines=tuple(lines),
    )


def _asking(blocking: Blocking) -> Card:
    if blocking.questions:
        return Card(
            tone=Tone.CHOICE,
            shape=Shape.QUESTION,
            word=_("A question first"),
            lead=ngettext(
                "For {n} sale, nobody has said whether the goods were handed over.",
                "For {n} sales, nobody has said whether the goods were handed over.",
                blocking.questions,
            ).format(n=blocking.questions),
            lines=(_("Answer in “To settle”: without it the figures would be a guess."),),
        )
    return Card(
        tone=Tone.CHOICE,
        shape=Shape.TRAY,
        word=_("Still to settle"),
        lead=ngettext(
            "{n} matter waits in “To settle”.", "{n} matters wait in “To settle”.", blocking.cards
        ).format(n=blocking.cards),
        lines=(_("You can also close now: the closing says what is left open."),),
    )


def _done(closed: Closed, unsent_sales: int) -> Card:
    kept = closed.kept
    lines = [_made(kept), _sent(unsent_sales)]
    if closed.paper_problem is not None:
        told = words.problem(closed.paper_problem.kind)
        lines.append(
            _("Its papers could not be written: {problem}. They can be made at any time.").format(
                problem=told.word.lower()
            )
        )
    if closed.backup_problem is not None:
        told = words.problem(closed.backup_problem.kind)
        lines.append(
            _("The journal’s second copy could not be written: {problem}.").format(
                problem=told.word.lower()
            )
        )
    return Card(
        tone=Tone.YES,
        shape=Shape.CHECK_FILLED,
        word=_done_word(kept.closing.kind),
        figure=amount(kept.closing, kept.closing.figures.redeemed_minor),
        figure_note=_redemptions(kept.closing),
        lead=closing_sheet.title(kept.closing),
        lines=tuple(lines),
        loud=True,
    )


def _done_word(kind: ClosingKind) -> str:
    match kind:
        case ClosingKind.DAY:
            return _("Day closed")
        case ClosingKind.MONTH:
            return _("Month closed")
        case ClosingKind.YEAR:
            return _("Year closed")
        case _:
            assert_never(kind)


def _made(kept: KeptClosing) -> str:
    if kept.closing.training:
        text = _("Training mode: closing no. {number}, signed and kept.")
    else:
        text = _("Closing no. {number}, signed and kept.")
    return text.format(number=kept.number)


def _sent(unsent_sales: int) -> str:
    if not unsent_sales:
        return _("The central service has everything.")
    return ngettext(
        "{n} sale goes to the central service when the line is back.",
        "{n} sales go to the central service when the line is back.",
        unsent_sales,
    ).format(n=unsent_sales)


def _earlier(kept: KeptClosing) -> Card:
    closing = kept.closing
    figures = closing.figures
    lines = [_made(kept)]
    for word, count, minor in (
        (_("Offline"), figures.offline_count, figures.offline_minor),
        (_("Reversed"), figures.reversed_count, figures.reversed_minor),
        (_("Lost"), figures.shortfall_count, figures.shortfall_minor),
    ):
        if minor:
            lines.append(f"{word}: {count} · {amount(closing, minor)}")
    named = len(closing.waiting) + len(closing.unresolved)
    if named:
        lines.append(
            ngettext("{n} sale was open then.", "{n} sales were open then.", named).format(n=named)
        )
    if closing.clock_flags:
        lines.append(_("The computer’s clock was wrong that day."))
    since = amount(closing, closing.perpetual.redeemed_minor)
    lines.append(_("Since the first day of this till: {amount}").format(amount=since))
    return Card(
        tone=Tone.QUIET,
        shape=Shape.BOOK,
        word=formatting.day(closing.business_date),
        figure=amount(closing, figures.redeemed_minor),
        figure_note=_redemptions(closing),
        lines=tuple(lines),
    )


def _redemptions(closing: Closing) -> str:
    count = closing.figures.redeemed_count
    return ngettext("{n} sale", "{n} sales", count).format(n=count)


def row_of(kept: KeptClosing, preview: ClosingPreview | None) -> str:
    """Its lines in the list."""
    closing = kept.closing
    of = closing.business_date
    day = formatting.day(of) if preview is None else _day(preview, of)
    number = _("no. {number}").format(number=kept.number)
    return f"{day}\n{number} · {amount(closing, closing.figures.redeemed_minor)}"


# --- sentences -----------------------------------------------------------------------------------


def message(screen: st.Screen) -> Message:
    """What the last deed came to; else what is in the way of closing, before anybody tries."""
    match screen.news:
        case None:
            return _before(screen)
        case st.Trouble() if screen.preview is None:
            return Message("", Tone.NO)  # the card says it
        case st.Trouble() as trouble:
            return Message(_trouble(trouble), Tone.NO)
        case st.Notice() as notice:
            return Message(_notice(notice), Tone.CHOICE)
        case _:
            assert_never(screen.news)


def _before(screen: st.Screen) -> Message:
    preview = screen.preview
    if preview is None or not isinstance(screen.mode, st.Overview):
        return Message("", Tone.QUIET)
    blocking = preview.blocking
    if blocking.questions or blocking.cards:
        count = blocking.questions + blocking.cards
        text = ngettext(
            "{n} matter has to be settled ({key}).",
            "{n} matters have to be settled ({key}).",
            count,
        )
        return Message(text.format(n=count, key=TO_SETTLE_KEY), Tone.CHOICE)
    if preview.forgotten is not None:
        text = _("{day} was not closed.").format(day=formatting.day(preview.forgotten))
        return Message(text, Tone.CHOICE)
    if preview.last is None:
        return Message(_("Nothing has been closed on this till yet."), Tone.QUIET)
    last = formatting.day(preview.last.closing.business_date)
    return Message(_("Last closed: {day}.").format(day=last), Tone.QUIET)


def _trouble(trouble: st.Trouble) -> str:
    """Nothing was closed, and nothing is lost."""
    told = words.problem(trouble.kind)
    if not trouble.closing:
        return f"{told.word}. {told.sentence}"
    if trouble.kind is ProblemKind.KEYRING_UNAVAILABLE:
        return _(
            "Not closed: this till’s key, which signs closings, is in the computer’s keyring. "
            "Unlock your session, then open Comptoir again."
        )
    return _("Not closed: {problem}. {sentence}").format(
        problem=told.word.lower(), sentence=told.sentence
    )


def _notice(of: st.Notice) -> str:
    match of:
        case st.Notice.DEBIT_FIRST:
            return _("A debit is under way in “Checkout”: finish it first.")
        case st.Notice.MAKING_PAPERS:
            return _("One moment…")
        case st.Notice.PAPER_OPENED:
            return _("It opens in another window.")
        case st.Notice.NOTHING_OPENS_IT:
            return _("This computer has no program for it: open the folder instead.")
        case _:
            assert_never(of)
