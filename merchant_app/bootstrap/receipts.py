"""The receipt printer that the options name.

A worker thread loads this module after the first paint.
"""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.clock import Clock
from merchant_app.printing.escpos_bytes import Pages
from merchant_app.printing.thermal import ThermalPrinter
from merchant_app.printing.ticket import Failed, Failure, Printer, PrintResult, Ticket
from merchant_app.printing.wires import Connect, to_device, to_file, to_network
from merchant_app.settings.options import (
    RECEIPT_COLUMNS,
    RECEIPT_PAGES,
    RECEIPT_PRINTER,
    RECEIPT_PRINTER_ADDRESS,
    RECEIPT_PRINTER_BAUD,
    Options,
    ReceiptPrinter,
)
from merchant_app.till.receipts import ReceiptDesk
from merchant_app.ui.ports import ReceiptsPort
from merchant_app.ui.receipt.system_printer import SystemPrinter, find_printer


class NoPrinter:
    """Where nobody wants paper."""

    columns = RECEIPT_COLUMNS.default.value

    def print_ticket(self, make: Callable[[], Ticket]) -> PrintResult:  # noqa: ARG002
        """See `printing.ticket.Printer`."""
        return Failed(Failure.NO_PRINTER)


def build_receipts(desk: ReceiptDesk, options: Options | None, clock: Clock) -> ReceiptsPort | None:
    """The options are asked at each receipt: a change holds at once."""
    if options is None:
        return None

    def printer() -> Printer:
        return printer_of(options, clock)

    def columns() -> int:
        return options.get(RECEIPT_COLUMNS).value

    return ReceiptsPort(desk, printer, columns)


def printer_of(options: Options, clock: Clock) -> Printer:
    """What the options say now."""
    address = options.get(RECEIPT_PRINTER_ADDRESS).strip()
    columns = options.get(RECEIPT_COLUMNS).value
    match options.get(RECEIPT_PRINTER):
        case ReceiptPrinter.SYSTEM:
            return SystemPrinter(find_printer(address), columns=columns)
        case ReceiptPrinter.NONE:
            return NoPrinter()
        case ReceiptPrinter.NETWORK:
            connect: Connect = to_network(address)
        case ReceiptPrinter.USB:
            connect = to_device(address)
        case ReceiptPrinter.SERIAL:
            connect = to_device(address, baud=options.get(RECEIPT_PRINTER_BAUD))
        case ReceiptPrinter.FILE:
            connect = to_file(address)
    pages = Pages(options.get(RECEIPT_PAGES).value)
    return ThermalPrinter(connect, columns=columns, pages=pages, clock=clock)
