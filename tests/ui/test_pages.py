"""Before the till is open: starting, in the way, not enrolled; and after a bug."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.till.results import NoAnswerKind
from merchant_app.ui.crash import CrashHandler
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.main_window import SIZE, MainWindow
from merchant_app.ui.pages import CrashPage, ProblemPage
from merchant_app.ui.ports import NotEnrolled, Opened, Start
from tests.fakes.counter import FACTS, code, euros
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World


def steps(*each: Start | Problem) -> Callable[[], Start]:
    """A starter that does this, one after the other."""
    left = list(each)

    def start() -> Start:
        step = left.pop(0)
        if isinstance(step, Problem):
            raise step
        return step

    return start


def shown(qtbot: QtBot, window: MainWindow, kind: type) -> None:
    if not window.isVisible():
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: isinstance(window.page, kind), timeout=LIMIT_MS)


def test_a_problem_is_told_and_enter_tries_again(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    opened = Opened(world.counter, None)
    world.start = steps(Problem(ProblemKind.JOURNAL_LOCKED), opened)
    shown(qtbot, window, ProblemPage)
    page = window.page
    assert isinstance(page, ProblemPage)
    assert "sauvegarde" in page.told
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        Till(qtbot, world, window).enter()


def test_enrolling_with_a_scanned_code(qtbot: QtBot, window: MainWindow, world: World) -> None:
    world.start = steps(NotEnrolled("https://bons.example.org"), Opened(world.counter, None))
    given: list[tuple[str, str]] = []

    def enrol(address: str, code: str) -> NoAnswerKind | None:
        given.append((address, code))
        if len(given) == 1:
            raise Problem(ProblemKind.ENROLMENT_REFUSED)
        return NoAnswerKind.DOWN if len(given) == 2 else None

    world.enrol = enrol
    shown(qtbot, window, EnrolPage)
    page = window.page
    assert isinstance(page, EnrolPage)
    person = Till(qtbot, world, window)
    person.enter()
    assert given == [], "nothing typed yet"
    person.gun("E1:7F3KQ9XA")
    qtbot.waitUntil(lambda: page.code.text() == "E1:7F3KQ9XA", timeout=LIMIT_MS)
    person.enter()
    qtbot.waitUntil(lambda: "Demandez-en un nouveau" in page.error, timeout=LIMIT_MS)
    person.enter()
    qtbot.waitUntil(lambda: "injoignable" in page.error, timeout=LIMIT_MS)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        person.enter()
    assert given == [("https://bons.example.org", "E1:7F3KQ9XA")] * 3


def test_secrets_for_this_session_are_told_and_dismissed(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    world.counter.facts = replace(FACTS, secrets_for_session_only=True, training=True)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    assert window.frame is not None
    note = window.frame.notes[0]
    assert note.isVisible()
    note.dismiss()
    assert not note.isVisible()
    texts = [label.text() for label in window.findChildren(QLabel)]
    assert any(text.startswith("MODE ÉCOLE") for text in texts)


def test_a_journal_that_was_salvaged_is_told(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    world.counter.facts = replace(FACTS, salvaged_entries=12)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    assert window.frame is not None
    assert "12 écritures" in window.frame.notes[0].label.text()


def test_notes_are_told_one_after_the_other_and_the_window_stays(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    world.counter.facts = replace(FACTS, secrets_for_session_only=True, salvaged_entries=12)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    assert window.frame is not None
    first, second = window.frame.notes
    assert (first.isVisible(), second.isVisible()) == (True, False)
    window.frame.note("Un mot de plus.")
    third = window.frame.notes[2]
    for read, told in ((first, second), (second, third)):
        assert window.size() == SIZE
        read.dismiss()
        assert told.isVisible()
    third.dismiss()
    window.frame.note("Encore un mot.")
    assert window.frame.notes[3].isVisible()


@pytest.fixture
def hooked(crash: CrashHandler, monkeypatch: pytest.MonkeyPatch) -> CrashHandler:
    """The crash handler in place of pytest-qt's own."""
    import sys
    import threading

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install()
    return crash


@pytest.mark.expects_log("CRITICAL merchant_app.ui.crash: a bug stops the till")
def test_a_bug_in_a_worker_stops_the_till(till: Till, hooked: CrashHandler) -> None:
    till.counter.add(1)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.next_redeem.fail(Bug("a promise was broken"))
    till.enter()
    till.qtbot.waitUntil(lambda: isinstance(till.window.page, CrashPage), timeout=LIMIT_MS)
    calls = len(till.counter.calls)
    till.gun(code(1))
    till.enter()
    till.escape()
    till.undo()
    assert len(till.counter.calls) == calls, "nothing more is sold"


@pytest.mark.expects_log("CRITICAL merchant_app.ui.crash: a bug stops the till")
def test_a_bug_in_a_slot_stops_the_till(till: Till, hooked: CrashHandler) -> None:
    till.counter.add(1)
    till.gun(code(1))
    till.comes_to(st.Debitable)

    def judge(*_args: object, **_kwargs: object) -> None:
        raise Bug("a promise was broken")

    till.counter.judge = judge  # type: ignore[method-assign,assignment]
    till.view.amount.edited.emit("12")
    till.qtbot.waitUntil(lambda: isinstance(till.window.page, CrashPage), timeout=LIMIT_MS)
    assert hooked.has_crashed


@pytest.mark.expects_log("ERROR merchant_app.ui.crash: a problem nobody handled")
def test_a_problem_at_the_end_of_a_thread_is_told(till: Till, hooked: CrashHandler) -> None:
    import threading

    def scanner() -> None:
        raise Problem(ProblemKind.DECODERS_MISSING)

    thread = threading.Thread(target=scanner)
    thread.start()
    thread.join()
    till.qtbot.waitUntil(lambda: "lecteur de QR code" in till.view.camera.told, timeout=LIMIT_MS)
    till.counter.add(1)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert isinstance(till.state, st.Debitable)
    assert till.state.amount == euros(50)
