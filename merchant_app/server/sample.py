"""Fill a database with the sample, and list the vouchers that are there to practise with.

What is issued follows from a seed; keys, codes and ids do not: two samples never accept each
other's vouchers.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from merchant_app.clock import business_date
from merchant_app.server import catalogue, elsewhere, sample_plan, schema
from merchant_app.server.catalogue import Issued
from merchant_app.server.database import take_turns
from merchant_app.server.service import Service
from merchant_app.vouchers.terms import VoucherStatus

SEED = 20200612
_USED_BEFORE = timedelta(days=3)


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
        sold = elsewhere.sell(service, connection, catalogue.voucher_of(used), now=now)
    sold.evaluate(service)


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
