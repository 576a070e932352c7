"""Receipts in memory, and a printer that does what a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.printing.ticket import Failed, Printed, Printer, PrintResult, Ticket
from merchant_app.reports.receipts import Receipt, ticket_of
from merchant_app.till.receipts import Wanted


@dataclass
class PaperPrinter:
    """Knobs: `result` of the next tickets, `gate` (cleared: it is slow).

    Attributes:
        papers: what was printed.
    """

    result: PrintResult = field(default_factory=lambda: Printed(confirmed=True))
    gate: threading.Event = field(default_factory=threading.Event)
    papers: list[str] = field(default_factory=list)
    columns: int = 42

    def __post_init__(self) -> None:
        self.gate.set()

    def print_ticket(self, make: Callable[[], Ticket]) -> PrintResult:
        assert self.gate.wait(20)
        if not isinstance(self.result, Failed) or self.result.begun:
            self.papers.append(make().text())
        return self.result


@dataclass
class MemoryReceipts:
    """Holds the `ReceiptDesk` protocol, for one receipt.

    Attributes:
        receipt_: it; None: there is none.
        problem: raised instead of anything.
        wanted: what was asked for, in order.
    """

    folder: Path
    receipt_: Receipt | None
    problem: Problem | None = None
    wanted: list[Wanted] = field(default_factory=list)

    def receipt(self, wanted: Wanted) -> Receipt | None:
        self.wanted.append(wanted)
        if self.problem is not None:
            raise self.problem
        if self.receipt_ is None:
            return None
        return replace(self.receipt_, left_to_pay=wanted.left_to_pay)

    def print_on(self, printer: Printer, wanted: Wanted) -> PrintResult:
        return printer.print_ticket(lambda: ticket_of(self._issued(wanted), columns=42))

    def keep_pdf(self, wanted: Wanted) -> tuple[Path, ...]:
        path = self.folder / f"receipt-{self._issued(wanted).copy}.pdf"
        path.write_bytes(b"%PDF")
        return (path,)

    def _issued(self, wanted: Wanted) -> Receipt:
        receipt = self.receipt(wanted)
        assert receipt is not None
        self.receipt_ = replace(receipt, copy=receipt.copy + 1)
        return receipt
