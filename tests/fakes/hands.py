"""The presenter's hands, held by a test: nothing happens until the test says so."""

from __future__ import annotations

from merchant_app.errors import Problem
from merchant_app.ui.commands import Command, perform
from merchant_app.ui.encaisser.presenter import Presenter
from merchant_app.ui.encaisser.states import Screen, Sound
from tests.fakes.counter import FakeCounter


class HeldHands:
    """Keeps commands; `work_off` runs them against the counter, one after the other.

    Attributes:
        commands: started and not run yet.
        alarms: (seconds, number) of every call-back asked for.
        sounds: what was heard.
        money_is_free: whether no other screen moves money.
        enrolments: how often the enrolment was asked for.
    """

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.alarms: list[tuple[float, int]] = []
        self.sounds: list[Sound] = []
        self.money_is_free = True
        self.enrolments = 0

    def run_command(self, command: Command) -> None:
        self.commands.append(command)

    def call_back(self, after_s: float, number: int) -> None:
        self.alarms.append((after_s, number))

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def may_move_money(self) -> bool:
        return self.money_is_free

    def enrol_again(self) -> None:
        self.enrolments += 1


class Desk:
    """A presenter, its fake counter and its hands: a whole screen without a display."""

    def __init__(self, counter: FakeCounter) -> None:
        self.counter = counter
        self.clock = counter.clock
        self.hands = HeldHands()
        self.screens: list[Screen] = []
        self.presenter = Presenter(counter, self.hands, clock=self.clock, show=self.screens.append)
        self.presenter.start()
        self.work_off()

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def work_off(self) -> None:
        """Let everything that was started finish, in order; a second passes."""
        while self.hands.commands:
            command = self.hands.commands.pop(0)
            try:
                answer = perform(self.counter, command)
            except Problem as problem:
                self.presenter.went_wrong(command, problem.kind)
            else:
                self.presenter.answered(command, answer)
        self.clock.advance(seconds=1)

    def scan(self, text: str) -> None:
        """Show a code, and wait for the verdict."""
        self.presenter.scanned(text)
        self.work_off()

    def enter(self) -> None:
        self.presenter.enter()
        self.work_off()

    def ring(self) -> None:
        """The newest call-back is due."""
        self.presenter.time_came(self.hands.alarms[-1][1])
        self.work_off()
