"""Where envelopes are kept: `ledger.books.Shelf` over the database, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from merchant_app.errors import Bug
from merchant_app.ids import EpochId, TillId
from merchant_app.ledger.books import EpochFacts, PendingState
from merchant_app.ledger.entries import Envelope
from merchant_app.ledger.messages import Outcome
from merchant_app.server import schema
from merchant_app.server.outcomes import kept_text


class SqlShelf:
    """The chains of one till.

    Its epochs and the service's generation are locked as long as the transaction lasts, if it
    writes: a new generation begins before an append or after it, never in the middle.
    """

    def __init__(
        self, connection: Connection, *, till_id: UUID, now: datetime, writes: bool
    ) -> None:
        self._connection = connection
        self._till_id = till_id
        self._now = now
        self._writes = writes
        query = select(schema.service.c.generation)
        if writes:
            query = query.with_for_update(read=True)
        self.generation = int(connection.execute(query).scalar_one())
        shops, tills = schema.shops, schema.tills
        self.recovering = bool(
            connection.execute(
                select(shops.c.recovering)
                .join(tills, tills.c.shop_number == shops.c.number)
                .where(tills.c.id == till_id)
            ).scalar_one()
        )

    def epoch(self, epoch_id: EpochId) -> EpochFacts | None:
        """One of this till's; another till's is as unknown as one that never was."""
        query = select(schema.epochs).where(
            schema.epochs.c.id == epoch_id, schema.epochs.c.till_id == self._till_id
        )
        if self._writes:
            query = query.with_for_update(key_share=True)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return EpochFacts(
            till_id=TillId(row.till_id),
            head_seq=row.head_seq,
            head_hash=bytes(row.head_hash),
            told_seq=self._told_seq(row.id, row.head_seq),
            closed=row.closed,
        )

    def _told_seq(self, epoch_id: UUID, head_seq: int) -> int:
        if not self.recovering:
            return head_seq
        pending = schema.pending
        first = self._connection.execute(
            select(func.min(pending.c.seq)).where(
                pending.c.epoch_id == epoch_id, pending.c.state == PendingState.HELD.value
            )
        ).scalar_one_or_none()
        return head_seq if first is None else int(first) - 1

    def hash_at(self, epoch_id: EpochId, seq: int) -> bytes:
        if seq == 0:
            root = select(schema.epochs.c.root).where(schema.epochs.c.id == epoch_id)
            return bytes(self._connection.execute(root).scalar_one())
        return self.hashes(epoch_id, seq, seq)[0]

    def hashes(self, epoch_id: EpochId, first_seq: int, last_seq: int) -> Sequence[bytes]:
        envelopes = schema.envelopes
        found = self._connection.scalars(
            select(envelopes.c.hash)
            .where(envelopes.c.epoch_id == epoch_id, envelopes.c.seq.between(first_seq, last_seq))
            .order_by(envelopes.c.seq)
        )
        return [bytes(one) for one in found]

    def append(
        self,
        epoch_id: EpochId,
        new: Sequence[Envelope],
        *,
        state: PendingState,
        priors: Mapping[int, Outcome],
    ) -> None:
        if not self._writes:
            raise Bug("a reading transaction cannot keep anything")
        self._connection.execute(
            insert(schema.envelopes),
            [
                {
                    "epoch_id": epoch_id,
                    "seq": envelope.seq,
                    "body": envelope.body.encode(),
                    "hash": envelope.hash,
                    "stored_at": self._now,
                }
                for envelope in new
            ],
        )
        self._connection.execute(
            insert(schema.pending),
            [
                {
                    "epoch_id": epoch_id,
                    "seq": envelope.seq,
                    "state": state.value,
                    "prior": _text(priors.get(envelope.seq)),
                }
                for envelope in new
            ],
        )
        self._connection.execute(
            update(schema.epochs)
            .where(schema.epochs.c.id == epoch_id)
            .values(head_seq=new[-1].seq, head_hash=new[-1].hash)
        )

    def offered_again(
        self, epoch_id: EpochId, *, up_to_seq: int, priors: Mapping[int, Outcome]
    ) -> None:
        pending = schema.pending
        of_epoch = pending.c.epoch_id == epoch_id
        self._connection.execute(
            update(pending)
            .where(
                of_epoch,
                pending.c.seq <= up_to_seq,
                pending.c.state == PendingState.HELD.value,
            )
            .values(state=PendingState.OFFERED.value)
        )
        for seq, prior in priors.items():
            self._connection.execute(
                update(pending)
                .where(of_epoch, pending.c.seq == seq, pending.c.prior.is_(None))
                .values(prior=_text(prior))
            )


def _text(prior: Outcome | None) -> str | None:
    return None if prior is None else kept_text(prior)
