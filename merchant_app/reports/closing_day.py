"""What a closing says, computed from the journal; the same journal always gives the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol, TypedDict

from merchant_app.contract.status import OutcomeStatus
from merchant_app.journal.closed_ops import TouchedOp
from merchant_app.journal.closing_ranges import ClosingRanges
from merchant_app.journal.closings import ClosingKind, Reach
from merchant_app.journal.events import Events
from merchant_app.journal.records import Marks
from merchant_app.ledger.entries import Redemption
from merchant_app.reports.closing import (
    Closing,
    Correction,
    Head,
    KeptClosing,
    Named,
    Perpetual,
    Positions,
    VouchedRows,
)
from merchant_app.reports.figures import Figures, FindVoucher, Share, booked, share_of
from merchant_app.reports.periods import DuePeriod, clock_flags


class ClosableJournal(Protocol):
    """What a closing needs of a journal."""

    @property
    def ranges(self) -> ClosingRanges: ...

    @property
    def events(self) -> Events: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who closes: what every closing of this till says of itself. `public_key` in hex."""

    shop: str
    till: str
    public_key: str
    cashier: str
    time_zone: str
    currency: str
    training: bool


def since(journal: ClosableJournal, last: KeptClosing | None) -> Reach:
    """Where the next closing of a day begins: after what the last one covers.

    A salvage may have given entries other positions: the entry that the last closing ended with
    says where it is now. Where it is lost, what is left belongs to that closing.
    """
    if last is None or not isinstance(last.closing.covers, Positions):
        return Reach()
    covered, now = last.closing.covers.until, journal.ranges.reach()
    entry = min(covered.entry, now.entry)
    head = last.closing.head
    if head is not None:
        entry = journal.ranges.position_of(head.epoch_id, head.seq) or entry
    return Reach(
        entry,
        min(covered.adopted, now.adopted),
        min(covered.outcome, now.outcome),
        min(covered.alarm, now.alarm),
    )


def close_day(
    journal: ClosableJournal,
    author: Author,
    *,
    last: KeptClosing | None,
    until: Reach,
    day: date,
    now: datetime,
    find: FindVoucher,
    rows_until: Marks | None = None,
) -> Closing:
    """The closing of a day: from where the last one ended, up to `until`.

    Args:
        journal: of the till; on its thread.
        author: who closes.
        last: the closing of a day before this one.
        until: how far it reaches.
        day: the one it is for.
        now: when it is made, UTC.
        find: face value and kind of the vouchers, as the till's copy has them.
        rows_until: how far it vouches for the rows of each table; None: it says nothing of rows.
    """
    begin = since(journal, last)
    before = None if last is None else last.closing
    also = () if before is None else [one.op_id for one in (*before.waiting, *before.unresolved)]
    ops = list(journal.ranges.touched(begin, until, also=also))
    figures, shares = booked(ops, currency=author.currency, time_zone=author.time_zone, find=find)
    number, events_hash = journal.events.head()
    return Closing(
        kind=ClosingKind.DAY,
        covers=Positions(begin, until),
        head=_head(journal, until.entry),
        events_head=(number, events_hash.hex()),
        business_date=day,
        closed_at=now,
        figures=figures,
        perpetual=_grown(None if before is None else before.perpetual, figures),
        waiting=_waiting(ops),
        unresolved=_unresolved(ops),
        corrections=_corrections(shares),
        clock_flags=clock_flags(
            journal.ranges.moments(begin, until),
            before=_moment(journal, begin.entry),
            closed_at=now,
            last_closed_at=None if before is None else before.closed_at,
            last_position=until.entry,
        ),
        rows=() if rows_until is None else _rows(journal, before, rows_until),
        **_signed_by(author),
    )


def close_period(
    period: DuePeriod, days: Sequence[KeptClosing], author: Author, *, now: datetime
) -> Closing:
    """The closing of a month or a year: the sum of its days (`days`: those it covers, in order)."""
    figures = Figures()
    for one in days:
        figures.add(one.closing.figures)
    newest = days[-1].closing
    return replace(
        newest,
        kind=period.kind,
        covers=period.covers,
        closed_at=now,
        figures=figures,
        corrections=(),
        clock_flags=(),
        rows=(),
        **_signed_by(author),
    )


