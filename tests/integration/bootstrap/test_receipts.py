"""The receipt printer is the one that the options name, from the next receipt on."""

from __future__ import annotations

from pathlib import Path

import pytest

from merchant_app.bootstrap.receipts import NoPrinter, printer_of
from merchant_app.clock import SystemClock
from merchant_app.printing.ticket import (
    Failed,
    Failure,
    Printed,
    PrintResult,
    Ticket,
    TicketLine,
)
from merchant_app.settings.options import (
    RECEIPT_COLUMNS,
    RECEIPT_PAGES,
    RECEIPT_PRINTER,
    RECEIPT_PRINTER_ADDRESS,
    Options,
    ReceiptColumns,
    ReceiptPages,
    ReceiptPrinter,
)
from merchant_app.ui.receipt.system_printer import SystemPrinter
from tests.fakes.receipt_printer import STAR_PAGES, LoopbackPrinter, paper_of, serving

TICKET = Ticket("1", (TicketLine("Reste à payer 12,00 €"),))


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path / "options.json")


def printed(options: Options) -> PrintResult:
    return printer_of(options, SystemClock()).print_ticket(lambda: TICKET)


def test_without_a_choice_it_is_the_systems_with_lines_of_42(options: Options) -> None:
    printer = printer_of(options, SystemClock())
    assert isinstance(printer, SystemPrinter)
    assert printer.columns == 42


def test_a_printer_in_the_network(options: Options) -> None:
    with serving(LoopbackPrinter()) as printer:
        options.set(RECEIPT_PRINTER, ReceiptPrinter.NETWORK)
        options.set(RECEIPT_PRINTER_ADDRESS, printer.address)
        options.set(RECEIPT_COLUMNS, ReceiptColumns.NARROW)
        assert printer_of(options, SystemClock()).columns == 32
        assert printed(options) == Printed(confirmed=True)
    assert printer.paper == "Reste à payer 12,00 €\n"


def test_a_file_with_the_pages_of_a_star(options: Options, tmp_path: Path) -> None:
    options.set(RECEIPT_PRINTER, ReceiptPrinter.FILE)
    options.set(RECEIPT_PRINTER_ADDRESS, str(tmp_path / "tickets"))
    options.set(RECEIPT_PAGES, ReceiptPages.STAR)
    assert printed(options) == Printed(confirmed=False)
    assert paper_of((tmp_path / "tickets").read_bytes(), STAR_PAGES) == "Reste à payer 12,00 €\n"


@pytest.mark.parametrize("kind", [ReceiptPrinter.USB, ReceiptPrinter.SERIAL])
def test_a_device_that_is_not_there(options: Options, tmp_path: Path, kind: ReceiptPrinter) -> None:
    options.set(RECEIPT_PRINTER, kind)
    options.set(RECEIPT_PRINTER_ADDRESS, str(tmp_path / "lp0"))
    assert printed(options) == Failed(Failure.NOT_THERE)


@pytest.mark.parametrize(
    "kind", [kind for kind in ReceiptPrinter if kind is not ReceiptPrinter.SYSTEM]
)
def test_an_address_that_was_forgotten_is_no_printer(
    options: Options, kind: ReceiptPrinter
) -> None:
    options.set(RECEIPT_PRINTER, kind)
    assert printed(options) == Failed(Failure.NO_PRINTER)


def test_no_paper_at_all(options: Options) -> None:
    options.set(RECEIPT_PRINTER, ReceiptPrinter.NONE)
    assert isinstance(printer_of(options, SystemClock()), NoPrinter)
