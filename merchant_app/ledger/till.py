"""The till's side of the protocol: pure rules for sending the journal and reading outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId
from merchant_app.ledger.entries import Envelope
from merchant_app.ledger.messages import Batch, Outcome, Rewind, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one epoch's journal is known to be at the service.

    Attributes:
        generation: the history of the service it belongs to; a restored service has a higher one.
        acked_seq: entries up to here are at the service, confirmed by the hash of the head.
        outcome_cursor: outcomes up to here have been read and recorded.
    """

    epoch_id: EpochId
    generation: int = 0
    acked_seq: int = 0
    outcome_cursor: int = 0


def batch(progress: Progress, *, base_hash: bytes, unsent: Sequence[Envelope]) -> Batch:
    """The next request. `unsent` follows acked_seq; none at all just reads outcomes."""
    return Batch(
        epoch_id=progress.epoch_id,
        generation=progress.generation,
        base_seq=progress.acked_seq,
        base_hash=base_hash,
        entries=tuple(unsent),
        outcome_cursor=progress.outcome_cursor,
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
class Differs:
    """The service's chain is not ours at a place both have: stop selling."""


HashAt = Callable[[int], bytes | None]
"""Our own hash at a seq (the root's at 0); None beyond our head."""

Step = Advanced | SendAgain | Ignore | Differs


def after_answer(progress: Progress, answer: Stored | Rewind, *, hash_at: HashAt) -> Step:
    """What an answer means (ledger.md 2.3). Acknowledged is only what our own hash confirms."""
    if answer.generation < progress.generation:
        return Ignore()
    own_hash = hash_at(answer.head_seq)
    if own_hash is None:
        # More than we ever wrote: this file is older than what the service holds.
        return Differs()
    if own_hash != answer.head_hash:
        return Differs()
    if isinstance(answer, Rewind) or answer.generation > progress.generation:
        return SendAgain(
            replace(
                progress,
                generation=answer.generation,
                acked_seq=answer.head_seq,
                outcome_cursor=0,
            )
        )
    if answer.head_seq < progress.acked_seq:
        return Ignore()
    return Advanced(
        replace(
            progress,
            acked_seq=answer.head_seq,
            outcome_cursor=max(progress.outcome_cursor, answer.next_outcome_cursor),
        ),
        answer.outcomes,
    )


def may_hand_over(status: OutcomeStatus) -> bool | None:
    """The decision that an outcome leads to while the cashier waits for it; None: none yet."""
    match status:
        case OutcomeStatus.ACCEPTED:
            return True
        case OutcomeStatus.REFUSED | OutcomeStatus.UNPROCESSABLE:
            return False
        case (
            OutcomeStatus.SHORT
            | OutcomeStatus.CANCELLED
            | OutcomeStatus.VOIDED
            | OutcomeStatus.REVERSED
            | OutcomeStatus.NOT_REVERSIBLE
        ):
            # Each of these follows a decision that was made before: there is none to make.
            return None
