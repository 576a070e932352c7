"""Receipts, on demand: what one says, and that each that leaves the till is known."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, VoucherId, id_text
from merchant_app.journal.events import EventKind
from merchant_app.journal.journal import Journal, Recorded
from merchant_app.ledger.messages import Outcome
from merchant_app.money import Money
from merchant_app.printing.ticket import Failed, Failure, Printer, PrintResult, Ticket, named
from merchant_app.reports.receipts import Document, Receipt, ReceiptLine, ticket_of
from merchant_app.till.closing_papers import write_paper
from merchant_app.till.redeem import CHECK_DIGITS
from merchant_app.till.till import Till

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which receipt. `left_to_pay` is what only the screen knows; None later on."""

    op_id: OpId
    left_to_pay: Money | None = None


class ReceiptDesk(Protocol):
    """All that a screen can ask about receipts.

    Every method may block: call them from worker threads. They raise Problems (a full disk, a
    damaged journal). What leaves the till is journalled before it leaves: a second original
    cannot come to be, and after a paper jam the next one says duplicate.
    """

    def receipt(self, wanted: Wanted) -> Receipt | None:
        """As it would be printed now; nothing is recorded. None: nothing was handed over."""
        ...

    def print_on(self, printer: Printer, wanted: Wanted) -> PrintResult:
        """Print it. Where the printer is off, without paper or busy, nothing is recorded."""
        ...

    def keep_pdf(self, wanted: Wanted) -> tuple[Path, ...]:
        """Draw it as PDF, A4 and 80 mm, into the till's folder of receipts; where they are, A4
        first."""
        ...


class LiveReceiptDesk:
    """See `ReceiptDesk`."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._folder = till.closings_folder.with_name("receipts")
        self._printing = threading.Lock()

    def receipt(self, wanted: Wanted) -> Receipt | None:
        return self._till.journal.run(lambda journal: _read(self._till, journal, wanted))

    def print_on(self, printer: Printer, wanted: Wanted) -> PrintResult:
        def make() -> Ticket:
            return ticket_of(self._issue(wanted, medium="printer"), columns=printer.columns)

        if not self._printing.acquire(blocking=False):
            return Failed(Failure.BUSY)
        try:
            result = printer.print_ticket(make)
        finally:
            self._printing.release()
        _log.info("receipt: %s", named(result))
        return result

    def keep_pdf(self, wanted: Wanted) -> tuple[Path, ...]:
        from merchant_app.reports.closing_pdf import Paper, draw_sheet
        from merchant_app.reports.receipts import sheet_of

        receipt = self._issue(wanted, medium="pdf")
        written = []
        for paper in (Paper.A4, Paper.ROLL):
            path = self._folder / f"{_file_name(receipt)}-{paper.value}.pdf"
            write_paper(path, draw_sheet(sheet_of(receipt), paper))
            written.append(path)
        return tuple(written)

    def _issue(self, wanted: Wanted, *, medium: str) -> Receipt:
        """The receipt that leaves now: recorded, and a duplicate if it is one."""

        def record(journal: Journal) -> Receipt:
            receipt = _read(self._till, journal, wanted)
            if receipt is None:
                raise Bug("a receipt of what was not handed over")
            detail: dict[str, str | int | list[int]] = {
                "op_id": id_text(wanted.op_id),
                "document": receipt.document.value,
                "medium": medium,
            }
            kind = EventKind.RECEIPT_PRINTED
            if receipt.copy:
                kind, detail["copy"] = EventKind.RECEIPT_REPRINTED, receipt.copy
            journal.append_event(kind, cashier=self._till.facts.cashier, detail=detail)
            return receipt

        return self._till.journal.run(record)


def _file_name(receipt: Receipt) -> str:
    copy = f"-duplicate-{receipt.copy}" if receipt.copy else ""
    undo = "-undo" if receipt.document is Document.UNDO else ""
    return f"receipt-{receipt.number}-{receipt.check}{undo}{copy}"


def _read(till: Till, journal: Journal, wanted: Wanted) -> Receipt | None:
    recorded = journal.recorded(wanted.op_id)
    if recorded is None or not recorded.decision:
        return None
    receipt = _undone(till, journal, recorded) or _debited(till, recorded, wanted)
    copy = journal.events.receipts_of(wanted.op_id, receipt.document.value)
    return replace(receipt, copy=copy)


def _debited(till: Till, recorded: Recorded, wanted: Wanted) -> Receipt:
    redemption, facts = recorded.redemption, till.facts
    return Receipt(
        document=Document.DEBIT,
        shop=facts.shop_name,
        city=facts.shop_city,
        till=facts.till_name,
        number=recorded.envelope.seq,
        check=recorded.envelope.hash.hex()[:CHECK_DIGITS],
        at=redemption.at,
        time_zone=facts.time_zone,
        cashier=redemption.cashier,
        lines=_lines(recorded, recorded.outcome),
        confirmed=recorded.outcome is not None,
        purchase=redemption.purchase,
        left_to_pay=wanted.left_to_pay,
        training=facts.training,
        copy=0,
    )


def _undone(till: Till, journal: Journal, recorded: Recorded) -> Receipt | None:
    """None: it was not, or the service had nothing to give back."""
    if recorded.void is None:
        return None
    void, outcome = journal.entry(recorded.void), journal.outcome(recorded.void)
    if void is None or (outcome is not None and outcome.status is OutcomeStatus.NOT_REVERSIBLE):
        return None
    return replace(
        _debited(till, recorded, Wanted(recorded.redemption.op_id)),
        document=Document.UNDO,
        at=void.at,
        cashier=void.cashier,
        lines=_lines(recorded, outcome),
        confirmed=outcome is not None,
    )


def _lines(recorded: Recorded, outcome: Outcome | None) -> tuple[ReceiptLine, ...]:
    told: dict[VoucherId, int] = {}
    if outcome is not None:
        told = {line.voucher_id: line.balance_minor for line in outcome.lines}
    return tuple(
        ReceiptLine(
            line.label,
            line.amount,
            Money(told[line.voucher_id], line.amount.currency) if line.voucher_id in told else None,
        )
        for line in recorded.redemption.lines
    )


def _assert_protocol(live: LiveReceiptDesk) -> ReceiptDesk:
    return live
