"""What making an archive can come to, and what is told while it is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from merchant_app.reports.archive.manifest import Manifest


class Step(Enum):
    """What is being done."""

    COPYING = "copying"
    """The journal is read, while the till goes on selling."""
    WRITING = "writing"
    """The file goes to the folder that was chosen."""
    CHECKING = "checking"
    """The file is read back from there, whole, and verified."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is: `done` of `total`, in bytes; `total` is never 0."""

    step: Step
    done: int
    total: int


OnProgress = Callable[[Progress], None]
"""Called in the thread that makes the archive, some times a second."""


class Refusal(Enum):
    """Why there is no archive in that folder. Nothing is left there."""

    NO_FOLDER = "no_folder"
    """It is not there: the stick is not plugged in."""
    NOT_WRITABLE = "not_writable"
    FULL = "full"
    TOO_LARGE = "too_large"
    """The medium takes no file of this length: FAT32 ends at 4 GiB."""
    GONE = "gone"
    """The medium went away, or failed, while it was written or read back."""
    NOT_READ_BACK = "not_read_back"
    """What the medium gives back is not what was written: it is not to be trusted."""
    JOURNAL_NOT_SOUND = "journal_not_sound"
    """The journal itself does not verify."""


@dataclass(frozen=True, slots=True)
class Archived:
    """The archive is there, on the medium, and was verified from there.

    Attributes:
        path: where it is.
        bytes_: its length.
        manifest_sha256: names it for good, hex.
    """

    path: Path
    bytes_: int
    manifest: Manifest
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class NotArchived:
    """There is none; the till is as it was. `detail` is for the log."""

    refusal: Refusal
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveCancelled:
    """Somebody stopped it; nothing is left in the folder."""


ArchiveResult = Archived | NotArchived | ArchiveCancelled


class Stopped(Exception):
    """Raised in between when somebody does not want it any more."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far it is, and who may stop it. Any thread."""

    on_progress: OnProgress | None = None
    cancelled: threading.Event | None = None

    def at(self, step: Step, done: int, total: int) -> None:
        """Tell it.

        Raises:
            Stopped: nobody wants the archive any more.
        """
        if self.cancelled is not None and self.cancelled.is_set():
            raise Stopped
        if self.on_progress is not None:
            self.on_progress(Progress(step, min(done, total), max(1, total)))
