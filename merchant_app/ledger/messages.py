"""What till and service say to each other about the journal, as plain values.

The adapters put them on a wire; the simulator passes them as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, VoucherId
from merchant_app.ledger.entries import Envelope
from merchant_app.vouchers.verdicts import Reason


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One voucher of an op after its outcome; amounts in minor units of the op's currency."""

    voucher_id: VoucherId
    accepted_minor: int
    shortfall_minor: int
    balance_minor: int
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The newest state of one redemption or void at the service."""

    op_id: OpId
    status: OutcomeStatus
    lines: tuple[OutcomeLine, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is sent: entries on top of (base_seq, base_hash), and how far outcomes were read."""

    epoch_id: EpochId
    generation: int
    base_seq: int
    base_hash: bytes
    entries: tuple[Envelope, ...]
    outcome_cursor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The service holds the chain up to (head_seq, head_hash); its signature was verified.

    `head_at` and `head_signature` make the receipt that the till keeps.
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


@dataclass(frozen=True, slots=True)
class Rewind:
    """The service has less than the till believed; send again from there."""

    generation: int
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Forked:
    """Another entry stands where ours should, or the epoch was closed: stop, enrol again."""
