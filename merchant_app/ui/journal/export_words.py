"""What the panel of exports says. No Qt."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _, formatting, ngettext
from merchant_app.till.journal_results import Exported, ExportForm, ExportRefusal
from merchant_app.ui import words
from merchant_app.ui.function_keys import CLOSING_KEY
from merchant_app.ui.journal.export_states import Choosing, News, Notice, Panel, Span, Writing
from merchant_app.ui.message import Message
from merchant_app.ui.palette import Tone


def form(of: ExportForm) -> str:
    """What is written."""
    match of:
        case ExportForm.XLSX:
            return _("Excel sheet (XLSX)")
        case ExportForm.CSV_FRENCH:
            return _("CSV, French")
        case ExportForm.CSV_PLAIN:
            return _("CSV, for programs")
        case ExportForm.JSON:
            return _("JSON")
        case ExportForm.FEC:
            return _("FEC, for the accountant")
        case _:
            assert_never(of)


def purpose(of: ExportForm) -> str:
    """What it is for."""
    match of:
        case ExportForm.XLSX:
            return _("To read and to add up: Excel, LibreOffice, Numbers.")
        case ExportForm.CSV_FRENCH:
            return _("Opens with a double click where decimals have a comma.")
        case ExportForm.CSV_PLAIN:
            return _("For another program: commas, points, times in UTC.")
        case ExportForm.JSON:
            return _("For a developer: every field, with its type.")
        case ExportForm.FEC:
            return _("The accounting entries that the tax office asks for; closed days only.")
        case _:
            assert_never(of)


def span(of: Span) -> str:
    match of:
        case Span.DAY:
            return _("Day")
        case Span.WEEK:
            return _("Week")
        case Span.MONTH:
            return _("Month")
        case Span.YEAR:
            return _("Year")
        case Span.FROM_TO:
            return _("From … to")
        case _:
            assert_never(of)


def field_day(day: date) -> str:
    """As a person types it."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def news(panel: Panel) -> Message:
    """Where it stands."""
    match panel.mode:
        case Writing(stopping=True):
            return Message(_("Stopping…"), Tone.WAIT)
        case Writing(rows=rows):
            told = ngettext("Writing: {n} line…", "Writing: {n} lines…", rows)
            return Message(told.format(n=rows), Tone.WAIT)
        case Choosing(news=of):
            return _came_to(of)
        case _:
            assert_never(panel.mode)


def _came_to(of: News | None) -> Message:
    match of:
        case None:
            return Message("", Tone.QUIET)
        case Exported():
            return Message(_done(of), Tone.LATER if of.not_closed or not of.rows else Tone.YES)
        case ExportRefusal():
            return Message(_refused(of), Tone.CHOICE)
        case Notice():
            return Message(_notice(of), Tone.CHOICE)
        case ProblemKind():
            return Message(_problem(of), Tone.NO)
        case _:
            assert_never(of)


def _done(done: Exported) -> str:
    if not done.rows:
        return _("{file} is ready, and empty: nothing was recorded on these days.").format(
            file=done.path.name
        )
    told = ngettext("{file} is ready: {n} line.", "{file} is ready: {n} lines.", done.rows)
    text = told.format(file=done.path.name, n=done.rows)
    if not done.not_closed:
        return text
    left_out = ngettext(
        "{n} line is missing: its day is not closed. Close it ({key}), then export again.",
        "{n} lines are missing: their days are not closed. Close them ({key}), then export again.",
        done.not_closed,
    )
    return f"{text} {left_out.format(n=done.not_closed, key=CLOSING_KEY)}"


def _refused(refusal: ExportRefusal) -> str:
    match refusal:
        case ExportRefusal.SIREN_MISSING:
            return _("The SIREN is part of this file’s name: type its nine digits above.")
        case ExportRefusal.NOTHING_CLOSED:
            text = _("No closed day in this period has a sale. Close the days first ({key}).")
            return text.format(key=CLOSING_KEY)
        case _:
            assert_never(refusal)


def _notice(notice: Notice) -> str:
    match notice:
        case Notice.NO_DAY:
            return _("Write a day like this: {day}.").format(day=field_day(date(2026, 12, 31)))
        case Notice.BACKWARDS:
            return _("The first day comes after the last one.")
        case Notice.SIREN_WRONG:
            return _("A SIREN has nine digits.")
        case Notice.CANCELLED:
            return _("Stopped: no file was left behind.")
        case _:
            assert_never(notice)


def _problem(kind: ProblemKind) -> str:
    match kind:
        case ProblemKind.DISK_FULL:
            return _("No room left in this folder. Nothing was left there: choose another one.")
        case ProblemKind.DISK_READ_ONLY:
            return _(
                "Nothing can be written to this folder, or the stick was pulled out. Choose "
                "another."
            )
        case _:
            told = words.problem(kind)
            return f"{told.word}. {told.sentence}"


def days(panel: Panel) -> str:
    """The chosen time, in words."""
    first, last = formatting.day(panel.days.first), formatting.day(panel.days.last)
    if panel.days.first == panel.days.last:
        return first
    return _("from {first} to {last}").format(first=first, last=last)
