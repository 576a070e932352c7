"""The feed: what became of each till's ops, in the order in which it changed.

A till has one place in its feed for each op, and an op that changes moves to the end: whoever
reads on from a cursor gets only the newest state of each, and after a re-enrolment or with a lost
cursor the whole feed from zero says the same as all the deltas did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update

from merchant_app.contract.status import OutcomeStatus
from merchant_app.contract.wire import (
    OUTCOMES_PER_REPLY_MAX,
    USES_PER_LINE_MAX,
    WireAlarm,
    WireOutcome,
)
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger.messages import Outcome, OutcomeLine
from merchant_app.server import outcomes, schema
from merchant_app.server.keys import generation_of
from merchant_app.server.uses import uses_of
from merchant_app.vouchers.verdicts import Reason, Use

ALARMS_PER_REPLY_MAX = 200
_TOLD = ("not_understood", "op_reused", "conflicting_decision", "parked")
"""The alarms that a till is told of; a shortfall it knows from the outcome itself."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Outcomes after a cursor; `more` when there were too many for one reply."""

    outcomes: list[WireOutcome]
    next_cursor: int
    more: bool


def announce(connection: Connection, op_id: UUID, *, also_to: UUID | None = None) -> None:
    """Move an op to the end of every feed it is in, and of `also_to`'s.

    The caller holds the shop's lock, so tills' rows are never waited for in two orders.
    """
    feed = schema.feed
    readers = set(connection.scalars(select(feed.c.till_id).where(feed.c.op_id == op_id)))
    for till_id in sorted(readers, key=str):
        connection.execute(
            update(feed)
            .where(feed.c.till_id == till_id, feed.c.op_id == op_id)
            .values(position=_next_position(connection, till_id))
        )
    if also_to is not None and also_to not in readers:
        announce_new(connection, op_id, also_to)


def announce_new(connection: Connection, op_id: UUID, till_id: UUID) -> None:
    """Put an op that is in no feed of this till at the end of it."""
    position = _next_position(connection, till_id)
    connection.execute(insert(schema.feed).values(till_id=till_id, op_id=op_id, position=position))


def _next_position(connection: Connection, till_id: UUID) -> int:
    tills = schema.tills
    return int(
        connection.execute(
            update(tills)
            .where(tills.c.id == till_id)
            .values(feed_position=tills.c.feed_position + 1)
            .returning(tills.c.feed_position)
        ).scalar_one()
    )


def read(connection: Connection, till_id: UUID, *, cursor: int, key: Ed25519PrivateKey) -> FeedPage:
    """What changed after `cursor`, oldest change first, each signed with the service's `key`."""
    feed, ops = schema.feed, schema.ops
    rows = connection.execute(
        select(feed.c.position, ops.c.id, ops.c.status, ops.c.changed_at)
        .join(ops, ops.c.id == feed.c.op_id)
        .where(feed.c.till_id == till_id, feed.c.position > cursor)
        .order_by(feed.c.position)
        .limit(OUTCOMES_PER_REPLY_MAX + 1)
    ).all()
    more, rows = len(rows) > OUTCOMES_PER_REPLY_MAX, rows[:OUTCOMES_PER_REPLY_MAX]
    lines = _lines(connection, [row.id for row in rows])
    generation = generation_of(connection) if rows else 0
    told = [
        outcomes.signed(
            Outcome(
                op_id=OpId(row.id),
                status=OutcomeStatus(row.status),
                lines=tuple(lines[row.id]),
                at=row.changed_at,
                generation=generation,
            ),
            key,
        )
        for row in rows
    ]
    return FeedPage(told, rows[-1].position if rows else cursor, more)


def _lines(connection: Connection, op_ids: Sequence[UUID]) -> dict[UUID, list[OutcomeLine]]:
    op_lines = schema.op_lines
    found: dict[UUID, list[OutcomeLine]] = {op_id: [] for op_id in op_ids}
    if not found:
        return found
    for line in connection.execute(
        select(op_lines)
        .where(op_lines.c.op_id.in_(op_ids))
        .order_by(op_lines.c.op_id, op_lines.c.position)
    ).all():
        uses: tuple[Use, ...] = ()
        if line.shortfall_minor:
            uses = uses_of(connection, line.voucher_id, limit=USES_PER_LINE_MAX, but_for=line.op_id)
        found[line.op_id].append(
            OutcomeLine(
                voucher_id=VoucherId(line.voucher_id),
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=line.balance_minor,
                reason=None if line.reason is None else Reason(line.reason),
                uses=uses,
            )
        )
    return found


def alarms_after(connection: Connection, epoch_id: UUID, *, base_seq: int) -> list[WireAlarm]:
    """The alarms that stand on an epoch's entries after `base_seq`."""
    alarms = schema.alarms
    rows = connection.execute(
        select(alarms.c.seq, alarms.c.kind)
        .where(
            alarms.c.epoch_id == epoch_id,
            alarms.c.seq > base_seq,
            alarms.c.kind.in_(_TOLD),
            alarms.c.resolved_at.is_(None),
        )
        .order_by(alarms.c.seq, alarms.c.kind)
        .limit(ALARMS_PER_REPLY_MAX)
    )
    return [WireAlarm(seq=row.seq, kind=row.kind) for row in rows]
