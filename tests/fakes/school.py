"""A school in a test's hands: exercises with codes of the fake counter."""

from __future__ import annotations

from merchant_app.errors import Problem, ProblemKind
from merchant_app.money import Money
from merchant_app.till.school import Exercise, Fault, Situation
from merchant_app.vouchers import code as codes
from tests.fakes.counter import code

FACES_MINOR = (5_000, 10_000, 2_000, 5_000, 3_000, 4_000)
_MODULES = tuple(tuple((x * y + x) % 3 == 0 for x in range(41)) for y in range(41))


def exercise(situation: Situation) -> Exercise:
    """The one of this situation; its voucher has the number of its place, from 1."""
    number = list(Situation).index(situation) + 1
    text = code(number)
    parsed = codes.parse(text)
    assert parsed is not None
    return Exercise(
        situation=situation,
        voucher_id=f"voucher {number}",
        code=text,
        token=text,
        label=codes.label(parsed),
        face=Money(FACES_MINOR[number - 1], "EUR"),
        modules=_MODULES,
    )


EXERCISES = tuple(map(exercise, Situation))


class FakeSchool:
    """Holds the `School` protocol.

    Knobs:
        fails: the next call meets a Problem.
        calls: what was asked, in order.
    """

    def __init__(self) -> None:
        self.fails = False
        self.calls: list[object] = []

    def exercises(self) -> tuple[Exercise, ...]:
        self._called("exercises")
        return EXERCISES

    def fault(self, fault: Fault) -> None:
        self._called(fault)

    def spend_elsewhere(self, exercise: Exercise) -> None:
        self._called(("spent", exercise.situation))

    def _called(self, call: object) -> None:
        if self.fails:
            self.fails = False
            raise Problem(ProblemKind.TRAINING_SERVICE_FAILED)
        self.calls.append(call)
