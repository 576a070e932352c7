"""The first day and the exercises of training mode, beside the rail's places; and what the camera
is for while one of them, or Réglages, is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from merchant_app.settings.options import FIRST_DAY
from merchant_app.till.results import Status
from merchant_app.ui.background import Background
from merchant_app.ui.checkout_place import CheckoutPlace
from merchant_app.ui.first_day.steps import AT_THE_TILL
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.key_places import LazyPlace
from merchant_app.ui.ports import Opened
from merchant_app.ui.theme import Look

if TYPE_CHECKING:
    # Loaded by whatever makes them: what is imported above is loaded before the first verdict.
    from merchant_app.scanning.confirmation import InView
    from merchant_app.scanning.frames import Frame
    from merchant_app.ui.first_day.screen import FirstDayScreen
    from merchant_app.ui.reglages.screen import ReglagesScreen
    from merchant_app.ui.school.screen import SchoolScreen


class SidePlaces(QObject):
    """Lives in the GUI thread. Each screen is made when somebody first goes there. While devices
    are chosen, what lies before the camera is tried, not sold.

    Signals:
        left(), enrolment_wanted(), mode_wanted(), language_wanted(object): of the screens; see
            there.
        school_wanted(): to the exercises.

    Attributes:
        first_day: None where nothing can be chosen.
        school: None where there are no exercises.
    """

    left = Signal()
    enrolment_wanted = Signal()
    mode_wanted = Signal()
    language_wanted = Signal(object)
    school_wanted = Signal()

    def __init__(
        self,
        look: Look,
        opened: Opened,
        frame: TillFrame,
        checkout: CheckoutPlace,
        reglages: LazyPlace[ReglagesScreen | None],
        *,
        background: Background,
        parent: QObject,
    ) -> None:
        """`reglages` has the hands that choose devices."""
        super().__init__(parent)
        self._look = look
        self._opened = opened
        self._frame = frame
        self._checkout = checkout
        self._reglages = reglages
        self._background = background
        self._status: Status = opened.counter.status()
        self.first_day = LazyPlace(self._make_first_day)
        self.school = LazyPlace(self._make_school)
        checkout.sale.relay.picture.connect(self._picture_came)
        if opened.school is not None:
            frame.training.give_exercises()
            frame.training.pressed.connect(self.school_wanted)

    @property
    def first_day_is_under_way(self) -> bool:
        """Whether somebody left off in the middle."""
        options = self._opened.options
        return options is not None and options.get(FIRST_DAY) in AT_THE_TILL

    def _make_first_day(self) -> FirstDayScreen | None:
        from merchant_app.ui.first_day.screen import FirstDayScreen

        options, reglages = self._opened.options, self._reglages.get()
        if options is None or reglages is None:
            return None
        screen = FirstDayScreen(
            self._look,
            self._opened.counter.facts,
            options,
            reglages,
            may_practise=self._opened.other_mode is not None,
            parent=self,
        )
        screen.watch_camera(self._checkout.sale.relay)
        screen.left.connect(self.left)
        screen.exercises_wanted.connect(self.school_wanted)
        screen.enrolment_wanted.connect(self.enrolment_wanted)
        screen.mode_wanted.connect(self.mode_wanted)
        screen.language_wanted.connect(self.language_wanted)
        self._frame.screens.addWidget(screen.view)
        return screen

    def _make_school(self) -> SchoolScreen | None:
        from merchant_app.ui.school.screen import SchoolScreen
        from merchant_app.ui.school.view import SchoolView

        opened = self._opened
        if opened.school is None or opened.options is None:
            return None
        screen = SchoolScreen(
            SchoolView(self._look),
            opened.school,
            band=self._frame.training,
            sale=self._checkout.sale,
            options=opened.options,
            background=self._background,
            parent=self,
        )
        screen.left.connect(self.left)
        screen.mode_wanted.connect(self.mode_wanted)
        # What is to settle already is no exercise's.
        screen.status_came(self._status)
        self._frame.screens.addWidget(screen.view)
        return screen

    def seen(self) -> ReglagesScreen | FirstDayScreen | SchoolScreen | None:
        """The one of these, Réglages among them, that is looked at."""
        return self._at(self._frame.screens.currentWidget())

    def _at(self, view: QWidget | None) -> ReglagesScreen | FirstDayScreen | SchoolScreen | None:
        places = (self._reglages.made, self.first_day.made, self.school.made)
        return next((one for one in places if one is not None and one.view is view), None)

    def turning_to(self, view: QWidget) -> bool:
        """Before this view is seen: what was tried before is over, or begins. Whether it is one of
        these screens, each of which wants the camera awake."""
        before, now = self.seen(), self._at(view)
        choosing = [one for one in (self._reglages.made, self.first_day.made) if one is not None]
        for place in choosing:
            if place is before and place is not now:
                place.close()
        if before in choosing or now in choosing:
            self._checkout.sale.try_camera(trying=now in choosing)
        # The first day has one way to go, and Esc.
        self._frame.rail.setVisible(now is None or now is not self.first_day.made)
        return now is not None

    def stop(self) -> None:
        """The till is being left."""
        if self.school.made is not None:
            self.school.made.stop()

    def status_came(self, status: Status) -> None:
        """Of the line."""
        self._status = status
        if self.school.made is not None:
            self.school.made.status_came(status)

    def gun_tried(self, text: str) -> bool:
        """A gun read something; True: it was only tried, and is looked up by nobody."""
        if self.school.made is not None:
            self.school.made.scanned(text)
        first_day = self.first_day.made
        return first_day is not None and self.seen() is first_day and first_day.gun_tried()

    def enter_pressed(self) -> None:
        """Enter, wherever the keyboard is but on a button."""
        seen = self.seen()
        if seen is not None:
            seen.enter_pressed()

    @Slot(object, object)
    def _picture_came(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        seen = self.seen()
        for place in (self._reglages.made, self.first_day.made):
            if place is not None and place is seen:
                place.view.camera.show_picture(frame, in_view)
