"""The receipt as it will be printed, and the code that holds its text; both dark on white."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_app.printing.ticket import Ticket
from merchant_app.ui.receipt.painting import Cells, fitting, paint_ticket
from merchant_app.ui.receipt.states import Modules
from merchant_app.ui.theme import STEP, Look, Size

_PAPER, _INK = "#ffffff", "#16302b"
_MARGIN = 4 * STEP
_QUIET_MODULES = 4
"""ISO/IEC 18004: this much white around a code."""
_CELL_SHARE = 0.62
"""The width of a character of the preview, in heights of the usual text."""


class PaperView(QWidget):
    """The preview. It is as long as the ticket; whoever holds it scrolls."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._ticket = Ticket("", ())
        self._columns = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_ticket(self, ticket: Ticket, *, columns: int) -> None:
        self._ticket, self._columns = ticket, columns
        self.setAccessibleName(ticket.text())
        self._take_height()
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._take_height()

    def _take_height(self) -> None:
        cells = self._cells()
        self.setMinimumHeight(round(cells.height(self._ticket)) + 2 * _MARGIN)

    def _cells(self) -> Cells:
        usual = self._look.pixels(Size.BODY) * _CELL_SHARE * self._columns
        room = max(self._columns, self.width() - 2 * _MARGIN)
        return fitting(self._columns, min(room, usual))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_PAPER))
        painter.setPen(QColor(_INK))
        cells = self._cells()
        left = (self.width() - cells.cell_width * self._columns) / 2
        painter.translate(left, _MARGIN)
        paint_ticket(painter, self._ticket, cells)
        painter.end()


class CodeView(QWidget):
    """A QR code, as large as there is room, its modules whole pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modules: Modules = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_modules(self, modules: Modules) -> None:
        self._modules = modules
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = 3 * (len(self._modules) + 2 * _QUIET_MODULES)
        return QSize(side, side)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._modules:
            return
        count = len(self._modules) + 2 * _QUIET_MODULES
        module = max(1, min(self.width(), self.height()) // count)
        left, top = (self.width() - module * count) // 2, 0
        painter = QPainter(self)
        painter.fillRect(left, top, module * count, module * count, QColor(_PAPER))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#000000"))
        for y, row in enumerate(self._modules, start=_QUIET_MODULES):
            for x, dark in enumerate(row, start=_QUIET_MODULES):
                if dark:
                    painter.drawRect(QRectF(left + x * module, top + y * module, module, module))
        painter.end()
