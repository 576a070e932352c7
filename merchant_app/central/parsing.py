"""From the contract's wire types to the till's own, and back. Pure.

What the wire types cannot say is checked here, once: currencies, time zones and reasons this
program knows. `Malformed` names the bad field; the adapter turns it into "not understood".
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from merchant_app.central.port import (
    Batch,
    Enrolled,
    Found,
    IssuerKey,
    OfOtherShop,
    Outcome,
    OutcomeLine,
    Policy,
    Rewind,
    Shop,
    Stored,
    TillFacts,
)
from merchant_app.contract import wire
from merchant_app.contract.problems import ProblemBody
from merchant_app.contract.strict_json import Malformed
from merchant_app.ids import EpochId, OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.heads import Head
from merchant_app.money import CURRENCIES, Money
from merchant_app.vouchers.terms import Terms, VatKind, Voucher, VoucherStatus
from merchant_app.vouchers.verdicts import Reason, Use

_HASH_CHARACTERS = 64


def enrolled(reply: wire.EnrolmentReply) -> Enrolled:
    """Raises: Malformed."""
    return Enrolled(
        facts=till_facts(reply),
        epoch_id=EpochId(reply.epoch_id),
        token=reply.token,
        pepper=bytes.fromhex(reply.pepper),
    )


def till_facts(reply: wire.EnrolmentReply | wire.TillReply) -> TillFacts:
    """Raises: Malformed."""
    return TillFacts(
        till_id=TillId(reply.till_id),
        till_name=reply.till_name,
        shop=_shop(reply.shop),
        policy=Policy(reply.policy.answer_wait_s, reply.policy.contact_every_s),
        keys=tuple(IssuerKey(key.key_id, bytes.fromhex(key.public_key)) for key in reply.keys),
        service_key=bytes.fromhex(reply.service_key),
        generation=reply.generation,
        server_time=reply.server_time,
    )


def _shop(shop: wire.Shop) -> Shop:
    try:
        ZoneInfo(shop.time_zone)
    except (LookupError, ValueError, OSError):
        # Expiry is judged by days there: a shop without a known time zone cannot sell.
        raise Malformed("shop.time_zone", "unknown time zone") from None
    return Shop(
        number=ShopNumber(shop.number),
        name=shop.name,
        city=shop.city,
        currency=_currency(shop.currency, path="shop.currency"),
        time_zone=shop.time_zone,
    )


def _currency(code: str, *, path: str) -> str:
    if code not in CURRENCIES:
        raise Malformed(path, "unknown currency")
    return code


def lookup(reply: wire.LookupReply) -> Found | OfOtherShop:
    """Raises: Malformed; what was told does not fit its `result`."""
    if reply.result == "other_shop":
        if reply.shop_name is None or reply.voucher is not None or reply.history:
            raise Malformed("result", "another shop's voucher is told by the shop's name alone")
        return OfOtherShop(reply.shop_name, reply.shop_city or "")
    if reply.voucher is None:
        raise Malformed("voucher", "found, but not there")
    voucher = to_voucher(reply.voucher)
    uses = (
        Use(use.at, use.till_name, Money(use.amount_minor, voucher.face.currency))
        for use in reply.history
    )
    return Found(voucher, tuple(uses))


def to_voucher(told: wire.WireVoucher) -> Voucher:
    """Raises: Malformed."""
    currency = _currency(told.currency, path="voucher.currency")
    minimum_minor = told.terms.minimum_purchase_minor
    return Voucher(
        voucher_id=VoucherId(told.voucher_id),
        shop_number=ShopNumber(told.shop_number),
        face=Money(told.face_minor, currency),
        balance=Money(told.balance_minor, currency),
        terms=Terms(
            partial_allowed=told.terms.partial_allowed,
            valid_from=told.terms.valid_from,
            expires_on=told.terms.expires_on,
            minimum_purchase=None if minimum_minor is None else Money(minimum_minor, currency),
            vat_kind=VatKind(told.terms.vat_kind),
        ),
        status=VoucherStatus(told.status),
        label=told.label,
        holder=told.holder,
    )


def journal_request(batch: Batch) -> wire.JournalRequest:
    """Raises: pydantic.ValidationError; the batch is larger than the contract allows."""
    return wire.JournalRequest(
        epoch_id=batch.epoch_id,
        generation=batch.generation,
        base_seq=batch.base_seq,
        base_hash=batch.base_hash.hex(),
        entries=[
            wire.WireEntry(seq=envelope.seq, body=envelope.body, hash=envelope.hash.hex())
            for envelope in batch.entries
        ],
        outcome_cursor=batch.outcome_cursor,
    )


def signed_head(reply: wire.JournalReply) -> Head:
    """What the service signed."""
    head = reply.head
    return Head(
        till_id=TillId(head.till_id),
        epoch_id=EpochId(head.epoch_id),
        generation=head.generation,
        seq=head.seq,
        hash=bytes.fromhex(head.hash),
        at=head.at,
    )


def stored(reply: wire.JournalReply) -> Stored:
    """The head's signature is the caller's to verify. Raises: Malformed."""
    return Stored(
        generation=reply.generation,
        head_seq=reply.head.seq,
        head_hash=bytes.fromhex(reply.head.hash),
        head_at=reply.head.at,
        head_signature=bytes.fromhex(reply.head.signature),
        outcomes=tuple(_outcomes(reply.outcomes)),
        next_outcome_cursor=reply.next_outcome_cursor,
        more_outcomes=reply.more_outcomes,
        alarm_seqs=tuple(alarm.seq for alarm in reply.alarms),
    )


def _outcomes(told: Iterable[wire.WireOutcome]) -> Iterable[Outcome]:
    for number, outcome in enumerate(told):
        lines = (
            OutcomeLine(
                voucher_id=VoucherId(line.voucher_id),
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=line.balance_minor,
                reason=_reason(line.reason, path=f"outcomes.{number}.lines.{place}.reason"),
            )
            for place, line in enumerate(outcome.lines)
        )
        yield Outcome(OpId(outcome.op_id), outcome.status, tuple(lines), outcome.at)


def _reason(text: str | None, *, path: str) -> Reason | None:
    if text is None:
        return None
    try:
        return Reason(text)
    except ValueError:
        raise Malformed(path, "unknown reason") from None


def rewind(problem: ProblemBody) -> Rewind:
    """Raises: Malformed; the problem does not say where the service's copy ends."""
    seq, text, generation = problem.head_seq, problem.head_hash, problem.generation
    if seq is None or text is None or generation is None or seq < 0 or generation < 0:
        raise Malformed("head_seq", "missing")
    try:
        head_hash = bytes.fromhex(text)
    except ValueError:
        raise Malformed("head_hash", "not hexadecimal") from None
    if len(text) != _HASH_CHARACTERS or len(head_hash) * 2 != _HASH_CHARACTERS:
        raise Malformed("head_hash", "not 32 bytes")
    return Rewind(generation, seq, head_hash)
