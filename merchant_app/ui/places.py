"""The screens of an opened till, which of them is seen, and where keys and scans go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from merchant_app.clock import Clock
from merchant_app.ids import OpId
from merchant_app.settings.options import (
    CAMERA_IDLE_MINUTES,
    CAMERA_MIRRORED,
    SOUND_ON,
    SOUND_VOLUME,
    Option,
    Value,
)
from merchant_app.till.receipts import Wanted
from merchant_app.till.results import Status
from merchant_app.ui.a_traiter.screen import ATraiterScreen
from merchant_app.ui.a_traiter.view import ATraiterView
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.camera_rest import CameraRest
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, AskStatus, Command
from merchant_app.ui.encaisser.screen import EncaisserScreen
from merchant_app.ui.encaisser.states import MONEY_IN_FLIGHT, Question, Ready, SellingStopped
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.files.arrivals import FolderArrivals
from merchant_app.ui.files.dropping import DropTarget
from merchant_app.ui.files.screen import FilesScreen
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.ports import Opened, Sounds
from merchant_app.ui.rail import CHECKOUT_KEY, SETTINGS_KEY, TO_SETTLE_KEY
from merchant_app.ui.receipt.screen import ReceiptScreen
from merchant_app.ui.reglages.screen import ReglagesScreen
from merchant_app.ui.reglages.view import ReglagesView
from merchant_app.ui.status_words import band, pill
from merchant_app.ui.theme import Look
from merchant_app.ui.this_till.screen import ThisTillScreen
from merchant_app.ui.this_till.view import ThisTillView

if TYPE_CHECKING:
    from merchant_app.scanning.confirmation import InView
    from merchant_app.scanning.frames import Frame

ACCEPT_KEY = "F9"


class Places(QObject):
    """Lives in the GUI thread. It is the window's `KeyUser` while the till is open.

    Signals:
        enrolment_wanted(): this till is to be enrolled again.
        signed_out(): this computer is no till any more.
        verdict_painted(int): see `EncaisserScreen`.
    """

    enrolment_wanted = Signal()
    signed_out = Signal()
    verdict_painted = Signal(int)

    def __init__(
        self,
        look: Look,
        opened: Opened,
        *,
        on_bug: Callable[[BaseException], None],
        sounds: Sounds,
        clock: Clock,
        parent: QObject,
    ) -> None:
        """`on_bug` gets whatever is raised in a worker that is no Problem; in the GUI thread."""
        super().__init__(parent)
        counter = opened.counter
        self._opened = opened
        self._clock = clock
        self._status: Status = counter.status()
        self._stopped = False
        # Its own, closed with the till: what a worker still meets then, a journal that is closed
        # under it for instance, is nobody's business any more.
        self._background = Background(on_bug, self)
        self._runner = runner = CommandRunner(
            counter, self._background, money_moved=self._ask_status
        )
        views = EncaisserView(look), ATraiterView(look), ThisTillView(look, counter.facts)
        self.frame = TillFrame(look, counter.facts, *views, settings=opened.options is not None)
        self.encaisser = EncaisserScreen(
            counter, views[0], runner=runner, sounds=sounds, clock=clock, parent=self
        )
        self.a_traiter = ATraiterScreen(
            views[1], runner=runner, clock=clock, time_zone=counter.facts.time_zone, parent=self
        )
        self.this_till = ThisTillScreen(
            views[2], self._status, runner=runner, clock=clock, parent=self
        )
        self.reglages = self._settings(look, sounds)
        on, volume = self._option(SOUND_ON), self._option(SOUND_VOLUME)
        sounds.use(on=on, volume_percent=volume)
        self.encaisser.view.camera.mirror(mirrored=self._option(CAMERA_MIRRORED))
        self.rest = CameraRest(
            opened.camera, idle_minutes=self._option(CAMERA_IDLE_MINUTES), parent=self
        )
        self.files = FilesScreen(
            views[0].files,
            opened.files,
            background=self._background,
            sounds=sounds,
            window=self.frame,
            parent=self,
        )
        self.receipt = ReceiptScreen(
            views[0].receipt, opened.receipts, background=self._background, parent=self
        )
        self.arrivals = FolderArrivals(self.frame.folder_notice, parent=self)
        self._drops = DropTarget(look, self.frame) if opened.files is not None else None
        views[0].open_file.setVisible(opened.files is not None)
        self._connect()
        self._connect_files()
        self._connect_receipts()
        self._status_came(self._status)

    def _settings(self, look: Look, sounds: Sounds) -> ReglagesScreen | None:
        if self._opened.options is None:
            return None
        view = ReglagesView(look)
        self.frame.screens.addWidget(view)
        screen = ReglagesScreen(
            view,
            self._opened.options,
            look=look,
            camera=self._opened.camera,
            sounds=sounds,
            background=self._background,
            archives=self._opened.counter.archives,
            time_zone=self._opened.counter.facts.time_zone,
            parent=self,
        )
        relay = self.encaisser.relay
        relay.picture.connect(self._picture_came)
        relay.status.connect(view.camera.show_status)
        relay.advice.connect(view.camera.show_advice)
        screen.mirror_wanted.connect(self._mirror)
        screen.left.connect(self._to_checkout)
        return screen

    def _option(self, option: Option[Value]) -> Value:
        options = self._opened.options
        return option.default if options is None else options.get(option)

    def _connect(self) -> None:
        top, rail = self.frame.top, self.frame.rail
        top.pill.clicked.connect(self.encaisser.ask_contact)
        top.place.clicked.connect(self._to_this_till)
        rail.chosen.connect(self.go)
        self.encaisser.verdict_painted.connect(self.verdict_painted)
        self.encaisser.status_changed.connect(self._status_came)
        self.encaisser.scan_came.connect(self._to_checkout)
        self.encaisser.scan_came.connect(self.rest.somebody_is_here)
        self.encaisser.camera_was_tried.connect(self._camera_was_tried)
        self.encaisser.enrolment_wanted.connect(self.enrolment_wanted)
        self.encaisser.question_answered.connect(self._answered_at_checkout)
        self.a_traiter.question_answered.connect(self._answered_in_a_traiter)
        self.a_traiter.left.connect(self._to_checkout)
        self.this_till.left.connect(self._to_checkout)
        self.this_till.enrolment_wanted.connect(self.enrolment_wanted)
        self.this_till.signed_out_here.connect(self.signed_out)

    def _connect_files(self) -> None:
        files = self.files
        if self._drops is not None:
            self._drops.dropped.connect(files.dropped)
        self.encaisser.view.open_file.clicked.connect(files.open_pressed)
        files.wanted.connect(self._file_came)
        files.taken.connect(self.gun_scanned)
        files.shown.connect(self._show_files)
        # A scan, and whatever else puts another card on the screen, goes before a file.
        self.encaisser.scan_came.connect(files.give_way)
        self.encaisser.card_turned.connect(files.leave)
        self.encaisser.card_turned.connect(self._card_turned)
        self.arrivals.wanted.connect(files.open_sources)

    def _connect_receipts(self) -> None:
        basket, receipt = self.encaisser.view.basket, self.receipt
        if self._opened.receipts is not None:
            basket.give_receipts()
        basket.receipt.connect(self.print_pressed)
        receipt.shown.connect(self._show_receipt)
        receipt.trouble.connect(self._receipt_trouble)
        # Whatever sells goes before it.
        self.encaisser.scan_came.connect(receipt.leave)
        self.encaisser.card_turned.connect(receipt.leave)

    def start(self) -> None:
        """Begin to look."""
        self.encaisser.start(self._opened.camera)
        if self._opened.folder is not None:
            self._opened.folder.start(self.arrivals.tell)

    def stop(self) -> None:
        """The window closes, or the till is left."""
        self._stopped = True
        self._background.close()
        self.files.stop()
        if self._opened.folder is not None:
            self._opened.folder.stop()
        self.encaisser.stop()
        self.a_traiter.stop()
        self.this_till.stop()
        self.rest.stop()
        if self.reglages is not None:
            self.reglages.stop()

    # --- which one is seen -----------------------------------------------------------------------

    @Slot(str)
    def go(self, key: str) -> None:
        """To the place with this key of the rail."""
        if key == TO_SETTLE_KEY:
            self._see(self.a_traiter.view, key)
            self.a_traiter.open()
        elif key == SETTINGS_KEY and self.reglages is not None:
            # Before the screen changes: what lies before the camera is tried, not sold.
            self.encaisser.try_camera(trying=True)
            self._see(self.reglages.view, key)
            self.reglages.open()
        else:
            self._to_checkout()

    @Slot()
    def _to_checkout(self) -> None:
        if self.frame.screens.currentWidget() is not self.encaisser.view:
            self._see(self.encaisser.view, CHECKOUT_KEY)
            self.encaisser.take_keyboard()

    @Slot()
    def _to_this_till(self) -> None:
        self._see(self.this_till.view, None)
        self.this_till.open()

    def _see(self, view: QWidget, key: str | None) -> None:
        in_settings = self.reglages is not None and view is self.reglages.view
        if self.reglages is not None and not in_settings and self._in_settings():
            self.reglages.close()
            self.encaisser.try_camera(trying=False)
        self.frame.screens.setCurrentWidget(view)
        self.frame.rail.show_place(key)
        self.rest.show_picture(shown=in_settings or view is self.encaisser.view)

    def _in_settings(self) -> bool:
        reglages = self.reglages
        return reglages is not None and self.frame.screens.currentWidget() is reglages.view

    # --- the camera, while it is chosen ----------------------------------------------------------

    @Slot(object, object)
    def _picture_came(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        if self.reglages is not None and self._in_settings():
            self.reglages.view.camera.show_picture(frame, in_view)

    @Slot()
    def _camera_was_tried(self) -> None:
        if self.reglages is not None:
            self.reglages.code_read()

    @Slot(bool)
    def _mirror(self, mirrored: bool) -> None:
        self.encaisser.view.camera.mirror(mirrored=mirrored)

    @Slot()
    def _file_came(self) -> None:
        self._to_checkout()
        self.receipt.leave()
        if not self.encaisser.presenter.make_way():
            self.files.refuse()

    @Slot()
    def _card_turned(self) -> None:
        screen = self.encaisser.screen
        self.arrivals.may_speak(quiet=screen is not None and isinstance(screen.state, Ready))

    @Slot(bool)
    def _show_files(self, seen: bool) -> None:
        self.encaisser.view.show_files(seen=seen)
        if not seen:
            self.encaisser.take_keyboard()

    @Slot(bool)
    def _show_receipt(self, seen: bool) -> None:
        self.encaisser.view.show_receipt(seen=seen)
        if not seen:
            self.encaisser.take_keyboard()

    @Slot(bool)
    def _receipt_trouble(self, trouble: bool) -> None:
        self.encaisser.view.basket.show_receipt_trouble(trouble=trouble)

    # --- keys (KeyUser) --------------------------------------------------------------------------

    @Slot(str)
    def gun_scanned(self, text: str) -> None:
        self.encaisser.gun_scanned(text)

    def enter_pressed(self) -> None:
        seen = self.frame.screens.currentWidget()
        view = self.encaisser.view
        if seen is view and self.files.is_active and not view.code.has_typing:
            self.files.enter_pressed()
        elif seen is view and self.receipt.is_active and not view.code.has_typing:
            self.receipt.enter_pressed()
        elif seen is view:
            self.encaisser.enter_pressed()
        elif seen is self.a_traiter.view:
            self.a_traiter.enter_pressed()

    def escape_pressed(self) -> None:
        seen = self.frame.screens.currentWidget()
        if seen is self.encaisser.view and self.files.is_active:
            self.files.leave()
        elif seen is self.encaisser.view and self.receipt.is_active:
            self.receipt.leave()
        elif seen is self.encaisser.view:
            self.encaisser.escape_pressed()
        elif seen is self.a_traiter.view:
            self.a_traiter.escape_pressed()
        elif self.reglages is not None and self._in_settings():
            self.reglages.escape_pressed()
        else:
            self.this_till.escape_pressed()

    def undo_pressed(self) -> None:
        if self.frame.screens.currentWidget() is self.encaisser.view:
            self.encaisser.undo_pressed()

    @Slot()
    def print_pressed(self) -> None:
        """Ctrl+P, or the button beside the basket: the receipt; with the receipt there, print."""
        screen, done = self.encaisser.screen, self.encaisser.presenter.last_done
        if self.frame.screens.currentWidget() is not self.encaisser.view or screen is None:
            return
        if self.receipt.is_active:
            self.receipt.enter_pressed()
        elif done is not None and not isinstance(
            screen.state, (*MONEY_IN_FLIGHT, Question, SellingStopped)
        ):
            self.files.leave()
            self.receipt.open(Wanted(done.op_id, screen.left))

    def function_pressed(self, key: str) -> None:
        """F1 to F12."""
        if key in (CHECKOUT_KEY, TO_SETTLE_KEY, SETTINGS_KEY):
            self.go(key)
        elif self.frame.screens.currentWidget() is self.a_traiter.view:
            self.a_traiter.function_pressed(key)
        elif self.receipt.is_active:
            self.receipt.function_pressed(key)
        elif self.frame.screens.currentWidget() is self.encaisser.view and key == ACCEPT_KEY:
            self.encaisser.accept_pressed()

    # --- the line --------------------------------------------------------------------------------

    @Slot()
    def show_status(self) -> None:
        """Say it again: "12 s ago" grows older."""
        zone = self._opened.counter.facts.time_zone
        now = self._clock.now()
        self.frame.top.pill.show_pill(pill(self._status, now=now, time_zone=zone))
        self.frame.band.show_band(band(self._status, now=now, time_zone=zone))

    def _ask_status(self) -> None:
        if not self._stopped:
            self._runner.run(AskStatus(), self._status_told)

    def _status_told(self, _command: Command, outcome: Outcome[Answer]) -> None:
        # A Problem was told by the command before; the next status comes with the line.
        if isinstance(outcome, Done) and isinstance(outcome.result, Status):
            self.encaisser.status_changed.emit(outcome.result)

    @Slot(object)
    def _status_came(self, status: Status) -> None:
        self._status = status
        self.frame.rail.show_to_settle(status.to_settle)
        self.a_traiter.status_came(status)
        self.this_till.status_came(status)
        self.show_status()

    @Slot(object)
    def _answered_at_checkout(self, _op_id: OpId) -> None:
        self.a_traiter.reload()

    @Slot(object)
    def _answered_in_a_traiter(self, op_id: OpId) -> None:
        self.encaisser.settled_elsewhere(op_id)
