"""From a packed archive on the till's disk to a verified one in a folder of the user's choice.

The folder may be a stick that is full, write-protected, old, or pulled out in the middle. The file
bears its name only when all of it was read back from there and verified; until then it is called
`….zip.unfinished`, and it is removed where anything goes wrong.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from merchant_app.clock import business_date
from merchant_app.errors import ProblemKind
from merchant_app.journal import space
from merchant_app.journal.carried_copy import copy_out, read_copy
from merchant_app.journal.syncing import sync_folder, sync_handle
from merchant_app.reports.archive.checking import Fault, SoundArchive, UnsoundArchive, check_archive
from merchant_app.reports.archive.packing import (
    PIECE_BYTES,
    Author,
    Packed,
    pack,
    papers_in,
)
from merchant_app.reports.archive.results import (
    ArchiveCancelled,
    Archived,
    ArchiveResult,
    NotArchived,
    Refusal,
    Step,
    Stopped,
    Watch,
)
from merchant_app.settings.paths import disk_problem

UNFINISHED = ".unfinished"
SAME_NAMES_MAX = 1_000
_SLUG_CHARACTERS_MAX = 30
_REFUSALS = {
    errno.ENOSPC: Refusal.FULL,
    errno.EDQUOT: Refusal.FULL,
    errno.EFBIG: Refusal.TOO_LARGE,
    errno.EROFS: Refusal.NOT_WRITABLE,
    errno.EACCES: Refusal.NOT_WRITABLE,
    errno.EPERM: Refusal.NOT_WRITABLE,
}
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF)
"""What file systems say that cannot sync a folder (some of FUSE's): the name is theirs to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What an archive is made of.

    Attributes:
        journal: the file of the till, which may be open.
        papers: the folder of the closings' papers; it may be missing.
        work: a folder of ours on the till's disk; emptied before and after.
    """

    journal: Path
    papers: Path
    work: Path


class _Refused(Exception):
    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(refusal.value)
        self.result = NotArchived(refusal, detail)


def write_archive(
    sources: Sources, folder: Path, author: Author, *, now: datetime, watch: Watch
) -> ArchiveResult:
    """Make one archive in `folder`, verified from there. Any thread but the GUI's; minutes, on a
    slow stick.

    Raises:
        Problem: the till's own disk is full or fails; the journal is damaged.
    """
    try:
        with _working(sources.work) as work:
            _check_folder(folder)
            packed = _pack(sources, work, author, now, watch)
            name = archive_name(author.till, now, author.time_zone)
            return _carry(work / "archive.zip", folder, name, packed, work, watch)
    except _Refused as refused:
        return refused.result
    except Stopped:
        return ArchiveCancelled()


def archive_name(till: str, now: datetime, time_zone: str) -> str:
    """ "comptoir-archive-2026-11-23-caisse-1.zip": every medium can bear it."""
    plain = unicodedata.normalize("NFKD", till.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_CHARACTERS_MAX].strip("-")
    day = business_date(now, time_zone).isoformat()
    return "-".join(part for part in ("comptoir-archive", day, slug) if part) + ".zip"


@contextlib.contextmanager
def _working(folder: Path) -> Iterator[Path]:
    """An empty folder on the till's disk; gone afterwards, and what a crash left is gone before."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise _Refused(Refusal.NO_FOLDER, "not a folder")


# --- on the till's disk --------------------------------------------------------------------------


def _pack(sources: Sources, work: Path, author: Author, now: datetime, watch: Watch) -> Packed:
    try:
        length = sources.journal.stat().st_size
        # The copy and the packed file lie beside each other for a while; the sale goes on.
        space.check(work, free_bytes_min=2 * length + space.FREE_BYTES_MIN)
        copy = work / "journal.sqlite"
        copy_out(
            sources.journal,
            copy,
            on_pages=lambda done, total: watch.at(
                Step.COPYING, length * done // max(1, total), 2 * length
            ),
        )
        papers = papers_in(sources.papers)
        counted = length

        def on_bytes(more: int) -> None:
            nonlocal counted
            counted += more
            watch.at(Step.COPYING, counted, 2 * length)

        packed = pack(
            work / "archive.zip",
            copy=copy,
            copied=read_copy(copy),
            papers=papers,
            author=author,
            now=now,
            on_bytes=on_bytes,
        )
        copy.unlink()
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error
    return packed


# --- in the folder that was chosen ---------------------------------------------------------------


def _carry(
    source: Path, folder: Path, name: str, packed: Packed, work: Path, watch: Watch
) -> ArchiveResult:
    """Copy the file there, read it back, verify it, and give it its name."""
    try:
        path = _free(folder, name)
        unfinished = path.with_name(path.name + UNFINISHED)
        length = source.stat().st_size
        with _removed_unless_renamed(unfinished):
            digest = _write(source, unfinished, length, watch)
            source.unlink()
            _check(unfinished, digest, length, work, watch)
            os.rename(unfinished, path)
            _sync_names(folder)
    except OSError as error:
        refusal = _REFUSALS.get(error.errno or 0, Refusal.GONE)
        raise _Refused(refusal, error.strerror or type(error).__name__) from error
    return Archived(path, length, packed.manifest, packed.manifest_sha256)


def _free(folder: Path, name: str) -> Path:
    """A name that nothing has: what is there is never written over."""
    stem = name.removesuffix(".zip")
    for number in range(1, SAME_NAMES_MAX):
        path = folder / (name if number == 1 else f"{stem}-{number}.zip")
        if not os.path.lexists(path):
            return path
    raise _Refused(Refusal.NOT_WRITABLE, f"{SAME_NAMES_MAX} archives of one day")


@contextlib.contextmanager
def _removed_unless_renamed(unfinished: Path) -> Iterator[None]:
    try:
        yield
    finally:
        # Renamed, it is not there; on a medium that is gone, nothing can be removed.
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _write(source: Path, to: Path, length: int, watch: Watch) -> bytes:
    """The digest of what was written; all of it is on the medium when this returns."""
    digest = hashlib.sha256()
    to.unlink(missing_ok=True)  # an earlier attempt's, when the computer went out
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with source.open("rb") as read, os.fdopen(os.open(to, flags, 0o600), "wb") as file:
        written = 0
        watch.at(Step.WRITING, 0, length)
        while piece := read.read(PIECE_BYTES):
            file.write(piece)
            digest.update(piece)
            written += len(piece)
            watch.at(Step.WRITING, written, length)
        file.flush()
        sync_handle(file.fileno())
        if hasattr(os, "posix_fadvise"):
            # What is read back must come from the medium, and not from this computer's memory.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digest.digest()


def _check(path: Path, digest: bytes, length: int, work: Path, watch: Watch) -> None:
    """The file gives back what was written, and what was written is sound."""
    read_back, done = hashlib.sha256(), 0
    watch.at(Step.CHECKING, 0, length)
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            read_back.update(piece)
            done += len(piece)
            watch.at(Step.CHECKING, done, 2 * length)
    if read_back.digest() != digest:
        raise _Refused(Refusal.NOT_READ_BACK, f"{done} bytes read back")

    def on_bytes(done: int, total: int) -> None:
        watch.at(Step.CHECKING, length + length * done // max(1, total), 2 * length)

    checked = check_archive(path, work, on_bytes=on_bytes)
    match checked:
        case SoundArchive():
            watch.at(Step.CHECKING, 2 * length, 2 * length)
        case UnsoundArchive(findings=findings):
            first = findings[0]
            detail = f"{first.fault.value} {first.where}: {first.detail}"
            is_journal = first.fault is Fault.JOURNAL
            raise _Refused(
                Refusal.JOURNAL_NOT_SOUND if is_journal else Refusal.NOT_READ_BACK, detail
            )


def _sync_names(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
