"""The checkout with what may lie over its card: files that came, the receipt that was asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.clock import Clock
from merchant_app.till.receipts import Wanted
from merchant_app.ui.background import Background
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.encaisser.screen import EncaisserScreen
from merchant_app.ui.encaisser.states import MONEY_IN_FLIGHT, Question, Ready, SellingStopped
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.files.arrivals import FolderArrivals
from merchant_app.ui.files.screen import FilesScreen
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.function_keys import ACCEPT_KEY
from merchant_app.ui.ports import Opened, Sounds
from merchant_app.ui.receipt.screen import ReceiptScreen


class CheckoutPlace(QObject):
    """Lives in the GUI thread.

    Signals:
        wanted(): something came that is shown at the checkout.

    Attributes:
        sale: the screen itself.
        files: those that were dropped, pasted, opened.
        receipt: of the last redemption, when it is asked for.
        arrivals: what the watched folder tells.
    """

    wanted = Signal()

    def __init__(
        self,
        opened: Opened,
        view: EncaisserView,
        frame: TillFrame,
        *,
        runner: CommandRunner,
        background: Background,
        sounds: Sounds,
        clock: Clock,
        parent: QObject,
    ) -> None:
        """`background` runs what is no command: files are read in it, receipts printed."""
        super().__init__(parent)
        self._opened = opened
        self._frame = frame
        self.sale = EncaisserScreen(
            opened.counter, view, runner=runner, sounds=sounds, clock=clock, parent=self
        )
        self.files = FilesScreen(
            view.files,
            opened.files,
            background=background,
            sounds=sounds,
            window=frame,
            parent=self,
        )
        self.receipt = ReceiptScreen(
            view.receipt, opened.receipts, background=background, parent=self
        )
        self.arrivals = FolderArrivals(frame.folder_notice, parent=self)
        view.open_file.setVisible(opened.files is not None)
        self._connect_files()
        self._connect_receipts()

    @property
    def view(self) -> EncaisserView:
        return self.sale.view

    @property
    def is_seen(self) -> bool:
        """Whether this is the screen that is shown."""
        return self._frame.screens.currentWidget() is self.view

    @property
    def is_idle(self) -> bool:
        """Whether nobody is being served: nothing is shown, typed, or read."""
        screen, view = self.sale.screen, self.view
        typing = view.code.has_typing or view.purchase.has_typing or self.files.is_active
        return screen is not None and isinstance(screen.state, Ready) and not typing

    def _connect_files(self) -> None:
        files = self.files
        self.view.open_file.clicked.connect(files.open_pressed)
        files.wanted.connect(self._file_came)
        files.taken.connect(self.sale.gun_scanned)
        files.shown.connect(self._show_files)
        # A scan, and whatever else puts another card on the screen, goes before a file.
        self.sale.scan_came.connect(files.give_way)
        self.sale.card_turned.connect(files.leave)
        self.sale.card_turned.connect(self._card_turned)
        self.arrivals.wanted.connect(files.open_sources)

    def _connect_receipts(self) -> None:
        basket, receipt = self.view.basket, self.receipt
        if self._opened.receipts is not None:
            basket.give_receipts()
        basket.receipt.connect(self.print_pressed)
        receipt.shown.connect(self._show_receipt)
        receipt.trouble.connect(self._receipt_trouble)
        # Whatever sells goes before it.
        self.sale.scan_came.connect(receipt.leave)
        self.sale.card_turned.connect(receipt.leave)

    def start(self) -> None:
        """Begin to look."""
        self.sale.start(self._opened.camera)
        if self._opened.folder is not None:
            self._opened.folder.start(self.arrivals.tell)

    def stop(self) -> None:
        """The till is being left."""
        self.files.stop()
        if self._opened.folder is not None:
            self._opened.folder.stop()
        self.sale.stop()

    # --- what lies over the card -----------------------------------------------------------------

    @Slot()
    def _file_came(self) -> None:
        self.wanted.emit()
        self.receipt.leave()
        if not self.sale.presenter.make_way():
            self.files.refuse()

    @Slot()
    def _card_turned(self) -> None:
        screen = self.sale.screen
        self.arrivals.may_speak(quiet=screen is not None and isinstance(screen.state, Ready))

    @Slot(bool)
    def _show_files(self, seen: bool) -> None:
        self.view.show_files(seen=seen)
        if not seen:
            self.sale.take_keyboard()

    @Slot(bool)
    def _show_receipt(self, seen: bool) -> None:
        self.view.show_receipt(seen=seen)
        if not seen:
            self.sale.take_keyboard()

    @Slot(bool)
    def _receipt_trouble(self, trouble: bool) -> None:
        self.view.basket.show_receipt_trouble(trouble=trouble)

    # --- keys, while it is seen ------------------------------------------------------------------

    def enter_pressed(self) -> None:
        typing = self.view.code.has_typing
        if self.files.is_active and not typing:
            self.files.enter_pressed()
        elif self.receipt.is_active and not typing:
            self.receipt.enter_pressed()
        else:
            self.sale.enter_pressed()

    def escape_pressed(self) -> None:
        if self.files.is_active:
            self.files.leave()
        elif self.receipt.is_active:
            self.receipt.leave()
        else:
            self.sale.escape_pressed()

    @Slot()
    def print_pressed(self) -> None:
        """Ctrl+P, or the button beside the basket: the receipt; with the receipt there, print."""
        screen, done = self.sale.screen, self.sale.presenter.last_done
        if not self.is_seen or screen is None:
            return
        if self.receipt.is_active:
            self.receipt.enter_pressed()
        elif done is not None and not isinstance(
            screen.state, (*MONEY_IN_FLIGHT, Question, SellingStopped)
        ):
            self.files.leave()
            self.receipt.open(Wanted(done.op_id, screen.left))

    def function_pressed(self, key: str) -> None:
        """A key that leads to no place."""
        if self.receipt.is_active:
            self.receipt.function_pressed(key)
        elif key == ACCEPT_KEY:
            self.sale.accept_pressed()
