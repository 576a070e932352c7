"""Archives of this till: making one, and what the journal's events say of those that were made."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.closings import ClosingKind
from merchant_app.journal.events import Event, EventKind
from merchant_app.journal.journal import Journal
from merchant_app.reports.archive.packing import Author
from merchant_app.reports.archive.results import (
    ArchiveCancelled,
    Archived,
    ArchiveResult,
    NotArchived,
    OnProgress,
    Watch,
)
from merchant_app.reports.archive.writing import Sources, write_archive
from merchant_app.till.kept_closings import kept_in
from merchant_app.till.till import Till

_log = logging.getLogger(__name__)


def archive_to(
    till: Till,
    folder: Path,
    *,
    cancelled: threading.Event | None,
    on_progress: OnProgress | None,
) -> ArchiveResult:
    """See `archive_desk.ArchiveDesk.archive_to`."""
    sources = Sources(
        journal=till.journal_file,
        papers=till.closings_folder,
        work=till.journal_file.with_name("archiving"),
    )
    watch = Watch(on_progress, cancelled)
    result = write_archive(sources, folder, _author(till), now=till.clock.now(), watch=watch)
    match result:
        case Archived():
            till.journal.run(lambda journal: _record(journal, till.facts.cashier, result))
        case NotArchived(refusal=refusal, detail=detail):
            _log.error("no archive: %s (%s)", refusal.value, detail)
        case ArchiveCancelled():
            _log.info("the archive was cancelled")
    return result


def last_archive(till: Till) -> Event | None:
    """The event of the archive that was made last; None: there never was one."""
    return till.journal.run(lambda journal: journal.events.newest_of(EventKind.ARCHIVE_MADE))


def year_due(till: Till) -> int | None:
    """See `archive_desk.ArchivesOverview.year_due`."""
    return till.journal.run(_year_due)


def _year_due(journal: Journal) -> int | None:
    year = journal.closings.newest(ClosingKind.YEAR)
    if year is None:
        return None
    last = journal.events.newest_of(EventKind.ARCHIVE_MADE)
    archived = last.detail["closing"] if last is not None else 0
    if isinstance(archived, int) and archived >= year.number:
        return None
    return kept_in(year).closing.business_date.year


def _record(journal: Journal, cashier: str, archived: Archived) -> None:
    manifest = archived.manifest
    journal.append_event(
        EventKind.ARCHIVE_MADE,
        cashier=cashier,
        detail={
            "name": archived.path.name,
            "manifest": archived.manifest_sha256,
            "entries": manifest.entries,
            "closing": 0 if manifest.closings is None else manifest.closings[1],
        },
    )


def _author(till: Till) -> Author:
    facts, key = till.facts, till.key
    if key is None:
        raise Problem(ProblemKind.KEYRING_UNAVAILABLE, "the till's key is not there")
    return Author(
        shop=facts.shop_name,
        till=facts.till_name,
        training=facts.training,
        currency=facts.currency,
        time_zone=facts.time_zone,
        till_key=key.public_key,
        service_key=till.service_key,
        sign=key.sign,
    )
