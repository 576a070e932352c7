"""The calls of contract v1, without HTTP: what `api` asks, and what a test may ask directly."""

from __future__ import annotations

import os
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from merchant_app.clock import Clock
from merchant_app.contract.statement_wire import StatementReply, WireBookingsPage
from merchant_app.contract.wire import (
    EnrolmentReply,
    EnrolmentRequest,
    EntriesPage,
    EpochsReply,
    IssuerKey,
    JournalReply,
    JournalRequest,
    KeyState,
    LookupReply,
    LookupRequest,
    Shop,
    SignedHead,
    TillReply,
    VouchersPage,
)
from merchant_app.ids import EpochId, RandomBytes
from merchant_app.ledger import heads, intake, priors
from merchant_app.ledger.books import EntryAlarm, Place
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.intake import Kept, StoreResult
from merchant_app.ledger.messages import Batch, Outcome
from merchant_app.server import (
    enrolling,
    feed,
    held,
    outcomes,
    pending_rows,
    policy,
    recovering,
    schema,
    snapshot,
    statements,
)
from merchant_app.server.database import Database
from merchant_app.server.enrolling import RevokedTill, Till
from merchant_app.server.evaluating import Evaluator
from merchant_app.server.keys import (
    create_secrets,
    generation_of,
    load_secrets,
    public_keys,
)
from merchant_app.server.looking_up import MissLimit, TooManyMisses, look_up
from merchant_app.server.recovering import Recovery, ShopRecovery
from merchant_app.server.sql_shelf import SqlShelf
from merchant_app.server.statement_replies import bookings_reply, statement_reply

MINIMUM_TILL_VERSION = "0.1.0"


