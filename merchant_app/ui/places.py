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
    CUSTOMER_SCREEN,
    SOUND_ON,
    SOUND_VOLUME,
    Option,
    Value,
)
from merchant_app.till.results import Status
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.beside_checkout import BesideCheckout
from merchant_app.ui.camera_rest import CameraRest
from merchant_app.ui.checkout_place import CheckoutPlace
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, AskStatus, Command
from merchant_app.ui.customer.screen import CustomerScreen
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.file_routes import FileRoutes
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.function_keys import CHECKOUT_KEY, CLOSING_KEY, SETTINGS_KEY
from merchant_app.ui.ports import Opened, Sounds
from merchant_app.ui.side_places import SidePlaces
from merchant_app.ui.theme import Look
from merchant_app.ui.update_notice import UpdateNotice

if TYPE_CHECKING:
    from merchant_app.ui.a_traiter.screen import ATraiterScreen
    from merchant_app.ui.cloture.screen import ClotureScreen
    from merchant_app.ui.first_day.screen import FirstDayScreen
    from merchant_app.ui.journal.screen import JournalScreen
    from merchant_app.ui.reglages.screen import ReglagesScreen
    from merchant_app.ui.releves.screen import RelevesScreen
    from merchant_app.ui.school.screen import SchoolScreen
    from merchant_app.ui.this_till.screen import ThisTillScreen


