"""The exercises over the training service of this till. Loaded after the window stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from merchant_app.errors import Problem, ProblemKind
from merchant_app.money import Money
from merchant_app.till.school import Exercise, Fault, Modules, Situation
from merchant_app.vouchers import code as codes

if TYPE_CHECKING:
    from merchant_app.bootstrap.training import TrainingService
    from merchant_app.till.counter import Counter

_NOTICED_AFTER = 2
"""So many calls without an answer make a line that is down; one may be a hiccup."""


class TrainingSchool:
    """`till.school.School`. Worker threads."""

    def __init__(self, training: TrainingService, counter: Counter) -> None:
        self._training = training
        self._counter = counter
        self._spent: set[str] = set()

    def exercises(self) -> tuple[Exercise, ...]:
        """See `School`."""
        made = self._training.ask("rehearse")["exercises"]
        # The till's own copy has them before somebody cuts the line.
        self._counter.contact()
        return tuple(map(_exercise, made))

    def fault(self, fault: Fault) -> None:
        """See `School`."""
        self._training.turn(fault.value)
        for _ in range(1 if fault in (Fault.NONE, Fault.SLOW) else _NOTICED_AFTER):
            self._counter.contact()

    def spend_elsewhere(self, exercise: Exercise) -> None:
        """See `School`."""
        if exercise.voucher_id not in self._spent:
            self._training.ask("spend", "--voucher", exercise.voucher_id)
            self._spent.add(exercise.voucher_id)


def _exercise(row: dict[str, Any]) -> Exercise:
    code = codes.parse(row["code"])
    if code is None:
        raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, "an exercise without a code")
    return Exercise(
        situation=Situation(row["situation"]),
        voucher_id=row["voucher_id"],
        code=codes.grouped(code),
        token=row["token"],
        label=codes.label(code),
        face=Money(row["face_minor"], row["currency"]),
        modules=_modules(row["token"]),
    )


def _modules(token: str) -> Modules:
    import segno

    # As the vouchers themselves are printed: version 6 at level M.
    matrix = segno.make(token, error="m", boost_error=False).matrix
    return tuple(tuple(bool(module) for module in row) for row in matrix)
