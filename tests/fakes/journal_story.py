"""A till's day, written into a real journal: redemptions, answers, decisions, voids. For tests."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, TillId, VoucherId, uuid7
from merchant_app.journal.journal import Journal
from merchant_app.ledger import heads, priors
from merchant_app.ledger.entries import Decision, Line, Redemption, Void
from merchant_app.ledger.messages import Outcome, OutcomeLine, Stored
from merchant_app.ledger.till import Progress
from merchant_app.money import Money
from tests.fakes.clock import FakeClock


class Day:
    """Writes one epoch's sales into the journal at `path`; the same seed, the same bytes.

    Attributes:
        journal: the open journal.
        clock: its clock, moved on by every id that is made.
        till_id: whose journal it is.
    """

    def __init__(
        self,
        path: Path,
        *,
        seed: int = 1,
        mirror_path: Path | None = None,
        service_key: Ed25519PrivateKey | None = None,
        till_id: TillId | None = None,
    ) -> None:
        """`service_key` signs what the service says; None: its signatures are noise. `till_id`: of
        a till that was there before."""
        self._random = random.Random(seed)
        self._service_key = service_key
        self.clock = FakeClock()
        self.journal = Journal(path, self.clock, mirror=mirror_path)
        self.till_id = till_id or TillId(self._id())
        self._cursor = 0

    def begin_epoch(self, *, previous_head: bytes = b"") -> EpochId:
        """Enrol; entries go there from now on."""
        epoch_id = EpochId(self._id())
        self.journal.begin_epoch(
            epoch_id, till_id=self.till_id, generation=0, previous_head=previous_head
        )
        self._cursor = 0
        return epoch_id

    def go_on(self, epoch_id: EpochId) -> None:
        """Take up an epoch of before."""
        self.journal.begin_epoch(epoch_id, till_id=self.till_id, generation=0)

    def sales(self, count: int) -> Iterator[int]:
        """Sell; yields the last number that is durable, after each step of each sale."""
        for _ in range(count):
            redemption = self.redemption()
            (envelope,) = self.journal.append(redemption)
            yield envelope.seq
            yield self.answer(redemption)

    def sell(self, count: int) -> int:
        """Sell; the last number that is durable."""
        return max(self.sales(count), default=0)

    def op_at(self, seq: int) -> OpId:
        """The op that stands at a number of the current epoch."""
        op_id = self.journal.op_at(self.journal.epoch_id(), seq)
        assert op_id is not None
        return op_id

    def redemption(self) -> Redemption:
        """One that is not written yet."""
        lines = tuple(
            Line(VoucherId(self._id()), Money(self._random.randint(100, 9000), "EUR"), "…H2M7")
            for _ in range(self._random.choice((1, 1, 1, 2)))
        )
        return Redemption(
            op_id=OpId(self._id()),
            lines=lines,
            purchase=None,
            honoured=False,
            at=self.clock.now(),
            cashier="Zoë",
        )

    def answer(self, redemption: Redemption) -> int:
        """The service takes everything, and the goods are handed over; the last number then."""
        self._cursor += 1
        seq, head_hash = self.journal.head()
        lines = tuple(
            OutcomeLine(line.voucher_id, line.amount.minor, 0, 1000, None)
            for line in redemption.lines
        )
        now = self.clock.now()
        epoch_id = self.journal.epoch_id()
        outcome = Outcome(redemption.op_id, OutcomeStatus.ACCEPTED, lines, now)
        if self._service_key is not None:
            outcome = replace(outcome, signature=priors.sign(outcome, self._service_key))
        receipt = Stored(
            generation=0,
            head_seq=seq,
            head_hash=head_hash,
            head_at=now,
            head_signature=self._signed(epoch_id, seq, head_hash, now),
            outcomes=(outcome,),
            next_outcome_cursor=self._cursor,
            more_outcomes=False,
        )
        decision = self.decision(redemption, handed_over=True)
        progress = Progress(epoch_id=epoch_id, acked_seq=seq, outcome_cursor=self._cursor)
        self.journal.record_answer(progress, receipt=receipt, decisions=(decision,))
        return self.journal.head()[0]

    def _signed(self, epoch_id: EpochId, seq: int, head_hash: bytes, at: datetime) -> bytes:
        if self._service_key is None:
            return self._random.randbytes(64)
        head = heads.Head(
            till_id=self.till_id,
            epoch_id=epoch_id,
            generation=0,
            seq=seq,
            hash=head_hash,
            at=at,
        )
        return heads.sign(head, self._service_key)

    def decision(self, redemption: Redemption, *, handed_over: bool) -> Decision:
        """One that is not written yet."""
        return Decision(
            op_id=OpId(self._id()),
            redemption_id=redemption.op_id,
            handed_over=handed_over,
            at=self.clock.now(),
            cashier="Zoë",
        )

    def void(self, redemption: Redemption) -> None:
        self.journal.append(
            Void(
                op_id=OpId(self._id()),
                redemption_id=redemption.op_id,
                at=self.clock.now(),
                cashier="Zoë",
            )
        )

    def close(self) -> None:
        self.journal.close()

    def _id(self) -> UUID:
        self.clock.advance(seconds=1)
        return uuid7(self.clock.now(), self._random.randbytes)


def entries_in(path: Path) -> list[tuple[str, int, str, bytes]]:
    """Every entry of a closed journal: epoch, number, body, hash."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT epoch_id, seq, body, hash FROM entries ORDER BY epoch_id, seq"
        ).fetchall()


def crash_copy(path: Path, folder: Path) -> Path:
    """The journal's files as a killed program leaves them: the log has not been taken in."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if file.is_file() and not file.name.endswith("-shm"):
            (folder / file.name).write_bytes(file.read_bytes())
    return folder / path.name
