"""Leaving this till: what would be lost, asked once, done only when nothing is. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from merchant_app.errors import Bug, ProblemKind
from merchant_app.till.matters import MayLeave, MustStay
from merchant_app.till.results import Status
from merchant_app.ui.commands import Answer, AskMayLeave, Command, DoSignOut


class Mode(Enum):
    """How far somebody has gone."""

    LOOKING = "looking"
    ASKING = "asking"
    CONFIRMING = "confirming"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the view paints.

    Attributes:
        status: of the line, and what is unsent.
        stay: why this till cannot be left now; None when that is not known, or it can.
        trouble: a Problem that was met on the way.
    """

    mode: Mode
    status: Status
    stay: MustStay | None
    trouble: ProblemKind | None


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def run_command(self, command: Command) -> None:
        """Run it elsewhere; `Presenter.answered` or `went_wrong` follows."""
        ...

    def may_move_money(self) -> bool:
        """False while money is in flight."""
        ...

    def signed_out(self) -> None:
        """This computer is no till any more."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, status: Status, *, show: Callable[[Screen], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._status = status
        self._show = show
        self._mode = Mode.LOOKING
        self._stay: MustStay | None = None
        self._trouble: ProblemKind | None = None

    def open(self) -> None:
        """Somebody came to this screen."""
        if self._mode is not Mode.LEAVING:
            self._mode = Mode.LOOKING
        self._stay = self._trouble = None
        self._publish()

    def status_changed(self, status: Status) -> None:
        self._status = status
        self._publish()

    def leave_wanted(self) -> None:
        """The button: would anything be lost?"""
        if self._mode is Mode.LOOKING and self._hands.may_move_money():
            self._mode = Mode.ASKING
            self._stay = self._trouble = None
            self._hands.run_command(AskMayLeave())
            self._publish()

    def confirmed(self) -> None:
        """The button of the question that is asked once."""
        if self._mode is Mode.CONFIRMING and self._hands.may_move_money():
            self._mode = Mode.LEAVING
            self._hands.run_command(DoSignOut())
            self._publish()

    def escape(self) -> bool:
        """Esc; True when there is nothing to close here."""
        if self._mode is not Mode.CONFIRMING:
            return True
        self._mode = Mode.LOOKING
        self._publish()
        return False

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done.

        Raises:
            Bug: it is none of this screen's, or its answer is of another kind.
        """
        match command, answer:
            case AskMayLeave() | DoSignOut(), MustStay():
                self._mode, self._stay = Mode.LOOKING, answer
            case AskMayLeave(), MayLeave():
                if self._mode is Mode.ASKING:
                    self._mode = Mode.CONFIRMING
            case DoSignOut(), MayLeave():
                self._hands.signed_out()
                return
            case _:
                raise Bug(f"{type(command).__name__} got {type(answer).__name__}")
        self._publish()

    def went_wrong(self, _command: Command, kind: ProblemKind) -> None:
        """A command met a Problem: nothing was left."""
        self._mode, self._trouble = Mode.LOOKING, kind
        self._publish()

    def _publish(self) -> None:
        self._show(
            Screen(mode=self._mode, status=self._status, stay=self._stay, trouble=self._trouble)
        )
