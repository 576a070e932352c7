"""What is said about days that may be erased here. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.i18n.formatting import day
from merchant_app.till.purge_results import Keep, Kept, Purged, PurgeResult
from merchant_app.ui import words
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages.archive_presenter import Panel, Purging


def said(panel: Panel) -> str:
    """What may go, what is asked about it, what is being done, or what became of it."""
    purging = panel.purging
    if purging.working:
        return _(
            "Checking the archive, then erasing… Leave the stick plugged in. Selling waits for up "
            "to a minute."
        )
    if purging.told is not None:
        return _told(purging.told)
    if purging.offer is None:
        return ""
    if purging.archive is not None:
        return _question(purging)
    return _("The days closed up to {day} may be erased from this computer.").format(
        day=day(purging.offer.until)
    )


def _question(purging: Purging) -> str:
    if purging.offer is None or purging.archive is None:
        raise ValueError("nothing is asked about")
    return _(
        "Everything up to {day} leaves this computer: sales, closings, papers and "
        "copies. Everything after that stays. The archive {name} will be all there is "
        "of those days: keep it safe. This cannot be undone. Selling waits for up to a "
        "minute."
    ).format(day=day(purging.offer.until), name=purging.archive.name)


def archive_wanted(panel: Panel) -> str:
    """Over the dialog for the file."""
    last = None if panel.overview is None else panel.overview.last
    if last is None:
        return _("The last archive of this till")
    return _("The last archive of this till: {name}").format(name=last.name)


def _told(of: PurgeResult | ProblemKind) -> str:
    match of:
        case Purged(until=until):
            return _("Erased up to {day}. The archive has it all: keep it safe.").format(
                day=day(until)
            )
        case Kept(why=why):
            return _kept(why)
        case ProblemKind():
            problem = words.problem(of)
            return _("Erasing did not finish; nothing else is lost. {problem}").format(
                problem=f"{problem.word}. {problem.sentence}"
            )
        case _:
            assert_never(of)


def _kept(why: Keep) -> str:
    match why:
        case Keep.NOT_ARCHIVED:
            return _("Nothing was erased: no archive has these days yet. Make one first.")
        case Keep.TOO_YOUNG:
            return _("Nothing was erased: these days must still be kept.")
        case Keep.NOT_SETTLED:
            return _("Nothing was erased: something of these days is still open.")
        case Keep.TOO_MANY_ENROLMENTS:
            return _("Nothing was erased: this till was enrolled again too often. Ask for help.")
        case Keep.NO_KEY:
            return _("Nothing was erased: close a day first, then try again.")
        case Keep.OTHER_ARCHIVE:
            return _(
                "Nothing was erased: this file is not the last archive of this till, or it is "
                "damaged. Choose the last one, or make a new one."
            )
        case Keep.NOT_SOUND:
            return _("Nothing was erased: what would remain did not pass its check. Ask for help.")
        case _:
            assert_never(why)


def tone(purging: Purging) -> Tone:
    """In which colour that is said."""
    match purging.told:
        case None:
            is_quiet = purging.archive is None and not purging.working
            return Tone.QUIET if is_quiet else Tone.CHOICE
        case Purged():
            return Tone.YES
        case Kept() | ProblemKind():
            return Tone.NO
        case _:
            assert_never(purging.told)
