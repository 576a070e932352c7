"""Comparing a till's past with what the service holds of it, after an enrolment or a restore.

What only the service has is adopted here; what the service lacks is recorded once more, under the
same ids. And a file that is older than what the service holds is brought up to date.
"""

from __future__ import annotations

import logging

from merchant_app.central.port import (
    CentralService,
    HeldEntries,
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

    def reconcile(self) -> Failure | None:
        """Compare all earlier epochs; None when nothing is missing on either side any more.

        It may be broken off and begun again at any time: what was adopted stays so.
        """
        held = self._central.held_epochs()
        if not isinstance(held, HeldEpochs):
            return held
        pulled: dict[EpochId, tuple[Envelope, ...]] = {}
        for epoch_id in self._journal.run(lambda journal: exchange.to_pull(journal, held)):
            entries = self._pull(epoch_id, after_seq=0)
            if isinstance(entries, Failure):
                return entries
            pulled[epoch_id] = entries
        self._journal.run(lambda journal: exchange.reconcile(journal, held, pulled))
        _log.info("compared with the service: %d epochs, %d differ", len(held.epochs), len(pulled))
        return None

    def catch_up(self) -> Failure | bool:
        """Take what the service has of the current epoch and this file has not.

        False: it does not follow our own chain; two histories claim one place.
        """
        epoch_id, after_seq = self._journal.run(
            lambda journal: (journal.epoch_id(), journal.head()[0])
        )
        entries = self._pull(epoch_id, after_seq=after_seq)
        if isinstance(entries, Failure):
            return entries
        if not entries or not self._journal.run(
            lambda journal: exchange.continues(journal, entries)
        ):
            return False
        self._journal.run(lambda journal: journal.extend(entries))
        _log.warning("this journal was older than the service's; %d entries added", len(entries))
        return True

    def _pull(self, epoch_id: EpochId, *, after_seq: int) -> tuple[Envelope, ...] | Failure:
        found: list[Envelope] = []
        for _ in range(PAGES_MAX):
            page = self._central.held_entries(epoch_id, after_seq=after_seq)
            if not isinstance(page, HeldEntries):
                return page
            found += page.entries
            if not page.more or not page.entries:
                return tuple(found)
            after_seq = page.entries[-1].seq
        raise Bug("the service's journal does not come to an end")
