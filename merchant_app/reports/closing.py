"""A closing as data, and its canonical text: what is signed, and what can be read in ten years.

The text is JSON in ASCII, keys sorted, no spaces; `journal.closings` says how it is hashed and what
is signed. Amounts are whole minor units, moments are UTC (`clock.to_text`), hashes and keys hex.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from merchant_app.clock import from_text, to_text
from merchant_app.ids import OpId, id_of
from merchant_app.journal.closings import ClosingKind, ClosingRow, Reach, signed_message
from merchant_app.reports.figures import Bucket, Figures


class BadClosing(ValueError):
    """A text that is no closing this program knows."""


@dataclass(frozen=True, slots=True)
class Positions:
    """The range of a day's closing in the journal: from after `since` up to `until`."""

    since: Reach
    until: Reach


@dataclass(frozen=True, slots=True)
class Numbers:
    """The closings of days, by number, that one of a month or a year covers, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that a closing covers, where it stands in its chain."""

    epoch_id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Named:
    """A redemption, or a void, that a closing names.

    Attributes:
        what: "redemption" or "void"; of something unresolved "shortfall", "void_refused" or
            "not_processed".
        label: the last four characters of its vouchers' codes, "…H2M7, …3XK9".
        amount_minor: what is not booked yet; of something unresolved, what is at stake.
    """

    op_id: OpId
    what: str
    at: datetime
    label: str
    amount_minor: int
    cashier: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a redemption of an earlier closing; each amount is the difference."""

    op_id: OpId
    at: datetime
    label: str
    cashier: str
    redeemed_minor: int
    reversed_minor: int
    shortfall_minor: int
    repaid_minor: int


@dataclass(frozen=True, slots=True)
class ClockFlag:
    """An entry whose time cannot be true; order follows numbers all the same.

    `flag`: "back" (before the entry before it), "future" (after the closing), "gap" (more than
    seven days after the entry before it), "closing" (the closing itself is dated before the one
    before it).
    """

    flag: str
    position: int


@dataclass(frozen=True, slots=True)
class Perpetual:
    """Since the first entry of this till. `redeemed_minor` never goes down."""

    redeemed_minor: int = 0
    reversed_minor: int = 0
    shortfall_minor: int = 0


@dataclass(frozen=True, slots=True)
class VouchedRows:
    """Rows `first` to `last` of a table of the journal, as they were: see `journal.row_digests`."""

    table: str
    first: int
    last: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """All that a closing says.

    Attributes:
        covers: `Positions` for a day, `Numbers` for a month or a year.
        head: None while the journal has no entry at all.
        events_head: the last number of the journal of events and its hash, hex.
        business_date: the day it is for, where the shop is; of a month or year its last such day.
        waiting: handed over or undone, and not booked by the service at the time of the closing.
        unresolved: ended badly, and nobody has decided yet.
        rows: of a day, what it vouches for beyond the chains; empty in one that is not kept.
    """

    kind: ClosingKind
    covers: Positions | Numbers
    head: Head | None
    events_head: tuple[int, str]
    business_date: date
    closed_at: datetime
    time_zone: str
    shop: str
    till: str
    till_public_key: str
    cashier: str
    training: bool
    currency: str
    figures: Figures
    perpetual: Perpetual
    waiting: tuple[Named, ...] = ()
    unresolved: tuple[Named, ...] = ()
    corrections: tuple[Correction, ...] = ()
    clock_flags: tuple[ClockFlag, ...] = ()
    rows: tuple[VouchedRows, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptClosing:
    """A closing in its place in the chain."""

    number: int
    hash: bytes
    closing: Closing


def kept(row: ClosingRow) -> KeptClosing:
    """The closing in a row of the journal.

    Raises:
        BadClosing: it is not, to the byte, what `to_body` would write.
    """
    return KeptClosing(row.number, row.hash, from_body(row.body))


def to_body(closing: Closing) -> str:
    """The canonical text."""
    text = json.dumps(_fields(closing), sort_keys=True, separators=(",", ":"))
    if not text.isascii():
        raise BadClosing("not in ASCII")
    return text


def _fields(closing: Closing) -> dict[str, Any]:
    head = closing.head
    result: dict[str, Any] = {
        "kind": closing.kind.value,
        **_covers(closing.covers),
        "head": None if head is None else asdict(head),
        "events_head": {"number": closing.events_head[0], "hash": closing.events_head[1]},
        "business_date": closing.business_date.isoformat(),
        "closed_at": to_text(closing.closed_at),
        "time_zone": closing.time_zone,
        "shop": closing.shop,
        "till": closing.till,
        "till_public_key": closing.till_public_key,
        "cashier": closing.cashier,
        "training": closing.training,
        "currency": closing.currency,
        "figures": asdict(closing.figures),
        "perpetual": asdict(closing.perpetual),
        "waiting": [_with_names(one) for one in closing.waiting],
        "unresolved": [_with_names(one) for one in closing.unresolved],
        "corrections": [_with_names(one) for one in closing.corrections],
        "clock_flags": [asdict(one) for one in closing.clock_flags],
    }
    if closing.rows:
        result["rows"] = {one.table: [one.first, one.last, one.digest] for one in closing.rows}
    return result


def _covers(covers: Positions | Numbers) -> dict[str, int]:
    match covers:
        case Numbers(first=first, last=last):
            return {"first_closing": first, "last_closing": last}
        case Positions(since=since, until=until):
            return {
                "first_entry": since.entry + 1,
                "last_entry": until.entry,
                "first_adopted": since.adopted + 1,
                "last_adopted": until.adopted,
                "first_outcome": since.outcome + 1,
                "last_outcome": until.outcome,
                "first_alarm": since.alarm + 1,
                "last_alarm": until.alarm,
            }


def _with_names(one: Named | Correction) -> dict[str, Any]:
    fields = asdict(one)
    return {**fields, "op_id": str(one.op_id), "at": to_text(one.at)}


def from_body(body: str) -> Closing:
    """The closing in a text. The inverse of `to_body`, and no more forgiving.

    Raises:
        BadClosing: it is not, to the byte, what `to_body` would write.
    """
    try:
        closing = _closing(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadClosing(type(error).__name__) from error
    if to_body(closing) != body:
        raise BadClosing("not in canonical form")
    return closing


def _closing(said: Mapping[str, Any]) -> Closing:
    head = said["head"]
    figures = dict(said["figures"])
    for name in ("by_face", "by_vat", "by_cashier", "by_hour"):
        figures[name] = {key: Bucket(**bucket) for key, bucket in figures[name].items()}
    return Closing(
        kind=ClosingKind(said["kind"]),
        covers=_range(said),
        head=None if head is None else Head(**head),
        events_head=(said["events_head"]["number"], said["events_head"]["hash"]),
        business_date=date.fromisoformat(said["business_date"]),
        closed_at=from_text(said["closed_at"]),
        time_zone=said["time_zone"],
        shop=said["shop"],
        till=said["till"],
        till_public_key=said["till_public_key"],
        cashier=said["cashier"],
        training=said["training"],
        currency=said["currency"],
        figures=Figures(**figures),
        perpetual=Perpetual(**said["perpetual"]),
        waiting=tuple(Named(**_named(one)) for one in said["waiting"]),
        unresolved=tuple(Named(**_named(one)) for one in said["unresolved"]),
        corrections=tuple(Correction(**_named(one)) for one in said["corrections"]),
        clock_flags=tuple(ClockFlag(**one) for one in said["clock_flags"]),
        rows=tuple(VouchedRows(table, *row) for table, row in said.get("rows", {}).items()),
    )


def _range(said: Mapping[str, Any]) -> Positions | Numbers:
    if "first_closing" in said:
        return Numbers(said["first_closing"], said["last_closing"])
    tables = ("entry", "adopted", "outcome", "alarm")
    return Positions(
        Reach(*(said[f"first_{table}"] - 1 for table in tables)),
        Reach(*(said[f"last_{table}"] for table in tables)),
    )


def _named(said: Mapping[str, Any]) -> dict[str, Any]:
    return {**said, "op_id": OpId(id_of(said["op_id"])), "at": from_text(said["at"])}


def is_signed(row: ClosingRow, *, public_key: bytes) -> bool:
    """Whether a row's signature is of this key over its hash."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            row.signature, signed_message(row.hash)
        )
    except (InvalidSignature, ValueError):
        return False
    return True
