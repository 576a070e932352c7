"""A debit at the shop's other till, for practising: by a journal like any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from merchant_app.contract.wire import EnrolmentRequest
from merchant_app.ids import OpId, uuid7
from merchant_app.ledger import intake
from merchant_app.ledger.entries import Decision, Line, Redemption, envelopes, root_hash
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.messages import Batch
from merchant_app.server import catalogue, enrolling
from merchant_app.server.catalogue import ShopRow
from merchant_app.server.evaluating import Evaluator
from merchant_app.server.keys import generation_of
from merchant_app.server.service import Service
from merchant_app.server.sql_shelf import SqlShelf
from merchant_app.vouchers.terms import Voucher

_TILL_NAME = "Caisse 2"
_CASHIER = "Claire"


@dataclass(frozen=True, slots=True)
class _FixedClock:
    """The moment of the sale."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def monotonic_s(self) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Sold:
    """Stored, and still to be evaluated, once the transaction is committed."""

    till: enrolling.NewTill
    at: datetime

    def evaluate(self, service: Service) -> None:
        """Book it."""
        evaluator = Evaluator(service.database, _FixedClock(self.at), Rules())
        evaluator.evaluate_till(self.till.till.till_id)


def sell(service: Service, connection: Connection, voucher: Voucher, *, now: datetime) -> Sold:
    """Debit the whole balance, in the caller's transaction; `Sold.evaluate` follows its commit."""
    shop = catalogue.shop_by_number(connection, voucher.shop_number)
    till = _till(service, connection, shop, now=now)
    redemption = Redemption(
        op_id=OpId(uuid7(now, service.random_bytes)),
        lines=(Line(voucher.voucher_id, voucher.balance, voucher.label),),
        purchase=voucher.balance,
        honoured=False,
        at=now,
        cashier=_CASHIER,
    )
    decision = Decision(
        op_id=OpId(uuid7(now, service.random_bytes)),
        redemption_id=redemption.op_id,
        handed_over=True,
        at=now,
        cashier=_CASHIER,
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
    return Sold(till, now)


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
