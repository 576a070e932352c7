"""Stage 2 of a till's journal: what each stored entry does, by the rules of `ledger.service`.

Each entry has a transaction of its own, in which its shop's row is locked first: redemptions of
one shop take turns, so no two of them can wait for each other. An entry whose evaluation fails is
parked, with an alarm for people, and the next one goes on; an entry about a redemption that is
not there yet waits, and is woken by it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from merchant_app.clock import Clock
from merchant_app.ledger import service as rules
from merchant_app.ledger.entries import (
    BadEntry,
    Decision,
    Entry,
    Redemption,
    Void,
    from_body,
)
from merchant_app.server import schema
from merchant_app.server.database import Database
from merchant_app.server.op_effects import (
    BalanceMoved,
    Case,
    ForeignOp,
    apply_decision,
    apply_redemption,
    apply_void,
    open_case,
    recall,
)
from merchant_app.server.storing import STORED

WAITING = "waiting"
PARKED = "parked"
ATTEMPTS_MAX = 5
NOT_UNDERSTOOD = "not_understood"
OP_REUSED = "op_reused"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in the journals."""

    epoch_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of money. A test may hand in one that fails."""

    redeem: Callable[..., rules.Effect] = rules.redeem
    decide: Callable[..., rules.Effect | rules.Waits] = rules.decide
    void: Callable[..., rules.Effect | rules.Waits | rules.NotReversible] = rules.void


class Evaluator:
    """Evaluates stored entries. Any thread, and any number of processes, may do it at once."""

    def __init__(self, database: Database, clock: Clock, rules_of_money: Rules) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules_of_money

    def evaluate_till(self, till_id: UUID) -> None:
        """Everything of this till that is stored and was never tried.

        Raises:
            OperationalError: the database gave way; what is left is evaluated another time.
        """
        epochs = schema.epochs
        of_till = select(epochs.c.id).where(epochs.c.till_id == till_id)
        self._evaluate(
            self._places(
                and_(schema.pending.c.state == STORED, schema.pending.c.epoch_id.in_(of_till))
            )
        )

    def evaluate_all(self) -> None:
        """Everything that has no outcome, parked entries too: a newer program may understand them.

        Raises:
            OperationalError: the database gave way.
        """
        self._evaluate(self._places(schema.pending.c.seq > 0))

    def _places(self, condition: ColumnElement[bool]) -> list[Place]:
        pending = schema.pending
        with self._database.reading() as connection:
            rows = connection.execute(
                select(pending.c.epoch_id, pending.c.seq)
                .where(condition)
                .order_by(pending.c.epoch_id, pending.c.seq)
            )
            return [Place(row.epoch_id, row.seq) for row in rows]

    def _evaluate(self, places: Iterable[Place]) -> None:
        # Bounded: an entry is woken only by one that left `pending` for good.
        todo = deque(places)
        while todo:
            todo.extend(self._evaluate_safely(todo.popleft()))

    def _evaluate_safely(self, place: Place) -> list[Place]:
        """Evaluate one entry, or park it; returns the entries that waited for it."""
        for _ in range(ATTEMPTS_MAX):
            try:
                with self._database.writing() as connection:
                    return self._evaluate_one(connection, place)
            except (BalanceMoved, IntegrityError) as error:
                # Somebody else's transaction came between: try again, with fresh facts.
                failure: Exception = error
            except OperationalError:
                raise  # the database, not the entry: nobody is to blame, nothing is parked
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise
                failure = error
                break
            except Exception as error:  # whatever it is, the next entry must not wait for it
                failure = error
                break
        self._park(place, failure)
        return []

    def _park(self, place: Place, failure: Exception) -> None:
        _log.error("parked entry %s of epoch %s", place.seq, place.epoch_id, exc_info=failure)
        with self._database.writing() as connection:
            connection.execute(
                update(schema.pending)
                .where(_at(schema.pending, place))
                .values(state=PARKED, waits_for=None)
            )
            raise_alarm(connection, place, PARKED, now=self._clock.now())

    def _evaluate_one(self, connection: Connection, place: Place) -> list[Place]:
        now = self._clock.now()
        case = open_case(connection, place.epoch_id, place.seq, now=now)
        if case is None:
            return []  # another request was faster
        try:
            entry = from_body(case.body)
        except BadEntry:
            raise_alarm(connection, place, NOT_UNDERSTOOD, now=now)
            self._done(case, place)
            return []
        known = recall(case, entry.op_id)
        if known is not None:
            if isinstance(known, ForeignOp):
                raise_alarm(connection, place, OP_REUSED, now=now)
            self._done(case, place)
            return []
        outcome = self._apply(case, entry)
        if isinstance(outcome, rules.Waits):
            connection.execute(
                update(schema.pending)
                .where(_at(schema.pending, place))
                .values(state=WAITING, waits_for=outcome.redemption_id)
            )
            return []
        for kind in outcome:
            raise_alarm(connection, place, kind.value, now=now)
        self._done(case, place)
        about = entry.op_id if isinstance(entry, Redemption) else entry.redemption_id
        return _waiting_for(connection, about)

    def _apply(self, case: Case, entry: Entry) -> tuple[rules.AlarmKind, ...] | rules.Waits:
        match entry:
            case Redemption():
                return apply_redemption(case, entry, self._rules.redeem)
            case Decision():
                return apply_decision(case, entry, self._rules.decide)
            case Void():
                return apply_void(case, entry, self._rules.void)

    def _done(self, case: Case, place: Place) -> None:
        case.connection.execute(delete(schema.pending).where(_at(schema.pending, place)))
        if case.state == PARKED:
            case.connection.execute(
                update(schema.alarms)
                .where(_at(schema.alarms, place), schema.alarms.c.kind == PARKED)
                .values(resolved_at=case.now)
            )


def raise_alarm(connection: Connection, place: Place, kind: str, *, now: datetime) -> None:
    """Note for the platform's people that an entry needs them; once for each kind."""
    alarms = schema.alarms
    known = select(alarms.c.seq).where(_at(alarms, place), alarms.c.kind == kind)
    if connection.execute(known).one_or_none() is None:
        connection.execute(
            insert(alarms).values(epoch_id=place.epoch_id, seq=place.seq, kind=kind, raised_at=now)
        )


def _waiting_for(connection: Connection, redemption_id: UUID) -> list[Place]:
    pending = schema.pending
    rows = connection.execute(
        select(pending.c.epoch_id, pending.c.seq)
        .where(pending.c.waits_for == redemption_id, pending.c.state == WAITING)
        .order_by(pending.c.epoch_id, pending.c.seq)
    )
    return [Place(row.epoch_id, row.seq) for row in rows]


def _at(table: Table, place: Place) -> ColumnElement[bool]:
    return and_(table.c.epoch_id == place.epoch_id, table.c.seq == place.seq)
