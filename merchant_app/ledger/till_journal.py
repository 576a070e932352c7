"""The port to a till's journal: what the protocol needs of it, be it on disk or in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from merchant_app.ids import EpochId, OpId
from merchant_app.ledger.entries import Decision, Entry, Envelope, Redemption
from merchant_app.ledger.exposure import Limit
from merchant_app.ledger.messages import Outcome, Stored
from merchant_app.ledger.standing import Standing
from merchant_app.ledger.till import Progress


@dataclass(frozen=True, slots=True)
class Recorded:
    """One redemption and all the journal knows of it.

    Attributes:
        envelope: where it stands in the chain.
        decision: whether the goods were handed over; None while nobody decided. A redemption that
            was honoured offline is decided by itself.
        outcome: the newest the service said of it.
        void: the op that undoes it, if any.
        foreign: another copy of this till wrote it.
    """

    redemption: Redemption
    epoch_id: EpochId
    envelope: Envelope
    decision: bool | None
    outcome: Outcome | None
    void: OpId | None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class OwnEpoch:
    """One epoch as far as this journal has it."""

    epoch_id: EpochId
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Lifted:
    """Somebody responsible lifted a soft limit for one redemption.

    It stays with the till: to the service the redemption is one accepted offline like any other.

    Attributes:
        op_id: the redemption's.
        limit: the one that it is beyond.
        amount_minor: of the whole redemption.
        cashier: who stood at the till.
    """

    op_id: OpId
    limit: Limit
    amount_minor: int
    cashier: str


class AlreadyDecided(Exception):
    """The redemption has its one decision, or void; nothing was written."""


class TillJournal(Protocol):
    """One till's journal. One thread at a time; every method that writes is one transaction, and
    what it wrote is durable when it returns.

    Raises:
        Problem: the world is in the way; the journal holds what it held before.
    """

    @property
    def standing(self) -> Standing:
        """What is open."""
        ...

    # writing

    def append(self, *entries: Entry, lifted: Lifted | None = None) -> tuple[Envelope, ...]:
        """Record new entries in the current epoch; before them, in the same transaction, which
        limit was `lifted` for one of them.

        Raises:
            AlreadyDecided: one of them decides, or undoes, what already has been.
        """
        ...

    def record_answer(
        self, progress: Progress, *, receipt: Stored | None, decisions: Sequence[Decision] = ()
    ) -> None:
        """What a delivery brought, and the decisions it leads to."""
        ...

    def extend(self, entries: Sequence[Envelope]) -> None:
        """Entries of the current epoch that the service has and this file has not (any more)."""
        ...

    def adopt(self, epoch_id: EpochId, entries: Sequence[Envelope]) -> None:
        """Keep what another copy of this till wrote; ops that are known here are skipped."""
        ...

    def reconciled(self, bodies: Sequence[str]) -> None:
        """Record entries of before once more, in the current epoch, as they are; from then on
        nothing older is missing at the service but what the current epoch holds."""
        ...

    # reading

    def epoch_id(self) -> EpochId:
        """The epoch that entries go to."""
        ...

    def progress(self) -> Progress:
        """Where sending the current epoch stands."""
        ...

    def head(self) -> tuple[int, bytes]:
        """The last number of the current epoch, and its hash."""
        ...

    def hash_at(self, seq: int) -> bytes | None:
        """Our own hash at `seq` in the current epoch; None beyond the head."""
        ...

    def unsent(self, *, limit: int) -> tuple[Envelope, ...]:
        """The oldest entries the service has not confirmed, in order."""
        ...

    def priors(self, entries: Sequence[Envelope]) -> tuple[Outcome, ...]:
        """The newest outcomes of the redemptions among these entries."""
        ...

    def recorded(self, op_id: OpId) -> Recorded | None:
        """A redemption and what became of it."""
        ...

    def is_lifted(self, op_id: OpId) -> bool:
        """Whether a limit was lifted for this redemption, at this till."""
        ...

    def outcome(self, op_id: OpId) -> Outcome | None:
        """The newest the service said of an op."""
        ...

    def last_completed(self) -> Recorded | None:
        """The last redemption that was handed over and that no void undoes."""
        ...

    def epochs(self) -> tuple[OwnEpoch, ...]:
        """Every epoch here, the current one last."""
        ...

    def hash_in(self, epoch_id: EpochId, seq: int) -> bytes | None:
        """Our own hash at `seq` of an epoch; None where this journal has no such entry."""
        ...

    def bodies(self, epoch_id: EpochId, *, after_seq: int) -> tuple[tuple[OpId, str, bytes], ...]:
        """The entries of an epoch from after `after_seq` on: op, body, hash."""
        ...

    def adopted_bodies(self) -> tuple[tuple[EpochId, int, OpId, str], ...]:
        """The adopted entries, and where they stood."""
        ...

    def knows(self, op_ids: Sequence[OpId], *, in_epoch: EpochId | None = None) -> set[OpId]:
        """Which of these ops are recorded here (in that epoch)."""
        ...
