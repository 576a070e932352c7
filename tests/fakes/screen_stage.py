"""A screen of the rail without a display: its presenter's hands over a fake counter."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from merchant_app.errors import Problem, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ui.commands import Answer, Command, perform
from tests.fakes.counter import FakeCounter

ScreenT = TypeVar("ScreenT")


class _Presenter(Protocol):
    def open(self) -> None: ...

    def answered(self, command: Command, answer: Answer) -> None: ...

    def went_wrong(self, command: Command, kind: ProblemKind) -> None: ...


class ScreenStage(Generic[ScreenT]):
    """Nothing that was asked is answered before `answer_all`; in French.

    Attributes:
        asked: of the counter, and not answered yet.
        screens: what was shown, the newest last.
        settles: how often À traiter was gone to.
        presenter: set by the stage of the screen.
    """

    presenter: _Presenter

    def __init__(self) -> None:
        install(Language.FRENCH)
        self.counter = FakeCounter()
        self.asked: list[Command] = []
        self.screens: list[ScreenT] = []
        self.settles = 0

    @property
    def screen(self) -> ScreenT:
        return self.screens[-1]

    def open(self) -> None:
        """Somebody comes to the screen, and the counter answers."""
        self.presenter.open()
        self.answer_all()

    def answer_all(self) -> None:
        while self.asked:
            command = self.asked.pop(0)
            try:
                answer = perform(self.counter, command)
            except Problem as problem:
                self.presenter.went_wrong(command, problem.kind)
                continue
            self.presenter.answered(command, answer)

    # --- Hands -----------------------------------------------------------------------------------

    def run_command(self, command: Command) -> None:
        self.asked.append(command)

    def go_to_settle(self) -> None:
        self.settles += 1
