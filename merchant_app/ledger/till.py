"""The till's side of the protocol: pure rules for sending the journal and reading outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId
from merchant_app.ledger.entries import Envelope
from merchant_app.ledger.messages import RESYNC_UNKNOWN, Batch, Outcome, Rewind, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one epoch's journal is known to be at the service.

    Attributes:
        generation: the history of the service it belongs to; a restored service has a higher one.
        acked_seq: entries up to here are at the service, confirmed by the hash of the head.
        outcome_cursor: outcomes up to here have been read and recorded.
        resync_to: how long the journal was when this generation was learned: up to there entries
            go with what the service said of them before; 0 when nothing is sent again.
        reconcile: earlier epochs have to be compared with what the service holds of them.
    """

    epoch_id: EpochId
    generation: int = 0
    acked_seq: int = 0
    outcome_cursor: int = 0
    resync_to: int = 0
    reconcile: bool = False


def batch(
    progress: Progress,
    *,
    base_hash: bytes,
    unsent: Sequence[Envelope],
    priors: Sequence[Outcome] = (),
) -> Batch:
    """The next request. `unsent` follows acked_seq; none at all just reads outcomes."""
    return Batch(
        epoch_id=progress.epoch_id,
        generation=progress.generation,
        base_seq=progress.acked_seq,
        base_hash=base_hash,
        entries=tuple(unsent),
        outcome_cursor=progress.outcome_cursor,
        resync_to=RESYNC_UNKNOWN if progress.reconcile else progress.resync_to,
        priors=tuple(priors),
    )


@dataclass(frozen=True, slots=True)
class Advanced:
    """The service has more; record the outcomes and the new progress together."""

    progress: Progress
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class SendAgain:
    """The service has less, or another history: go on from there."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Ignore:
    """An answer to an older question: it changes nothing."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The service has more of this epoch than we: this file is older. Pull what is missing."""

    head_seq: int


@dataclass(frozen=True, slots=True)
class Differs:
    """The service's chain is not ours at a place both have: stop selling."""


HashAt = Callable[[int], bytes | None]
"""Our own hash at a seq (the root's at 0); None beyond our head."""

Step = Advanced | SendAgain | Ignore | Behind | Differs


def after_answer(
    progress: Progress,
    answer: Stored | Rewind,
    *,
    hash_at: HashAt,
    head_seq: int,
    has_past: Callable[[], bool],
) -> Step:
    """What an answer means (ledger.md 2.3). Acknowledged is only what our own hash confirms.

    Args:
        progress: where we stood.
        answer: what came; it may be the answer to an older question.
        hash_at: our own chain.
        head_seq: how long it is now.
        has_past: whether there are other epochs, or adopted entries, in this journal: a service
            that lost some of its past may have lost those too.
    """
    if answer.generation < progress.generation:
        return Ignore()
    own_hash = hash_at(answer.head_seq)
    if own_hash is None:
        return Behind(answer.head_seq)
    if own_hash != answer.head_hash:
        return Differs()
    if answer.generation > progress.generation:
        return SendAgain(
            replace(
                progress,
                generation=answer.generation,
                acked_seq=answer.head_seq,
                outcome_cursor=0,
                resync_to=head_seq,
                reconcile=has_past(),
            )
        )
    if isinstance(answer, Rewind):
        return SendAgain(
            replace(progress, acked_seq=answer.head_seq, outcome_cursor=0, resync_to=head_seq)
        )
    if answer.head_seq < progress.acked_seq:
        return Ignore()
    # A page that ends no further than we have read is older than what we recorded from there.
    is_news = answer.next_outcome_cursor > progress.outcome_cursor
    outcomes = answer.outcomes if is_news else ()
    cursor = max(progress.outcome_cursor, answer.next_outcome_cursor)
    if (answer.head_seq, cursor) != (progress.acked_seq, progress.outcome_cursor):
        progress = Progress(
            epoch_id=progress.epoch_id,
            generation=progress.generation,
            acked_seq=answer.head_seq,
            outcome_cursor=cursor,
            resync_to=progress.resync_to,
            reconcile=progress.reconcile,
        )
    return Advanced(progress, outcomes)


def may_hand_over(status: OutcomeStatus) -> bool | None:
    """The decision that an outcome leads to while the cashier waits for it; None: none.

    Only a clean acceptance lets the goods go. Whatever else is said of a redemption that nobody
    here has decided yet, by a copy of this till or after a restore, ends without them; what had
    been debited then goes back.
    """
    match status:
        case OutcomeStatus.ACCEPTED:
            return True
        case (
            OutcomeStatus.REFUSED
            | OutcomeStatus.UNPROCESSABLE
            | OutcomeStatus.SHORT
            | OutcomeStatus.CANCELLED
            | OutcomeStatus.VOIDED
        ):
            return False
        case OutcomeStatus.REVERSED | OutcomeStatus.NOT_REVERSIBLE:
            return None  # of a void: there is nothing to hand over
