"""Stage 2 of the tills' journals: `ledger.evaluation`, many entries in one transaction.

In each transaction the shop's row is locked first: redemptions of one shop take turns, so no two
of them can wait for each other. Common entries are evaluated a batch at a time; if anything is
uncommon about one of them, or fails, the batch is undone and its entries get a transaction each.
An entry whose evaluation fails is parked, with an alarm for people, and the next one goes on; an
entry about an op that is not there yet waits, and comes next when that op is there. While a shop
waits for its tills after a restore, nothing of it is evaluated.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from merchant_app.clock import Clock
from merchant_app.ids import TillId
from merchant_app.ledger.books import Case, EntryAlarm, PendingState, Place
from merchant_app.ledger.evaluation import Rules, evaluate
from merchant_app.server import pending_rows, schema
from merchant_app.server.batch_books import BatchBooks, NotInBatch, is_common
from merchant_app.server.catalogue import lock_shop_of_epoch
from merchant_app.server.database import Database
from merchant_app.server.sql_books import BalanceMoved, SqlBooks

ATTEMPTS_MAX = 5
BATCH_MAX = 100
"""Entries in one transaction: others of the shop wait for a few hundredths of a second."""
_DUE = (PendingState.STORED.value, PendingState.OFFERED.value, PendingState.HELD.value)
"""Never tried. The last two are of a recovery: one that came while it ended is not forgotten."""

_log = logging.getLogger(__name__)


class Evaluator:
    """Evaluates stored entries. Any thread, and any number of processes, may do it at once."""

    def __init__(self, database: Database, clock: Clock, rules: Rules) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules

    def evaluate_till(self, till_id: TillId) -> None:
        """Everything of this till that is stored and was never tried.

        Raises:
            OperationalError: the database gave way; what is left is evaluated another time.
        """
        epochs = schema.epochs
        of_till = select(epochs.c.id).where(epochs.c.till_id == till_id)
        due = schema.pending.c.state.in_(_DUE)
        self._evaluate(self._places(and_(due, schema.pending.c.epoch_id.in_(of_till))))

    def evaluate_shop(self, shop_number: int) -> None:
        """Everything of this shop that is stored and was never tried, in stored order.

        Raises:
            OperationalError: as above.
        """
        due = schema.pending.c.state.in_(_DUE)
        self._evaluate(self._places(and_(due, pending_rows.of_shop(shop_number))))

    def evaluate_all(self) -> None:
        """Everything that has no outcome, parked entries too: a newer program may understand them.

        Raises:
            OperationalError: the database gave way.
        """
        self._evaluate(self._places(schema.pending.c.seq > 0))

    def _places(self, condition: ColumnElement[bool]) -> list[Place]:
        with self._database.reading() as connection:
            return pending_rows.places(connection, and_(condition, _of_shops_that_go_on()))

    def _evaluate(self, places: Iterable[Place]) -> None:
        todo = deque(places)
        while todo:
            batch = [todo.popleft() for _ in range(min(len(todo), BATCH_MAX))]
            if len(batch) == 1 or not self._evaluate_batch(batch):
                self._evaluate_each(batch)

    def _evaluate_batch(self, places: Sequence[Place]) -> bool:
        """Evaluate all of them in one transaction; False: nothing was done, they are no batch."""
        try:
            with self._database.writing() as connection:
                _till_id, shop = lock_shop_of_epoch(connection, places[0].epoch_id)
                if shop.recovering:
                    return True
                pending = schema.pending
                wanted = or_(*(pending_rows.at(pending, place) for place in places))
                stored = pending.c.state == PendingState.STORED.value
                cases = pending_rows.cases(
                    connection, and_(stored, wanted, pending_rows.of_shop(shop.number))
                )
                if len(cases) != len(places) or not all(map(is_common, cases)):
                    return False
                books = BatchBooks(connection, shop, cases, now=self._clock.now())
                self._evaluate_together(books, cases)
                books.finish()
                return True
        except OperationalError:
            raise
        except Exception as error:  # one by one it will show which entry it was
            _log.info("a batch of entries is evaluated one by one: %s", type(error).__name__)
            return False

    def _evaluate_together(self, books: BatchBooks, cases: Sequence[Case]) -> None:
        of_place = {case.place: case for case in cases}
        todo = deque(cases)
        while todo:  # bounded: an entry is woken only by one that leaves `pending` for good
            woken = evaluate(books, todo.popleft(), self._rules)
            if not of_place.keys() >= set(woken):
                raise NotInBatch
            todo.extendleft(of_place[place] for place in reversed(woken))

    def _evaluate_each(self, places: Iterable[Place]) -> None:
        """Evaluate each in a transaction of its own; what it wakes comes next."""
        todo = deque(places)
        while todo:
            todo.extendleft(reversed(self._evaluate_safely(todo.popleft())))

    def _evaluate_safely(self, place: Place) -> Sequence[Place]:
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
        with self._database.writing() as connection:
            park(connection, place, failure, clock=self._clock)
        return ()

    def _evaluate_one(self, connection: Connection, place: Place) -> Sequence[Place]:
        _till_id, shop = lock_shop_of_epoch(connection, place.epoch_id)
        # Another request may have been faster, or the service just restored.
        if shop.recovering:
            return ()
        cases = pending_rows.cases(connection, pending_rows.at(schema.pending, place))
        books = SqlBooks(connection, shop, now=self._clock.now())
        return [woken for case in cases for woken in evaluate(books, case, self._rules)]


def park(connection: Connection, place: Place, failure: Exception, *, clock: Clock) -> None:
    """Leave an entry to people and to newer programs."""
    _log.error("parked entry %s of epoch %s", place.seq, place.epoch_id, exc_info=failure)
    pending_rows.set_state(connection, place, PendingState.PARKED)
    pending_rows.raise_alarm(connection, place, EntryAlarm.PARKED.value, now=clock.now())


def _of_shops_that_go_on() -> ColumnElement[bool]:
    """Not of a shop that waits for its tills."""
    epochs, tills, shops = schema.epochs, schema.tills, schema.shops
    going_on = (
        select(epochs.c.id)
        .join(tills, tills.c.id == epochs.c.till_id)
        .join(shops, shops.c.number == tills.c.shop_number)
        .where(shops.c.recovering.is_(False))
    )
    return schema.pending.c.epoch_id.in_(going_on)
