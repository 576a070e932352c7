"""A customer wants a receipt: shown, scanned, printed, kept; and a printer that does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtPrintSupport import QPrinter

from merchant_app.errors import Problem, ProblemKind
from merchant_app.printing.ticket import (
    Failed,
    Failure,
    Printed,
    Ticket,
    TicketLine,
    Weight,
)
from merchant_app.reports.receipts import text_of, ticket_of
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.function_keys import PDF_KEY
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.ports import ReceiptsPort
from merchant_app.ui.receipt import states as rs
from merchant_app.ui.receipt.panel import ReceiptPanel
from merchant_app.ui.receipt.system_printer import SystemPrinter, find_printer
from tests.fakes.counter import code
from tests.fakes.receipt_desk import MemoryReceipts, PaperPrinter
from tests.ui.conftest import Till, World
from tests.ui.gallery_of_receipts import RECEIPT


class Customer:
    """Somebody who paid with a voucher, and the till's printer."""

    def __init__(self, till: Till, desk: MemoryReceipts, printer: PaperPrinter) -> None:
        self.till = till
        self.desk = desk
        self.printer = printer

    @property
    def state(self) -> rs.State:
        return self.till.places.checkout.receipt.presenter.state

    @property
    def panel(self) -> ReceiptPanel:
        return self.till.view.receipt

    @property
    def button(self) -> KeycapButton:
        return self.till.view.basket._receipt

    @property
    def said(self) -> str:
        return self.panel._message.text()

    def pays(self) -> None:
        self.till.gun(code(1))
        self.till.comes_to(st.Debitable)
        self.till.enter()
        self.till.comes_to(st.Debited)

    def asks(self) -> None:
        self.till.print()
        self.shows(rs.Shown)

    def shows(self, kind: type) -> None:
        self.till.qtbot.waitUntil(lambda: isinstance(self.state, kind), timeout=10_000)

    def is_told(self, said: object) -> None:
        def told() -> bool:
            return isinstance(self.state, rs.Shown) and self.state.said == said

        self.till.qtbot.waitUntil(told, timeout=10_000)


@pytest.fixture
def desk(tmp_path: Path) -> MemoryReceipts:
    return MemoryReceipts(tmp_path, RECEIPT)


@pytest.fixture
def printer(world: World, desk: MemoryReceipts) -> PaperPrinter:
    world.counter.add(1)
    world.counter.add(2)
    made = PaperPrinter()
    world.receipts = ReceiptsPort(desk, lambda: made, lambda: 42)
    return made


@pytest.fixture
def customer(printer: PaperPrinter, till: Till, desk: MemoryReceipts) -> Customer:
    return Customer(till, desk, printer)


def test_nobody_is_offered_a_receipt_of_nothing(customer: Customer) -> None:
    assert not customer.button.isVisible()
    customer.till.print()
    assert isinstance(customer.state, rs.Closed)


def test_a_receipt_is_shown_when_somebody_asks_for_it(customer: Customer) -> None:
    customer.till.types("87")
    customer.pays()
    assert customer.button.isVisible()
    assert isinstance(customer.state, rs.Closed)
    customer.asks()
    assert customer.panel.isVisible()
    assert (
        customer.panel.paper.accessibleName()
        == ticket_of(customer.desk.receipt(customer.desk.wanted[0]) or RECEIPT, columns=42).text()
    )
    customer.till.escape()
    assert isinstance(customer.state, rs.Closed)
    assert not customer.panel.isVisible()
    assert customer.till.view.code.hasFocus()
    assert isinstance(customer.till.state, st.Debited)


def test_the_code_on_the_screen_is_the_receipt(customer: Customer) -> None:
    import numpy as np
    import zxingcpp

    customer.pays()
    customer.asks()
    picture = customer.panel.code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(
        picture.height(), picture.bytesPerLine()
    )
    (found,) = zxingcpp.read_barcodes(pixels[:, : picture.width()])
    shown = customer.desk.receipt(customer.desk.wanted[0])
    assert shown is not None
    assert found.text == text_of(shown)


def test_enter_prints_and_the_next_one_is_a_duplicate(customer: Customer) -> None:
    customer.pays()
    customer.asks()
    assert customer.panel.print_out.text() == "Imprimer"
    customer.till.enter()
    customer.is_told(Printed(confirmed=True))
    assert customer.said == "Imprimé."
    customer.till.qtbot.waitUntil(
        lambda: customer.panel.print_out.text() == "Imprimer un duplicata", timeout=10_000
    )
    customer.till.print()
    customer.till.qtbot.waitUntil(lambda: len(customer.printer.papers) == 2, timeout=10_000)
    assert ["DUPLICATA" in paper for paper in customer.printer.papers] == [False, True]


