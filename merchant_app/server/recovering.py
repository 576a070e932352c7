"""This database came back from a backup: a new generation, and what each shop still waits for.

Each shop recovers by itself: its tills touch no other shop's vouchers. What `ledger.recovery`
decides is written in one transaction of the shop; the rest is evaluated like anything new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, select, update

from merchant_app.clock import Clock
from merchant_app.ids import TillId
from merchant_app.ledger import recovery
from merchant_app.ledger.books import PendingState
from merchant_app.ledger.evaluation import Rules
from merchant_app.server import catalogue, pending_rows, schema
from merchant_app.server.database import Database
from merchant_app.server.evaluating import Evaluator, park
from merchant_app.server.sql_books import SqlBooks

VERSION_LEAP = 1_000_000_000
"""How far change numbers jump with a new generation: beyond any that a lost one gave out."""


@dataclass(frozen=True, slots=True)
class ShopRecovery:
    """A shop that waits: for the tills of these ids and names."""

    number: int
    slug: str
    missing: tuple[tuple[UUID, str], ...]


_GENERATIONS_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def begin_new_generation(connection: Connection, *, now: datetime) -> int:
    """Begin the next generation and hold everything without an outcome; returns its number.

    The number is the seconds since 2026, not one more than the last: a backup that is older than
    an earlier restore does not know which numbers were given out since, the clock does. It fits 32
    bits until 2094. Where the clock is behind, one more has to do.

    Every till that may sell is asked for what it knows: also one that never sent an entry before
    the backup was taken, because it may have sent many since.
    """
    before: int = connection.execute(select(schema.service.c.generation)).scalar_one()
    generation = max(before + 1, int((now - _GENERATIONS_FROM).total_seconds()))
    connection.execute(update(schema.service).values(generation=generation))
    for shop in catalogue.all_shops(connection):
        catalogue.lock_shop(connection, shop.number)
        catalogue.next_versions(connection, shop.number, VERSION_LEAP)
    connection.execute(update(schema.tills).values(resynced=False))
    connection.execute(update(schema.shops).values(recovering=True))
    connection.execute(update(schema.pending).values(state=PendingState.HELD.value, waits_for=None))
    return generation


def mark_resynced(connection: Connection, till_id: TillId) -> None:
    """This till has sent again all it had."""
    tills = schema.tills
    connection.execute(update(tills).where(tills.c.id == till_id).values(resynced=True))


def is_recovering(connection: Connection, shop_number: int) -> bool:
    """Whether this shop waits for its tills."""
    shops = schema.shops
    waits = connection.scalar(select(shops.c.recovering).where(shops.c.number == shop_number))
    return bool(waits)


def waiting_shops(connection: Connection) -> list[ShopRecovery]:
    """The shops that recover, and the tills they wait for."""
    tills, shops = schema.tills, schema.shops
    rows = connection.execute(
        select(shops.c.number, shops.c.slug).where(shops.c.recovering).order_by(shops.c.number)
    )
    found = []
    for row in rows.all():
        missing = connection.execute(
            select(tills.c.id, tills.c.name).where(_missing(row.number)).order_by(tills.c.name)
        )
        names = tuple((one.id, one.name) for one in missing)
        found.append(ShopRecovery(row.number, row.slug, names))
    return found


def _missing(shop_number: int) -> ColumnElement[bool]:
    tills = schema.tills
    return and_(
        tills.c.shop_number == shop_number,
        tills.c.revoked.is_(False),
        tills.c.resynced.is_(False),
    )


class Recovery:
    """Ends recoveries. Any thread, and any number of processes, may do it at once."""

    def __init__(
        self, database: Database, clock: Clock, rules: Rules, evaluator: Evaluator
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules
        self._evaluator = evaluator

    def finish_complete(self) -> None:
        """End the recovery of every shop that waits for no till any more.

        Raises:
            OperationalError: the database gave way; the next call tries again.
        """
        with self._database.reading() as connection:
            waiting = waiting_shops(connection)
        for shop in waiting:
            if not shop.missing:
                self.finish(shop.number, without_missing=False)

    def finish(self, shop_number: int, *, without_missing: bool) -> None:
        """End the recovery of a shop, if it recovers; missing tills may come late, or never.

        Raises:
            OperationalError: the database gave way; nothing was half done.
        """
        with self._database.writing() as connection:
            catalogue.lock_shop(connection, shop_number)
            shop = catalogue.shop_by_number(connection, shop_number)
            missing = connection.execute(
                select(schema.tills.c.id).where(_missing(shop_number)).limit(1)
            ).one_or_none()
            if not shop.recovering or (missing is not None and not without_missing):
                return
            of_shop = pending_rows.of_shop(shop_number)
            held = pending_rows.cases(connection, of_shop)
            books = SqlBooks(connection, shop, now=self._clock.now())
            finished = recovery.finish(books, held, self._rules)
            connection.execute(
                update(schema.pending).where(of_shop).values(state=PendingState.STORED.value)
            )
            for place, failure in finished.failed:
                park(connection, place, failure, clock=self._clock)
            connection.execute(
                update(schema.shops)
                .where(schema.shops.c.number == shop_number)
                .values(recovering=False)
            )
        self._evaluator.evaluate_shop(shop_number)
