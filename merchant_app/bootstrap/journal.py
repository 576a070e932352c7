"""Opens the journal of an enrolled till: with its mirror, watched room, and salvage if it must be.

Heavy imports: a worker thread loads this module after the first paint.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from merchant_app.central.port import CentralService, HeldEntries
from merchant_app.clock import Clock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId
from merchant_app.journal.owner import JournalOwner
from merchant_app.journal.room import Room
from merchant_app.journal.salvage import salvage
from merchant_app.ledger.entries import Envelope
from merchant_app.settings.enrolment import EnrolledTill

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedJournal:
    """The journal at work.

    `salvaged`: it was damaged, and so many entries proved themselves; None: it was sound.
    """

    owner: JournalOwner
    salvaged: int | None


def open_journal(
    enrolled: EnrolledTill, data: Path, *, mirror_folder: str, central: CentralService, clock: Clock
) -> OpenedJournal:
    """Open, or make, the journal in the folder `data`, and begin or take up the till's epoch.

    Args:
        enrolled: whose journal it is.
        data: the profile's folder.
        mirror_folder: where the user wants the second copy; empty: beside the journal.
        central: asked for what a damaged file has lost.
        clock: for what is recorded.

    Raises:
        Problem: see `journal.opening.open_journal`; JOURNAL_INCOMPLETE: it is damaged, and entries
            are missing that neither the mirror nor the service could give back. Nothing is changed
            then: with a line, or the mirror's medium, the next try may find them.
    """
    path = journal_path(data)
    mirror = _mirror_path(enrolled, data, mirror_folder)
    salvaged = None
    room = Room(path)
    try:
        owner = JournalOwner(path, clock, mirror=mirror, room=room)
    except Problem as problem:
        if problem.kind is not ProblemKind.JOURNAL_DAMAGED:
            raise
        _log.error("the journal is damaged (%s); it is salvaged", problem.detail)
        report = salvage(
            path, clock.now(), mirror_path=mirror, pull=lambda *at: _pull(central, *at)
        )
        salvaged = sum(report.proved.values())
        _log.error("salvaged: %s; the damaged files are in %s", report.proved, report.folder)
        owner = JournalOwner(path, clock, mirror=mirror, room=room)
    owner.run(
        lambda opened: opened.begin_epoch(
            enrolled.epoch_id,
            till_id=enrolled.till_id,
            generation=enrolled.generation,
            previous_head=enrolled.previous_head,
        )
    )
    return OpenedJournal(owner, salvaged)


def journal_path(data: Path) -> Path:
    """The journal in a profile's folder."""
    return data / "journal.sqlite"


def _mirror_path(enrolled: EnrolledTill, data: Path, mirror_folder: str) -> Path:
    if not mirror_folder:
        return data / "journal.mirror"
    # Several tills may share one medium.
    return Path(mirror_folder) / f"comptoir-{enrolled.till_id}.mirror"


def _pull(central: CentralService, epoch_id: EpochId, after_seq: int) -> Sequence[Envelope]:
    """What the service holds of an epoch; nothing when it cannot be asked."""
    found: list[Envelope] = []
    while True:
        page = central.held_entries(epoch_id, after_seq=after_seq)
        if not isinstance(page, HeldEntries):
            return ()
        found += page.entries
        if not page.more or not page.entries:
            return found
        after_seq = page.entries[-1].seq
