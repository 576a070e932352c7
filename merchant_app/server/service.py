"""The calls of contract v1, without HTTP: what `api` asks, and what a test may ask directly."""

from __future__ import annotations

import os

from sqlalchemy import Connection, select, update

from merchant_app.clock import Clock
from merchant_app.contract.wire import (
    EnrolmentReply,
    EnrolmentRequest,
    IssuerKey,
    JournalReply,
    JournalRequest,
    KeyState,
    LookupReply,
    LookupRequest,
    Policy,
    Shop,
    SignedHead,
    TillReply,
    VouchersPage,
)
from merchant_app.ids import EpochId, RandomBytes
from merchant_app.ledger import heads
from merchant_app.server import catalogue, enrolling, feed, schema, snapshot, storing
from merchant_app.server.database import Database
from merchant_app.server.enrolling import RevokedTill, Till
from merchant_app.server.evaluating import Evaluator, Rules
from merchant_app.server.keys import (
    create_secrets,
    generation_of,
    load_secrets,
    public_keys,
)
from merchant_app.server.looking_up import MissLimit, TooManyMisses, look_up
from merchant_app.server.storing import Kept, StoreResult

MINIMUM_TILL_VERSION = "0.1.0"
VERSION_LEAP = 1_000_000_000
"""How far change numbers jump with a new generation: beyond any that a lost one gave out."""


class Service:
    """One central service over one database. Any thread may call it.

    Raises:
        DatabaseUnusable: see `database`.
        OperationalError: from any method, when the database gives way; nothing was half done.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        random_bytes: RandomBytes = os.urandom,
        rules: Rules | None = None,
    ) -> None:
        database.migrate()
        with database.writing() as connection:
            create_secrets(connection, random_bytes)
            self.secrets = load_secrets(connection)
        self.database = database
        self.clock = clock
        self.random_bytes = random_bytes
        self.evaluator = Evaluator(database, clock, rules or Rules())
        self._misses = MissLimit()

    def authenticate(self, token: str) -> Till | RevokedTill | None:
        """Who speaks with this bearer token."""
        with self.database.reading() as connection:
            return enrolling.authenticate(connection, token)

    def enrol(
        self, request: EnrolmentRequest, *, asker: str
    ) -> EnrolmentReply | TooManyMisses | None:
        """Make a till; None when the code is no good. `asker` is whom to count misses against."""
        wait_s = self._misses.wait_s(asker, monotonic_s=self.clock.monotonic_s())
        if wait_s:
            return TooManyMisses(wait_s)
        now = self.clock.now()
        with self.database.writing() as connection:
            new = enrolling.enrol(connection, request, now=now, random_bytes=self.random_bytes)
            facts = None if new is None else self._facts(connection, new.till)
        if new is None or facts is None:
            self._misses.missed(asker, monotonic_s=self.clock.monotonic_s())
            return None
        return EnrolmentReply(
            epoch_id=new.epoch_id,
            token=new.token,
            pepper=new.till.shop.pepper.hex(),
            **{
                name: getattr(facts, name)
                for name in TillReply.model_fields
                if name != "minimum_version"
            },
        )

    def till_facts(self, till: Till) -> TillReply:
        """Policy and keys as they are now."""
        with self.database.reading() as connection:
            return self._facts(connection, till)

    def _facts(self, connection: Connection, till: Till) -> TillReply:
        shop, keys = till.shop, schema.issuer_keys
        rows = connection.execute(select(keys).order_by(keys.c.key_id))
        return TillReply(
            till_id=till.till_id,
            till_name=till.name,
            shop=Shop(
                number=shop.number,
                name=shop.name,
                city=shop.city,
                currency=shop.currency,
                time_zone=shop.time_zone,
            ),
            policy=Policy(),
            keys=[
                IssuerKey(
                    key_id=row.key_id, public_key=row.public_key.hex(), state=KeyState(row.state)
                )
                for row in rows
            ],
            service_key=self.secrets.signing_key.public_key().public_bytes_raw().hex(),
            generation=generation_of(connection),
            minimum_version=MINIMUM_TILL_VERSION,
            server_time=self.clock.now(),
        )

    def vouchers(self, till: Till, *, cursor: str) -> VouchersPage:
        """What changed among the shop's vouchers after `cursor`.

        Raises:
            BadCursor: it is not one of ours.
        """
        with self.database.reading() as connection:
            return snapshot.page(connection, till.shop.number, cursor=cursor)

    def look_up(self, till: Till, request: LookupRequest) -> LookupReply | TooManyMisses | None:
        """One voucher; None when there is none to be told of."""
        wait_s = self._misses.wait_s(till.till_id, monotonic_s=self.clock.monotonic_s())
        if wait_s:
            return TooManyMisses(wait_s)
        with self.database.reading() as connection:
            reply = look_up(
                connection,
                request,
                till=till,
                secrets=self.secrets,
                keys=public_keys(connection),
                now=self.clock.now(),
            )
        if reply is None:
            self._misses.missed(till.till_id, monotonic_s=self.clock.monotonic_s())
        return reply

    def journal(
        self, till: Till, request: JournalRequest
    ) -> JournalReply | storing.Rewind | storing.Fork | storing.EpochClosed | storing.Broken:
        """Store first, evaluate second, then tell what became of it.

        What is stored stays stored whatever happens afterwards; what a crash left unevaluated is
        evaluated by the till's next call, or when the service starts.
        """
        stored = self._store(till, request)
        if not isinstance(stored, Kept):
            return stored
        self.evaluator.evaluate_till(till.till_id)
        now = self.clock.now()
        with self.database.reading() as connection:
            page = feed.read(connection, till.till_id, cursor=request.outcome_cursor)
            alarms = feed.alarms_after(connection, request.epoch_id, base_seq=request.base_seq)
        head = heads.Head(
            till_id=till.till_id,
            epoch_id=EpochId(request.epoch_id),
            generation=stored.generation,
            seq=stored.head_seq,
            hash=stored.head_hash,
            at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        )
        return JournalReply(
            generation=stored.generation,
            head=SignedHead(
                till_id=head.till_id,
                epoch_id=head.epoch_id,
                generation=head.generation,
                seq=head.seq,
                hash=head.hash.hex(),
                at=head.at,
                signature=heads.sign(head, self.secrets.signing_key).hex(),
            ),
            outcomes=page.outcomes,
            next_outcome_cursor=page.next_cursor,
            more_outcomes=page.more,
            alarms=alarms,
        )

    def _store(self, till: Till, request: JournalRequest) -> StoreResult:
        # A till that only asks for news takes no writer's turn.
        transaction = self.database.writing if request.entries else self.database.reading
        with transaction() as connection:
            return storing.store(connection, request, till_id=till.till_id, now=self.clock.now())

    def begin_new_generation(self) -> int:
        """After this database was restored from a backup: tills send again what it lacks."""
        with self.database.writing() as connection:
            for shop in catalogue.all_shops(connection):
                catalogue.lock_shop(connection, shop.number)
                catalogue.next_versions(connection, shop.number, VERSION_LEAP)
            return int(
                connection.execute(
                    update(schema.service)
                    .values(generation=schema.service.c.generation + 1)
                    .returning(schema.service.c.generation)
                ).scalar_one()
            )
