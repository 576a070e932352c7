"""Every state of the archives in Réglages, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from merchant_app.errors import ProblemKind
from merchant_app.reports.archive.manifest import Manifest
from merchant_app.till.archive_results import (
    ArchiveCancelled,
    Archived,
    ArchivesOverview,
    LastArchive,
    NotArchived,
    Progress,
    Refusal,
    Step,
)
from merchant_app.till.purge_results import Keep, Kept, Purgeable, Purged
from merchant_app.ui.reglages.archive_presenter import Panel, Purging

_MADE_AT = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
_NAME = "comptoir-archive-2026-11-22-caisse-1.zip"
_LAST = ArchivesOverview(LastArchive(_MADE_AT, _NAME), None)
_MANIFEST = Manifest(
    made_at=_MADE_AT,
    program="0.1.0",
    shop="Librairie Cassiopée",
    till="Caisse 1",
    till_id="",
    till_key="",
    training=False,
    currency="EUR",
    time_zone="Europe/Paris",
    journal_version=4,
    entries=12_000,
    head=None,
    events_head=(1, ""),
    closings=(1, 300),
    members=(),
)
ARCHIVED = Archived(Path("/media/claire/CLE USB") / _NAME, 41_000_000, _MANIFEST, "")
OFFER = Purgeable(date(2019, 12, 31), 41_250)
PURGED = Purged(OFFER.until, OFFER.entries)
_CHOSEN = Purging(offer=OFFER, archive=ARCHIVED.path)
_WORKING = Panel(overview=_LAST, working=True)

ARCHIVES = {
    "archives-none": Panel(overview=ArchivesOverview(None, None)),
    "archives-year-due": Panel(overview=ArchivesOverview(_LAST.last, 2025)),
    "archives-made": Panel(overview=_LAST, told=ARCHIVED),
    "archives-cancelled": Panel(overview=_LAST, told=ArchiveCancelled()),
    "archives-own-disk-full": Panel(overview=_LAST, told=ProblemKind.DISK_NEARLY_FULL),
    "archives-beginning": _WORKING,
    "archives-stopping": replace(_WORKING, progress=Progress(Step.WRITING, 3, 10), stopping=True),
    **{
        f"archives-{step.value}": replace(_WORKING, progress=Progress(step, 4, 10)) for step in Step
    },
    **{
        f"archives-{refusal.value.replace('_', '-')}": Panel(
            overview=_LAST, told=NotArchived(refusal)
        )
        for refusal in Refusal
    },
    **{
        f"purge-{name}": Panel(overview=_LAST, purging=purging)
        for name, purging in (
            ("offered", Purging(offer=OFFER)),
            ("asked", _CHOSEN),
            ("working", replace(_CHOSEN, working=True)),
            ("done", Purging(told=PURGED)),
            ("own-disk-full", Purging(offer=OFFER, told=ProblemKind.DISK_FULL)),
            *((why.value.replace("_", "-"), Purging(offer=OFFER, told=Kept(why))) for why in Keep),
        )
    },
}
