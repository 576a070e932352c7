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
    HeldEntries,
    HeldEpoch,
    HeldEpochs,
    IssuerKey,
    OfflineLimits,
    OfOtherShop,
    Outcome,
    OutcomeLine,
    Policy,
    Rewind,
    Shop,
    SnapshotVoucher,
    Stored,
    TillFacts,
    VouchersPage,
)
from merchant_app.contract import wire
from merchant_app.contract.problems import ProblemBody
from merchant_app.contract.strict_json import Malformed
from merchant_app.ids import EpochId, OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.entries import Envelope
from merchant_app.ledger.heads import Head
from merchant_app.money import CURRENCIES, Money
from merchant_app.vouchers.holders import Holder
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
        previous_head=bytes.fromhex(reply.previous_head),
    )


def till_facts(reply: wire.EnrolmentReply | wire.TillReply) -> TillFacts:
    """Raises: Malformed."""
    return TillFacts(
        till_id=TillId(reply.till_id),
        till_name=reply.till_name,
        shop=_shop(reply.shop),
        policy=_policy(reply.policy),
        keys=tuple(IssuerKey(key.key_id, bytes.fromhex(key.public_key)) for key in reply.keys),
        service_key=bytes.fromhex(reply.service_key),
        generation=reply.generation,
        server_time=reply.server_time,
    )


def _policy(policy: wire.Policy) -> Policy:
    limits = policy.offline
    return Policy(
        answer_wait_s=policy.answer_wait_s,
        contact_every_s=policy.contact_every_s,
        offline=OfflineLimits(
            redemption_max_minor=limits.redemption_max_minor,
            voucher_max_minor=limits.voucher_max_minor,
            till_max_minor=limits.till_max_minor,
            count_max=limits.count_max,
            snapshot_warn_s=limits.snapshot_warn_s,
            snapshot_max_s=limits.snapshot_max_s,
            unknown_max_minor=limits.unknown_max_minor,
            tills=limits.tills,
        ),
    )


def _shop(shop: wire.Shop) -> Shop:
    return Shop(
        number=ShopNumber(shop.number),
        name=shop.name,
        city=shop.city,
        currency=currency(shop.currency, path="shop.currency"),
        # Expiry is judged by days there: a shop without a known time zone cannot sell.
        time_zone=time_zone(shop.time_zone, path="shop.time_zone"),
    )


def time_zone(name: str, *, path: str) -> str:
    """A zone this computer knows. Raises: Malformed."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise Malformed(path, "unknown time zone") from None
    return name


def currency(code: str, *, path: str) -> str:
    """A currency this program knows. Raises: Malformed."""
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
    return Found(to_voucher(reply.voucher, path="voucher"), _uses(reply.history, path="history"))


def _uses(told: Iterable[wire.WireUse], *, path: str) -> tuple[Use, ...]:
    return tuple(
        Use(
            use.at,
            use.till_name,
            Money(use.amount_minor, currency(use.currency, path=f"{path}.{number}.currency")),
        )
        for number, use in enumerate(told)
    )


def vouchers_page(reply: wire.VouchersPage) -> VouchersPage:
    """Raises: Malformed."""
    return VouchersPage(
        vouchers=tuple(
            SnapshotVoucher(
                to_voucher(one.voucher, path=f"vouchers.{number}.voucher"),
                bytes.fromhex(one.code_mac),
                _holder(one.holder),
            )
            for number, one in enumerate(reply.vouchers)
        ),
        gone=tuple(VoucherId(one.voucher_id) for one in reply.tombstones),
        next_cursor=reply.next_cursor,
        more=reply.more,
        starts_over=reply.starts_over,
    )


def _holder(told: wire.WireHolder | None) -> Holder | None:
    if told is None:
        return None
    return Holder(
        name=told.name,
        email=told.email,
        order_number=told.order_number,
        bought_on=told.bought_on,
    )


def to_voucher(told: wire.WireVoucher, *, path: str) -> Voucher:
    """Raises: Malformed."""
    known = currency(told.currency, path=f"{path}.currency")
    minimum_minor = told.terms.minimum_purchase_minor
    return Voucher(
        voucher_id=VoucherId(told.voucher_id),
        shop_number=ShopNumber(told.shop_number),
        face=Money(told.face_minor, known),
        balance=Money(told.balance_minor, known),
        terms=Terms(
            partial_allowed=told.terms.partial_allowed,
            valid_from=told.terms.valid_from,
            expires_on=told.terms.expires_on,
            minimum_purchase=None if minimum_minor is None else Money(minimum_minor, known),
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
        resync_to=batch.resync_to,
        priors=[_prior(outcome) for outcome in batch.priors],
    )


def _prior(outcome: Outcome) -> wire.WireOutcome:
    """What the service had said, as it is offered again; uses are news, and left out."""
    return wire.WireOutcome(
        op_id=outcome.op_id,
        status=outcome.status,
        lines=[
            wire.WireOutcomeLine(
                voucher_id=line.voucher_id,
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=line.balance_minor,
                reason=None if line.reason is None else line.reason.value,
            )
            for line in outcome.lines
        ],
        at=outcome.at,
        generation=outcome.generation,
        signature=outcome.signature.hex(),
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
        recovering=reply.recovering,
    )


def _outcomes(told: Iterable[wire.WireOutcome]) -> Iterable[Outcome]:
    for number, outcome in enumerate(told):
        path = f"outcomes.{number}.lines"
        lines = (
            OutcomeLine(
                voucher_id=VoucherId(line.voucher_id),
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=line.balance_minor,
                reason=_reason(line.reason, path=f"{path}.{place}.reason"),
                uses=_uses(line.uses, path=f"{path}.{place}.uses"),
            )
            for place, line in enumerate(outcome.lines)
        )
        yield Outcome(
            op_id=OpId(outcome.op_id),
            status=outcome.status,
            lines=tuple(lines),
            at=outcome.at,
            generation=outcome.generation,
            signature=bytes.fromhex(outcome.signature),
        )


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


def held_epochs(reply: wire.EpochsReply) -> HeldEpochs:
    """Every epoch of this till."""
    return HeldEpochs(
        tuple(
            HeldEpoch(EpochId(one.epoch_id), one.head_seq, bytes.fromhex(one.head_hash), one.closed)
            for one in reply.epochs
        )
    )


def held_entries(reply: wire.EntriesPage) -> HeldEntries:
    """One page of an epoch. Whether they chain is for the caller to see, who knows the root."""
    entries = (Envelope(one.seq, one.body, bytes.fromhex(one.hash)) for one in reply.entries)
    return HeldEntries(EpochId(reply.epoch_id), tuple(entries), reply.more)