def recomputed(
    journal: ClosableJournal, closing: Closing, *, last: KeptClosing | None, find: FindVoucher
) -> Closing:
    """A day's closing once more, from the journal alone: it must say the same, to the byte.

    Of the head of the events, who closed, and when, the closing's own word is taken.
    """
    if not isinstance(closing.covers, Positions):
        raise TypeError("only a day is computed from the journal")
    author = Author(
        shop=closing.shop,
        till=closing.till,
        public_key=closing.till_public_key,
        cashier=closing.cashier,
        time_zone=closing.time_zone,
        currency=closing.currency,
        training=closing.training,
    )
    again = close_day(
        journal,
        author,
        last=last,
        until=closing.covers.until,
        day=closing.business_date,
        now=closing.closed_at,
        find=find,
        rows_until={one.table: one.last for one in closing.rows} or None,
    )
    return replace(again, events_head=closing.events_head)


def _rows(
    journal: ClosableJournal, before: Closing | None, until: Marks
) -> tuple[VouchedRows, ...]:
    """In the order of their names, as in the canonical text. A closing that follows one which said
    nothing of rows vouches for all of them."""
    since = {} if before is None else {one.table: one.last for one in before.rows}
    digests = journal.ranges.digests(since, until)
    return tuple(VouchedRows(table, *digests[table]) for table in sorted(digests))


class _Signed(TypedDict):
    time_zone: str
    shop: str
    till: str
    till_public_key: str
    cashier: str
    training: bool
    currency: str


def _signed_by(author: Author) -> _Signed:
    return {
        "time_zone": author.time_zone,
        "shop": author.shop,
        "till": author.till,
        "till_public_key": author.public_key,
        "cashier": author.cashier,
        "training": author.training,
        "currency": author.currency,
    }


def _head(journal: ClosableJournal, position: int) -> Head | None:
    found = journal.ranges.head_at(position)
    return None if found is None else Head(found[0], found[1], found[2].hex())


def _moment(journal: ClosableJournal, position: int) -> datetime | None:
    here = journal.ranges.moments(Reach(entry=position - 1), Reach(entry=position))
    return next((at for _, at in here), None)


def _grown(perpetual: Perpetual | None, figures: Figures) -> Perpetual:
    so_far = perpetual or Perpetual()
    return Perpetual(
        so_far.redeemed_minor + figures.redeemed_minor,
        so_far.reversed_minor + figures.reversed_minor,
        so_far.shortfall_minor + figures.shortfall_minor,
    )


def label_of(redemption: Redemption) -> str:
    """The vouchers of a redemption, for people."""
    return ", ".join(line.label for line in redemption.lines)


def _waiting(ops: Sequence[TouchedOp]) -> tuple[Named, ...]:
    found = []
    for op in ops:
        share = share_of(op.redemption, op.after)
        if share.waiting_minor:
            found.append(_named(op.redemption, "redemption", share.waiting_minor))
        elif op.after.void_waits:
            found.append(_named(op.redemption, "void", share.redeemed_minor))
    return tuple(found)


def _unresolved(ops: Sequence[TouchedOp]) -> tuple[Named, ...]:
    found = []
    for op in ops:
        for matter in op.after.open_matters:
            what, at_stake_minor = _what(op, is_void=matter != op.redemption.op_id)
            found.append(_named(op.redemption, what, at_stake_minor))
    return tuple(found)


def _what(op: TouchedOp, *, is_void: bool) -> tuple[str, int]:
    told, amount_minor = op.after.told, _total_minor(op.redemption)
    if is_void:
        return "void_refused", amount_minor
    if told is not None and told.status is OutcomeStatus.SHORT:
        return "shortfall", told.shortfall_minor
    return "not_processed", amount_minor


def _named(redemption: Redemption, what: str, amount_minor: int) -> Named:
    return Named(
        redemption.op_id,
        what,
        redemption.at,
        label_of(redemption),
        amount_minor,
        redemption.cashier,
    )


def _total_minor(redemption: Redemption) -> int:
    return sum(line.amount.minor for line in redemption.lines)


def _corrections(shares: Sequence[tuple[TouchedOp, Share]]) -> tuple[Correction, ...]:
    return tuple(
        Correction(
            op.redemption.op_id,
            op.redemption.at,
            label_of(op.redemption),
            op.redemption.cashier,
            share.redeemed_minor,
            share.reversed_minor,
            share.shortfall_minor,
            share.repaid_minor,
        )
        for op, share in shares
        if op.before is not None
    )
