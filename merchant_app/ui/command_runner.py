"""Runs the screens' commands in worker threads, with the limits that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from merchant_app.errors import Bug
from merchant_app.till.counter import Counter
from merchant_app.ui.background import Background, Outcome
from merchant_app.ui.commands import (
    Answer,
    AskConfirm,
    AskFind,
    AskLife,
    AskLookUp,
    AskSearch,
    Command,
    MoneyCommand,
    perform,
)

LOOK_UPS_MAX = 8
"""At once. A service that hangs must not collect threads; only the newest of the rest waits."""

WhenDone: TypeAlias = Callable[[Command, Outcome[Answer]], None]


class CommandRunner:
    """GUI thread only; shared by all screens of one opened till.

    One screen at a time moves money: whoever holds it keeps the others from beginning.
    """

    def __init__(
        self, counter: Counter, background: Background, *, money_moved: Callable[[], None]
    ) -> None:
        """`money_moved` is called after each command that may have changed what is unsent or to
        settle; the line need not have changed by it."""
        self._counter = counter
        self._money_moved = money_moved
        self._background = background
        self._look_ups: dict[type[Command], _NewestWaits] = {
            AskLookUp: _NewestWaits(),
            AskConfirm: _NewestWaits(),
            AskSearch: _NewestWaits(),
            AskFind: _NewestWaits(),
            AskLife: _NewestWaits(),
        }
        self._money_running = False
        self._holder: object | None = None

    def run(self, command: Command, then: WhenDone) -> None:
        """Run it; `then` is called in the GUI thread.

        Raises:
            Bug: a second money action while one is running.
        """
        queue = self._look_ups.get(type(command))
        if queue is not None and queue.is_full:
            queue.waiting = (command, then)
            return
        if queue is not None:
            queue.running += 1
        if isinstance(command, MoneyCommand):
            if self._money_running:
                raise Bug("two money actions at once")
            self._money_running = True
        job = _Job(self, self._counter, command, then)
        self._background.start(job.work, job.finished, name=type(command).__name__)

    def may_move_money(self, screen: object) -> bool:
        """Whether this screen may begin something that moves money."""
        return not self._money_running and self._holder in (None, screen)

    def hold_money(self, screen: object, *, hold: bool) -> None:
        """From the beginning of something that moves money to its end, tries between included."""
        if hold:
            self._holder = screen
        elif self._holder is screen:
            self._holder = None

    def finished(self, command: Command, then: WhenDone, outcome: Outcome[Answer]) -> None:
        """A command came back; GUI thread."""
        queue = self._look_ups.get(type(command))
        if queue is not None:
            queue.running -= 1
            waiting, queue.waiting = queue.waiting, None
            if waiting is not None:
                self.run(*waiting)
        elif isinstance(command, MoneyCommand):
            self._money_running = False
        then(command, outcome)
        if isinstance(command, MoneyCommand):
            self._money_moved()


class _NewestWaits:
    """How many look-ups of a kind run, and the newest that has to wait."""

    def __init__(self) -> None:
        self.running = 0
        self.waiting: tuple[Command, WhenDone] | None = None

    @property
    def is_full(self) -> bool:
        return self.running >= LOOK_UPS_MAX


class _Job:
    """One command on its way through a worker thread."""

    def __init__(
        self, runner: CommandRunner, counter: Counter, command: Command, then: WhenDone
    ) -> None:
        self._runner = runner
        self._counter = counter
        self._command = command
        self._then = then

    def work(self) -> Answer:
        """In the worker."""
        return perform(self._counter, self._command)

    def finished(self, outcome: Outcome[Answer]) -> None:
        """In the GUI thread."""
        self._runner.finished(self._command, self._then, outcome)
