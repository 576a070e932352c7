"""The exercises and faults of a training service in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from merchant_app.bootstrap.school import TrainingSchool
from merchant_app.bootstrap.training import TrainingService
from merchant_app.contract.paths import HEALTH
from merchant_app.errors import Problem, ProblemKind
from merchant_app.till.school import Exercise, Fault, Situation
from merchant_app.vouchers.scan import CodeText, TokenText, classify
from tests.fakes.counter import FakeCounter
from tests.fakes.waiting import LIMIT_S, until


@pytest.fixture
def training(tmp_path: Path) -> Iterator[TrainingService]:
    service = TrainingService(tmp_path)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def school(training: TrainingService) -> TrainingSchool:
    return TrainingSchool(training, FakeCounter())


def answer(training: TrainingService) -> int:
    """The status of an answer; 0: the line broke off."""
    try:
        return requests.get(f"{training.url}{HEALTH}", timeout=LIMIT_S).status_code
    except requests.ConnectionError:
        return 0


def answers(training: TrainingService, status: int) -> None:
    """Wait until the line is so: the service hears of a fault by its standard input."""
    until(lambda: answer(training) == status, what=f"an answer of {status}")


def entries(training: TrainingService, exercise: Exercise) -> list[tuple[str, int]]:
    told = training.ask("audit", "--voucher", exercise.voucher_id)["entries"]
    return [(entry["kind"], entry["amount_minor"]) for entry in told]


def test_six_exercises_with_vouchers_of_their_own(
    training: TrainingService, school: TrainingSchool
) -> None:
    made = {exercise.situation: exercise for exercise in school.exercises()}
    assert list(made) == list(Situation)
    for exercise in made.values():
        assert isinstance(classify(exercise.token), TokenText)
        assert isinstance(classify(exercise.code), CodeText)
        assert len(exercise.modules) == len(exercise.modules[0]) == 41, "version 6"
    assert entries(training, made[Situation.GOOD]) == [("issue", 5000)]
    assert entries(training, made[Situation.USED]) == [("issue", 2000), ("debit", 2000)]
    last = made[Situation.REFUSED_LATER]
    school.spend_elsewhere(last)
    school.spend_elsewhere(last)
    assert entries(training, last) == [("issue", 4000), ("debit", 4000)]
    again = {exercise.situation: exercise for exercise in school.exercises()}
    assert not {one.code for one in made.values()} & {one.code for one in again.values()}


def test_the_line_breaks_at_will_and_comes_back(
    training: TrainingService, school: TrainingSchool
) -> None:
    assert answer(training) == 200
    for fault, status in ((Fault.DOWN, 0), (Fault.REFUSING, 503), (Fault.NONE, 200)):
        school.fault(fault)
        answers(training, status)
    school.fault(Fault.DOWN)
    answers(training, 0)
    training.turn("no such word")
    assert answer(training) == 0
    school.fault(Fault.SLOW)
    answers(training, 200)


def test_a_service_that_has_ended_is_a_problem(
    training: TrainingService, school: TrainingSchool
) -> None:
    training.stop()
    with pytest.raises(Problem) as met:
        school.fault(Fault.DOWN)
    assert met.value.kind is ProblemKind.TRAINING_SERVICE_FAILED


def test_nobody_practises_with_a_real_database(tmp_path: Path) -> None:
    real = TrainingService(tmp_path)
    with pytest.raises(Problem, match="sample"):
        real.ask("rehearse")
