"""The system's printer, through Qt: whatever Windows, macOS or CUPS can print on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from merchant_app.printing.ticket import Failed, Failure, Printed, PrintResult, Ticket

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtPrintSupport import QPrinter

_WIDTH_MAX_MM = 72.0
"""Of the printed lines: what an 80 mm roll has, and no more on a sheet."""
_MARGIN_MM = 4.0
_MM_PER_INCH = 25.4

Find: TypeAlias = "Callable[[], QPrinter | Failure]"


def find_printer(name: str) -> Find:
    """One of the system's printers; empty: the one it uses by itself."""

    def find() -> QPrinter | Failure:
        # Loads and asks the system's print service, which may take its time: in the worker.
        from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

        info = QPrinterInfo.printerInfo(name) if name else QPrinterInfo.defaultPrinter()
        if info.isNull():
            return Failure.NOT_THERE if name else Failure.NO_PRINTER
        if info.state() is QPrinter.PrinterState.Error:
            return Failure.REFUSED
        return QPrinter(info, QPrinter.PrinterMode.HighResolution)

    return find


class SystemPrinter:
    """See `printing.ticket.Printer`. What becomes of it after it was handed over only the system
    knows: its own queue says what a printer lacks."""

    def __init__(self, find: Find, *, columns: int) -> None:
        self._find = find
        self._columns = columns

    @property
    def columns(self) -> int:
        return self._columns

    def print_ticket(self, make: Callable[[], Ticket]) -> PrintResult:
        """See `printing.ticket.Printer`."""
        from PySide6.QtGui import QPainter

        printer = self._find()
        if isinstance(printer, Failure):
            return Failed(printer)
        printer.setDocName("Comptoir")
        painter = QPainter()
        if not painter.begin(printer):
            return Failed(Failure.NOT_THERE)
        try:
            ticket = make()
        except BaseException:
            printer.abort()
            painter.end()
            raise
        _paint(painter, printer, ticket, self._columns)
        if not painter.end():
            return Failed(Failure.DROPPED, begun=True)
        return Printed(confirmed=False)


def _paint(painter: QPainter, printer: QPrinter, ticket: Ticket, columns: int) -> None:
    """At the top left, as wide as a roll is; on as many pages as it takes."""
    from merchant_app.ui.receipt.painting import fitting, paint_ticket

    per_mm = printer.resolution() / _MM_PER_INCH
    page = printer.pageLayout().paintRectPixels(printer.resolution())
    margin = _MARGIN_MM * per_mm
    cells = fitting(columns, min(page.width() - 2 * margin, _WIDTH_MAX_MM * per_mm))
    lines_per_page = max(1, int((page.height() - 2 * margin) / cells.line_height))
    for start in range(0, len(ticket.lines), lines_per_page):
        if start:
            printer.newPage()
        painter.resetTransform()
        painter.translate(margin, margin)
        part = Ticket(ticket.title, ticket.lines[start : start + lines_per_page])
        paint_ticket(painter, part, cells)
