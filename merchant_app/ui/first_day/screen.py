"""The first day's steps at an open till, wired: pages, the options on disk, what Réglages does."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QStackedWidget

from merchant_app.i18n import active
from merchant_app.settings.options import FIRST_DAY, LANGUAGE, FirstDay, Language, Options
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.encaisser.camera_relay import CameraRelay
from merchant_app.ui.encaisser.camera_view import CameraView
from merchant_app.ui.first_day import steps
from merchant_app.ui.first_day.devices import CameraPage, PrinterPage, SoundsPage
from merchant_app.ui.first_day.pages import LanguagePage, ReadyPage, TillPage
from merchant_app.ui.first_day.step_page import StepPage
from merchant_app.ui.reglages.screen import ReglagesScreen
from merchant_app.ui.reglages.states import Screen
from merchant_app.ui.theme import Look


class FirstDayView(QStackedWidget):
    """All its pages, one of them seen. GUI thread.

    Signals:
        camera_wanted(str), mirror_wanted(bool), sound_wanted(bool), volume_wanted(int),
        sound_tried(object), printer_wanted(object): as those of `ReglagesView`.
        camera_again(): look for the camera again.
    """

    camera_wanted = Signal(str)
    mirror_wanted = Signal(bool)
    sound_wanted = Signal(bool)
    volume_wanted = Signal(int)
    sound_tried = Signal(object)
    printer_wanted = Signal(object)
    camera_again = Signal()

    def __init__(self, look: Look, facts: CounterFacts, *, may_practise: bool) -> None:
        super().__init__()
        self.facts = facts
        self.language = LanguagePage(look)
        self.till = TillPage(look, facts, may_practise=may_practise)
        self.device = CameraPage(look)
        self.sounds = SoundsPage(look)
        self.printer = PrinterPage(look)
        self.ready = ReadyPage(look, training=facts.training, may_practise=may_practise)
        self.pages: dict[FirstDay, StepPage] = {
            FirstDay.LANGUAGE: self.language,
            FirstDay.ENROLMENT: self.till,
            FirstDay.CAMERA: self.device,
            FirstDay.SOUNDS: self.sounds,
            FirstDay.PRINTER: self.printer,
            FirstDay.READY: self.ready,
        }
        for page in self.pages.values():
            self.addWidget(page)
        self.device.cameras.wanted.connect(self.camera_wanted)
        self.device.mirrored.clicked.connect(self.mirror_wanted)
        self.device.camera.again.connect(self.camera_again)
        self.sounds.sounds.on_wanted.connect(self.sound_wanted)
        self.sounds.sounds.volume_wanted.connect(self.volume_wanted)
        self.sounds.sounds.tried.connect(self.sound_tried)
        self.sounds.heard.connect(self.sound_tried)
        self.printer.printer.wanted.connect(self.printer_wanted)

    @property
    def camera(self) -> CameraView:
        """The live picture."""
        return self.device.camera

    def show_screen(self, screen: Screen) -> None:
        """What holds now, on the pages that choose it."""
        self.device.show_screen(screen)
        self.sounds.show_screen(screen)
        self.printer.show_screen(screen)


class FirstDayScreen(QObject):
    """Lives in the GUI thread.

    Signals:
        left(): to the checkout.
        enrolment_wanted(): this till is to be enrolled anew.
        mode_wanted(): the till for practising, or from it the one that sells.
        exercises_wanted(): the first day is done, and this is the till for practising.
        language_wanted(object): the till is to be opened again in this `Language`.
    """

    left = Signal()
    enrolment_wanted = Signal()
    mode_wanted = Signal()
    exercises_wanted = Signal()
    language_wanted = Signal(object)

    def __init__(
        self,
        look: Look,
        facts: CounterFacts,
        options: Options,
        reglages: ReglagesScreen,
        *,
        may_practise: bool,
        parent: QObject,
    ) -> None:
        """`reglages` has the hands that choose; `may_practise`: there are two tills to go to."""
        super().__init__(parent)
        self.view = view = FirstDayView(look, facts, may_practise=may_practise)
        self._options = options
        self._reglages = reglages
        self._step = FirstDay.LANGUAGE
        self._first = FirstDay.LANGUAGE
        self._language = Language(active().value)
        reglages.serve(view)
        for page in view.pages.values():
            page.forward.connect(self._forward)
            page.back.connect(self.escape_pressed)
        view.language.chosen.connect(self._language_chosen)
        view.till.enrol.connect(self.enrolment_wanted)
        view.till.practise.connect(self.mode_wanted)
        view.ready.practise.connect(self._practise_at_the_end)

    @property
    def step(self) -> FirstDay:
        """The one that is seen, or was last."""
        return self._step

    @property
    def tries_camera(self) -> bool:
        """What the camera reads now is tried, not sold."""
        return self._step is FirstDay.CAMERA

    def watch_camera(self, relay: CameraRelay) -> None:
        """What the camera says of itself is shown here too."""
        relay.status.connect(self.view.camera.show_status)
        relay.advice.connect(self.view.camera.show_advice)

    def go_on(self) -> None:
        """Where somebody left off."""
        self._first = FirstDay.ENROLMENT
        self._go(self._options.get(FIRST_DAY))

    def begin_again(self) -> None:
        """All of it, from Réglages."""
        self._first = FirstDay.LANGUAGE
        self._go(FirstDay.LANGUAGE)

    def close(self) -> None:
        """Another screen is seen."""
        self._reglages.look_for_cameras(looking=False)

    def _go(self, step: FirstDay) -> None:
        self._step = step
        self._reglages.look_for_cameras(looking=self.tries_camera)
        page = self.view.pages[step]
        self.view.setCurrentWidget(page)
        page.take_keyboard()

    # --- keys ------------------------------------------------------------------------------------

    def enter_pressed(self) -> None:
        """Enter, wherever the keyboard is but on a button."""
        self.view.pages[self._step].enter_pressed()

    @Slot()
    def escape_pressed(self) -> None:
        """Esc: one step back; from the first one, to the checkout."""
        before = steps.before(self._step)
        if before is None or self._step is self._first:
            self.left.emit()
        else:
            self._go(before)

    def gun_tried(self) -> bool:
        """A gun read something; True: it was only tried."""
        if self.tries_camera:
            self.view.device.gun_read()
        return self.tries_camera

    # --- from the pages --------------------------------------------------------------------------

    @Slot()
    def _forward(self) -> None:
        after = steps.after(self._step)
        self._reglages.keep(FIRST_DAY, after)
        if self._step is FirstDay.LANGUAGE and self._language.value != active().value:
            self.language_wanted.emit(self._language)
        elif after is not FirstDay.DONE:
            self._go(after)
        elif self.view.facts.training:
            self.exercises_wanted.emit()
        else:
            self.left.emit()

    @Slot(object)
    def _language_chosen(self, language: Language) -> None:
        self._language = language
        self._reglages.keep(LANGUAGE, language)

    @Slot()
    def _practise_at_the_end(self) -> None:
        """The first day of this till is done; it waits for whoever comes back."""
        self._reglages.keep(FIRST_DAY, FirstDay.DONE)
        self.mode_wanted.emit()
