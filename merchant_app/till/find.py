"""Find redemptions in the journal: by code, amount, cashier, time and kind, newest first."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import assert_never

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, VoucherId
from merchant_app.journal.book_reader import Horizon, Story
from merchant_app.journal.catalogue import Catalogue, Wanted
from merchant_app.journal.lives import LifeReader
from merchant_app.ledger.entries import Decision
from merchant_app.reports.exports import effects
from merchant_app.till.journal_results import Found, Place, Query, Sale, SaleState
from merchant_app.till.till import Till
from merchant_app.vouchers import code as codes

EVERYTHING = Horizon(entry=2**62, adopted=2**62, outcome=2**62)
"""All that is there while it is read."""
_REFUSALS = (OutcomeStatus.REFUSED, OutcomeStatus.UNPROCESSABLE)


class Finder:
    """The journal's catalogue, one search at a time. Any thread."""

    def __init__(self, till: Till) -> None:
        self._path = till.journal_file
        self._guard = threading.Lock()

    def places(self, wanted: Wanted, *, before: Place | None, limit: int) -> tuple[Place, ...]:
        """See `Catalogue.find`; up to date."""
        with self._guard, Catalogue(self._path) as catalogue:
            catalogue.catch_up()
            return catalogue.find(wanted, before=before, limit=limit)


def find(till: Till, finder: Finder, query: Query, *, before: Place | None, limit: int) -> Found:
    """See `journal_desk.JournalDesk.find`."""
    places: tuple[Place, ...] = ()
    asked: Query | None = query
    while asked is not None:
        query = asked
        places = finder.places(_wanted(till, query), before=before, limit=limit + 1)
        asked = None if places or before is not None else query.otherwise
    shown = places[:limit]
    with LifeReader(till.journal_file) as reader:
        sales = _sales(reader, shown)
    return Found(sales, query, more=len(places) > limit)


def _wanted(till: Till, query: Query) -> Wanted:
    label_end, voucher_id = query.label_end, None
    if query.code is not None:
        label_end = codes.label(query.code)
        voucher_id = _voucher_of(till, query.code)
    return Wanted(
        label_end=label_end,
        voucher_id=voucher_id,
        minor=None if query.amount is None else query.amount.minor,
        cashier=query.cashier,
        since=query.since,
        until=query.until,
        kind=query.kind,
    )


def _voucher_of(till: Till, code: codes.ShortCode) -> VoucherId | None:
    """None where the copy does not have it (any more): its last characters must do."""
    known = till.copy.by_code_mac(till.code_mac(code))
    return None if known is None else known.voucher_id


def _sales(reader: LifeReader, places: Sequence[Place]) -> tuple[Sale, ...]:
    stories = reader.stories(place.op_id for place in places)
    voids = [OpId(one.entry.op_id) for story in stories.values() for one in story.voids]
    answers = reader.void_answers(voids)
    found = []
    for place in places:
        if place.op_id not in stories:
            raise Bug("the catalogue names a redemption that the journal has not")
        found.append(sale_of(stories[place.op_id], place, answers))
    return tuple(found)


def sale_of(story: Story, place: Place, void_answers: dict[OpId, OutcomeStatus]) -> Sale:
    """A line of the list, from all that is known of a redemption."""
    redemption = story.redemption
    first, *rest = (line.amount for line in redemption.lines)
    return Sale(
        op_id=redemption.op_id,
        place=place,
        labels=tuple(line.label for line in redemption.lines),
        amount=sum(rest, first),
        at=redemption.at,
        cashier=redemption.cashier,
        state=state_of(story, void_answers),
        offline=redemption.honoured,
    )


def state_of(story: Story, void_answers: dict[OpId, OutcomeStatus]) -> SaleState:
    """What has become of it by now."""
    told = effects.newest_told(story, EVERYTHING)
    if effects.is_voided(story, EVERYTHING):
        return SaleState.UNDONE
    if effects.handed_over_by(story, EVERYTHING) is None:
        decided = any(isinstance(one.entry, Decision) for one in story.decisions)
        if told is not None and told.status in _REFUSALS:
            return SaleState.REFUSED
        return SaleState.KEPT if decided else SaleState.OPEN
    if any(OpId(one.entry.op_id) not in void_answers for one in story.voids):
        return SaleState.UNDO_WAITS
    if told is None:
        return SaleState.WAITING
    match told.status:
        case OutcomeStatus.ACCEPTED | OutcomeStatus.SHORT:
            missing = any(line.shortfall_minor for line in told.lines)
            return SaleState.SHORT if missing else SaleState.DEBITED
        case OutcomeStatus.REFUSED | OutcomeStatus.UNPROCESSABLE | OutcomeStatus.CANCELLED:
            return SaleState.WAITING  # it does not know yet that the goods went
        case OutcomeStatus.VOIDED | OutcomeStatus.REVERSED | OutcomeStatus.NOT_REVERSIBLE:
            return SaleState.WAITING  # answers to a void: of a redemption they say nothing
        case _:
            assert_never(told.status)
