"""The screens beside the checkout, each made when somebody first goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget

from merchant_app.clock import Clock
from merchant_app.till.results import Status
from merchant_app.ui.background import Background
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.encaisser.camera_relay import CameraRelay
from merchant_app.ui.function_keys import CLOSING_KEY, JOURNAL_KEY, STATEMENTS_KEY, TO_SETTLE_KEY
from merchant_app.ui.key_place_screen import KeyPlaceScreen
from merchant_app.ui.key_places import KeyPlaces, LazyPlace
from merchant_app.ui.loading import load_places
from merchant_app.ui.ports import Opened, Sounds
from merchant_app.ui.theme import Look

if TYPE_CHECKING:
    # Loaded by whatever makes them: what is imported above is loaded before the first verdict.
    from merchant_app.ui.a_traiter.screen import ATraiterScreen
    from merchant_app.ui.cloture.screen import ClotureScreen
    from merchant_app.ui.cloture.view import ClotureView
    from merchant_app.ui.journal.screen import JournalScreen
    from merchant_app.ui.reglages.screen import ReglagesScreen
    from merchant_app.ui.releves.screen import RelevesScreen
    from merchant_app.ui.this_till.screen import ThisTillScreen


_LOAD_AFTER_MS = 3000
"""The till was opened for a customer who waits; then for the others."""


class BesideCheckout(QObject):
    """Lives in the GUI thread.

    A screen is made, connected, and laid into the stack in one of the methods `_make_…`. What must
    happen before somebody goes there has a screen from the start, without its view: Clôture, which
    looks for a forgotten day.

    Signals:
        left(): back to selling.
        place_wanted(str): to the place with this key of the rail.
        undo_wanted(), question_answered(object), enrolment_wanted(), signed_out(),
        mirror_wanted(bool), customer_wanted(bool), first_day_wanted(), offered(),
            forgotten_changed(int): of the screens; see there.

    Attributes:
        by_key: those that the rail leads to.
        journal, a_traiter, releves, reglages, this_till: made or not.
        cloture: the screen itself.
    """

    left = Signal()
    place_wanted = Signal(str)
    undo_wanted = Signal()
    question_answered = Signal(object)
    enrolment_wanted = Signal()
    signed_out = Signal()
    mirror_wanted = Signal(bool)
    first_day_wanted = Signal()
    customer_wanted = Signal(bool)
    offered = Signal()
    forgotten_changed = Signal(int)

    def __init__(
        self,
        look: Look,
        opened: Opened,
        stack: QStackedWidget,
        camera: CameraRelay,
        *,
        runner: CommandRunner,
        background: Background,
        sounds: Sounds,
        clock: Clock,
        parent: QObject,
    ) -> None:
        """`background` runs what is no command; `stack`: where the screens are seen; `camera`: the
        checkout's, for whoever chooses another."""
        super().__init__(parent)
        self._look = look
        self._opened = opened
        self._stack = stack
        self._camera = camera
        self._runner = runner
        self._background = background
        self._sounds = sounds
        self._clock = clock
        self._status: Status = opened.counter.status()
        self._time_zone = opened.counter.facts.time_zone
        self.cloture = self._make_cloture()
        self.journal = LazyPlace(self._make_journal)
        self.a_traiter = LazyPlace(self._make_a_traiter)
        self.releves = LazyPlace(self._make_releves)
        self.reglages = LazyPlace(self._make_reglages)
        self.this_till = LazyPlace(self._make_this_till)
        self.by_key = KeyPlaces(
            {
                JOURNAL_KEY: self.journal,
                TO_SETTLE_KEY: self.a_traiter,
                CLOSING_KEY: LazyPlace(self._paint_cloture),
                STATEMENTS_KEY: self.releves,
            }
        )

    def start(self) -> None:
        """The till is open."""
        QTimer.singleShot(_LOAD_AFTER_MS, self, self._load_screens)

    @Slot()
    def _load_screens(self) -> None:
        self._background.start(load_places, lambda _loaded: None, name="loading")

    def status_came(self, status: Status) -> None:
        """Tell each that was made."""
        self._status = status
        self.by_key.status_came(status)
        if self.this_till.made is not None:
            self.this_till.made.status_came(status)

    def stop(self) -> None:
        """The till is being left."""
        self.cloture.stop()
        self.by_key.stop()
        for screen in (self.this_till.made, self.reglages.made):
            if screen is not None:
                screen.stop()

    # --- each of them, in the order of the rail --------------------------------------------------

    def _make_journal(self) -> JournalScreen:
        from merchant_app.ui.journal.screen import JournalScreen

        screen = JournalScreen(
            self._look,
            self._opened,
            runner=self._runner,
            background=self._background,
            clock=self._clock,
            parent=self,
        )
        screen.undo_wanted.connect(self.undo_wanted)
        self._connect(screen)
        self._stack.addWidget(screen.view)
        return screen

    def _make_a_traiter(self) -> ATraiterScreen:
        from merchant_app.ui.a_traiter.screen import ATraiterScreen
        from merchant_app.ui.a_traiter.view import ATraiterView

        screen = ATraiterScreen(
            ATraiterView(self._look),
            runner=self._runner,
            clock=self._clock,
            time_zone=self._time_zone,
            parent=self,
        )
        screen.question_answered.connect(self.question_answered)
        self._connect(screen)
        self._stack.addWidget(screen.view)
        return screen

    def _make_cloture(self) -> ClotureScreen:
        from merchant_app.ui.cloture.screen import ClotureScreen

        screen = ClotureScreen(
            self._cloture_view,
            runner=self._runner,
            clock=self._clock,
            time_zone=self._time_zone,
            parent=self,
        )
        screen.offered.connect(self.offered)
        screen.forgotten_changed.connect(self.forgotten_changed)
        self._connect(screen)
        return screen

    def _cloture_view(self) -> ClotureView:
        from merchant_app.ui.cloture.view import ClotureView

        return ClotureView(self._look)

    def _paint_cloture(self) -> ClotureScreen:
        self._stack.addWidget(self.cloture.view)
        return self.cloture

    def _make_releves(self) -> RelevesScreen:
        from merchant_app.ui.releves.screen import RelevesScreen
        from merchant_app.ui.releves.view import RelevesView

        screen = RelevesScreen(
            RelevesView(self._look),
            self._opened.counter.facts,
            runner=self._runner,
            clock=self._clock,
            parent=self,
        )
        self._connect(screen)
        self._stack.addWidget(screen.view)
        return screen

    def _make_reglages(self) -> ReglagesScreen | None:
        """None where nothing can be chosen."""
        from merchant_app.ui.reglages.screen import settings_of

        screen = settings_of(
            self._opened,
            look=self._look,
            sounds=self._sounds,
            background=self._background,
            parent=self,
        )
        if screen is not None:
            screen.watch_camera(self._camera)
            screen.mirror_wanted.connect(self.mirror_wanted)
            screen.first_day_wanted.connect(self.first_day_wanted)
            screen.customer_wanted.connect(self.customer_wanted)
            screen.left.connect(self.left)
            self._stack.addWidget(screen.view)
        return screen

    def _make_this_till(self) -> ThisTillScreen:
        from merchant_app.ui.this_till.screen import ThisTillScreen
        from merchant_app.ui.this_till.view import ThisTillView

        screen = ThisTillScreen(
            ThisTillView(self._look, self._opened.counter.facts),
            self._status,
            runner=self._runner,
            clock=self._clock,
            parent=self,
        )
        screen.enrolment_wanted.connect(self.enrolment_wanted)
        screen.signed_out_here.connect(self.signed_out)
        self._connect(screen)
        self._stack.addWidget(screen.view)
        return screen

    def _connect(self, screen: KeyPlaceScreen) -> None:
        screen.left.connect(self.left)
        screen.place_wanted.connect(self.place_wanted)
