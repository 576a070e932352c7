"""The screens of an opened till, which of them is seen, and where keys and scans go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from merchant_app.ui.key_places import KeyPlace, LazyPlace
from merchant_app.ui.ports import Opened, Sounds
from merchant_app.ui.side_places import SidePlaces
from merchant_app.ui.theme import Look
from merchant_app.ui.turns import Turns
from merchant_app.ui.update_notice import UpdateNotice

if TYPE_CHECKING:
    from merchant_app.ui.cloture.screen import ClotureScreen
    from merchant_app.ui.reglages.screen import ReglagesScreen
    from merchant_app.ui.releves.screen import RelevesScreen


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
        beside, side: the places that are not the checkout; made when somebody goes there.
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
        self._turns = Turns(self)
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
        self.beside = BesideCheckout(
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
        self.file_routes = FileRoutes(look, self.frame, self.checkout.files, self.beside.releves)
        self.side = SidePlaces(
            look,
            opened,
            self.frame,
            self.checkout,
            self.beside.reglages,
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
    def cloture(self) -> ClotureScreen:
        return self.beside.cloture

    @property
    def releves(self) -> RelevesScreen:
        """Made now, if nobody was there yet."""
        return self.beside.releves.get()

    @property
    def reglages(self) -> ReglagesScreen | None:
        """None where nothing can be chosen."""
        return self.beside.reglages.get()

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
        rail.chosen.connect(self._wanted)
        self.checkout.wanted.connect(self._to_checkout)
        self.checkout.sale.verdict_painted.connect(self.verdict_painted)
        self.checkout.sale.status_changed.connect(self._status_came)
        self.checkout.sale.scan_came.connect(self._to_checkout)
        self.checkout.sale.scan_came.connect(self.rest.somebody_is_here)
        self.checkout.sale.enrolment_wanted.connect(self.enrolment_wanted)
        self.checkout.sale.question_answered.connect(self._answered_at_checkout)
        self.checkout.sale.camera_was_tried.connect(self._camera_was_tried)
        self.checkout.sale.scan_came.connect(self._scan_came)
        beside = self.beside
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
        side = self.side
        beside.first_day_wanted.connect(self._first_day_again)
        side.left.connect(self._to_checkout)
        side.school_wanted.connect(self._to_school)
        side.enrolment_wanted.connect(self.enrolment_wanted)
        side.mode_wanted.connect(self.mode_wanted)
        side.language_wanted.connect(self.language_wanted)

    def start(self) -> None:
        """Begin to look."""
        self.checkout.start()
        self.beside.start()
        self.customer.use(self._option(CUSTOMER_SCREEN))
        first_day = self.side.first_day.get() if self.side.first_day_is_under_way else None
        if first_day is not None:
            self._see(first_day.view, None)
            first_day.go_on()
        self.cloture.morning()
        self.updates.start()

    def stop(self) -> None:
        """The window closes, or the till is left."""
        self._stopped = True
        self._turns.stop()
        self._background.close()
        self.checkout.stop()
        self.side.stop()
        self.beside.stop()
        self.customer.stop()
        self.rest.stop()
        self.updates.stop()

    # --- which one is seen -----------------------------------------------------------------------

    @Slot(str)
    def go(self, key: str) -> None:
        """To the place with this key of the rail."""
        place = self.beside.by_key.at(key)
        if place is not None:
            self._see(place.view, key)
            place.open()
        elif key == SETTINGS_KEY and (settings := self.reglages) is not None:
            self._see(settings.view, key)
            settings.open()
        else:
            self._to_checkout()

    @Slot(str)
    def _wanted(self, key: str) -> None:
        """Somebody wants to go there. What nobody saw yet is made first, in a turn of its own."""
        place = self.beside.reglages if key == SETTINGS_KEY else self.beside.by_key.lazy(key)
        if place is None or place.made is not None:
            self.go(key)
        else:
            self._turns.run(self._first_visit(place, key))

    def _first_visit(self, place: LazyPlace[object], key: str) -> Iterator[None]:
        place.get()
        yield
        self.go(key)

    @Slot()
    def _to_checkout(self) -> None:
        self._turns.stop()  # a scan is before whoever was on the way to another place
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
        this_till = self.beside.this_till.get()
        self._see(this_till.view, None)
        this_till.open()

    def _see(self, view: QWidget, key: str | None) -> None:
        self._turns.stop()
        aside = self.side.turning_to(view)
        self.frame.screens.setCurrentWidget(view)
        self.frame.rail.show_place(key)
        self.key_seen = key or ""
        # A webcam may be pointed at the voucher that an exercise shows.
        self.rest.show_picture(shown=aside or view is self.checkout.view)

    @Slot()
    def _to_school(self) -> None:
        school = self.side.school.get()
        if school is None:
            self._to_checkout()
        else:
            self._see(school.view, None)
            school.open()

    @Slot()
    def _scan_came(self) -> None:
        if self.beside.releves.made is not None:
            self.beside.releves.made.give_way()

    # --- the camera, while it is chosen ----------------------------------------------------------

    @Slot()
    def _camera_was_tried(self) -> None:
        if self.beside.reglages.made is not None:
            self.beside.reglages.made.code_read()

    @Slot(bool)
    def _mirror(self, mirrored: bool) -> None:
        self.checkout.view.camera.mirror(mirrored=mirrored)

    @Slot()
    def _first_day_again(self) -> None:
        first_day = self.side.first_day.get()
        assert first_day is not None
        self._see(first_day.view, None)
        first_day.begin_again()

    # --- keys (KeyUser) --------------------------------------------------------------------------

    @Slot(str)
    def gun_scanned(self, text: str) -> None:
        if not self.side.gun_tried(text):
            self.checkout.sale.gun_scanned(text)

    def arrive(self) -> None:
        """Whoever is on the way to a place is there: no key is for what is about to be gone."""
        self._turns.finish()

    def _place_of_keys(self) -> KeyPlace | None:
        self.arrive()
        return self.beside.by_key.seen(self.frame.screens.currentWidget())

    def enter_pressed(self) -> None:
        place = self._place_of_keys()
        if self.checkout.is_seen:
            self.checkout.enter_pressed()
        elif place is not None:
            place.enter_pressed()
        else:
            self.side.enter_pressed()

    def escape_pressed(self) -> None:
        place = self._place_of_keys()
        if self.checkout.is_seen:
            self.checkout.escape_pressed()
        elif place is not None:
            place.escape_pressed()
        elif (aside := self.side.seen()) is not None:
            aside.escape_pressed()
        else:
            self.beside.this_till.get().escape_pressed()

    def undo_pressed(self) -> None:
        self.arrive()
        if self.checkout.is_seen:
            self.checkout.sale.undo_pressed()

    def function_pressed(self, key: str) -> None:
        """F1 to F12."""
        place = self._place_of_keys()
        if key in (CHECKOUT_KEY, SETTINGS_KEY, *self.beside.by_key.keys):
            self._wanted(key)
        elif place is not None:
            place.function_pressed(key)
        elif self.checkout.is_seen:
            self.checkout.function_pressed(key)

    # --- the line --------------------------------------------------------------------------------

    @Slot()
    def show_status(self) -> None:
        """Say it again: "12 s ago" grows older."""
        zone = self._opened.counter.facts.time_zone
        self.frame.show_status(self._status, now=self._clock.now(), time_zone=zone)
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
        self.beside.status_came(status)
        self.side.status_came(status)
        self.show_status()

    @Slot(object)
    def _answered_at_checkout(self, _op_id: OpId) -> None:
        if self.beside.a_traiter.made is not None:
            self.beside.a_traiter.made.reload()

    @Slot(object)
    def _answered_in_a_traiter(self, op_id: OpId) -> None:
        self.checkout.sale.settled_elsewhere(op_id)
