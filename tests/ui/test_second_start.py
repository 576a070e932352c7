"""Comptoir is started once more: which window is seen then."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from merchant_app.bootstrap.program import OnlyStart
from merchant_app.bootstrap.second_start import SecondStart, SecondStarts, noted
from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.paths import ProfileName
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.ports import Start
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World


def test_a_minimised_window_comes_back(qtbot: QtBot, till: Till) -> None:
    till.window.showMinimized()
    qtbot.waitUntil(till.window.isMinimized, timeout=LIMIT_MS)
    till.window.come_forward()
    qtbot.waitUntil(till.window.isActiveWindow, timeout=LIMIT_MS)
    assert not till.window.isMinimized()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "till.window"


def already_open() -> Start:
    raise Problem(ProblemKind.ALREADY_RUNNING)


def notes(note: Path) -> dict[ProfileName, Path]:
    return {ProfileName.MAIN: note, ProfileName.TRAINING: note.with_name("note-of-training")}


def only_start(note: Path) -> OnlyStart:
    return OnlyStart(notes(note), first=ProfileName.MAIN)


def test_of_two_that_started_at_once_one_window_stays(
    qtbot: QtBot, window: MainWindow, world: World, note: Path
) -> None:
    world.start = already_open
    first = SecondStarts(note)
    first.listen()
    qtbot.waitUntil(lambda: noted(note) is not None, timeout=LIMIT_MS)
    start = only_start(note)
    start.watch(window, lambda: ProfileName.MAIN)
    with qtbot.waitSignal(first.asked, timeout=LIMIT_MS):
        window.show()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LIMIT_MS)
    first.close()


def test_where_the_other_does_not_answer_the_page_says_it_is_open(
    qtbot: QtBot, window: MainWindow, world: World, note: Path
) -> None:
    world.start = already_open
    start = only_start(note)
    start.watch(window, lambda: ProfileName.MAIN)
    with qtbot.waitSignal(start.answered, timeout=LIMIT_MS):
        window.show()
    assert window.isVisible()


def test_the_till_that_is_open_comes_forward(qtbot: QtBot, till: Till, note: Path) -> None:
    start = only_start(note)
    start.watch(till.window, lambda: ProfileName.MAIN)
    till.window.showMinimized()
    qtbot.waitUntil(till.window.isMinimized, timeout=LIMIT_MS)
    start.profile_held.emit(ProfileName.TRAINING)
    asking = SecondStart(notes(note)[ProfileName.TRAINING])
    with qtbot.waitSignal(asking.answered, timeout=LIMIT_MS):
        asking.ask()
    qtbot.waitUntil(till.window.isActiveWindow, timeout=LIMIT_MS)
    start.close()


def test_a_window_that_changed_to_a_till_that_is_open_elsewhere_stays_and_says_so(
    qtbot: QtBot, window: MainWindow, world: World, note: Path
) -> None:
    world.start = already_open
    start = only_start(note)
    start.watch(window, lambda: ProfileName.TRAINING)
    with qtbot.assertNotEmitted(start.answered), qtbot.waitSignal(window.problem_shown):
        window.show()
    assert window.isVisible()


def test_a_till_that_is_come_back_to_is_listened_for_under_its_first_name(
    qtbot: QtBot, note: Path
) -> None:
    first = SecondStarts(note)
    first.listen()
    qtbot.waitUntil(lambda: noted(note) is not None, timeout=LIMIT_MS)
    name = noted(note)
    first.listen()
    asking = SecondStart(note)
    with qtbot.waitSignal(asking.answered, timeout=LIMIT_MS):
        asking.ask()
    assert asking.came
    assert noted(note) == name
    first.close()
