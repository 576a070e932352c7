"""Comparing a till's past with what the service holds of it, after an enrolment or a restore.

What only the service has is adopted here; what the service lacks is recorded once more, under the
same ids. And a file that is older than what the service holds is brought up to date.
"""

from __future__ import annotations

import logging

from merchant_app.central.port import (
    CentralService,
    HeldEntries,
    HeldEpoch,
    HeldEpochs,
    NoAnswer,
    NotAuthorised,
    Rejected,
)
from merchant_app.errors import Bug
from merchant_app.ids import EpochId
from merchant_app.journal.owner import JournalOwner
from merchant_app.ledger import exchange
from merchant_app.ledger.entries import Envelope

PAGES_MAX = 100_000
"""Of 200 entries: more than any till writes in its life."""

_log = logging.getLogger(__name__)

Failure = NoAnswer | NotAuthorised | Rejected


class Past:
    """A till's past, here and at the service. Worker threads; one at a time."""

    def __init__(self, *, journal: JournalOwner, central: CentralService) -> None:
        self._journal = journal
        self._central = central
        self._pulled: dict[HeldEpoch, list[Envelope]] = {}
        """What came of an epoch before the line broke; its head names all that stands below it."""

    def reconcile(self) -> Failure | None:
        """Compare all earlier epochs; None when nothing is missing on either side any more.

        It may be broken off and begun again at any time: what was pulled is not asked for again
        while the program runs, and what was adopted stays so.
        """
        held = self._central.held_epochs()
        if not isinstance(held, HeldEpochs):
            return held
        wanted = self._journal.run(lambda journal: exchange.to_pull(journal, held))
        pulled: dict[EpochId, list[Envelope]] = {}
        for epoch in held.epochs:
            if epoch.epoch_id in wanted:
                known = self._pulled.setdefault(epoch, [])
                failure = self._pull(epoch.epoch_id, known, after_seq=len(known))
                if failure is not None:
                    return failure
                pulled[epoch.epoch_id] = known
        self._journal.run(lambda journal: exchange.reconcile(journal, held, pulled))
        self._pulled.clear()
        _log.info("compared with the service: %d epochs, %d differ", len(held.epochs), len(pulled))
        return None

    def catch_up(self) -> Failure | bool:
        """Take what the service has of the current epoch and this file has not.

        False: it does not follow our own chain; two histories claim one place.
        """
        epoch_id, after_seq = self._journal.run(
            lambda journal: (journal.epoch_id(), journal.head()[0])
        )
        entries: list[Envelope] = []
        failure = self._pull(epoch_id, entries, after_seq=after_seq)
        if failure is not None:
            return failure
        if not entries or not self._journal.run(
            lambda journal: exchange.continues(journal, entries)
        ):
            return False
        self._journal.run(lambda journal: journal.extend(entries))
        _log.warning("this journal was older than the service's; %d entries added", len(entries))
        return True

    def _pull(self, epoch_id: EpochId, into: list[Envelope], *, after_seq: int) -> Failure | None:
        """Add what the service holds of this epoch after that number, a page at a time."""
        for _ in range(PAGES_MAX):
            page = self._central.held_entries(epoch_id, after_seq=after_seq)
            if not isinstance(page, HeldEntries):
                return page
            into += page.entries
            if not page.more or not page.entries:
                return None
            after_seq = page.entries[-1].seq
        raise Bug("the service's journal does not come to an end")
