"""Stage 1 of a till's journal: keep it. Nothing here can fail on what an entry says.

The chain decides alone. What does not continue it is told apart, because the till does something
else each time:

    epoch unknown, another till's, or closed        EpochClosed: enrol again
    other generation, or base beyond our head       Rewind: send again from our head
    base or overlap differs from what we hold       Fork: two histories claim one place
    the entries sent do not chain among themselves  Broken: not a history at all, so no fork; a
                                                    program is at fault, and nothing was kept
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from merchant_app.contract.wire import JournalRequest
from merchant_app.ledger.entries import Envelope, first_broken
from merchant_app.server import schema
from merchant_app.server.keys import generation_of

STORED = "stored"


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it is kept; `head_seq` and `head_hash` are where the chain ends now."""

    generation: int
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Rewind:
    generation: int
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Fork:
    """`seq` is the first place where the histories differ."""

    seq: int


@dataclass(frozen=True, slots=True)
class EpochClosed:
    pass


@dataclass(frozen=True, slots=True)
class Broken:
    """`index` is the place in the request of the entry that does not fit the one before."""

    index: int


StoreResult = Kept | Rewind | Fork | EpochClosed | Broken


def store(
    connection: Connection, request: JournalRequest, *, till_id: UUID, now: datetime
) -> StoreResult:
    """Append what is new, in the caller's transaction. The same request may come any number of
    times: what is there already is compared, never written again.
    """
    query = select(schema.epochs).where(
        schema.epochs.c.id == request.epoch_id, schema.epochs.c.till_id == till_id
    )
    if request.entries:
        query = query.with_for_update(key_share=True)
    epoch = connection.execute(query).one_or_none()
    if epoch is None or epoch.closed:
        return EpochClosed()
    generation = generation_of(connection)
    if request.generation != generation or request.base_seq > epoch.head_seq:
        return Rewind(generation, epoch.head_seq, epoch.head_hash)
    base_hash = bytes.fromhex(request.base_hash)
    if _hash_at(connection, epoch, request.base_seq) != base_hash:
        return Fork(request.base_seq)
    sent = [Envelope(entry.seq, entry.body, bytes.fromhex(entry.hash)) for entry in request.entries]
    broken = first_broken(sent, base_seq=request.base_seq, base_hash=base_hash)
    if broken is not None:
        return Broken(sent.index(broken))
    overlap = [envelope for envelope in sent if envelope.seq <= epoch.head_seq]
    fork = _first_different(connection, epoch.id, overlap)
    if fork is not None:
        return Fork(fork)
    new = sent[len(overlap) :]
    if not new:
        return Kept(generation, epoch.head_seq, epoch.head_hash)
    _append(connection, epoch.id, new, now=now)
    return Kept(generation, new[-1].seq, new[-1].hash)


def _hash_at(connection: Connection, epoch: Row[Any], seq: int) -> bytes:
    if seq == 0:
        return bytes(epoch.root)
    if seq == epoch.head_seq:
        return bytes(epoch.head_hash)
    return bytes(
        connection.execute(
            select(schema.envelopes.c.hash).where(
                schema.envelopes.c.epoch_id == epoch.id, schema.envelopes.c.seq == seq
            )
        ).scalar_one()
    )


def _first_different(
    connection: Connection, epoch_id: UUID, overlap: Sequence[Envelope]
) -> int | None:
    """Where the overlap differs. Hashes suffice: each was checked to be that of its body."""
    if not overlap:
        return None
    held = connection.execute(
        select(schema.envelopes.c.seq, schema.envelopes.c.hash).where(
            schema.envelopes.c.epoch_id == epoch_id,
            schema.envelopes.c.seq.between(overlap[0].seq, overlap[-1].seq),
        )
    )
    hashes = {row.seq: row.hash for row in held}
    for envelope in overlap:
        if hashes[envelope.seq] != envelope.hash:
            return envelope.seq
    return None


def _append(
    connection: Connection, epoch_id: UUID, new: Sequence[Envelope], *, now: datetime
) -> None:
    connection.execute(
        insert(schema.envelopes),
        [
            {
                "epoch_id": epoch_id,
                "seq": envelope.seq,
                "body": envelope.body.encode(),
                "hash": envelope.hash,
                "stored_at": now,
            }
            for envelope in new
        ],
    )
    connection.execute(
        insert(schema.pending),
        [{"epoch_id": epoch_id, "seq": envelope.seq, "state": STORED} for envelope in new],
    )
    connection.execute(
        update(schema.epochs)
        .where(schema.epochs.c.id == epoch_id)
        .values(head_seq=new[-1].seq, head_hash=new[-1].hash)
    )
