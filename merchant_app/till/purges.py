"""The purge: what an archive holds and nobody need keep here any more is removed from this till.

The keeping time is LPF art. L102 B: six years from the last entry of a book; here the books of a
year end with it. Whole years go, each closed as a year, and of them what came to its end: the cut
is after the closing of a day that nothing later is about.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from merchant_app.clock import business_date
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.backup import backup_beside, forget_all_but
from merchant_app.journal.bases import ENROLMENTS_MAX
from merchant_app.journal.catalogue import forget_catalogue
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.closings import ClosingKind, Closings
from merchant_app.journal.events import EventKind, Events
from merchant_app.journal.journal import Journal
from merchant_app.journal.purging import Cut, Purges
from merchant_app.journal.replacing import put_purged
from merchant_app.reports.archive.checking import SoundArchive, UnsoundArchive, check_archive
from merchant_app.reports.archive.manifest import Manifest
from merchant_app.reports.archive.packing import papers_in
from merchant_app.reports.closing import KeptClosing, Numbers, Positions
from merchant_app.reports.verifier import verify
from merchant_app.settings.options import KEEP_YEARS
from merchant_app.settings.paths import disk_problem
from merchant_app.till.kept_closings import kept_in
from merchant_app.till.purge_results import Keep, Kept, Purgeable, Purged, PurgeResult
from merchant_app.till.till import Till, TillKey

CLOSINGS_MAX = 100_000
_TRIED_MAX = 40
"""Closings of days before the end of a year that are tried, one after the other, as the cut."""

_log = logging.getLogger(__name__)


class _Keep(Exception):
    def __init__(self, why: Keep, detail: str = "") -> None:
        super().__init__(why.value)
        self.result = Kept(why, detail)


@dataclass(frozen=True, slots=True)
class _Plan:
    cut: Cut
    entries: int
    key: TillKey


class Books(Protocol):
    """A journal as a purge plans it: the till's own, or a `ClosingView` beside it."""

    @property
    def closings(self) -> Closings: ...

    @property
    def events(self) -> Events: ...

    @property
    def purges(self) -> Purges: ...


def purgeable(till: Till) -> Purgeable | Kept:
    """See `archive_desk.ArchiveDesk.purgeable`."""
    try:
        plan = _planned(till)
    except _Keep as keep:
        return keep.result
    return Purgeable(plan.cut.until, plan.entries)


def purge(till: Till, archive: Path) -> PurgeResult:
    """See `archive_desk.ArchiveDesk.purge`."""
    try:
        plan = _planned(till)
        with _working(till.journal_file.with_name("archiving")) as work:
            sound = _sound(archive, work)
        till.journal.run(lambda journal: _check_is_ours(journal, sound, plan))
        _exchange(till, sound)
        _remove_the_rest(till)
    except _Keep as keep:
        _log.error("nothing was purged: %s (%s)", keep.result.why.value, keep.result.detail)
        return keep.result
    _log.warning(
        "purged up to %s, %d entries; %s has them", plan.cut.until, plan.entries, archive.name
    )
    return Purged(plan.cut.until, plan.entries)


# --- what may go ---------------------------------------------------------------------------------


def _planned(till: Till) -> _Plan:
    """Beside the journal's thread: all of it is read, and no sale waits for that."""
    with closing_view(till.journal.path) as books:
        plan = _plan(till, books)
    till.journal.run(_check_is_answered)
    return plan


def _check_is_answered(journal: Journal) -> None:
    if journal.standing.undecided or journal.unseen_completed() is not None:
        raise _Keep(Keep.NOT_SETTLED, "questions after a crash")
    if len(journal.epochs()) > ENROLMENTS_MAX:
        raise _Keep(Keep.TOO_MANY_ENROLMENTS)


def _plan(till: Till, books: Books) -> _Plan:
    """Where the journal may be cut."""
    if till.key is None:
        raise _Keep(Keep.NO_KEY)
    last_year = _last_year(till, books)
    if last_year is None:
        raise _Keep(Keep.TOO_YOUNG)
    newest = books.closings.newest(ClosingKind.DAY)
    if newest is None or kept_in(newest).closing.till_public_key != till.key.public_key.hex():
        # Whoever verifies what remains knows the key of the closings: the base is signed by it too.
        raise _Keep(Keep.NO_KEY)
    last_day = _last_day_of_a_closed_year(books)
    days = [
        one
        for one in map(kept_in, books.closings.after(0, ClosingKind.DAY, limit=CLOSINGS_MAX))
        if one.closing.business_date.year <= last_year and one.number <= last_day
    ]
    if not days:
        raise _Keep(Keep.TOO_YOUNG)
    archived = books.events.newest_of(EventKind.ARCHIVE_MADE)
    if archived is None or int(str(archived.detail["closing"])) < days[-1].number:
        raise _Keep(Keep.NOT_ARCHIVED)
    for day in days[::-1][:_TRIED_MAX]:
        cut = _cut(day)
        if cut is not None and books.purges.is_settled(cut.reach):
            return _Plan(cut, books.purges.count(cut.reach), till.key)
    raise _Keep(Keep.NOT_SETTLED)


