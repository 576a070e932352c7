"""The exercises of training mode: a fresh voucher for each situation of the counter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from merchant_app.clock import business_date
from merchant_app.ids import VoucherId
from merchant_app.money import Money
from merchant_app.server import catalogue, elsewhere, policy, sample_plan, schema
from merchant_app.server.catalogue import CannotDo, Issued, Order, Request
from merchant_app.server.database import take_turns
from merchant_app.server.service import Service
from merchant_app.vouchers.terms import Terms

USED = "used"
_USED_BEFORE = timedelta(days=3)
_EXPIRED_SINCE = timedelta(days=40)
_ACCEPTED_MINOR = 50_00
"""The exercises without a line fit under this, however many tills the shop has."""


def rehearse(service: Service) -> list[dict[str, object]]:
    """Issue them, in the order they are taught: each with its code and token, which can be spent.

    Raises:
        CannotDo: the database is not the sample's.
    """
    now = service.clock.now()
    with service.database.writing() as connection:
        take_turns(connection)
        _only_in_the_sample(connection)
        shop = catalogue.shop_by_number(connection, sample_plan.PRACTICE_SHOP.number)
        wanted = _vouchers(business_date(now, shop.time_zone))
        issued = catalogue.issue(
            connection,
            list(wanted.values()),
            shop=shop,
            secrets=service.secrets,
            now=now,
            random_bytes=service.random_bytes,
        )
        limits = policy.limits(connection)
        if limits.voucher_max_minor != _ACCEPTED_MINOR:
            new = replace(limits, voucher_max_minor=_ACCEPTED_MINOR)
            policy.change_limits(connection, new)
        made = dict(zip(wanted, issued, strict=True))
        sold = elsewhere.sell(service, connection, made[USED].voucher, now=now - _USED_BEFORE)
    sold.evaluate(service)
    return [_told(situation, one) for situation, one in made.items()]


def spend(service: Service, voucher_id: VoucherId) -> None:
    """Debit all that is left of this voucher at the other till.

    Raises:
        CannotDo: the database is not the sample's, there is no such voucher, or nothing is left.
    """
    now: datetime = service.clock.now()
    with service.database.writing() as connection:
        take_turns(connection)
        _only_in_the_sample(connection)
        row = connection.execute(
            select(schema.vouchers).where(schema.vouchers.c.id == voucher_id)
        ).one_or_none()
        if row is None or row.balance_minor == 0:
            raise CannotDo("There is nothing to spend.")
        sold = elsewhere.sell(service, connection, catalogue.voucher_of(row), now=now)
    sold.evaluate(service)


def _only_in_the_sample(connection: Connection) -> None:
    if connection.scalar(select(schema.service.c.sample_seed)) is None:
        raise CannotDo("Exercises are for the sample's database alone.")


def _vouchers(today: date) -> dict[str, Request]:
    good = Terms(expires_on=date(today.year + 1, 12, 31))

    def voucher(face_minor: int, holder: str, terms: Terms = good) -> Request:
        face = Money(face_minor, sample_plan.CURRENCY)
        return Request(face=face, terms=terms, order=Order(holder=holder))

    return {
        "good": voucher(50_00, "Claire D."),
        "part": voucher(100_00, "Hélène R."),
        USED: voucher(20_00, "Sophie T."),
        "expired": voucher(50_00, "Thierry V.", Terms(expires_on=today - _EXPIRED_SINCE)),
        "outage": voucher(30_00, "Jeanne L."),
        "refused_later": voucher(40_00, "Mehdi B."),
    }


def _told(situation: str, one: Issued) -> dict[str, object]:
    return {
        "situation": situation,
        "voucher_id": str(one.voucher.voucher_id),
        "code": one.code,
        "token": one.token,
        "face_minor": one.voucher.face.minor,
        "currency": one.voucher.face.currency,
    }