class Places(QObject):
    """Lives in the GUI thread. It is the window's `KeyUser` while the till is open.

    Only the checkout is built at once, every other screen when somebody goes there.

    Signals:
        enrolment_wanted(): this till is to be enrolled again.
        signed_out(): this computer is no till any more.
        mode_wanted(): the till for practising is to be opened, or from it the one that sells.
        language_wanted(object): the till is to be opened again in this language.
        verdict_painted(int): see `EncaisserScreen`.

    Attributes:
        key_seen: the key of the place that is seen; empty where the rail does not lead.
    """

    enrolment_wanted = Signal()
    signed_out = Signal()
    mode_wanted = Signal()
    language_wanted = Signal(object)
    verdict_painted = Signal(int)

    def __init__(
        self,
        look: Look,
        opened: Opened,
        frame: TillFrame,
        view: EncaisserView,
        *,
        on_bug: Callable[[BaseException], None],
        sounds: Sounds,
        clock: Clock,
        parent: QObject,
    ) -> None:
        """`view`: the checkout, in `frame`. `on_bug` gets what a worker raises, but no Problem."""
        super().__init__(parent)
        self._opened = opened
        self._clock = clock
        self._status: Status = opened.counter.status()
        self.key_seen = CHECKOUT_KEY
        self._stopped = False
        # Its own, closed with the till: what a worker still meets then, a journal that is closed
        # under it for instance, is nobody's business any more.
        self._background = Background(on_bug, self)
        self._runner = CommandRunner(opened.counter, self._background, money_moved=self._ask_status)
        self.frame = frame
        self.checkout = CheckoutPlace(
            opened,
            view,
            self.frame,
            runner=self._runner,
            background=self._background,
            sounds=sounds,
            clock=clock,
            parent=self,
        )
        self._beside = BesideCheckout(
            look,
            opened,
            self.frame.screens,
            self.checkout.sale.relay,
            runner=self._runner,
            background=self._background,
            sounds=sounds,
            clock=clock,
            parent=self,
        )
        self._key_places = self._beside.by_key
        self.file_routes = FileRoutes(look, self.frame, self.checkout.files, self._beside.releves)
        self._side = SidePlaces(
            look,
            opened,
            self.frame,
            self.checkout,
            self._beside.reglages,
            background=self._background,
            parent=self,
        )
        self.customer = CustomerScreen(look, opened.counter.facts, self.frame, parent=self)
        self._follow_options(sounds)
        self.rest = CameraRest(
            opened.camera, idle_minutes=self._option(CAMERA_IDLE_MINUTES), parent=self
        )
        self.updates = UpdateNotice(
            opened.updates,
            background=self._background,
            is_idle=lambda: self.checkout.is_idle,
            show=self.frame.note,
            parent=self,
        )
        self._connect()
        self._status_came(self._status)

    # --- beside the checkout ---------------------------------------------------------------------

    @property
    def journal(self) -> JournalScreen:
        """Like the screens below: made now, if nobody was there yet."""
        return self._beside.journal.get()

    @property
    def a_traiter(self) -> ATraiterScreen:
        return self._beside.a_traiter.get()

    @property
    def cloture(self) -> ClotureScreen:
        return self._beside.cloture

    @property
    def releves(self) -> RelevesScreen:
        return self._beside.releves.get()

    @property
    def reglages(self) -> ReglagesScreen | None:
        """None where nothing can be chosen."""
        return self._beside.reglages.get()

    @property
    def this_till(self) -> ThisTillScreen:
        return self._beside.this_till.get()

    @property
    def first_day(self) -> FirstDayScreen | None:
        """None where nothing can be chosen."""
        return self._side.first_day.get()

    @property
    def school(self) -> SchoolScreen | None:
        """The exercises; None but in training mode."""
        return self._side.school.get()

    def _follow_options(self, sounds: Sounds) -> None:
        on, volume = self._option(SOUND_ON), self._option(SOUND_VOLUME)
        sounds.use(on=on, volume_percent=volume)
        self.checkout.view.camera.mirror(mirrored=self._option(CAMERA_MIRRORED))
        self.checkout.sale.shown.connect(self.customer.sale_shown)

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
        self.checkout.sale.enrolment_wanted.connect(self.enrolment_wanted)
        self.checkout.sale.question_answered.connect(self._answered_at_checkout)
        self.checkout.sale.camera_was_tried.connect(self._camera_was_tried)
        self.checkout.sale.scan_came.connect(self._scan_came)
        beside = self._beside
        beside.left.connect(self._to_checkout)
        beside.place_wanted.connect(self.go)
        beside.undo_wanted.connect(self._undo_at_checkout)
        beside.question_answered.connect(self._answered_in_a_traiter)
        beside.offered.connect(self._offer_closing)
        beside.forgotten_changed.connect(rail.show_forgotten)
        beside.mirror_wanted.connect(self._mirror)
        beside.customer_wanted.connect(self.customer.use)
        beside.enrolment_wanted.connect(self.enrolment_wanted)
        beside.signed_out.connect(self.signed_out)
        side = self._side
        beside.first_day_wanted.connect(self._first_day_again)
        side.left.connect(self._to_checkout)
        side.school_wanted.connect(self._to_school)
        side.enrolment_wanted.connect(self.enrolment_wanted)
        side.mode_wanted.connect(self.mode_wanted)
        side.language_wanted.connect(self.language_wanted)

    def start(self) -> None:
        """Begin to look."""
        self.checkout.start()
        self._beside.start()
        self.customer.use(self._option(CUSTOMER_SCREEN))
        if self._side.first_day_is_under_way and (first_day := self.first_day) is not None:
            self._see(first_day.view, None)
            first_day.go_on()
        self.cloture.morning()
        self.updates.start()

    def stop(self) -> None:
        """The window closes, or the till is left."""
        self._stopped = True
        self._background.close()
        self.checkout.stop()
        self._side.stop()
        self._beside.stop()
        self.customer.stop()
        self.rest.stop()
        self.updates.stop()

    # --- which one is seen -----------------------------------------------------------------------

    @Slot(str)
    def go(self, key: str) -> None:
        """To the place with this key of the rail."""
        place = self._key_places.at(key)
        if place is not None:
            self._see(place.view, key)
            place.open()
        elif key == SETTINGS_KEY and (settings := self.reglages) is not None:
            self._see(settings.view, key)
            settings.open()
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
        aside = self._side.turning_to(view)
        self.frame.screens.setCurrentWidget(view)
        self.frame.rail.show_place(key)
        self.key_seen = key or ""
        # A webcam may be pointed at the voucher that an exercise shows.
        self.rest.show_picture(shown=aside or view is self.checkout.view)

    @Slot()
    def _to_school(self) -> None:
        school = self.school
        if school is None:
            self._to_checkout()
        else:
            self._see(school.view, None)
            school.open()

    @Slot()
    def _scan_came(self) -> None:
        if self._beside.releves.made is not None:
            self._beside.releves.made.give_way()

    # --- the camera, while it is chosen ----------------------------------------------------------

    @Slot()
    def _camera_was_tried(self) -> None:
        if self._beside.reglages.made is not None:
            self._beside.reglages.made.code_read()

    @Slot(bool)
    def _mirror(self, mirrored: bool) -> None:
        self.checkout.view.camera.mirror(mirrored=mirrored)

    @Slot()
    def _first_day_again(self) -> None:
        first_day = self.first_day
        assert first_day is not None
        self._see(first_day.view, None)
        first_day.begin_again()

    # --- keys (KeyUser) --------------------------------------------------------------------------

    @Slot(str)
    def gun_scanned(self, text: str) -> None:
        if not self._side.gun_tried(text):
            self.checkout.sale.gun_scanned(text)

    def enter_pressed(self) -> None:
        place = self._key_places.seen(self.frame.screens.currentWidget())
        if self.checkout.is_seen:
            self.checkout.enter_pressed()
        elif place is not None:
            place.enter_pressed()
        else:
            self._side.enter_pressed()

    def escape_pressed(self) -> None:
        place = self._key_places.seen(self.frame.screens.currentWidget())
        if self.checkout.is_seen:
            self.checkout.escape_pressed()
        elif place is not None:
            place.escape_pressed()
        elif (aside := self._side.seen()) is not None:
            aside.escape_pressed()
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
        self.frame.show_status(self._status, now=now, time_zone=zone)
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
        self._beside.status_came(status)
        self._side.status_came(status)
        self.show_status()

    @Slot(object)
    def _answered_at_checkout(self, _op_id: OpId) -> None:
        if self._beside.a_traiter.made is not None:
            self._beside.a_traiter.made.reload()

    @Slot(object)
    def _answered_in_a_traiter(self, op_id: OpId) -> None:
        self.checkout.sale.settled_elsewhere(op_id)
