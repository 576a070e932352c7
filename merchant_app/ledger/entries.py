"""Journal entries: their canonical bytes, their chain of hashes.

An entry travels and rests as an envelope: a number, a body, a hash. The body is JSON in ASCII,
keys sorted, no spaces; its text is made once, by the till, and from then on stored, sent and
hashed as it is, byte for byte, so no two programs can disagree about what was hashed:

    h(0)   = SHA-256("comptoir epoch v1" 00 | epoch id, 16 bytes | where the till's previous
             epoch ended at the service, 32 bytes, if it had one)
    h(seq) = SHA-256("comptoir entry v1" 00 | h(seq-1), 32 bytes | seq, 8 bytes big-endian | body)
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from merchant_app.clock import from_text, to_text
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, VoucherId, id_of
from merchant_app.money import CURRENCIES, Money

LINES_MAX = 30
"""Vouchers in one basket: more than any counter sees, and an entry stays a few kilobytes."""
_TEXT_LENGTH_MAX = 120
_MINOR_MAX = 0xFFFFFFFF
_READ_MAX = 2_048
"""Bodies whose entry is remembered: sent again, told again, shown again, it is read once."""
_quoted = json.encoder.encode_basestring_ascii
_TRUTHS = {True: "true", False: "false"}
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_read = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Line:
    """One voucher of a basket. `label` is its last four characters, for people."""

    voucher_id: VoucherId
    amount: Money
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """R: one intention of the cashier; all its lines are debited, or none.

    Attributes:
        purchase: the total that the vouchers pay towards; None when it was not typed.
        honoured: the goods were handed over already, without asking the service.
    """

    op_id: OpId
    lines: tuple[Line, ...]
    purchase: Money | None
    honoured: bool
    at: datetime
    cashier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """D: whether the goods of one redemption were handed over. Exactly one for each."""

    op_id: OpId
    redemption_id: OpId
    handed_over: bool
    at: datetime
    cashier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """V: undoes all that is left of one completed redemption."""

    op_id: OpId
    redemption_id: OpId
    at: datetime
    cashier: str


class Choice(Enum):
    """What a person decided about something that ended badly. The value is journalled."""

    CUSTOMER_CALLED = "customer_called"
    """A step on the way: the matter stays open."""
    RETRIED = "retried"
    """A new redemption paid for it; `Resolution.retry_id` names it."""
    LOSS_ACCEPTED = "loss_accepted"
    PLATFORM_ASKED = "platform_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """S: what a person decided about a redemption or void that ended badly ("à traiter").

    It moves no money but for RETRIED: the shortfall of the old redemption is then taken back, as
    far as the new one was debited.

    Attributes:
        about_id: the redemption or void that ended badly.
        note: her reason, in her words; at most 120 characters.
        retry_id: the new redemption of RETRIED; None for any other choice.
    """

    op_id: OpId
    about_id: OpId
    choice: Choice
    note: str
    retry_id: OpId | None
    at: datetime
    cashier: str


Entry = Redemption | Decision | Void | Resolution


@dataclass(frozen=True, slots=True)
class Envelope:
    """An entry in its place in one epoch's chain."""

    seq: int
    body: str
    hash: bytes


def about(entry: Entry) -> OpId:
    """The op that an entry is about: a redemption's own, or the one it decides, undoes, settles."""
    match entry:
        case Redemption(op_id=op_id):
            return op_id
        case Decision(redemption_id=op_id) | Void(redemption_id=op_id):
            return op_id
        case Resolution(about_id=op_id):
            return op_id


class BadEntry(ValueError):
    """A body that is no entry this program knows. What it means is decided by whoever stores it."""


def root_hash(epoch_id: EpochId, previous_head: bytes = b"") -> bytes:
    """h(0) of an epoch; `previous_head` is empty for a till's first one."""
    return hashlib.sha256(b"comptoir epoch v1\x00" + epoch_id.bytes + previous_head).digest()


def chain_hash(previous: bytes, *, seq: int, body: str) -> bytes:
    """h(seq), from h(seq - 1)."""
    message = b"comptoir entry v1\x00" + previous + seq.to_bytes(8, "big") + body.encode()
    return hashlib.sha256(message).digest()


def envelopes(entries: Iterable[Entry], *, last_seq: int, last_hash: bytes) -> tuple[Envelope, ...]:
    """The entries as the next envelopes of a chain that ends at (last_seq, last_hash)."""
    result = []
    for entry in entries:
        last_seq, body = last_seq + 1, to_body(entry)
        last_hash = chain_hash(last_hash, seq=last_seq, body=body)
        result.append(Envelope(last_seq, body, last_hash))
    return tuple(result)


def first_broken(chain: Sequence[Envelope], *, base_seq: int, base_hash: bytes) -> Envelope | None:
    """The first envelope that does not continue the chain; None when all of them do."""
    for envelope in chain:
        base_seq += 1
        if envelope.seq != base_seq:
            return envelope
        base_hash = chain_hash(base_hash, seq=envelope.seq, body=envelope.body)
        if envelope.hash != base_hash:
            return envelope
    return None


def to_body(entry: Entry) -> str:
    """The canonical text of an entry.

    Raises:
        Bug: `from_body` would refuse it, or read something else. Such an entry must never reach a
            journal: it would be stored everywhere, and have no outcome anywhere.
    """
    if not _can_be_read(entry):
        raise Bug(f"a {type(entry).__name__} that no program could read back")
    return _canonical(entry)


