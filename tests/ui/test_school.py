"""The exercises at a window: presented with Enter, coached on every screen, done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from merchant_app.settings.options import SCHOOL_DONE, Options
from merchant_app.till.school import Fault, Situation
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.ports import Opened
from merchant_app.ui.school.screen import SchoolScreen
from tests.fakes.counter import FACTS, code
from tests.fakes.held_camera import HeldCamera
from tests.fakes.school import FakeSchool
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World
from tests.ui.test_camera import scanned


@pytest.fixture
def taught() -> FakeSchool:
    return FakeSchool()


@pytest.fixture
def camera() -> HeldCamera:
    return HeldCamera()


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path / "options.json")


@pytest.fixture
def person(
    qtbot: QtBot,
    window: MainWindow,
    world: World,
    taught: FakeSchool,
    camera: HeldCamera,
    options: Options,
) -> Till:
    world.counter.facts = replace(FACTS, training=True)
    for number in range(1, 7):
        world.counter.add(number)
    world.start = lambda: Opened(world.counter, camera, options=options, school=taught)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LIMIT_MS)
    return Till(qtbot, world, window)


@pytest.fixture
def school(person: Till) -> SchoolScreen:
    """Somebody went to the exercises; their vouchers are there."""
    person.places.frame.training.exercises.click()
    screen = person.places.side.school.get()
    assert screen is not None
    person.qtbot.waitUntil(lambda: screen.view.main.isEnabled(), timeout=LIMIT_MS)
    return screen


def test_the_first_exercise_with_enter_alone(
    person: Till, school: SchoolScreen, options: Options
) -> None:
    assert person.sees(school.view)
    assert school.view.text.text() == code(1)
    person.enter()
    person.comes_to(st.Debitable)
    assert person.sees(person.view)
    assert "Votre bon vaut" in person.places.frame.training.told
    person.enter()
    person.comes_to(st.Debited)
    person.qtbot.waitUntil(
        lambda: options.get(SCHOOL_DONE) == Situation.GOOD.value, timeout=LIMIT_MS
    )
    assert "Réussi" in person.places.frame.training.told
    person.places.frame.training.exercises.click()
    assert school.view.list.currentItem().text().startswith("2.")
    assert school.view.list.item(0).text().endswith("✓")


def test_a_code_that_is_typed_is_an_exercise_too(person: Till, school: SchoolScreen) -> None:
    person.gun(code(1))
    person.comes_to(st.Debitable)
    assert school.presenter.screen.running is Situation.GOOD
    assert person.sees(person.view)


def test_the_film_goes_on_beside_an_exercise_and_is_not_heeded(
    person: Till, school: SchoolScreen, camera: HeldCamera
) -> None:
    person.enter()
    person.comes_to(st.Debitable)
    looked_up = person.counter.asked("look_up")
    camera.does(scanned(code(9)))
    camera.does(scanned(code(1)))
    person.qtbot.waitUntil(
        lambda: person.counter.asked("look_up") == looked_up + 1, timeout=LIMIT_MS
    )


def test_the_outage_takes_the_line_away_and_esc_gives_it_back(
    person: Till, school: SchoolScreen, taught: FakeSchool
) -> None:
    for _ in range(4):
        person.key(Qt.Key.Key_Down)
    assert school.presenter.screen.chosen is Situation.OUTAGE
    person.enter()
    person.comes_to(st.Debitable)
    assert taught.calls == ["exercises", Fault.DOWN]
    person.places.frame.training.exercises.click()
    person.escape()
    assert person.sees(person.view)
    person.qtbot.waitUntil(lambda: taught.calls[-1] is Fault.NONE, timeout=LIMIT_MS)
    assert "MODE ÉCOLE" in person.places.frame.training.told


def test_faults_and_double_use_at_will(
    person: Till, school: SchoolScreen, taught: FakeSchool
) -> None:
    school.view.faults.buttons()[2].click()
    person.qtbot.waitUntil(lambda: taught.calls[-1] is Fault.SLOW, timeout=LIMIT_MS)
    person.qtbot.waitUntil(school.view.spend_button.isEnabled, timeout=LIMIT_MS)
    school.view.spend_button.click()
    person.qtbot.waitUntil(lambda: "caisse 2" in school.view.note, timeout=LIMIT_MS)
    assert taught.calls[-1] == ("spent", Situation.GOOD)


def test_a_service_that_fails_is_told_and_the_till_goes_on(
    person: Till, school: SchoolScreen, taught: FakeSchool
) -> None:
    taught.fails = True
    school.view.faults.buttons()[1].click()
    person.qtbot.waitUntil(lambda: "mode école" in school.view.note, timeout=LIMIT_MS)
    person.gun(code(2))
    person.comes_to(st.Debitable)


def test_training_mode_is_left_from_here(person: Till, school: SchoolScreen) -> None:
    with person.qtbot.waitSignal(person.window.opened, timeout=LIMIT_MS):
        school.view.leave_button.click()
