"""What the service holds of a till's own journals: for a till that lost some of it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select

from merchant_app.contract.wire import (
    ENTRIES_PER_PAGE_MAX,
    EPOCHS_MAX,
    EntriesPage,
    EpochsReply,
    WireEntry,
    WireEpoch,
)
from merchant_app.ids import TillId
from merchant_app.server import schema


def epochs(connection: Connection, till_id: TillId) -> EpochsReply:
    """Every epoch of this till, oldest first (their ids are in the order of time)."""
    table = schema.epochs
    rows = connection.execute(
        select(table).where(table.c.till_id == till_id).order_by(table.c.id).limit(EPOCHS_MAX)
    )
    return EpochsReply(
        epochs=[
            WireEpoch(
                epoch_id=row.id,
                head_seq=row.head_seq,
                head_hash=row.head_hash.hex(),
                closed=row.closed,
            )
            for row in rows
        ]
    )


def entries(
    connection: Connection, till_id: TillId, epoch_id: UUID, *, after_seq: int
) -> EntriesPage | None:
    """The next entries of one epoch; None for an epoch that is not this till's."""
    table, envelopes = schema.epochs, schema.envelopes
    own = select(table.c.head_seq).where(table.c.id == epoch_id, table.c.till_id == till_id)
    head_seq = connection.scalar(own)
    if head_seq is None:
        return None
    rows = connection.execute(
        select(envelopes.c.seq, envelopes.c.body, envelopes.c.hash)
        .where(envelopes.c.epoch_id == epoch_id, envelopes.c.seq > after_seq)
        .order_by(envelopes.c.seq)
        .limit(ENTRIES_PER_PAGE_MAX)
    ).all()
    return EntriesPage(
        epoch_id=epoch_id,
        entries=[
            WireEntry(seq=row.seq, body=bytes(row.body).decode(), hash=row.hash.hex())
            for row in rows
        ],
        more=bool(rows) and rows[-1].seq < head_seq,
    )
