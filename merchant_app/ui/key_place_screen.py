"""What the screens of an opened till have in common, whatever they show."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.errors import ProblemKind
from merchant_app.ui.background import Done, Outcome
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, Command
from merchant_app.ui.function_keys import TO_SETTLE_KEY


class ScreenPresenter(Protocol):
    """A screen's decisions, as far as every screen hears of them."""

    def escape(self) -> bool:
        """Esc; True when there is nothing more to close here."""
        ...

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done."""
        ...

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem."""
        ...


class KeyPlaceScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`, as far as these are the same everywhere.

    Signals:
        left(): Esc, with nothing to close here: back to selling.
        place_wanted(str): to the place with this key of the rail.

    Attributes:
        presenter: set by the screen itself.
    """

    left = Signal()
    place_wanted = Signal(str)
    presenter: ScreenPresenter

    def __init__(self, *, runner: CommandRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._stopped = False

    def stop(self) -> None:
        """The till is being left: nothing more is shown."""
        self._stopped = True

    def run_command(self, command: Command) -> None:
        self._runner.run(command, self._command_done)

    def may_move_money(self) -> bool:
        return self._runner.may_move_money(self)

    def go_to_settle(self) -> None:
        self.place_wanted.emit(TO_SETTLE_KEY)

    @Slot()
    def escape_pressed(self) -> None:
        if self.presenter.escape():
            self.left.emit()

    def _command_done(self, command: Command, outcome: Outcome[Answer]) -> None:
        """GUI thread."""
        if self._stopped:
            return
        if isinstance(outcome, Done):
            self.presenter.answered(command, outcome.result)
        else:
            self.presenter.went_wrong(command, outcome.kind)
