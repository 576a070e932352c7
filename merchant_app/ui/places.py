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
from merchant_app.till.results import Status
from merchant_app.ui.a_traiter.screen import ATraiterScreen
from merchant_app.ui.a_traiter.view import ATraiterView
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.camera_rest import CameraRest
from merchant_app.ui.checkout_place import CheckoutPlace
from merchant_app.ui.cloture.screen import ClotureScreen
from merchant_app.ui.cloture.view import ClotureView
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, AskStatus, Command
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.journal.screen import JournalScreen
from merchant_app.ui.key_places import KeyPlaces
from merchant_app.ui.ports import Opened, Sounds
from merchant_app.ui.rail import CHECKOUT_KEY, CLOSING_KEY, JOURNAL_KEY, SETTINGS_KEY, TO_SETTLE_KEY
from merchant_app.ui.reglages.screen import ReglagesScreen, settings_of
from merchant_app.ui.status_words import band, pill
from merchant_app.ui.theme import Look
from merchant_app.ui.this_till.screen import ThisTillScreen
from merchant_app.ui.this_till.view import ThisTillView

if TYPE_CHECKING:
    from merchant_app.scanning.confirmation import InView
    from merchant_app.scanning.frames import Frame


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
        views = (
            EncaisserView(look),
            ATraiterView(look),
            ThisTillView(look, counter.facts),
            ClotureView(look),
        )
        self.frame = TillFrame(look, counter.facts, *views, settings=opened.options is not None)
        self.checkout = CheckoutPlace(
            look,
            opened,
            views[0],
            self.frame,
            runner=runner,
            background=self._background,
            sounds=sounds,
            clock=clock,
            parent=self,
        )
        self.a_traiter = ATraiterScreen(
            views[1], runner=runner, clock=clock, time_zone=counter.facts.time_zone, parent=self
        )
        self.this_till = ThisTillScreen(
            views[2], self._status, runner=runner, clock=clock, parent=self
        )
        self.cloture = ClotureScreen(
            views[3], runner=runner, clock=clock, time_zone=counter.facts.time_zone, parent=self
        )
        self.journal = JournalScreen(
            look, opened, runner=runner, background=self._background, clock=clock, parent=self
        )
        self.frame.screens.addWidget(self.journal.view)
        self._key_places = KeyPlaces(
            {
                JOURNAL_KEY: self.journal,
                TO_SETTLE_KEY: self.a_traiter,
                CLOSING_KEY: self.cloture,
            }
        )
        self.reglages = self._settings(look, sounds)
        on, volume = self._option(SOUND_ON), self._option(SOUND_VOLUME)
        sounds.use(on=on, volume_percent=volume)
        self.checkout.view.camera.mirror(mirrored=self._option(CAMERA_MIRRORED))
        self.rest = CameraRest(
            opened.camera, idle_minutes=self._option(CAMERA_IDLE_MINUTES), parent=self
        )
        self._connect()
        self._status_came(self._status)

    def _settings(self, look: Look, sounds: Sounds) -> ReglagesScreen | None:
        screen = settings_of(
            self._opened, look=look, sounds=sounds, background=self._background, parent=self
        )
        if screen is None:
            return None
        self.frame.screens.addWidget(screen.view)
        relay = self.checkout.sale.relay
        relay.picture.connect(self._picture_came)
        screen.watch_camera(relay)
        screen.mirror_wanted.connect(self._mirror)
        screen.left.connect(self._to_checkout)
        return screen

    def _option(self, option: Option[Value]) -> Value:
        options = self._opened.options
        return option.default if options is None else options.get(option)

    def _connect(self) -> None:
        top, rail = self.frame.top, self.frame.rail
        top.pill.clicked.connect(self.checkout.sale.ask_contact)
        top.place.clicked.connect(self._to_this_till)
        rail.chosen.connect(self.go)
        self.checkout.wanted.connect(self._to_checkout)
        self.checkout.sale.verdict_painted.connect(self.verdict_painted)
        self.checkout.sale.status_changed.connect(self._status_came)
        self.checkout.sale.scan_came.connect(self._to_checkout)
        self.checkout.sale.scan_came.connect(self.rest.somebody_is_here)
        self.checkout.sale.camera_was_tried.connect(self._camera_was_tried)
        self.checkout.sale.enrolment_wanted.connect(self.enrolment_wanted)
        self.checkout.sale.question_answered.connect(self._answered_at_checkout)
        self.a_traiter.question_answered.connect(self._answered_in_a_traiter)
        self.a_traiter.left.connect(self._to_checkout)
        self.journal.place_wanted.connect(self.go)
        self.journal.undo_wanted.connect(self._undo_at_checkout)
        self.cloture.left.connect(self._to_checkout)
        self.cloture.place_wanted.connect(self.go)
        self.cloture.offered.connect(self._offer_closing)
        self.cloture.forgotten_changed.connect(rail.show_forgotten)
        self.this_till.left.connect(self._to_checkout)
        self.this_till.enrolment_wanted.connect(self.enrolment_wanted)
        self.this_till.signed_out_here.connect(self.signed_out)

    def start(self) -> None:
        """Begin to look."""
        self.checkout.start()
        self.cloture.morning()

    def stop(self) -> None:
        """The window closes, or the till is left."""
        self._stopped = True
        self._background.close()
        self.checkout.stop()
        self._key_places.stop()
        self.this_till.stop()
        self.rest.stop()
        if self.reglages is not None:
            self.reglages.stop()

    # --- which one is seen -----------------------------------------------------------------------

    @Slot(str)
    def go(self, key: str) -> None:
        """To the place with this key of the rail."""
        place = self._key_places.at(key)
        if place is not None:
            self._see(place.view, key)
            place.open()
        elif key == SETTINGS_KEY and self.reglages is not None:
            # Before the screen changes: what lies before the camera is tried, not sold.
            self.checkout.sale.try_camera(trying=True)
            self._see(self.reglages.view, key)
            self.reglages.open()
        else:
            self._to_checkout()

    @Slot()
    def _to_checkout(self) -> None:
        if self.frame.screens.currentWidget() is not self.checkout.view:
            self._see(self.checkout.view, CHECKOUT_KEY)
            self.checkout.sale.take_keyboard()

    @Slot()
    def _offer_closing(self) -> None:
        """A forgotten day comes forward before the first sale; never over one."""
        if self.checkout.is_seen and self.checkout.is_idle:
            self.go(CLOSING_KEY)

    @Slot()
    def _undo_at_checkout(self) -> None:
        self._to_checkout()
        self.checkout.sale.undo_pressed()  # it is asked once more there, as always

    @Slot()
    def _to_this_till(self) -> None:
        self._see(self.this_till.view, None)
        self.this_till.open()

    def _see(self, view: QWidget, key: str | None) -> None:
        in_settings = self.reglages is not None and view is self.reglages.view
        if self.reglages is not None and not in_settings and self._in_settings():
            self.reglages.close()
            self.checkout.sale.try_camera(trying=False)
        self.frame.screens.setCurrentWidget(view)
        self.frame.rail.show_place(key)
        self.rest.show_picture(shown=in_settings or view is self.checkout.view)

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
        self.checkout.view.camera.mirror(mirrored=mirrored)

    # --- keys (KeyUser) --------------------------------------------------------------------------

    @Slot(str)
    def gun_scanned(self, text: str) -> None:
        self.checkout.sale.gun_scanned(text)

    def enter_pressed(self) -> None:
        place = self._key_places.seen(self.frame.screens.currentWidget())
        if self.checkout.is_seen:
            self.checkout.enter_pressed()
        elif place is not None:
            place.enter_pressed()

    def escape_pressed(self) -> None:
        place = self._key_places.seen(self.frame.screens.currentWidget())
        if self.checkout.is_seen:
            self.checkout.escape_pressed()
        elif place is not None:
            place.escape_pressed()
        elif self.reglages is not None and self._in_settings():
            self.reglages.escape_pressed()
        else:
            self.this_till.escape_pressed()

    def undo_pressed(self) -> None:
        if self.checkout.is_seen:
            self.checkout.sale.undo_pressed()

    def function_pressed(self, key: str) -> None:
        """F1 to F12."""
        place = self._key_places.seen(self.frame.screens.currentWidget())
        if key in (CHECKOUT_KEY, SETTINGS_KEY, *self._key_places.keys):
            self.go(key)
        elif place is not None:
            place.function_pressed(key)
        elif self.checkout.is_seen:
            self.checkout.function_pressed(key)

    # --- the line --------------------------------------------------------------------------------

    @Slot()
    def show_status(self) -> None:
        """Say it again: "12 s ago" grows older."""
        zone = self._opened.counter.facts.time_zone
        now = self._clock.now()
        self.frame.top.pill.show_pill(pill(self._status, now=now, time_zone=zone))
        self.frame.band.show_band(band(self._status, now=now, time_zone=zone))
        self.cloture.time_passes()

    def _ask_status(self) -> None:
        if not self._stopped:
            self._runner.run(AskStatus(), self._status_told)

    def _status_told(self, _command: Command, outcome: Outcome[Answer]) -> None:
        # A Problem was told by the command before; the next status comes with the line.
        if isinstance(outcome, Done) and isinstance(outcome.result, Status):
            self.checkout.sale.status_changed.emit(outcome.result)

    @Slot(object)
    def _status_came(self, status: Status) -> None:
        self._status = status
        self.frame.rail.show_to_settle(status.to_settle)
        self._key_places.status_came(status)
        self.this_till.status_came(status)
        self.show_status()

    @Slot(object)
    def _answered_at_checkout(self, _op_id: OpId) -> None:
        self.a_traiter.reload()

    @Slot(object)
    def _answered_in_a_traiter(self, op_id: OpId) -> None:
        self.checkout.sale.settled_elsewhere(op_id)
