"""Entries that have no effect yet, and the alarms that stand on entries: their rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update

from merchant_app.ids import EpochId, OpId, TillId
from merchant_app.ledger.books import Case, PendingState, Place
from merchant_app.server import schema
from merchant_app.server.outcomes import from_kept_text


def at(table: Table, place: Place) -> ColumnElement[bool]:
    """The condition that a row is about this entry."""
    return and_(table.c.epoch_id == place.epoch_id, table.c.seq == place.seq)


def set_state(
    connection: Connection, place: Place, state: PendingState, *, waits_for: OpId | None = None
) -> None:
    """Where an entry stands from now on."""
    connection.execute(
        update(schema.pending)
        .where(at(schema.pending, place))
        .values(state=state.value, waits_for=waits_for)
    )


def places(connection: Connection, condition: ColumnElement[bool]) -> list[Place]:
    """The entries whose row in `pending` fits, in the order in which they were stored.

    A clock that went back may mix up the journals of two tills, never one journal.
    """
    pending, envelopes = schema.pending, schema.envelopes
    rows = connection.execute(
        select(pending.c.epoch_id, pending.c.seq)
        .join(
            envelopes,
            (envelopes.c.epoch_id == pending.c.epoch_id) & (envelopes.c.seq == pending.c.seq),
        )
        .where(condition)
        .order_by(envelopes.c.stored_at, pending.c.epoch_id, pending.c.seq)
    )
    return [Place(EpochId(row.epoch_id), row.seq) for row in rows]


def waiting_for(connection: Connection, op_id: UUID) -> list[Place]:
    """The entries that wait for an op."""
    pending = schema.pending
    return places(
        connection,
        and_(pending.c.waits_for == op_id, pending.c.state == PendingState.WAITING.value),
    )


def waiting_for_any(connection: Connection, op_ids: Sequence[UUID]) -> list[tuple[OpId, Place]]:
    """The entries that wait for any of these ops, in the order in which they were stored."""
    pending, envelopes = schema.pending, schema.envelopes
    rows = connection.execute(
        select(pending.c.waits_for, pending.c.epoch_id, pending.c.seq)
        .join(
            envelopes,
            (envelopes.c.epoch_id == pending.c.epoch_id) & (envelopes.c.seq == pending.c.seq),
        )
        .where(pending.c.waits_for.in_(op_ids), pending.c.state == PendingState.WAITING.value)
        .order_by(envelopes.c.stored_at, pending.c.epoch_id, pending.c.seq)
    )
    return [(OpId(row.waits_for), Place(EpochId(row.epoch_id), row.seq)) for row in rows]


def cases(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Case]:
    """The pending entries that fit, with what was said of them before, in stored order."""
    pending, envelopes, epochs = schema.pending, schema.envelopes, schema.epochs
    rows = connection.execute(
        select(
            pending.c.epoch_id, pending.c.seq, pending.c.prior, envelopes.c.body, epochs.c.till_id
        )
        .join(
            envelopes,
            (envelopes.c.epoch_id == pending.c.epoch_id) & (envelopes.c.seq == pending.c.seq),
        )
        .join(epochs, epochs.c.id == pending.c.epoch_id)
        .where(condition)
        .order_by(envelopes.c.stored_at, pending.c.epoch_id, pending.c.seq)
    )
    return [
        Case(
            place=Place(EpochId(row.epoch_id), row.seq),
            till_id=TillId(row.till_id),
            body=bytes(row.body).decode(),
            prior=None if row.prior is None else from_kept_text(row.prior),
        )
        for row in rows
    ]


def of_shop(shop_number: int) -> ColumnElement[bool]:
    """The condition that a pending entry is of a till of this shop."""
    epochs, tills = schema.epochs, schema.tills
    of_its_tills = (
        select(epochs.c.id)
        .join(tills, tills.c.id == epochs.c.till_id)
        .where(tills.c.shop_number == shop_number)
    )
    return schema.pending.c.epoch_id.in_(of_its_tills)


def raise_alarm(connection: Connection, place: Place, kind: str, *, now: datetime) -> None:
    """Note for the platform's people that an entry needs them; once for each kind."""
    alarms = schema.alarms
    known = select(alarms.c.seq).where(at(alarms, place), alarms.c.kind == kind)
    if connection.execute(known).one_or_none() is None:
        connection.execute(
            insert(alarms).values(epoch_id=place.epoch_id, seq=place.seq, kind=kind, raised_at=now)
        )
