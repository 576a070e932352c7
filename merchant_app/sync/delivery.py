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
from merchant_app.ledger import till as protocol
from merchant_app.ledger.entries import Decision
from merchant_app.sync.connectivity import Connectivity, LineState

ENTRIES_PER_BATCH = 100
REQUESTS_PER_DELIVERY_MAX = 200
"""A delivery that needs more than this is going round in circles."""

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
    ) -> None:
        self._journal = journal
        self._central = central
        self._connectivity = connectivity
        self._clock = clock
        self._new_id = new_id
        self._cashier = cashier
        self._turn = threading.Lock()
        self._awaited: set[OpId] = set()

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
        """
        if self._connectivity.facts().state is LineState.STOPPED:
            return Forked()
        if not self._turn.acquire(timeout=wait_s):
            return NoAnswer(NoAnswerKind.SLOW)
        try:
            return self._deliver(wait_s=wait_s, until=until)
        finally:
            self._turn.release()

    def _deliver(self, *, wait_s: float, until: Callable[[Journal], bool] | None) -> Delivery:
        for _ in range(REQUESTS_PER_DELIVERY_MAX):
            batch = self._journal.run(_next_batch)
            answer = self._central.append_journal(batch, wait_s=wait_s)
            self._connectivity.report(answer)
            match answer:
                case Stored() | Rewind():
                    done = self._after(answer, until=until)
                    if done is not None:
                        return done
                case Forked():
                    return self._stop()
                case NoAnswer() | NotAuthorised():
                    return answer
                case Rejected(status=status, path=path):
                    # Ours to mend: the entries stay, other work goes on, the log says where.
                    _log.error("journal rejected: status %s at %s", status, path)
                    return answer
        raise Bug("a delivery does not come to an end")

    def _after(
        self, answer: Stored | Rewind, *, until: Callable[[Journal], bool] | None
    ) -> Delivery | None:
        """Record an answer. None: there is more to send or to read."""
        step = self._journal.run(lambda journal: self._record(journal, answer))
        match step:
            case protocol.Differs():
                return self._stop()
            case protocol.Ignore():
                # An answer out of the service's past: as good as none.
                return NoAnswer(NoAnswerKind.NOT_UNDERSTOOD)
            case protocol.SendAgain():
                _log.warning("the service has less of the journal; sending again")
                return None
            case protocol.Advanced():
                more = isinstance(answer, Stored) and answer.more_outcomes
                if (until is not None and self._journal.run(until)) or not (
                    more or not self._journal.run(Journal.is_all_sent)
                ):
                    return Delivered()
                return None

    def _record(self, journal: Journal, answer: Stored | Rewind) -> protocol.Step:
        progress = journal.progress()
        step = protocol.after_answer(progress, answer, hash_at=journal.hash_at)
        if isinstance(step, protocol.SendAgain):
            journal.record_answer(step.progress, receipt=None)
        elif isinstance(step, protocol.Advanced) and isinstance(answer, Stored):
            if answer.alarm_seqs:
                _log.error("the service raised alarms for entries %s", answer.alarm_seqs)
            # A sign of life brings nothing to write; a file need not grow by it.
            if step.progress != progress or step.outcomes:
                decisions = self._decisions(journal, step.outcomes)
                journal.record_answer(step.progress, receipt=answer, decisions=decisions)
        return step

    def _decisions(self, journal: Journal, outcomes: tuple[Outcome, ...]) -> list[Decision]:
        decisions = []
        for outcome in outcomes:
            if outcome.op_id not in self._awaited:
                continue
            handed_over = protocol.may_hand_over(outcome.status)
            recorded = journal.recorded(outcome.op_id)
            if handed_over is None or recorded is None or recorded.decision is not None:
                continue
            decisions.append(
                Decision(
                    op_id=OpId(self._new_id()),
                    redemption_id=outcome.op_id,
                    handed_over=handed_over,
                    at=self._clock.now(),
                    cashier=self._cashier,
                )
            )
        return decisions

    def _stop(self) -> Forked:
        _log.error("our journal and the service's differ; selling stops")
        self._connectivity.stop()
        return Forked()


def _next_batch(journal: Journal) -> Batch:
    progress = journal.progress()
    base_hash = journal.hash_at(progress.acked_seq)
    if base_hash is None:
        raise Bug("acknowledged more than was ever written")
    unsent = journal.unsent(limit=ENTRIES_PER_BATCH)
    return protocol.batch(progress, base_hash=base_hash, unsent=unsent)
