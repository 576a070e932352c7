"""What is said about archives. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.clock import business_date
from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.i18n.formatting import day
from merchant_app.till.archive_results import (
    ArchiveCancelled,
    Archived,
    ArchiveResult,
    NotArchived,
    Progress,
    Refusal,
    Step,
)
from merchant_app.ui import words
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages.archive_presenter import Panel


def last(panel: Panel, time_zone: str) -> str:
    """Which archive was made last."""
    if panel.overview is None:
        return ""
    made = panel.overview.last
    if made is None:
        return _("No archive has been made at this till yet.")
    on = day(business_date(made.made_at, time_zone))
    return _("Last archive: {day}, {name}").format(day=on, name=made.name)


def due(panel: Panel) -> str:
    """What should be done; empty: nothing."""
    year = None if panel.overview is None else panel.overview.year_due
    if year is None or panel.working:
        return ""
    return _(
        "The year {year} is closed: keep its archive in a safe place, on a stick for instance."
    ).format(year=year)


def progress(panel: Panel) -> str:
    """What is being done."""
    if panel.stopping:
        return _("Stopping…")
    if panel.progress is None:
        return _("Preparing…")
    match panel.progress.step:
        case Step.COPYING:
            return _("Reading the journal… The till goes on meanwhile.")
        case Step.WRITING:
            return _("Writing to the folder… Leave the stick plugged in.")
        case Step.CHECKING:
            return _("Reading it back and checking it… Leave the stick plugged in.")
        case _:
            assert_never(panel.progress.step)


def percent(of: Progress | None) -> int:
    """How far the whole is, 0 to 100: each step counts alike."""
    if of is None:
        return 0
    steps = list(Step)
    return (100 * steps.index(of.step) + 100 * of.done // of.total) // len(steps)


def told(of: ArchiveResult | ProblemKind | None) -> str:
    """What became of it."""
    match of:
        case None:
            return ""
        case Archived(path=path):
            return _("The archive is in the folder and was checked there: {name}").format(
                name=path.name
            )
        case ArchiveCancelled():
            return _("No archive was made; nothing is left in the folder.")
        case NotArchived(refusal=refusal):
            return _refused(refusal)
        case ProblemKind():
            problem = words.problem(of)
            return _("No archive was made. {problem}").format(
                problem=f"{problem.word}. {problem.sentence}"
            )
        case _:
            assert_never(of)


def _refused(refusal: Refusal) -> str:
    match refusal:
        case Refusal.NO_FOLDER:
            return _("The folder is not there. Is the stick plugged in?")
        case Refusal.NOT_WRITABLE:
            return _("Nothing can be written to this folder. Choose another one.")
        case Refusal.FULL:
            return _("There is not enough room in this folder. Choose another one.")
        case Refusal.TOO_LARGE:
            return _("This stick does not take a file that large. One formatted as exFAT does.")
        case Refusal.GONE:
            return _("The stick went away or failed in the middle. No archive was made there.")
        case Refusal.NOT_READ_BACK:
            return _("This stick does not give back what was written. Take another one.")
        case Refusal.JOURNAL_NOT_SOUND:
            return _("The journal did not pass its check. Nothing is lost; ask for help.")
        case _:
            assert_never(refusal)


def tone(of: ArchiveResult | ProblemKind | None) -> Tone:
    """In which colour that is said."""
    match of:
        case None | ArchiveCancelled():
            return Tone.CHOICE
        case Archived():
            return Tone.YES
        case NotArchived() | ProblemKind():
            return Tone.NO
        case _:
            assert_never(of)
