"""A receipt of what happened at a real till: printed, printed again, printed on a bad printer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.i18n import Language, active, install
from merchant_app.ids import OpId, id_text
from merchant_app.journal.events import Event, EventKind
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import from_body
from merchant_app.ledger.messages import Outcome, Stored
from merchant_app.printing.escpos_bytes import Pages
from merchant_app.printing.thermal import ThermalPrinter, Waits
from merchant_app.printing.ticket import (
    Failed,
    Failure,
    Printed,
    Printer,
    PrintResult,
    Ticket,
)
from merchant_app.printing.wires import to_network
from merchant_app.reports.receipts import Document
from merchant_app.till.receipts import Wanted
from tests.fakes.at_the_counter import debited, euros, valid
from tests.fakes.central import FakeCentral, LoseRequest
from tests.fakes.clock import FakeClock
from tests.fakes.receipt_printer import LoopbackPrinter, serving
from tests.fakes.till_assembly import assemble

KINDS = (EventKind.RECEIPT_PRINTED, EventKind.RECEIPT_REPRINTED)


class Shop:
    """One till and its service."""

    def __init__(self, folder: Path, *, training: bool = False) -> None:
        clock = FakeClock()
        self.central = FakeCentral(clock)
        enrolled = self.central.new_till("Caisse 1")
        self.journal, self.counter, _ = assemble(
            enrolled, enrolled, clock, folder / "journal.sqlite", training=training
        )
        self.desk = self.counter.receipts

    def sell(self, amount: int = 20) -> OpId:
        return debited(self.counter, self.central.issue(10_000).token, amount).op_id

    def events(self) -> list[Event]:
        every = self.journal.run(lambda journal: journal.events.since(0, limit=100))
        return [event for event in every if event.kind in KINDS]

    def refuse_the_last_entry(self) -> None:
        """The service says that there is nothing to give back."""

        def record(journal: Journal) -> None:
            *_, last = journal.unsent(limit=100)
            void = from_body(last.body)
            outcome = Outcome(void.op_id, OutcomeStatus.NOT_REVERSIBLE, (), void.at)
            receipt = Stored(
                generation=0,
                head_seq=last.seq,
                head_hash=last.hash,
                head_at=void.at,
                head_signature=bytes(64),
                outcomes=(outcome,),
                next_outcome_cursor=99,
                more_outcomes=False,
            )
            progress = replace(journal.progress(), acked_seq=last.seq, outcome_cursor=99)
            journal.record_answer(progress, receipt=receipt)

        self.journal.run(record)

    def print_on(self, printer: LoopbackPrinter, op_id: OpId) -> PrintResult:
        return self.desk.print_on(thermal(printer), Wanted(op_id))


def thermal(printer: LoopbackPrinter) -> Printer:
    return ThermalPrinter(
        to_network(printer.address),
        columns=42,
        pages=Pages.DEFAULT,
        clock=SystemClock(),
        waits=Waits(20, 20, 20),
    )


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    before = active()
    install(Language.FRENCH)
    yield
    install(before)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


def test_a_receipt_says_what_was_debited_and_what_is_left(shop: Shop) -> None:
    op_id = shop.sell(20)
    receipt = shop.desk.receipt(Wanted(op_id, left_to_pay=euros(7)))
    assert receipt is not None
    assert receipt.document is Document.DEBIT
    assert (receipt.total, receipt.left_to_pay) == (euros(20), euros(7))
    assert [line.balance for line in receipt.lines] == [euros(80)]
    assert (receipt.confirmed, receipt.copy, receipt.cashier) == (True, 0, "Claire")


@pytest.mark.parametrize("training", [False, True])
def test_what_was_practised_says_so_on_paper_and_what_was_sold_does_not(
    tmp_path: Path, training: bool
) -> None:
    shop = Shop(tmp_path, training=training)
    op_id = shop.sell(20)
    with serving(LoopbackPrinter()) as printer:
        shop.print_on(printer, op_id)
    assert ("MODE ÉCOLE" in printer.paper) is training
    shop.journal.close()


def test_a_look_at_a_receipt_is_no_receipt(shop: Shop) -> None:
    op_id = shop.sell()
    shop.desk.receipt(Wanted(op_id))
    assert shop.events() == []


def test_the_second_is_a_duplicate_and_both_are_journalled(shop: Shop) -> None:
    op_id = shop.sell()
    papers = []
    for _ in range(3):
        with serving(LoopbackPrinter()) as printer:
            assert shop.print_on(printer, op_id) == Printed(confirmed=True)
        papers.append(printer.paper)
    assert ["DUPLICATA" in paper for paper in papers] == [False, True, True]
    assert "DUPLICATA n° 2" in papers[2]
    first, second, third = shop.events()
    about = {"op_id": id_text(op_id), "document": "debit", "medium": "printer"}
    assert (first.kind, first.detail) == (EventKind.RECEIPT_PRINTED, about)
    assert (second.kind, second.detail) == (EventKind.RECEIPT_REPRINTED, about | {"copy": 1})
    assert third.detail == about | {"copy": 2}


@pytest.mark.parametrize("what", ["off", "paper", "cover"])
def test_a_printer_that_is_not_ready_leaves_no_trace(shop: Shop, what: str) -> None:
    op_id = shop.sell()
    printer = LoopbackPrinter(paper_out=what == "paper", cover_open=what == "cover")
    if what == "off":
        with serving(printer):
            pass  # its port is free again
        assert shop.print_on(printer, op_id) == Failed(Failure.NOT_THERE)
    else:
        with serving(printer):
            assert isinstance(shop.print_on(printer, op_id), Failed)
    assert shop.events() == []


def test_after_a_paper_that_stopped_in_the_middle_the_next_is_a_duplicate(shop: Shop) -> None:
    op_id = shop.sell()
    with serving(LoopbackPrinter(bytes_until_dropped=100)) as printer:
        assert shop.print_on(printer, op_id) == Failed(Failure.DROPPED, begun=True)
    with serving(LoopbackPrinter()) as printer:
        shop.print_on(printer, op_id)
    assert "DUPLICATA" in printer.paper


def test_what_was_accepted_offline_is_to_be_confirmed_until_it_is(shop: Shop) -> None:
    voucher = valid(shop.counter, shop.central.issue(10_000).token)
    shop.central.faults += [LoseRequest()] * 3
    shop.counter.redeem(voucher, amount=euros(20), purchase=None)
    (pending,) = shop.journal.run(lambda journal: journal.undecided())
    wanted = Wanted(pending.redemption.op_id)
    assert shop.desk.receipt(wanted) is None
    with pytest.raises(Bug):
        shop.desk.keep_pdf(wanted)
    shop.counter.settle(wanted.op_id, handed_over=True)
    receipt = shop.desk.receipt(wanted)
    assert receipt is not None
    assert not receipt.confirmed
    assert receipt.lines[0].balance is None
    shop.central.faults.clear()
    shop.counter.contact()
    receipt = shop.desk.receipt(wanted)
    assert receipt is not None
    assert receipt.confirmed


def test_the_undo_has_a_receipt_of_its_own(shop: Shop) -> None:
    op_id = shop.sell(20)
    first = shop.desk.keep_pdf(Wanted(op_id))
    shop.counter.reverse_last()
    receipt = shop.desk.receipt(Wanted(op_id))
    assert receipt is not None
    assert (receipt.document, receipt.copy) == (Document.UNDO, 0)
    assert [line.balance for line in receipt.lines] == [euros(100)]
    second = shop.desk.keep_pdf(Wanted(op_id))
    third = shop.desk.keep_pdf(Wanted(op_id))
    names = [path.stem.split("-", 3)[3] for path in (*first, *second, *third)]
    assert names[:2] == ["a4", "80mm"]
    assert names[2::2] == ["undo-a4", "undo-duplicate-1-a4"]
    assert {path.parent.name for path in (*first, *second, *third)} == {"receipts"}
    assert all(path.read_bytes().startswith(b"%PDF") for path in first)


def test_an_undo_is_to_be_confirmed_and_is_none_when_it_is_refused(shop: Shop) -> None:
    op_id = shop.sell(20)
    shop.central.faults += [LoseRequest()] * 3
    shop.counter.reverse_last()
    receipt = shop.desk.receipt(Wanted(op_id))
    assert receipt is not None
    assert (receipt.document, receipt.confirmed) == (Document.UNDO, False)
    assert [line.balance for line in receipt.lines] == [None]
    shop.refuse_the_last_entry()
    receipt = shop.desk.receipt(Wanted(op_id))
    assert receipt is not None
    assert (receipt.document, receipt.confirmed) == (Document.DEBIT, True)
    assert [line.balance for line in receipt.lines] == [euros(80)]


def test_one_ticket_is_printed_at_a_time(shop: Shop) -> None:
    op_id = shop.sell()
    printing, go_on = threading.Event(), threading.Event()
    results: list[PrintResult] = []

    class Held:
        columns = 42

        def print_ticket(self, make: Callable[[], Ticket]) -> PrintResult:
            printing.set()
            assert go_on.wait(20)
            make()
            return Printed(confirmed=True)

    first = threading.Thread(
        target=lambda: results.append(shop.desk.print_on(Held(), Wanted(op_id)))
    )
    first.start()
    assert printing.wait(20)
    assert shop.desk.print_on(Held(), Wanted(op_id)) == Failed(Failure.BUSY)
    go_on.set()
    first.join(20)
    assert results == [Printed(confirmed=True)]
    assert len(shop.events()) == 1
