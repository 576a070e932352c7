"""Workers: real threads; every wait ends by an event."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from merchant_app.central.port import NoAnswer, NoAnswerKind
from merchant_app.clock import SystemClock
from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.sync.heartbeat import Heartbeat
from merchant_app.sync.schedule import Timetable
from merchant_app.sync.worker import Stopped, Work, Worker
from tests.fakes.waiting import LIMIT_S, until

NEVER_S = 3600.0


class Told:
    """What a worker's work tells the test."""

    def __init__(self) -> None:
        self._events: queue.Queue[object] = queue.Queue()

    def __call__(self, event: object) -> None:
        self._events.put(event)

    def next(self) -> object:
        return self._events.get(timeout=LIMIT_S)

    def nothing(self) -> bool:
        return self._events.empty()


@pytest.fixture
def told() -> Told:
    return Told()


@contextmanager
def worker(
    work: Work, *, every_s: float | None = NEVER_S, base_s: float = 0.001
) -> Iterator[Worker]:
    """A worker that is stopped at the end."""
    timetable = Timetable(every_s=every_s, chance=lambda: 1.0, base_s=base_s)
    made = Worker("a-worker", work, timetable=timetable, clock=SystemClock())
    try:
        yield made
    finally:
        made.stop()


def answering(told: Callable[[object], None], *results: object) -> Work:
    """Work that returns these results, one a turn, then None for ever."""
    left = list(results)

    def work(stopped: Stopped) -> object:
        result = left.pop(0) if left else None
        if isinstance(result, Exception):
            told(type(result))
            raise result
        told(result)
        return result

    return work


def test_it_works_at_once_when_started_and_when_woken(told: Told) -> None:
    with worker(answering(told, "one", "two")) as made:
        made.start()
        assert told.next() == "one"
        made.wake()
        assert told.next() == "two"


def test_a_failure_is_tried_again_by_itself(told: Told) -> None:
    down = NoAnswer(NoAnswerKind.DOWN)
    with worker(answering(told, down, down, "answer")) as made:
        made.start()
        assert [told.next() for _ in range(3)] == [down, down, "answer"]


def test_a_success_is_repeated_at_its_pace(told: Told) -> None:
    with worker(answering(told, "one", "two"), every_s=0.001) as made:
        made.start()
        assert [told.next(), told.next()] == ["one", "two"]


def test_what_the_service_asked_for_outlasts_a_wake(told: Told) -> None:
    busy = NoAnswer(NoAnswerKind.TOO_MANY_REQUESTS, retry_after_s=NEVER_S)
    with worker(answering(told, busy, "too early")) as made:
        made.start()
        assert told.next() == busy
        made.wake()
        made.stop()
        assert told.nothing()


def test_a_wake_while_it_works_leads_to_another_turn(told: Told) -> None:
    go_on = threading.Event()

    def work(stopped: Stopped) -> None:
        told("began")
        assert go_on.wait(LIMIT_S)

    with worker(work) as made:
        made.start()
        told.next()
        made.wake()
        go_on.set()
        assert told.next() == "began"


def test_stopped_it_works_no_more_and_started_again_it_does(told: Told) -> None:
    with worker(answering(told, "one", "two", "three"), every_s=None) as made:
        made.start()
        told.next()
        made.stop()
        made.stop()
        made.wake()
        assert told.nothing()
        made.start()
        made.start()
        assert told.next() == "two"


def test_never_started_it_can_be_stopped(told: Told) -> None:
    with worker(answering(told)) as made:
        made.stop()
    assert told.nothing()


def test_work_is_told_of_the_stop(told: Told) -> None:
    def work(stopped: Stopped) -> None:
        told("began")
        until(lambda: stopped() or None, what="the stop")
        told("left off")

    with worker(work) as made:
        made.start()
        assert told.next() == "began"
        made.stop()
        assert told.next() == "left off"


def test_it_can_stop_itself(told: Told) -> None:
    def work(stopped: Stopped) -> None:
        made.stop()
        told(stopped())

    with worker(work) as made:
        made.start()
        assert told.next() is True


def test_work_that_hangs_is_left_behind_and_never_runs_beside_its_successor(told: Told) -> None:
    release = threading.Event()
    at_work = threading.Lock()

    def work(stopped: Stopped) -> None:
        assert at_work.acquire(blocking=False), "twice at the same time"
        told("began")
        release.wait(LIMIT_S)
        at_work.release()

    with worker(work) as made:
        made.start()
        told.next()
        made.stop()  # comes back although the work does not
        made.start()
        assert told.nothing()
        release.set()
        assert told.next() == "began"


@pytest.mark.expects_log("a-worker: disk_full", "a-worker: disk_read_only")
def test_a_problem_is_logged_once_and_tried_again(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    full, read_only = Problem(ProblemKind.DISK_FULL), Problem(ProblemKind.DISK_READ_ONLY)
    with worker(answering(told, full, full, read_only, "well", full, "well")) as made:
        made.start()
        for _ in range(4):
            told.next()
        made.wake()
        assert told.next() is Problem
        assert told.next() == "well"
    kinds = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert kinds == [
        "a-worker: disk_full",
        "a-worker: disk_read_only",
        "a-worker: disk_full",
    ]


def test_a_bug_is_not_swallowed(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda args: told(args.exc_type))
    with worker(answering(told, Bug("a promise broken"))) as made:
        made.start()
        assert [told.next(), told.next()] == [Bug, Bug]


def test_after_the_stop_what_was_closed_meanwhile_may_fail(told: Told) -> None:
    closed = threading.Event()

    def work(stopped: Stopped) -> None:
        told("began")
        until(lambda: stopped() or None, what="the stop")
        closed.set()
        raise ValueError("the file is closed")

    with worker(work) as made:
        made.start()
        told.next()
    assert closed.is_set()


def test_a_heartbeat_beats_at_its_pace_and_harder_without_an_answer(told: Told) -> None:
    answers = iter([NoAnswer(NoAnswerKind.DOWN), "answer", "answer"])

    def beat() -> object:
        answer = next(answers, None)
        told(answer)
        return answer

    heartbeat = Heartbeat(
        beat, every_s=NEVER_S, clock=SystemClock(), chance=lambda: 1.0, base_s=0.001
    )
    heartbeat.start()
    assert told.next() == NoAnswer(NoAnswerKind.DOWN)
    assert told.next() == "answer"
    heartbeat.wake()
    assert told.next() == "answer"
    heartbeat.stop()
    assert told.nothing()
