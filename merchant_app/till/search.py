"""Find a voucher by whom it was bought for, in the till's own list; every look is recorded."""

from __future__ import annotations

import threading

from merchant_app.errors import Bug
from merchant_app.ids import VoucherId
from merchant_app.journal.events import EventKind
from merchant_app.journal.vouchers_copy import HoldersMark
from merchant_app.money import Money
from merchant_app.till import look_up
from merchant_app.till.hits import HITS_MAX, Hit, Hits, NoList, SearchResult, TooManyHits
from merchant_app.till.offline import CopyOfVouchers
from merchant_app.till.results import LookUp
from merchant_app.till.till import Till
from merchant_app.vouchers import typed
from merchant_app.vouchers.holders import (
    Holder,
    HolderField,
    HolderIndex,
    Query,
    matched,
    query_of,
    short_name,
)

ORDER_END_LENGTH = 3


class People:
    """Whom the copy's vouchers were bought for, in memory, opened when somebody is looked for.

    Any thread; the first search after a whole new copy reads it all (a few hundred rows: some
    milliseconds; a million: see tests/bench/search.py), and others wait for that.
    """

    def __init__(self, copy: CopyOfVouchers) -> None:
        self._copy = copy
        self._guard = threading.Lock()
        self._index = HolderIndex()
        self._mark: HoldersMark | None = None

    def find(self, query: Query, *, limit: int) -> list[tuple[VoucherId, Holder, HolderField]]:
        """The first ones that match, as they are now."""
        with self._guard:
            self._read_news()
            found: list[tuple[VoucherId, Holder, HolderField]] = []
            for voucher_id in self._index.find(query):
                holder = self._copy.holder(voucher_id)
                by = None if holder is None else matched(query, holder)
                if holder is not None and by is not None:
                    found.append((voucher_id, holder, by))
                if len(found) == limit:
                    break
            return found

    def _read_news(self) -> None:
        news = self._copy.holders_since(self._mark)
        if news.everything:
            self._index = HolderIndex()
        for voucher_id, holder in news.holders:
            self._index.add(voucher_id, holder)
        self._mark = news.mark


def search(till: Till, people: People, text: str) -> SearchResult:
    """See `counter.Counter.search`."""
    query = query_of(text)
    if query is None:
        raise Bug("a search for too little")
    if till.copy.fetched_at is None:
        return NoList()
    found = people.find(query, limit=HITS_MAX + 1)
    _record(till, query, text, len(found))
    if len(found) > HITS_MAX:
        return TooManyHits()
    hits = (_hit(till, *one) for one in found)
    return Hits(tuple(hit for hit in hits if hit is not None))


def look_up_hit(till: Till, hit: Hit, *, purchase: Money | None) -> LookUp:
    """See `counter.Counter.look_up_hit`."""
    till.journal.run(
        lambda journal: journal.append_event(
            EventKind.SEARCH_CHOSEN,
            cashier=till.facts.cashier,
            detail={"field": hit.field.value, "voucher_id": str(hit.voucher_id)},
        )
    )
    return look_up.look_up(till, hit.voucher_id, purchase=purchase)


def _record(till: Till, query: Query, text: str, hits: int) -> None:
    """Who was looked for stands nowhere: how, how exactly, and with what success does."""
    if not hits and not isinstance(typed.read(text), typed.NotACode):
        return  # a code that is being typed, and nobody's order number
    fields = (
        (HolderField.NAME, query.words),
        (HolderField.EMAIL, query.email),
        (HolderField.ORDER, query.order),
    )
    detail: dict[str, str | int | list[int]] = {
        "fields": " ".join(field.value for field, wanted in fields if wanted),
        "characters": len(text.strip()),
        "hits": min(hits, HITS_MAX),
        "more": int(hits > HITS_MAX),
    }
    till.journal.run(
        lambda journal: journal.append_event(
            EventKind.SEARCHED, cashier=till.facts.cashier, detail=detail
        )
    )


def _hit(till: Till, voucher_id: VoucherId, holder: Holder, by: HolderField) -> Hit | None:
    voucher = till.copy.by_id(voucher_id)
    if voucher is None:
        return None
    order = holder.order_number
    return Hit(
        voucher_id=voucher_id,
        name=short_name(holder.name),
        face=voucher.face,
        bought_on=holder.bought_on,
        order_end=f"…{order[-ORDER_END_LENGTH:]}" if len(order) > ORDER_END_LENGTH else "",
        label=voucher.label,
        field=by,
    )
