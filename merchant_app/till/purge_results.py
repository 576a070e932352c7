"""What may be purged, and what a purge can come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


@dataclass(frozen=True, slots=True)
class Purgeable:
    """What an archive holds and the till need not keep any more.

    Attributes:
        until: the last day of it.
        entries: how many.
    """

    until: date
    entries: int


class Keep(Enum):
    """Why nothing is purged. Nothing was changed."""

    NOT_ARCHIVED = "not_archived"
    """No archive was made of it."""
    TOO_YOUNG = "too_young"
    """Nothing is older than the law and the shop want it kept."""
    NOT_SETTLED = "not_settled"
    """Something of it still waits, or a sale has no answer."""
    TOO_MANY_ENROLMENTS = "too_many_enrolments"
    NO_KEY = "no_key"
    """The till's key is not that of its last closing: close a day first."""
    OTHER_ARCHIVE = "other_archive"
    """The file that was given is not a sound archive of this till, or an older one."""
    NOT_SOUND = "not_sound"
    """What would remain does not verify."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Nothing was purged. `detail` is for the log."""

    why: Keep
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Purged:
    """It is gone from journal, mirror, backups and papers; the archive has it."""

    until: date
    entries: int


PurgeResult = Purged | Kept
