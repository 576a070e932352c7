"""The exercises, wired: presenter, view, the band over every screen, the training service."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.errors import ProblemKind
from merchant_app.settings.options import SCHOOL_DONE, Options
from merchant_app.till.results import Status
from merchant_app.till.school import Exercise, Fault, School, Situation
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.bands import TrainingBand
from merchant_app.ui.encaisser.screen import EncaisserScreen
from merchant_app.ui.reglages.keeping import OptionsKeeper
from merchant_app.ui.school import words
from merchant_app.ui.school.presenter import Presenter, Screen
from merchant_app.ui.school.view import SchoolView


class SchoolScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`.

    Signals:
        left(): to the checkout.
        mode_wanted(): the till that sells is to be opened.
    """

    left = Signal()
    mode_wanted = Signal()

    def __init__(
        self,
        view: SchoolView,
        school: School,
        *,
        band: TrainingBand,
        sale: EncaisserScreen,
        options: Options,
        background: Background,
        parent: QObject,
    ) -> None:
        """`sale` is the checkout: its cards say how an exercise ends."""
        super().__init__(parent)
        self._view = view
        self._school = school
        self._band = band
        self._sale = sale
        self._background = background
        self._stopped = False
        self._keeper = OptionsKeeper(options, background=background, not_kept=self._not_kept)
        self.screen: Screen | None = None
        self.presenter = Presenter(self, done=_done(options.get(SCHOOL_DONE)), show=self._show)
        view.chosen.connect(self._chosen)
        view.fault_wanted.connect(self._fault_wanted)
        view.present.connect(self.enter_pressed)
        view.again.connect(self._again)
        view.spend.connect(self._spend)
        view.leave_mode.connect(self.mode_wanted)
        view.back.connect(self.escape_pressed)
        sale.card_turned.connect(self._card_turned)
        sale.verdict_painted.connect(self._verdict_painted)

    @property
    def view(self) -> SchoolView:
        """What is painted."""
        return self._view

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self._view.take_keyboard()

    def stop(self) -> None:
        """The till is being left: nothing more is shown."""
        self._stopped = True
        self._keeper.stop()

    def status_came(self, status: Status) -> None:
        if not self._stopped:
            self.presenter.status_came(status)

    @Slot()
    def enter_pressed(self) -> None:
        """Enter: the voucher is presented."""
        self.presenter.present()

    @Slot()
    def escape_pressed(self) -> None:
        """Esc: back to the checkout, and no exercise runs."""
        self.presenter.leave()
        self.left.emit()

    # --- Hands -----------------------------------------------------------------------------------

    def make(self) -> None:
        self._background.start(self._school.exercises, self._made, name="exercises")

    def prepare(self, exercise: Exercise, fault: Fault, *, spend: bool) -> None:
        before = self.presenter.screen.fault

        def work() -> tuple[Exercise, Fault]:
            if fault is not before:
                self._school.fault(fault)
            if spend:
                self._school.spend_elsewhere(exercise)
            return exercise, fault

        self._background.start(work, self._prepared, name="exercise")

    def turn(self, fault: Fault) -> None:
        def work() -> Fault:
            self._school.fault(fault)
            return fault

        self._background.start(work, self._turned, name="line fault")

    def spend(self, exercise: Exercise) -> None:
        work = partial(self._school.spend_elsewhere, exercise)
        self._background.start(work, self._spent, name="spent elsewhere")

    def show_to_till(self, exercise: Exercise) -> None:
        self._sale.gun_scanned(exercise.token)

    def remember(self, done: frozenset[Situation]) -> None:
        told = " ".join(situation.value for situation in Situation if situation in done)
        self._keeper.keep(SCHOOL_DONE, told)

    # --- what came of it -------------------------------------------------------------------------

    def _made(self, outcome: Outcome[tuple[Exercise, ...]]) -> None:
        if isinstance(outcome, Done):
            self.presenter.made(outcome.result)
        else:
            self.presenter.went_wrong(outcome.kind)

    def _prepared(self, outcome: Outcome[tuple[Exercise, Fault]]) -> None:
        if isinstance(outcome, Done):
            self.presenter.prepared(*outcome.result)
        else:
            self.presenter.went_wrong(outcome.kind)

    def _turned(self, outcome: Outcome[Fault]) -> None:
        if isinstance(outcome, Done):
            self.presenter.turned(outcome.result)
        else:
            self.presenter.went_wrong(outcome.kind)

    def _spent(self, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            self.presenter.was_spent()
        else:
            self.presenter.went_wrong(outcome.kind)

    def _not_kept(self, kind: ProblemKind) -> None:
        self.presenter.went_wrong(kind)

    # --- what is seen, and pressed ---------------------------------------------------------------

    @Slot()
    def _card_turned(self) -> None:
        if self._sale.screen is not None and not self._stopped:
            self.presenter.state_came(self._sale.screen.state)

    @Slot(int)
    def _verdict_painted(self, _number: int) -> None:
        self._card_turned()

    @Slot(object)
    def _chosen(self, situation: Situation) -> None:
        self.presenter.choose(situation)

    @Slot(object)
    def _fault_wanted(self, fault: Fault) -> None:
        self.presenter.fault_chosen(fault)

    @Slot()
    def _again(self) -> None:
        self.presenter.again()

    @Slot()
    def _spend(self) -> None:
        self.presenter.spend()

    def scanned(self, text: str) -> None:
        """The camera or a gun read something: perhaps a voucher of these."""
        self.presenter.scanned(text)

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        self._view.show_screen(screen)
        self._band.coach(words.coach(screen))
        # The film of sample vouchers goes on by itself: it is no part of an exercise.
        tokens = frozenset(one.token for one in screen.exercises)
        self._sale.heed_only(tokens if screen.running is not None else None)


def _done(told: str) -> frozenset[Situation]:
    """What the option says; a word of another program's situations is passed over."""
    return frozenset(one for one in Situation if one.value in told.split())
