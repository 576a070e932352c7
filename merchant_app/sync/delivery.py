"""Delivery: the one call that sends the journal, be it one entry or a hundred."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from merchant_app.central.port import (
    Batch,
    CentralService,
    Forked,
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    Outcome,
    Rejected,
    Rewind,
    Stored,
)
from merchant_app.clock import Clock
from merchant_app.errors import Bug
from merchant_app.ids import OpId
from merchant_app.journal.journal import Journal
from merchant_app.journal.owner import JournalOwner
from merchant_app.ledger import exchange
from merchant_app.ledger import till as protocol
from merchant_app.ledger.entries import Decision
from merchant_app.sync.connectivity import Connectivity, LineState
from merchant_app.sync.reconciliation import Past

ENTRIES_PER_BATCH = 100
REQUESTS_PER_DELIVERY_MAX = 20_000
"""A delivery that needs more than this is going round in circles."""
TOO_LARGE = 413

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The service holds everything that was recorded when the delivery began."""


Delivery = Delivered | NoAnswer | NotAuthorised | Rejected | Forked


class Courier:
    """Sends what the journal has and the service has not; records what comes back.

    Any thread may call `deliver`; deliveries take turns. While an op is `awaited` (the cashier
    sees it on the screen and waits), its outcome and the decision it leads to are recorded in one
    transaction, whichever thread's delivery brings it. An outcome nobody waits for leads to no
    decision: a person is asked what happened.
    """

    def __init__(
        self,
        *,
        journal: JournalOwner,
        central: CentralService,
        connectivity: Connectivity,
        clock: Clock,
        new_id: Callable[[], UUID],
        cashier: str,
        told: Callable[[], None],
        entries_per_batch: int = ENTRIES_PER_BATCH,
    ) -> None:
        """`told` is called after new outcomes are on disk."""
        self._journal = journal
        self._central = central
        self._connectivity = connectivity
        self._clock = clock
        self._new_id = new_id
        self._cashier = cashier
        self._told = told
        self._past = Past(journal=journal, central=central)
        self._turn = threading.Lock()
        self._awaited: set[OpId] = set()
        self._batch_size = entries_per_batch

    def await_outcome(self, op_id: OpId) -> None:
        """The cashier now waits for this op."""
        self._awaited.add(op_id)

    def stop_awaiting(self, op_id: OpId) -> None:
        self._awaited.discard(op_id)

    def awaited(self) -> frozenset[OpId]:
        return frozenset(self._awaited)

    def deliver(self, *, wait_s: float, until: Callable[[Journal], bool] | None = None) -> Delivery:
        """Send what is unsent and read what became of it.

        Args:
            wait_s: how long to wait, for the turn and then for each answer.
            until: what the caller waits for; once the journal has it, the rest may follow later.
                None: nobody waits, so there is time to compare the till's past as well.
        """
        if self._connectivity.facts().state is LineState.STOPPED:
            return Forked()
        if not self._turn.acquire(timeout=wait_s):
            return NoAnswer(NoAnswerKind.SLOW)
        try:
            delivery = self._deliver(wait_s=wait_s, until=until)
            if until is None and isinstance(delivery, Delivered):
                delivery = self._compare_past(wait_s=wait_s)
            return delivery
        finally:
            self._turn.release()

    def _compare_past(self, *, wait_s: float) -> Delivery:
        if not self._journal.run(lambda journal: journal.progress().reconcile):
            return Delivered()
        failure = self._past.reconcile()
        if failure is not None:
            self._connectivity.report(failure)
            return failure
        return self._deliver(wait_s=wait_s, until=None)

    def _deliver(self, *, wait_s: float, until: Callable[[Journal], bool] | None) -> Delivery:
        for _ in range(REQUESTS_PER_DELIVERY_MAX):
            batch = self._journal.run(self._next_batch)
            began_s = self._clock.monotonic_s()
            answer = self._central.append_journal(batch, wait_s=wait_s)
            self._connectivity.report(answer, took_s=self._clock.monotonic_s() - began_s)
            match answer:
                case Stored() | Rewind():
                    done = self._after(answer, until=until)
                case Forked():
                    done = self._stop()
                case NoAnswer() | NotAuthorised():
                    done = answer
                case Rejected():
                    done = self._after_rejection(answer, sent=len(batch.entries))
            if done is not None:
                return done
        raise Bug("a delivery does not come to an end")

    def _next_batch(self, journal: Journal) -> Batch:
        return exchange.next_batch(journal, limit=self._batch_size)

    def _after_rejection(self, answer: Rejected, *, sent: int) -> Delivery | None:
        if answer.status == TOO_LARGE and sent > 1:
            self._batch_size = sent // 2
            _log.warning("%d entries are too many for the service; %d now", sent, sent // 2)
            return None
        # Ours to mend: the entries stay, other work goes on, the log says where.
        _log.error("journal rejected: status %s at %s", answer.status, answer.path)
        return answer

    def _after(
        self, answer: Stored | Rewind, *, until: Callable[[Journal], bool] | None
    ) -> Delivery | None:
        """Record an answer. None: there is more to send or to read."""
        awaited = self.awaited()
        step = self._journal.run(
            lambda journal: exchange.take(journal, answer, awaited=awaited, decide=self._decision)
        )
        match step:
            case protocol.Differs():
                return self._stop()
            case protocol.Behind():
                return self._catch_up()
            case protocol.Ignore():
                # An answer out of the service's past: as good as none.
                return NoAnswer(NoAnswerKind.NOT_UNDERSTOOD)
            case protocol.SendAgain():
                _log.warning("the service has less of the journal; sending again")
                return None
            case protocol.Advanced(outcomes=outcomes):
                assert isinstance(answer, Stored)
                return self._advanced(answer, outcomes, until=until)

    def _advanced(
        self,
        answer: Stored,
        outcomes: tuple[Outcome, ...],
        *,
        until: Callable[[Journal], bool] | None,
    ) -> Delivery | None:
        if answer.alarm_seqs:
            _log.error("the service raised alarms for entries %s", answer.alarm_seqs)
        if outcomes:
            self._told()
        if until is not None and self._journal.run(until):
            return Delivered()
        if answer.more_outcomes or self._journal.run(Journal.unsent_count):
            return None
        if answer.recovering and until is not None:
            # It is stored, and nothing will be said of it until the service has recovered.
            return NoAnswer(NoAnswerKind.BEING_RESTORED)
        return Delivered()

    def _catch_up(self) -> Delivery | None:
        caught_up = self._past.catch_up()
        if caught_up is True:
            return None
        if caught_up is False:
            return self._stop()
        self._connectivity.report(caught_up)
        return caught_up

    def _decision(self, redemption_id: OpId, handed_over: bool) -> Decision:
        return Decision(
            op_id=OpId(self._new_id()),
            redemption_id=redemption_id,
            handed_over=handed_over,
            at=self._clock.now(),
            cashier=self._cashier,
        )

    def _stop(self) -> Forked:
        _log.error("our journal and the service's differ; selling stops")
        self._connectivity.stop()
        return Forked()
