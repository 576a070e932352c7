"""A till's journal in memory: makes entries, chains them, says what to send. For tests only."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from merchant_app.ids import EpochId, OpId, VoucherId, uuid7
from merchant_app.ledger.entries import (
    Choice,
    Decision,
    Entry,
    Envelope,
    Line,
    Redemption,
    Resolution,
    Void,
    chain_hash,
    envelopes,
    root_hash,
)
from merchant_app.ledger.messages import Batch
from merchant_app.money import Money


class JournalWriter:
    """One epoch's chain, and the entries a cashier would make.

    Attributes:
        chain: all envelopes so far.
        cursor: how far outcomes were read; a test moves it.
    """

    def __init__(
        self, epoch_id: EpochId, *, generation: int = 0, seed: int = 1, previous_head: bytes = b""
    ) -> None:
        self.epoch_id = epoch_id
        self._root = root_hash(epoch_id, previous_head)
        self.generation = generation
        self.cursor = 0
        self.chain: list[Envelope] = []
        # The epoch's id is part of the seed: two writers never make the same op id.
        self._random = random.Random(f"{epoch_id} {seed}")
        self._now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

    def hash_at(self, seq: int) -> bytes:
        return self.chain[seq - 1].hash if seq else self._root

    def redemption(
        self,
        *lines: tuple[VoucherId, int],
        honoured: bool = False,
        purchase_minor: int | None = None,
        currency: str = "EUR",
    ) -> Redemption:
        """A basket, not written yet."""
        return Redemption(
            op_id=self._op_id(),
            lines=tuple(
                Line(voucher_id, Money(amount, currency), "…TEST") for voucher_id, amount in lines
            ),
            purchase=None if purchase_minor is None else Money(purchase_minor, currency),
            honoured=honoured,
            at=self._now,
            cashier="Claire",
        )

    def decision(self, redemption: Redemption, *, handed_over: bool) -> Decision:
        return Decision(
            op_id=self._op_id(),
            redemption_id=redemption.op_id,
            handed_over=handed_over,
            at=self._now,
            cashier="Claire",
        )

    def void(self, redemption: Redemption) -> Void:
        return Void(
            op_id=self._op_id(), redemption_id=redemption.op_id, at=self._now, cashier="Claire"
        )

    def resolution(
        self, about: Redemption | Void, *, choice: Choice, retry: Redemption | None = None
    ) -> Resolution:
        return Resolution(
            op_id=self._op_id(),
            about_id=about.op_id,
            choice=choice,
            note="",
            retry_id=None if retry is None else retry.op_id,
            at=self._now,
            cashier="Claire",
        )

    def write(self, *entries: Entry) -> tuple[Envelope, ...]:
        """Append entries to the chain; returns their envelopes."""
        last = len(self.chain)
        new = envelopes(entries, last_seq=last, last_hash=self.hash_at(last))
        self.chain += new
        return new

    def write_body(self, body: str) -> Envelope:
        """Append any text as an entry."""
        seq = len(self.chain) + 1
        hash_ = chain_hash(self.hash_at(seq - 1), seq=seq, body=body)
        self.chain.append(Envelope(seq, body, hash_))
        return self.chain[-1]

    def batch(self, *, after: int = 0, up_to: int | None = None) -> Batch:
        """What to send so that the service has everything after `after`."""
        return Batch(
            epoch_id=self.epoch_id,
            generation=self.generation,
            base_seq=after,
            base_hash=self.hash_at(after),
            entries=tuple(self.chain[after:up_to]),
            outcome_cursor=self.cursor,
        )

    def _op_id(self) -> OpId:
        self._now += timedelta(seconds=1)
        return OpId(uuid7(self._now, self._random.randbytes))
