"""A damaged journal, saved row by row: nothing is guessed, and nothing is silently dropped.

Every entry proves itself by the chain of hashes, wherever it was found: in what SQL can still
read, in the raw bytes, in the mirror, in a backup, at the service. What is proved without a gap up
to the known head becomes a fresh file; the damaged files are moved aside, never deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId
from merchant_app.journal import backup
from merchant_app.journal.evidence import Evidence, Source
from merchant_app.journal.opening import kept_log_path, log_path
from merchant_app.journal.proving import Proved, Pull, prove
from merchant_app.journal.rebuilding import write_fresh
from merchant_app.journal.replacing import damaged_folder, finish_replacing, replace


@dataclass(frozen=True, slots=True)
class Missing:
    """Entries that nothing could prove: first and last number, in one epoch."""

    epoch_id: EpochId
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged journal.

    Attributes:
        proved: how many entries each source gave; one that several have counts for the first.
        heads: the last number of each epoch that is known to have existed, 0 if none is.
        missing: what is missing beneath them; empty whenever a new file was made.
        outcomes: how many outcomes could be read; those that could not are asked for again.
        folder: where the damaged files are now; None if nothing was moved.
    """

    proved: dict[Source, int]
    heads: dict[EpochId, int]
    missing: tuple[Missing, ...]
    outcomes: int
    folder: Path | None


class Incomplete(Problem):
    """Entries are missing that nobody has. Nothing was changed.

    Attributes:
        report: what could be proved, and what is missing.
    """

    def __init__(self, report: Salvaged) -> None:
        numbers = ", ".join(
            f"epoch {gap.epoch_id}: {gap.first_seq} to {gap.last_seq}" for gap in report.missing
        )
        super().__init__(ProblemKind.JOURNAL_INCOMPLETE, numbers)
        self.report = report


def salvage(
    path: Path, now: datetime, *, mirror_path: Path | None = None, pull: Pull | None = None
) -> Salvaged:
    """Make a fresh, proved journal of the damaged one at `path`; nobody has it open.

    The fresh file is opened as any other. It reads all outcomes from the service once more, and
    treats the last session as one that died: people are asked what they may not have seen.

    Raises:
        Incomplete: entries beneath the known head are missing, and neither mirror nor service has
            them.
        Problem: DISK_FULL, DISK_READ_ONLY; MIRROR_UNREACHABLE: its medium has to be plugged in
            first; JOURNAL_NEWER: the mirror is a newer program's.
    """
    finish_replacing(path)
    work = path.with_name(f"{path.name}-salvaging")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        return _salvage(path, now, work, mirror_path=mirror_path, pull=pull)
    except OSError as error:
        raise Problem(ProblemKind.DISK_READ_ONLY, f"salvage: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _salvage(
    path: Path, now: datetime, work: Path, *, mirror_path: Path | None, pull: Pull | None
) -> Salvaged:
    evidence = gather(path, work, mirror_path=mirror_path)
    proved = [prove(evidence, epoch, pull) for epoch in evidence.epochs()]
    report = _report(evidence, proved, folder=None)
    if report.missing:
        raise Incomplete(report)
    unnamed = evidence.unnamed_epochs()
    if unnamed or not proved:
        detail = f"{len(unnamed)} epochs are only known by their entries"
        raise Problem(ProblemKind.JOURNAL_DAMAGED, detail)
    fresh = work / "fresh.sqlite"
    write_fresh(fresh, evidence, proved, now)
    folder = damaged_folder(path, now)
    replace(path, fresh, folder)
    return _report(evidence, proved, folder=folder)


def gather(path: Path, work: Path, *, mirror_path: Path | None) -> Evidence:
    """Everything that speaks of the journal; the files are read, not touched."""
    evidence = Evidence()
    for file in (path, log_path(path), kept_log_path(path)):
        if file.exists():
            evidence.add_raw(Source.FILE, file.read_bytes())
    evidence.add_readable(Source.FILE, path, work)
    # A medium that is not there may have the last entries: those must not be left behind. One that
    # is there and was never written has nothing to say.
    if mirror_path is not None and (mirror_path.exists() or not mirror_path.parent.is_dir()):
        evidence.add_mirror(mirror_path)
    backups = path.with_name("backups")
    for number, copy in enumerate(backup.newest_first(backups) if backups.is_dir() else ()):
        place = work / f"backup-{number}"
        place.mkdir()
        evidence.add_readable(Source.BACKUP, copy, place)
    return evidence


def _report(evidence: Evidence, proved: Sequence[Proved], *, folder: Path | None) -> Salvaged:
    sources = dict.fromkeys(Source, 0)
    for chain in proved:
        for envelope in (*chain.entries, *chain.beyond):
            sources[evidence.source_of(envelope)] += 1
    missing = tuple(
        Missing(chain.epoch_id, first, last) for chain in proved for first, last in chain.gaps()
    )
    return Salvaged(
        proved=sources,
        heads={chain.epoch_id: chain.known_seq for chain in proved},
        missing=missing,
        outcomes=len(evidence.rows("outcomes")),
        folder=folder,
    )
