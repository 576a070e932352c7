"""Lines of a fixed width, painted: on the screen as the preview, on the system's printer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QPainter

from merchant_app.printing.ticket import Ticket, Weight

LEADING = 1.35
"""From line to line, in heights of the type."""
_CELL = 0.6
"""The width of a character of a typewriter font, in heights of the type: Courier's."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How large it is painted, in the painter's units."""

    cell_width: float
    line_height: float
    type_height: float

    def height(self, ticket: Ticket) -> float:
        """Of the whole ticket."""
        return self.line_height * len(ticket.lines)


def fitting(columns: int, width: float) -> Cells:
    """So many characters in this width."""
    cell = width / columns
    return Cells(cell, cell / _CELL * LEADING, cell / _CELL)


def paint_ticket(painter: QPainter, ticket: Ticket, cells: Cells) -> None:
    """From the painter's origin downwards. Each character in its own cell: amounts stand below
    each other whatever font this computer has."""
    plain = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    plain.setPixelSize(max(1, round(cells.type_height)))
    strong = QFont(plain)
    strong.setBold(True)
    for number, line in enumerate(ticket.lines):
        painter.setFont(strong if line.weight is Weight.STRONG else plain)
        for place, character in enumerate(line.text):
            if character != " ":
                box = QRectF(
                    (place - 0.5) * cells.cell_width,
                    number * cells.line_height,
                    2 * cells.cell_width,
                    cells.line_height,
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, character)
