"""Six exercises: which is at hand, which are done, and what is wrong with the line. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from merchant_app.errors import ProblemKind
from merchant_app.till.results import LineState, Status
from merchant_app.till.school import Exercise, Fault, Situation
from merchant_app.ui.encaisser.states import Accepted, Debited, Declined, State
from merchant_app.vouchers.verdicts import Expired, UsedUp

SITUATIONS = tuple(Situation)
CUT_OFF = (Situation.OUTAGE, Situation.REFUSED_LATER)
"""The line goes down by itself for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the views paint.

    Attributes:
        exercises: empty until they are made.
        chosen: the one that is looked at.
        running: the one that was presented to the till, until another is or somebody leaves;
            `accepted`: of the last situation, that it was accepted without the line.
        done: those that ended as they should.
        fault: what is wrong with the line now.
        busy: vouchers are being made, or the line is being changed.
        spent: the voucher that is looked at was used up at the other till, on purpose.
        trouble: what was in the way.
    """

    exercises: tuple[Exercise, ...] = ()
    chosen: Situation = Situation.GOOD
    running: Situation | None = None
    accepted: bool = False
    done: frozenset[Situation] = frozenset()
    fault: Fault = Fault.NONE
    busy: bool = False
    spent: bool = False
    trouble: ProblemKind | None = None

    def exercise(self, situation: Situation | None) -> Exercise | None:
        """The one of this situation; None while there is none."""
        return next((one for one in self.exercises if one.situation is situation), None)


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def make(self) -> None:
        """`Presenter.made` or `went_wrong` follows."""
        ...

    def prepare(self, exercise: Exercise, fault: Fault, *, spend: bool) -> None:
        """This fault from now on, and, if asked, the voucher used up elsewhere while nobody can
        tell the till; `Presenter.prepared` or `went_wrong` follows."""
        ...

    def turn(self, fault: Fault) -> None:
        """`Presenter.turned` or `went_wrong` follows."""
        ...

    def spend(self, exercise: Exercise) -> None:
        """`Presenter.was_spent` or `went_wrong` follows."""
        ...

    def show_to_till(self, exercise: Exercise) -> None:
        """As if a gun had read it."""
        ...

    def remember(self, done: frozenset[Situation]) -> None:
        """For the next start."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(
        self, hands: Hands, *, done: frozenset[Situation], show: Callable[[Screen], None]
    ) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._wanted = Fault.NONE
        self._to_settle = 0
        first = next((one for one in SITUATIONS if one not in done), Situation.GOOD)
        self._screen = Screen(done=done, chosen=first)

    @property
    def screen(self) -> Screen:
        """What is shown."""
        return self._screen

    def open(self) -> None:
        """Somebody came to the exercises; the vouchers are made when they are first wanted."""
        screen = self._screen
        if screen.running is not None and screen.running in screen.done:
            screen = replace(screen, running=None, accepted=False, chosen=_next(screen))
        if not screen.exercises and not screen.busy:
            self._publish(replace(screen, busy=True, trouble=None))
            self._hands.make()
        else:
            self._publish(screen)

    def made(self, exercises: tuple[Exercise, ...]) -> None:
        """Here they are, unused."""
        self._publish(replace(self._screen, exercises=exercises, busy=False, spent=False))

    def choose(self, situation: Situation) -> None:
        """Look at this one."""
        if situation is not self._screen.chosen:
            self._publish(replace(self._screen, chosen=situation, spent=False))

    def again(self) -> None:
        """All of them once more, with fresh vouchers."""
        if not self._screen.busy:
            self._hands.remember(frozenset())
            self._publish(
                Screen(
                    chosen=self._screen.chosen,
                    fault=self._screen.fault,
                    busy=True,
                )
            )
            self._hands.make()

    def present(self) -> None:
        """Hold the voucher out to the till."""
        exercise = self._screen.exercise(self._screen.chosen)
        if exercise is None or self._screen.busy:
            return
        fault = Fault.DOWN if exercise.situation in CUT_OFF else self._wanted
        self._publish(replace(self._screen, busy=True, trouble=None))
        spend = exercise.situation is Situation.REFUSED_LATER
        self._hands.prepare(exercise, fault, spend=spend)

    def prepared(self, exercise: Exercise, fault: Fault) -> None:
        """The line is as the exercise wants it."""
        situation = exercise.situation
        self._publish(
            replace(self._screen, busy=False, fault=fault, running=situation, accepted=False)
        )
        self._hands.show_to_till(exercise)

    def scanned(self, text: str) -> None:
        """The camera or a gun read this off the screen: presented, by hand."""
        found = next((one for one in self._screen.exercises if one.token == text), None)
        if found is not None and not self._screen.busy and found.situation not in CUT_OFF:
            self._publish(
                replace(
                    self._screen, chosen=found.situation, running=found.situation, accepted=False
                )
            )

    def fault_chosen(self, fault: Fault) -> None:
        """Something is to be wrong with the line, or nothing."""
        if not self._screen.busy:
            self._wanted = fault
            self._publish(replace(self._screen, busy=True, trouble=None))
            self._hands.turn(fault)

    def turned(self, fault: Fault) -> None:
        """It is."""
        self._publish(replace(self._screen, busy=False, fault=fault))

    def spend(self) -> None:
        """The voucher that is looked at is to be used up at the other till."""
        exercise = self._screen.exercise(self._screen.chosen)
        if exercise is not None and not self._screen.busy:
            self._publish(replace(self._screen, busy=True, trouble=None))
            self._hands.spend(exercise)

    def was_spent(self) -> None:
        """It is."""
        self._publish(replace(self._screen, busy=False, spent=True))

    def leave(self) -> None:
        """Back to the till as it is; a line that an exercise cut comes back."""
        self._publish(replace(self._screen, running=None, accepted=False))
        self._line_comes_back()

    def went_wrong(self, kind: ProblemKind) -> None:
        """Nothing came of it."""
        self._publish(replace(self._screen, busy=False, trouble=kind))

    # --- what the till does with it --------------------------------------------------------------

    def state_came(self, state: State) -> None:
        """The checkout shows this now."""
        running = self._screen.running
        exercise = self._screen.exercise(running)
        if exercise is None or running is None or not _ends(running, state, exercise.label):
            return
        if running is Situation.REFUSED_LATER:
            if not self._screen.accepted:
                self._publish(replace(self._screen, accepted=True))
                self._line_comes_back()
            return
        self._is_done(running)
        if running in CUT_OFF:
            self._line_comes_back()

    def status_came(self, status: Status) -> None:
        """The line says this of itself; the last exercise ends with a card in À traiter."""
        before, self._to_settle = self._to_settle, status.to_settle
        waits = self._screen.running is Situation.REFUSED_LATER and self._screen.accepted
        if waits and status.line is not LineState.OFFLINE and status.to_settle > before:
            self._is_done(Situation.REFUSED_LATER)

    def _is_done(self, situation: Situation) -> None:
        if situation not in self._screen.done:
            done = self._screen.done | {situation}
            self._hands.remember(done)
            self._publish(replace(self._screen, done=done))

    def _line_comes_back(self) -> None:
        if self._screen.fault is not self._wanted and not self._screen.busy:
            self._publish(replace(self._screen, busy=True))
            self._hands.turn(self._wanted)

    def _publish(self, screen: Screen) -> None:
        self._screen = screen
        self._show(screen)


def _next(screen: Screen) -> Situation:
    """The first that is not done yet."""
    return next((one for one in SITUATIONS if one not in screen.done), screen.chosen)


def _ends(situation: Situation, state: State, label: str) -> bool:
    """Whether the till did with this voucher what the situation is about."""
    match situation, state:
        case Situation.GOOD, Debited(result=result):
            return any(line.label == label for line in result.lines)
        case Situation.PART, Debited(result=result):
            return any(line.label == label and line.balance.minor > 0 for line in result.lines)
        case Situation.USED, Declined(verdict=UsedUp()):
            return state.label == label
        case Situation.EXPIRED, Declined(verdict=Expired()):
            return state.label == label
        case ((Situation.OUTAGE | Situation.REFUSED_LATER), Accepted(result=result)):
            return any(line.label == label for line in result.lines)
        case _:
            return False
