"""The journal's desk from memory: redemptions that a test puts in, and files that it does not."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from merchant_app.errors import Bug
from merchant_app.ids import OpId
from merchant_app.reports.exports.exporting import GoOn
from merchant_app.till.journal_results import (
    ExportCancelled,
    Exported,
    ExportResult,
    ExportWish,
    Found,
    Life,
    Place,
    Query,
    Sale,
    SaleKind,
    SaleState,
)
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.holders import folded


@dataclass
class FakeJournalDesk:
    """Holds the `JournalDesk` protocol.

    Knobs:
        lives: in the order in which they were recorded.
        gate: clear it, and every call waits until it is set.
        problem: the next call raises this.
        result: what the next export comes to; None: a file of as many rows as redemptions.
        asked: the queries, in order.
        wishes: the exports, in order.
    """

    lives: list[Life] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    problem: Exception | None = None
    result: ExportResult | None = None
    asked: list[Query] = field(default_factory=list)
    wishes: list[ExportWish] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def find(self, query: Query, *, before: Place | None, limit: int) -> Found:
        self.asked.append(query)
        self._wait()
        found = self._fitting(query, before)
        while not found and query.otherwise is not None and before is None:
            query = query.otherwise
            found = self._fitting(query, before)
        return Found(tuple(found[:limit]), query, more=len(found) > limit)

    def _fitting(self, query: Query, before: Place | None) -> list[Sale]:
        placed = [
            replace(one.sale, place=Place(number, "", str(one.sale.op_id)))
            for number, one in enumerate(self.lives, start=1)
        ]
        return [
            sale
            for sale in reversed(placed)
            if (before is None or sale.place.number < before.number)
            and _fits(query, sale, self._parts(sale))
        ]

    def _parts(self, sale: Sale) -> list[int]:
        life = next(one for one in self.lives if one.sale.op_id == sale.op_id)
        return [line.amount.minor for line in life.lines]

    def life(self, op_id: OpId) -> Life:
        self._wait()
        for one in self.lives:
            if one.sale.op_id == op_id:
                return one
        raise Bug(f"no redemption {op_id}")

    def export(self, wish: ExportWish, *, go_on: GoOn) -> ExportResult:
        self.wishes.append(wish)
        if not go_on(0):
            return ExportCancelled()
        self._wait()
        if not go_on(len(self.lives)):
            return ExportCancelled()
        return self.result or Exported(wish.folder / "journal.csv", len(self.lives))

    def _wait(self) -> None:
        if not self.gate.wait(timeout=30):
            raise AssertionError("the test never opened the gate")
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem


def _fits(query: Query, sale: Sale, parts: list[int]) -> bool:
    end = codes.label(query.code) if query.code is not None else query.label_end
    words = folded(sale.cashier).split()
    return (
        any(label.endswith(end.lstrip("…")) for label in sale.labels)
        and (query.amount is None or query.amount.minor in (sale.amount.minor, *parts))
        and (
            not query.cashier
            or folded(sale.cashier).startswith(query.cashier)
            or any(word.startswith(query.cashier) for word in words)
        )
        and (query.since is None or sale.at >= query.since)
        and (query.until is None or sale.at < query.until)
        and _is(query.kind, sale)
    )


def _is(kind: SaleKind, sale: Sale) -> bool:
    match kind:
        case SaleKind.EVERY:
            return True
        case SaleKind.OFFLINE:
            return sale.offline
        case SaleKind.UNDONE:
            return sale.state in (SaleState.UNDONE, SaleState.UNDO_WAITS)
        case SaleKind.KEPT:
            return sale.state in (SaleState.KEPT, SaleState.REFUSED)