@pytest.mark.parametrize("why", Failure)
def test_a_printer_that_does_not_print_says_what_to_do(customer: Customer, why: Failure) -> None:
    customer.pays()
    customer.printer.result = Failed(why)
    customer.asks()
    customer.till.enter()
    customer.is_told(Failed(why))
    assert customer.said.endswith((".", "!"))
    assert customer.panel.print_out.isEnabled()
    customer.printer.result = Printed(confirmed=False)
    customer.till.enter()
    customer.is_told(Printed(confirmed=False))
    assert "DUPLICATA" not in customer.printer.papers[-1]


def test_a_slow_printer_keeps_nobody_from_selling(customer: Customer) -> None:
    customer.pays()
    customer.printer.gate.clear()
    customer.asks()
    customer.till.enter()
    customer.till.gun(code(2))
    customer.till.comes_to(st.Debitable)
    assert not customer.panel.isVisible()
    customer.till.enter()
    customer.till.comes_to(st.Debited)
    customer.printer.gate.set()
    customer.till.qtbot.waitUntil(lambda: len(customer.printer.papers) == 1, timeout=10_000)
    assert isinstance(customer.state, rs.Closed)


def test_a_failure_that_nobody_waited_for_stands_on_the_button(customer: Customer) -> None:
    customer.pays()
    customer.printer.gate.clear()
    customer.printer.result = Failed(Failure.OUT_OF_PAPER)
    customer.asks()
    customer.till.enter()
    customer.till.escape()
    customer.printer.gate.set()
    customer.till.qtbot.waitUntil(
        lambda: customer.button.text() == "Ticket non imprimé", timeout=10_000
    )
    customer.asks()
    assert customer.button.text() == "Ticket"


def test_a_file_that_comes_goes_before_the_receipt(customer: Customer) -> None:
    customer.pays()
    customer.asks()
    customer.till.places.checkout.files.wanted.emit()
    assert isinstance(customer.state, rs.Closed)


def test_what_moves_money_is_not_covered(customer: Customer) -> None:
    customer.pays()
    customer.till.counter.gate.clear()
    customer.till.undo()
    customer.till.comes_to(st.ConfirmUndo)
    customer.till.enter()
    assert isinstance(customer.till.state, st.Reversing)
    customer.till.print()
    assert isinstance(customer.state, rs.Closed)
    customer.till.counter.gate.set()
    customer.till.comes_to(st.Undone)


def test_a_journal_that_cannot_be_read_says_so_and_selling_goes_on(customer: Customer) -> None:
    customer.pays()
    customer.desk.problem = Problem(ProblemKind.DISK_FULL)
    customer.till.print()
    customer.shows(rs.NoReceipt)
    assert customer.said
    customer.till.enter()
    assert isinstance(customer.state, rs.Closed)
    customer.till.gun(code(2))
    customer.till.comes_to(st.Debitable)


class Opened(QObject):
    """Stands for whatever opens files on this computer."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.names.append(Path(url.toLocalFile()).name)


@pytest.fixture
def opened() -> Iterator[Opened]:
    made = Opened()
    # The stub asks for bytes, the call refuses them.
    QDesktopServices.setUrlHandler("file", made, "take")  # type: ignore[arg-type]
    yield made
    QDesktopServices.unsetUrlHandler("file")


def test_f8_keeps_a_pdf_and_opens_it(customer: Customer, opened: Opened) -> None:
    customer.pays()
    customer.asks()
    customer.till.function(PDF_KEY)
    customer.is_told(rs.Kept("receipt-0.pdf"))
    assert opened.names == ["receipt-0.pdf"]
    assert "receipt-0.pdf" in customer.said


# --- the system's printer ------------------------------------------------------------------------

LONG = Ticket("1", tuple(TicketLine(f"{n:03} Cassiopée", Weight.STRONG) for n in range(150)))


def to_pdf(path: Path) -> SystemPrinter:
    def find() -> QPrinter:
        printer = QPrinter()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        return printer

    return SystemPrinter(find, columns=42)


def test_the_systems_printer_gets_every_line(till: Till, tmp_path: Path) -> None:
    import pypdfium2

    path = tmp_path / "a.pdf"
    assert to_pdf(path).print_ticket(lambda: LONG) == Printed(confirmed=False)
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]
    found = "".join("".join(pages).split())
    assert len(pages) > 1
    assert all(f"{n:03}Cassiopée" in found for n in range(150))


@pytest.mark.qt_log_ignore("Returned false", extend=True)
def test_where_there_is_no_system_printer_nothing_is_asked_for(till: Till) -> None:
    def never() -> Ticket:
        raise AssertionError("made")

    printer = SystemPrinter(find_printer("no such printer"), columns=42)
    assert printer.print_ticket(never) == Failed(Failure.NOT_THERE)
    unwritable = to_pdf(Path("/nowhere/a.pdf"))
    assert unwritable.print_ticket(never) == Failed(Failure.NOT_THERE)
