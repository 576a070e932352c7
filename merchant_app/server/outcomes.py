"""Outcomes between the wire and the rules: told signed, offered again, kept beside an entry."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.contract.wire import (
    JournalRequest,
    WireOutcome,
    WireOutcomeLine,
    WireUse,
)
from merchant_app.ids import EpochId, OpId, VoucherId
from merchant_app.ledger import priors
from merchant_app.ledger.entries import Envelope
from merchant_app.ledger.messages import Batch, Outcome, OutcomeLine
from merchant_app.vouchers.verdicts import Reason


def batch_of(request: JournalRequest) -> Batch:
    """What a till sent, as the rules see it."""
    offered = (from_wire(prior) for prior in request.priors)
    return Batch(
        epoch_id=EpochId(request.epoch_id),
        generation=request.generation,
        base_seq=request.base_seq,
        base_hash=bytes.fromhex(request.base_hash),
        entries=tuple(
            Envelope(entry.seq, entry.body, bytes.fromhex(entry.hash)) for entry in request.entries
        ),
        outcome_cursor=request.outcome_cursor,
        resync_to=request.resync_to,
        priors=tuple(prior for prior in offered if prior is not None),
    )


def from_wire(told: WireOutcome) -> Outcome | None:
    """None for one with a reason that this program does not know: it cannot have signed it."""
    try:
        lines = tuple(
            OutcomeLine(
                voucher_id=VoucherId(line.voucher_id),
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=line.balance_minor,
                reason=None if line.reason is None else Reason(line.reason),
            )
            for line in told.lines
        )
    except ValueError:
        return None
    return Outcome(
        op_id=OpId(told.op_id),
        status=told.status,
        lines=lines,
        at=told.at,
        generation=told.generation,
        signature=bytes.fromhex(told.signature),
    )


def to_wire(outcome: Outcome) -> WireOutcome:
    """As it is sent, and as it is kept."""
    return WireOutcome(
        op_id=outcome.op_id,
        status=outcome.status,
        lines=[
            WireOutcomeLine(
                voucher_id=line.voucher_id,
                accepted_minor=line.accepted_minor,
                shortfall_minor=line.shortfall_minor,
                balance_minor=line.balance_minor,
                reason=None if line.reason is None else line.reason.value,
                uses=[
                    WireUse(
                        at=use.at,
                        till_name=use.till,
                        amount_minor=use.amount.minor,
                        currency=use.amount.currency,
                    )
                    for use in line.uses
                ],
            )
            for line in outcome.lines
        ],
        at=outcome.at,
        generation=outcome.generation,
        signature=outcome.signature.hex(),
    )


def signed(outcome: Outcome, key: Ed25519PrivateKey) -> WireOutcome:
    """An outcome as a till is told it, with the signature that lets it be believed later."""
    return to_wire(replace(outcome, signature=priors.sign(outcome, key)))


def kept_text(prior: Outcome) -> str:
    """A prior as it is stored beside its entry."""
    return to_wire(prior).model_dump_json()


def from_kept_text(text: str) -> Outcome | None:
    """The inverse of `kept_text`."""
    return from_wire(WireOutcome.model_validate_json(text))