class BeingRestored(Exception):
    """The shop's balances cannot be told: the service waits for the shop's tills."""


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
        rules = rules or Rules()
        self.evaluator = Evaluator(database, clock, rules)
        self.recovery = Recovery(database, clock, rules, self.evaluator)
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
            previous_head=new.previous_head.hex(),
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
            policy=policy.of_shop(connection, shop.number),
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
            BeingRestored: the shop waits for its tills.
        """
        _refuse_while_recovering(till)
        with self.database.reading() as connection:
            return snapshot.page(connection, till.shop.number, cursor=cursor)

    def look_up(self, till: Till, request: LookupRequest) -> LookupReply | TooManyMisses | None:
        """One voucher; None when there is none to be told of.

        Raises:
            BeingRestored: the shop waits for its tills.
        """
        _refuse_while_recovering(till)
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
    ) -> JournalReply | intake.Rewind | intake.Fork | intake.EpochClosed | intake.Broken:
        """Store first, evaluate second, then tell what became of it.

        What is stored stays stored whatever happens afterwards; what a crash left unevaluated is
        evaluated by the till's next call, or when the service starts. While the shop recovers
        nothing is evaluated and no outcome is told: what the backup says may be older than what
        the till was told before.
        """
        stored = self._store(till, outcomes.batch_of(request))
        if not isinstance(stored, Kept):
            return stored
        if stored.recovering:
            self.recovery.finish_complete()
        self.evaluator.evaluate_till(till.till_id)
        key = self.secrets.signing_key
        with self.database.reading() as connection:
            waits = recovering.is_recovering(connection, till.shop.number)
            page = feed.FeedPage([], request.outcome_cursor, more=False)
            if not waits:
                cursor = request.outcome_cursor
                page = feed.read(connection, till.till_id, cursor=cursor, key=key)
            alarms = feed.alarms_after(connection, request.epoch_id, base_seq=request.base_seq)
        return JournalReply(
            generation=stored.generation,
            head=self._signed_head(till, request.epoch_id, stored),
            outcomes=page.outcomes,
            next_outcome_cursor=page.next_cursor,
            more_outcomes=page.more,
            alarms=alarms,
            recovering=waits,
        )

    def _signed_head(self, till: Till, epoch_id: UUID, stored: Kept) -> SignedHead:
        now = self.clock.now()
        head = heads.Head(
            till_id=till.till_id,
            epoch_id=EpochId(epoch_id),
            generation=stored.generation,
            seq=stored.head_seq,
            hash=stored.head_hash,
            at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        )
        return SignedHead(
            till_id=head.till_id,
            epoch_id=head.epoch_id,
            generation=head.generation,
            seq=head.seq,
            hash=head.hash.hex(),
            at=head.at,
            signature=heads.sign(head, self.secrets.signing_key).hex(),
        )

    def _store(self, till: Till, batch: Batch) -> StoreResult:
        batch, bad_seqs = intake.believed(batch, is_signed=self._is_signed)
        now = self.clock.now()
        if not batch.entries:
            # A till that only asks for news takes no writer's turn.
            with self.database.reading() as connection:
                shelf = SqlShelf(connection, till_id=till.till_id, now=now, writes=False)
                stored = intake.store(shelf, batch, till_id=till.till_id)
            if not (isinstance(stored, Kept) and stored.recovering and stored.resynced):
                return stored
        with self.database.writing() as connection:
            shelf = SqlShelf(connection, till_id=till.till_id, now=now, writes=True)
            stored = intake.store(shelf, batch, till_id=till.till_id)
            if isinstance(stored, Kept):
                for seq in bad_seqs:
                    place = Place(batch.epoch_id, seq)
                    kind = EntryAlarm.BAD_PRIOR.value
                    pending_rows.raise_alarm(connection, place, kind, now=now)
                if stored.recovering and stored.resynced:
                    recovering.mark_resynced(connection, till.till_id)
        return stored

    def _is_signed(self, prior: Outcome) -> bool:
        return priors.is_signed(prior, self.secrets.signing_key.public_key())

    def held_epochs(self, till: Till) -> EpochsReply:
        """How much of this till's journals is here."""
        with self.database.reading() as connection:
            return held.epochs(connection, till.till_id)

    def held_entries(self, till: Till, epoch_id: UUID, *, after_seq: int) -> EntriesPage | None:
        """Entries of one of this till's epochs; None when it has no such epoch."""
        with self.database.reading() as connection:
            return held.entries(connection, till.till_id, epoch_id, after_seq=after_seq)

    def statement(self, till: Till, *, first_day: date, last_day: date) -> StatementReply:
        """The figures of the till's shop, from one day to another, both included.

        Raises:
            BeingRestored: the shop waits for its tills.
        """
        _refuse_while_recovering(till)
        with self.database.reading() as connection:
            found = statements.statement(
                connection, till.shop, first_day=first_day, last_day=last_day, now=self.clock.now()
            )
        return statement_reply(found)

    def bookings(
        self, till: Till, *, first_day: date, last_day: date, cursor: int
    ) -> WireBookingsPage:
        """What a statement of these days is made of, after a cursor.

        Raises:
            BeingRestored: the shop waits for its tills.
        """
        _refuse_while_recovering(till)
        with self.database.reading() as connection:
            page = statements.bookings_page(
                connection, till.shop, first_day=first_day, last_day=last_day, cursor=cursor
            )
        return bookings_reply(page)

    def begin_new_generation(self) -> int:
        """After this database was restored from a backup: tills send again what it lacks."""
        with self.database.writing() as connection:
            generation = recovering.begin_new_generation(connection, now=self.clock.now())
        self.recovery.finish_complete()  # a shop without tills has nobody to wait for
        return generation

    def revoke_till(self, till_id: UUID) -> None:
        """Refuse a till from now on. A recovery that waited for it alone ends.

        Raises:
            CannotDo: there is no such till.
        """
        with self.database.writing() as connection:
            enrolling.revoke_till(connection, till_id)
        self.recovery.finish_complete()

    def waiting_shops(self) -> list[ShopRecovery]:
        """The shops that wait for tills after a restore."""
        with self.database.reading() as connection:
            return recovering.waiting_shops(connection)


def _refuse_while_recovering(till: Till) -> None:
    if till.shop.recovering:
        raise BeingRestored