def _can_be_read(entry: Entry) -> bool:
    if not _is_text(entry.cashier):
        return False
    if isinstance(entry, Resolution):
        retried = entry.choice is Choice.RETRIED
        return _is_text(entry.note) and retried == (entry.retry_id is not None)
    if not isinstance(entry, Redemption):
        return True
    lines = entry.lines
    amounts = [line.amount for line in lines]
    if entry.purchase is not None:
        amounts.append(entry.purchase)
    return (
        1 <= len(lines) <= LINES_MAX
        and len({line.voucher_id for line in lines}) == len(lines)
        and len({amount.currency for amount in amounts}) == 1
        and all(0 < amount.minor <= _MINOR_MAX for amount in amounts)
        and all(_is_text(line.label) for line in lines)
    )


def _is_text(value: object) -> bool:
    # Half a surrogate pair fits into JSON, and into no file or database.
    return (
        isinstance(value, str)
        and len(value) <= _TEXT_LENGTH_MAX
        and (value.isascii() or _HALF_A_PAIR.search(value) is None)
    )


def _canonical(entry: Entry) -> str:
    """JSON, put together here: this text is made for every entry, and read for every entry."""
    at, cashier = f'"at":"{to_text(entry.at)}"', f'"cashier":{_quoted(entry.cashier)}'
    match entry:
        case Redemption(purchase=purchase):
            lines = ",".join(
                f'{{"amount_minor":{line.amount.minor},"label":{_quoted(line.label)},'
                f'"voucher":"{line.voucher_id}"}}'
                for line in entry.lines
            )
            return (
                f'{{{at},{cashier},"currency":{_quoted(entry.lines[0].amount.currency)},'
                f'"honoured":{_TRUTHS[entry.honoured]},"kind":"redemption","lines":[{lines}],'
                f'"op":"{entry.op_id}",'
                f'"purchase_minor":{"null" if purchase is None else purchase.minor}}}'
            )
        case Decision():
            return (
                f'{{{at},{cashier},"handed_over":{_TRUTHS[entry.handed_over]},"kind":"decision",'
                f'"op":"{entry.op_id}","redemption":"{entry.redemption_id}"}}'
            )
        case Void():
            return (
                f'{{{at},{cashier},"kind":"void","op":"{entry.op_id}",'
                f'"redemption":"{entry.redemption_id}"}}'
            )
        case Resolution(retry_id=retry_id):
            return (
                f'{{"about":"{entry.about_id}",{at},{cashier},"choice":"{entry.choice.value}",'
                f'"kind":"resolution","note":{_quoted(entry.note)},"op":"{entry.op_id}",'
                f'"retry":{"null" if retry_id is None else _quoted(str(retry_id))}}}'
            )


@lru_cache(maxsize=_READ_MAX)
def from_body(body: str) -> Entry:
    """The entry in a body. The inverse of `to_body`, and no more forgiving.

    Raises:
        BadEntry: it is not, to the byte, what `to_body` would write.
    """
    try:
        # What follows the object is noticed below, where the text is compared.
        entry = _from_fields(_read(body)[0])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise BadEntry(type(error).__name__) from error
    if _canonical(entry) != body:
        raise BadEntry("not in canonical form")
    return entry


def _from_fields(fields: dict[str, Any]) -> Entry:
    op_id, at = OpId(id_of(fields["op"])), from_text(fields["at"])
    cashier = _text(fields["cashier"])
    kind = fields["kind"]
    if kind == "redemption":
        return _redemption(fields, op_id=op_id, at=at, cashier=cashier)
    if kind == "resolution":
        return _resolution(fields, op_id=op_id, at=at, cashier=cashier)
    redemption_id = OpId(id_of(fields["redemption"]))
    if kind == "decision":
        return Decision(
            op_id=op_id,
            redemption_id=redemption_id,
            handed_over=_truth(fields["handed_over"]),
            at=at,
            cashier=cashier,
        )
    if kind == "void":
        return Void(op_id=op_id, redemption_id=redemption_id, at=at, cashier=cashier)
    raise BadEntry("unknown kind")


def _redemption(fields: dict[str, Any], *, op_id: OpId, at: datetime, cashier: str) -> Redemption:
    currency = fields["currency"]
    if currency not in CURRENCIES:
        raise BadEntry("unknown currency")
    lines = tuple(
        Line(
            VoucherId(id_of(line["voucher"])),
            Money(_positive(line["amount_minor"]), currency),
            _text(line["label"]),
        )
        for line in fields["lines"]
    )
    if not 1 <= len(lines) <= LINES_MAX or len({line.voucher_id for line in lines}) != len(lines):
        raise BadEntry("empty, too many lines, or one voucher twice")
    purchase = fields["purchase_minor"]
    return Redemption(
        op_id=op_id,
        lines=lines,
        purchase=None if purchase is None else Money(_positive(purchase), currency),
        honoured=_truth(fields["honoured"]),
        at=at,
        cashier=cashier,
    )


def _resolution(fields: dict[str, Any], *, op_id: OpId, at: datetime, cashier: str) -> Resolution:
    choice, retry = Choice(fields["choice"]), fields["retry"]
    if (retry is not None) != (choice is Choice.RETRIED):
        raise BadEntry("a retry names its redemption, nothing else does")
    return Resolution(
        op_id=op_id,
        about_id=OpId(id_of(fields["about"])),
        choice=choice,
        note=_text(fields["note"]),
        retry_id=None if retry is None else OpId(id_of(retry)),
        at=at,
        cashier=cashier,
    )


def _positive(value: object) -> int:
    if type(value) is not int or not 0 < value <= _MINOR_MAX:
        raise BadEntry("not a positive amount")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not _is_text(value):
        raise BadEntry("not a short text")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadEntry("neither true nor false")
    return value