def _last_year(till: Till, books: Books) -> int | None:
    """The last year whose keeping time is over; by the service's clock too, for ours may be set."""
    told = books.purges.newest_receipt_at()
    if told is None:
        return None
    today = min(till.today(), business_date(told, till.facts.time_zone))
    return today.year - till.options.get(KEEP_YEARS) - 1


def _last_day_of_a_closed_year(books: Books) -> int:
    """The last closing of a day that one of a year covers, by number; 0: no year is closed. A day
    of a later year may have been closed before that one was."""
    newest = books.closings.newest(ClosingKind.YEAR)
    covers = None if newest is None else kept_in(newest).closing.covers
    return covers.last if isinstance(covers, Numbers) else 0


def _cut(day: KeptClosing) -> Cut | None:
    covers = day.closing.covers
    if not isinstance(covers, Positions) or not covers.until.entry:
        return None
    return Cut((day.number, day.hash), day.closing.business_date, covers.until)


# --- the archive that has it ---------------------------------------------------------------------


@contextmanager
def _working(folder: Path) -> Iterator[Path]:
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sound(archive: Path, work: Path) -> SoundArchive:
    try:
        checked = check_archive(archive, work)
    except OSError as error:
        raise _Keep(Keep.OTHER_ARCHIVE, error.strerror or type(error).__name__) from error
    match checked:
        case SoundArchive():
            return checked
        case UnsoundArchive(findings=findings):
            raise _Keep(Keep.OTHER_ARCHIVE, findings[0].fault.value)


def _check_is_ours(journal: Journal, archive: SoundArchive, plan: _Plan) -> None:
    """The very archive that was made here last, and it has all that goes."""
    made = journal.events.newest_of(EventKind.ARCHIVE_MADE)
    if made is None or made.detail["manifest"] != archive.manifest_sha256:
        raise _Keep(Keep.OTHER_ARCHIVE, "not the last one of this till")
    if not _has(archive.manifest, plan.cut):
        raise _Keep(Keep.OTHER_ARCHIVE, "it does not reach as far")


def _has(manifest: Manifest, cut: Cut) -> bool:
    covered = manifest.closings
    return (
        covered is not None and covered[1] >= cut.closing[0] and manifest.entries >= cut.reach.entry
    )


# --- doing it ------------------------------------------------------------------------------------


def _exchange(till: Till, archive: SoundArchive) -> None:
    """Selling waits meanwhile: nothing may be recorded in the file of before any more."""
    unfinished = till.journal_file.with_name(f"{till.journal_file.name}-purging")

    def prepare(journal: Journal) -> None:
        _check_is_answered(journal)
        plan = _plan(till, journal)  # once more: the last sale may have changed something
        journal.purges.write(
            unfinished,
            plan.cut,
            archive=archive.manifest_sha256,
            key=plan.key.public_key,
            sign=plan.key.sign,
            cashier=till.facts.cashier,
            now=till.clock.now(),
        )
        verdict = verify(unfinished)
        if verdict.sound is not True:
            unfinished.unlink(missing_ok=True)
            raise _Keep(Keep.NOT_SOUND, verdict.sentences[0])

    till.journal.exchange(prepare, lambda: put_purged(till.journal_file, unfinished))


def _remove_the_rest(till: Till) -> None:
    """Backups, papers and the index of searches hold what was purged, too. What cannot be removed
    now goes with the next purge: it brings nothing back."""
    base = till.journal.run(lambda journal: journal.base())
    try:
        forget_catalogue(till.journal_file)
        forget_all_but(backup_beside(till.journal_file, till.clock.now()))
        for paper in papers_in(till.closings_folder):
            if base is not None and int(paper.name.partition("-")[0]) <= base.closing[0]:
                paper.unlink()
    except (OSError, Problem) as error:
        _log.error("something that was purged is still beside the journal: %s", error)
