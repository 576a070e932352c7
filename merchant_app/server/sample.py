"""Fill a database with the sample, and list the vouchers that are there to practise with.

What is issued follows from a seed; keys, codes and ids do not: two samples never accept each
other's vouchers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from merchant_app.clock import business_date
from merchant_app.contract.wire import EnrolmentRequest
from merchant_app.ids import OpId, uuid7
from merchant_app.ledger import intake
from merchant_app.ledger.entries import Decision, Line, Redemption, envelopes, root_hash
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.messages import Batch
from merchant_app.server import catalogue, enrolling, sample_plan, schema
from merchant_app.server.catalogue import Issued, ShopRow
from merchant_app.server.database import take_turns
from merchant_app.server.evaluating import Evaluator
from merchant_app.server.keys import generation_of
from merchant_app.server.service import Service
from merchant_app.server.sql_shelf import SqlShelf
from merchant_app.vouchers.terms import VoucherStatus

SEED = 20200612
_USED_BEFORE = timedelta(days=3)
_TILL_NAME = "Caisse 2"


@dataclass(frozen=True, slots=True)
class _FixedClock:
    """The moment of the sample's one sale."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def monotonic_s(self) -> float:
        return 0.0


def fill(service: Service, *, seed: int = SEED) -> bool:
    """Issue the sample; False when the database has it already.

    All of it in one transaction; then one practice voucher is used up, the way a till does it.

    Raises:
        CannotDo: the database has other shops: it is somebody's real one.
    """
    now = service.clock.now()
    with service.database.writing() as connection:
        take_turns(connection)
        filled = connection.scalar(select(schema.service.c.sample_seed)) is not None
        if not filled:
            if connection.scalar(select(func.count()).select_from(schema.shops)):
                raise catalogue.CannotDo("This database has shops of its own; nothing was added.")
            _issue_all(service, connection, seed=seed, now=now)
            connection.execute(update(schema.service).values(sample_seed=seed))
    # Again at every call: a crash after the commit above leaves the sale to be made.
    _use_up(service, now=now - _USED_BEFORE)
    return not filled


def _issue_all(service: Service, connection: Connection, *, seed: int, now: datetime) -> None:
    for plan in sample_plan.SHOPS:
        shop = catalogue.add_shop(
            connection,
            number=plan.number,
            slug=plan.slug,
            name=plan.name,
            city=plan.city,
            random_bytes=service.random_bytes,
        )
        today = business_date(now, shop.time_zone)
        wanted = sample_plan.practice(today) if plan is sample_plan.PRACTICE_SHOP else []
        rest = sample_plan.others(
            plan,
            wanted,
            today=today,
            chance=random.Random(seed + plan.number),  # noqa: S311
        )
        issued = catalogue.issue(
            connection,
            [*(voucher.request for voucher in wanted), *rest],
            shop=shop,
            secrets=service.secrets,
            now=now,
            random_bytes=service.random_bytes,
        )
        kinds = [(voucher.kind, made) for voucher, made in zip(wanted, issued, strict=False)]
        if plan is sample_plan.OTHER_SHOP:
            kinds = [("other_shop", _first_plain(issued))]
        for position, (kind, made) in enumerate(kinds):
            connection.execute(
                insert(schema.practice).values(
                    shop_number=sample_plan.PRACTICE_SHOP.number,
                    position=position + 100 * plan.number,
                    kind=kind,
                    voucher_id=made.voucher.voucher_id,
                )
            )
        for voucher, made in zip(wanted, issued, strict=False):
            if voucher.revoked:
                catalogue.revoke_voucher(connection, made.voucher.voucher_id)


def _first_plain(issued: list[Issued]) -> Issued:
    return next(
        made
        for made in issued
        if made.voucher.terms.valid_from is None and made.voucher.terms.minimum_purchase is None
    )


def _use_up(service: Service, *, now: datetime) -> None:
    """Debit the practice voucher that is meant to be used, by a journal like any other."""
    with service.database.writing() as connection:
        take_turns(connection)
        used = connection.execute(
            select(schema.vouchers)
            .join(schema.practice, schema.practice.c.voucher_id == schema.vouchers.c.id)
            .where(schema.practice.c.kind == "used_up", schema.vouchers.c.balance_minor > 0)
        ).one_or_none()
        if used is None:
            return
        shop = catalogue.shop_by_number(connection, used.shop_number)
        till = _till(service, connection, shop, now=now)
        face = catalogue.voucher_of(used).face
        redemption = Redemption(
            op_id=OpId(uuid7(now, service.random_bytes)),
            lines=(Line(catalogue.voucher_of(used).voucher_id, face, used.label),),
            purchase=face,
            honoured=False,
            at=now,
            cashier="Claire",
        )
        decision = Decision(
            op_id=OpId(uuid7(now, service.random_bytes)),
            redemption_id=redemption.op_id,
            handed_over=True,
            at=now,
            cashier="Claire",
        )
        root = root_hash(till.epoch_id, till.previous_head)
        batch = Batch(
            epoch_id=till.epoch_id,
            generation=generation_of(connection),
            base_seq=0,
            base_hash=root,
            entries=envelopes((redemption, decision), last_seq=0, last_hash=root),
            outcome_cursor=0,
        )
        shelf = SqlShelf(connection, till_id=till.till.till_id, now=now, writes=True)
        intake.store(shelf, batch, till_id=till.till.till_id)
    Evaluator(service.database, _FixedClock(now), Rules()).evaluate_till(till.till.till_id)


def _till(
    service: Service, connection: Connection, shop: ShopRow, *, now: datetime
) -> enrolling.NewTill:
    code = enrolling.offer(
        connection,
        shop=shop,
        till_name=_TILL_NAME,
        now=now,
        random_bytes=service.random_bytes,
    )
    request = EnrolmentRequest(
        code=code, public_key=service.random_bytes(32).hex(), program_version="sample"
    )
    till = enrolling.enrol(connection, request, now=now, random_bytes=service.random_bytes)
    assert till is not None
    return till


def practice(service: Service) -> list[dict[str, object]]:
    """The practice vouchers as they are now, with code and token: these can be spent."""
    table = schema.practice
    with service.database.reading() as connection:
        rows = connection.execute(
            select(table.c.kind, schema.vouchers, schema.shops.c.name, schema.shops.c.city)
            .join(schema.vouchers, schema.vouchers.c.id == table.c.voucher_id)
            .join(schema.shops, schema.shops.c.number == schema.vouchers.c.shop_number)
            .order_by(table.c.position)
        ).all()
    result: list[dict[str, object]] = []
    for row in rows:
        made = catalogue.printed(catalogue.voucher_of(row), service.secrets)
        terms = made.voucher.terms
        result.append(
            {
                "kind": row.kind,
                "code": made.code,
                "token": made.token,
                "voucher_id": str(row.id),
                "shop_number": row.shop_number,
                "shop": row.name,
                "city": row.city,
                "face_minor": row.face_minor,
                "balance_minor": row.balance_minor,
                "currency": row.currency,
                "holder": row.holder,
                "revoked": made.voucher.status is VoucherStatus.REVOKED,
                "expires_on": terms.expires_on and terms.expires_on.isoformat(),
                "valid_from": terms.valid_from and terms.valid_from.isoformat(),
            }
        )
    return result
