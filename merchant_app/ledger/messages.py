"""What till and service say to each other about the journal, as plain values.

The adapters put them on a wire; the simulator passes them as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, VoucherId
from merchant_app.ledger.entries import Envelope
from merchant_app.vouchers.verdicts import Reason, Use


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One voucher of an op after its outcome; amounts in minor units of the op's currency.

    `uses`: where there is a shortfall, who else used the voucher and when, newest first.
    """

    voucher_id: VoucherId
    accepted_minor: int
    shortfall_minor: int
    balance_minor: int
    reason: Reason | None
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The newest state of one redemption or void at the service.

    `generation` is the history of the service in which it was said; `signature` (`ledger.priors`)
    lets the service believe it after having lost it.
    """

    op_id: OpId
    status: OutcomeStatus
    lines: tuple[OutcomeLine, ...]
    at: datetime
    generation: int = 0
    signature: bytes = b""


def newest(outcomes: Sequence[Outcome]) -> Collection[Outcome]:
    """The last that was said of each op."""
    if len(outcomes) < 2:
        return outcomes
    return {outcome.op_id: outcome for outcome in outcomes}.values()


RESYNC_UNKNOWN = 2**53
"""`Batch.resync_to` while the till does not know yet how much it will have to send again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is sent: entries on top of (base_seq, base_hash), and how far outcomes were read.

    Attributes:
        resync_to: how long the journal was when the till learned of this generation: a service
            that was restored waits until it has that much; 0 when nothing is sent again.
        priors: what the service said, before it was restored, of the redemptions among `entries`.
    """

    epoch_id: EpochId
    generation: int
    base_seq: int
    base_hash: bytes
    entries: tuple[Envelope, ...]
    outcome_cursor: int
    resync_to: int = 0
    priors: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The service holds the chain up to (head_seq, head_hash); its signature was verified.

    `head_at` and `head_signature` make the receipt that the till keeps. `recovering`: the service
    was restored and stores without evaluating, until every till has sent again what it knows.
    """

    generation: int
    head_seq: int
    head_hash: bytes
    head_at: datetime
    head_signature: bytes
    outcomes: tuple[Outcome, ...]
    next_outcome_cursor: int
    more_outcomes: bool
    alarm_seqs: tuple[int, ...] = ()
    recovering: bool = False


@dataclass(frozen=True, slots=True)
class Rewind:
    """The service has less than the till believed; send again from there."""

    generation: int
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Forked:
    """Another entry stands where ours should, or the epoch was closed: stop, enrol again."""


@dataclass(frozen=True, slots=True)
class HeldEpoch:
    """How much of one epoch of this till the service holds."""

    epoch_id: EpochId
    head_seq: int
    head_hash: bytes
    closed: bool


@dataclass(frozen=True, slots=True)
class HeldEpochs:
    """Every epoch that this till ever had at the service."""

    epochs: tuple[HeldEpoch, ...]


@dataclass(frozen=True, slots=True)
class HeldEntries:
    """Entries of one epoch as the service holds them, in order; `more` follow after the last."""

    epoch_id: EpochId
    entries: tuple[Envelope, ...]
    more: bool
