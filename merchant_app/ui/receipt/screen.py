"""The receipt panel, wired: presenter, panel, worker threads."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from merchant_app.errors import ProblemKind
from merchant_app.printing.ticket import PrintResult
from merchant_app.reports.receipts import qr_of
from merchant_app.till.receipts import Wanted
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.function_keys import PDF_KEY
from merchant_app.ui.ports import ReceiptsPort
from merchant_app.ui.receipt import states as st
from merchant_app.ui.receipt.panel import ReceiptPanel
from merchant_app.ui.receipt.presenter import ReceiptPresenter


class ReceiptScreen(QObject):
    """Lives in the GUI thread. It is the presenter's `ReceiptHands`.

    Signals:
        shown(bool): the panel is to be seen, or no more.
        trouble(bool): a ticket that nobody waited for was not printed; False: all is well again.
    """

    shown = Signal(bool)
    trouble = Signal(bool)

    def __init__(
        self,
        panel: ReceiptPanel,
        receipts: ReceiptsPort | None,
        *,
        background: Background,
        parent: QObject,
    ) -> None:
        """`receipts`: None where there are none."""
        super().__init__(parent)
        self._panel = panel
        self._receipts = receipts
        self._background = background
        self.presenter = ReceiptPresenter(self, self._show)
        panel.print_wanted.connect(self.enter_pressed)
        panel.pdf_wanted.connect(self._pdf_pressed)
        panel.left.connect(self.leave)

    @property
    def is_active(self) -> bool:
        """Whether the panel is seen, and Enter and Esc are its."""
        return self.presenter.is_active

    def open(self, wanted: Wanted) -> None:
        """Somebody asks for this receipt."""
        if self._receipts is not None:
            self._panel.columns = self._receipts.columns()
            self.presenter.open(wanted)

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        """Print; where there is nothing to print, close."""
        if isinstance(self.presenter.state, st.NoReceipt):
            self.presenter.close()
        else:
            self.presenter.print_pressed()

    def function_pressed(self, key: str) -> None:
        """F1 to F12."""
        if key == PDF_KEY:
            self._pdf_pressed()

    @Slot()
    def _pdf_pressed(self) -> None:
        self.presenter.pdf_pressed()

    @Slot()
    def leave(self) -> None:
        """Esc; or a scan, a card, a file: whatever sells goes before it."""
        self.presenter.close()

    # --- ReceiptHands ----------------------------------------------------------------------------

    def read(self, number: int, wanted: Wanted) -> None:
        job = _Reading(self.presenter, self._port(), number, wanted)
        self._background.start(job.work, job.finished, name="receipt")

    def print_out(self, number: int, wanted: Wanted) -> None:
        job = _Printing(self.presenter, self._port(), number, wanted)
        self._background.start(job.work, job.finished, name="printing")

    def draw(self, number: int, wanted: Wanted) -> None:
        job = _Drawing(self.presenter, self._port(), number, wanted)
        self._background.start(job.work, job.finished, name="receipt-pdf")

    def open_file(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _port(self) -> ReceiptsPort:
        assert self._receipts is not None
        return self._receipts

    def _show(self, state: st.State) -> None:
        active = not isinstance(state, st.Closed)
        if active:
            self.shown.emit(True)  # before it is painted: what is not seen gets no keyboard
        self._panel.show_state(state)
        if not active:
            self.shown.emit(False)
        self.trouble.emit(self.presenter.trouble)


class _Job:
    """One question on its way through a worker thread."""

    def __init__(
        self, presenter: ReceiptPresenter, port: ReceiptsPort, number: int, wanted: Wanted
    ) -> None:
        self._presenter = presenter
        self._port = port
        self._number = number
        self._wanted = wanted


class _Reading(_Job):
    def work(self) -> st.Read | None:
        receipt = self._port.desk.receipt(self._wanted)
        return None if receipt is None else st.Read(receipt, qr_of(receipt))

    def finished(self, outcome: Outcome[st.Read | None]) -> None:
        found = outcome.result if isinstance(outcome, Done) else outcome.kind
        self._presenter.read(self._number, found)


class _Printing(_Job):
    def work(self) -> PrintResult:
        return self._port.desk.print_on(self._port.printer(), self._wanted)

    def finished(self, outcome: Outcome[PrintResult]) -> None:
        result: PrintResult | ProblemKind
        result = outcome.result if isinstance(outcome, Done) else outcome.kind
        self._presenter.printed(self._number, result)


class _Drawing(_Job):
    def work(self) -> Path:
        # A sheet is what an office printer and a mail take; the narrow one lies beside it.
        return self._port.desk.keep_pdf(self._wanted)[0]

    def finished(self, outcome: Outcome[Path]) -> None:
        result = outcome.result if isinstance(outcome, Done) else outcome.kind
        self._presenter.drawn(self._number, result)
