"""What there is to say about archives, and what making one can come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from merchant_app.reports.archive.results import ArchiveCancelled as ArchiveCancelled
from merchant_app.reports.archive.results import Archived as Archived
from merchant_app.reports.archive.results import ArchiveResult as ArchiveResult
from merchant_app.reports.archive.results import NotArchived as NotArchived
from merchant_app.reports.archive.results import OnProgress as OnProgress
from merchant_app.reports.archive.results import Progress as Progress
from merchant_app.reports.archive.results import Refusal as Refusal
from merchant_app.reports.archive.results import Step as Step


@dataclass(frozen=True, slots=True)
class LastArchive:
    """The archive that was made last."""

    made_at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class ArchivesOverview:
    """What there is to say before one is made.

    Attributes:
        last: None: there never was one.
        year_due: a year that was closed and is in no archive yet, the latest; None: there is none.
    """

    last: LastArchive | None
    year_due: int | None
