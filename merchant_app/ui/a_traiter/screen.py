"""The À traiter screen, wired: presenter, view, worker threads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.clock import Clock
from merchant_app.till.matters import Choice
from merchant_app.till.results import Interrupted, Status
from merchant_app.ui.a_traiter import states as st
from merchant_app.ui.a_traiter.presenter import Presenter
from merchant_app.ui.a_traiter.view import CHOICE_KEYS, ATraiterView
from merchant_app.ui.background import Done, Outcome
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, Command, DoSettle
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.function_keys import NO_KEY, YES_KEY
from merchant_app.ui.key_place_screen import KeyPlaceScreen


class ATraiterScreen(KeyPlaceScreen):
    """Lives in the GUI thread; the presenter's `Hands`.

    Signals:
        question_answered(object): the `OpId` of a question that was answered here.
    """

    presenter: Presenter
    question_answered = Signal(object)

    def __init__(
        self,
        view: ATraiterView,
        *,
        runner: CommandRunner,
        clock: Clock,
        time_zone: str,
        parent: QObject,
    ) -> None:
        super().__init__(runner=runner, parent=parent)
        self.view = view
        self._clock = clock
        self._time_zone = time_zone
        self.screen: st.Screen | None = None
        self.presenter = Presenter(self, show=self._show)
        view.chosen.connect(self._chosen)
        view.deed.connect(self._deed)
        view.answered.connect(self._answered)
        view.confirmed.connect(self.enter_pressed)
        view.back.connect(self.escape_pressed)
        view.note.connect(self._note_edited)

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self.view.take_keyboard()

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        self.presenter.enter()

    def function_pressed(self, key: str) -> None:
        """The deeds, or the two answers to a question."""
        if self.screen is None:
            return
        if isinstance(self.screen.item, Interrupted):
            if key in (YES_KEY, NO_KEY):
                self.presenter.answer_question(handed_over=key == YES_KEY)
            return
        for choice, own in CHOICE_KEYS.items():
            if key == own:
                self.presenter.begin(choice)

    # --- from the view ---------------------------------------------------------------------------

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self.presenter.choose(index)

    @Slot(object)
    def _deed(self, choice: Choice) -> None:
        self.presenter.begin(choice)

    @Slot(bool)
    def _answered(self, handed_over: bool) -> None:
        self.presenter.answer_question(handed_over=handed_over)

    @Slot(str)
    def _note_edited(self, text: str) -> None:
        self.presenter.note_edited(text)

    # --- from the till ---------------------------------------------------------------------------

    def status_came(self, status: Status) -> None:
        """How many matters there are may have changed."""
        if not self._stopped:
            self.presenter.count_changed(status.to_settle)

    def reload(self) -> None:
        """A question was answered on another screen."""
        if self.screen is not None and self.screen.loaded:
            self.presenter.open()

    def _command_done(self, command: Command, outcome: Outcome[Answer]) -> None:
        super()._command_done(command, outcome)
        if isinstance(command, DoSettle) and isinstance(outcome, Done) and not self._stopped:
            self.question_answered.emit(command.op_id)

    def _show(self, screen: st.Screen) -> None:
        self.screen = screen
        self._runner.hold_money(self, hold=isinstance(screen.mode, st.Recording))
        self.view.show_screen(screen, Place(self._clock.now(), self._time_zone))
