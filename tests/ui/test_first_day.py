"""The first day, with the keyboard alone: each step, back, left in the middle, and all of it
again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language as Spoken
from merchant_app.i18n import active, install
from merchant_app.scanning.camera import Running
from merchant_app.scanning.cameras import Listed
from merchant_app.settings.options import (
    CAMERA_IDENTITY,
    FIRST_DAY,
    LANGUAGE,
    RECEIPT_PRINTER,
    FirstDay,
    Language,
    Options,
    ReceiptPrinter,
)
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.first_day.pages import LanguagePage
from merchant_app.ui.first_day.screen import FirstDayScreen
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.ports import NotEnrolled, Opened, OtherMode
from tests.fakes.counter import FACTS, code
from tests.fakes.held_camera import HeldCamera
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World
from tests.ui.gallery import camera_frame
from tests.ui.test_camera import scanned

ADDRESS = "https://bons.example.org"
WEBCAM = Listed("HD Webcam", "HD Webcam|046d:0825|usb-1", 0)


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Spoken.FRENCH)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path / "options.json")


@pytest.fixture
def person(qtbot: QtBot, window: MainWindow, world: World) -> Till:
    """In front of a window that is not shown yet."""
    return Till(qtbot, world, window)


def comes(till: Till, kind: type) -> None:
    if not till.window.isVisible():
        till.window.show()
        till.window.activateWindow()
        till.qtbot.waitUntil(till.window.isActiveWindow, timeout=LIMIT_MS)
    till.qtbot.waitUntil(lambda: isinstance(till.window.page, kind), timeout=LIMIT_MS)


def begun(
    till: Till, options: Options, step: FirstDay, *, other_mode: OtherMode | None = None
) -> FirstDayScreen:
    """A till whose first day has come to this step."""
    options.set(FIRST_DAY, step)
    held = HeldCamera()
    held.plugged_in = (WEBCAM,)
    start = Opened(till.counter, held, options=options, other_mode=other_mode)
    till.world.start = lambda: start
    with till.qtbot.waitSignal(till.window.opened, timeout=LIMIT_MS):
        till.window.show()
    till.window.activateWindow()
    till.qtbot.waitUntil(till.window.isActiveWindow, timeout=LIMIT_MS)
    first_day = till.places.side.first_day.get()
    assert first_day is not None
    return first_day


def at(first_day: FirstDayScreen) -> FirstDay:
    """The step that is seen."""
    return first_day.step


def kept(till: Till, holds: Callable[[], bool]) -> None:
    till.qtbot.waitUntil(holds, timeout=LIMIT_MS)


def test_a_new_computer_is_asked_its_language_and_speaks_it_at_once(
    person: Till, options: Options
) -> None:
    person.world.start = lambda: NotEnrolled("", options=options)
    comes(person, LanguagePage)
    page = person.window.page
    assert isinstance(page, LanguagePage)
    assert "Bienvenue" in page.told
    person.key(Qt.Key.Key_Down)
    person.qtbot.waitUntil(lambda: active() is Spoken.ENGLISH, timeout=LIMIT_MS)
    page = person.window.page
    assert isinstance(page, LanguagePage)
    assert "Welcome" in page.told
    person.enter()
    comes(person, EnrolPage)
    kept(person, lambda: options.get(LANGUAGE) is Language.ENGLISH)
    kept(person, lambda: options.get(FIRST_DAY) is FirstDay.ENROLMENT)
    person.escape()
    comes(person, LanguagePage)


def test_a_computer_that_was_left_at_the_enrolment_goes_on_there(
    person: Till, options: Options
) -> None:
    options.set(FIRST_DAY, FirstDay.ENROLMENT)
    person.world.start = lambda: NotEnrolled(ADDRESS, options=options)
    comes(person, EnrolPage)


def test_the_camera_reads_the_code_and_the_address_of_an_enrolment(
    person: Till, options: Options
) -> None:
    options.set(FIRST_DAY, FirstDay.ENROLMENT)
    held = HeldCamera()
    person.world.start = lambda: NotEnrolled("", held, options)
    comes(person, EnrolPage)
    page = person.window.page
    assert isinstance(page, EnrolPage)
    frame, in_view = camera_frame()
    held.does(Running(1280, 720, 30.0), (frame, in_view))
    held.does(scanned("V1:" + "A" * 151))
    person.qtbot.waitUntil(lambda: "pas un code d’inscription" in page.error, timeout=LIMIT_MS)
    assert page.code.text() == ""
    held.does(scanned(f"E1:7F3KQ9XA {ADDRESS}"))
    person.qtbot.waitUntil(lambda: page.code.text() == "E1:7F3KQ9XA", timeout=LIMIT_MS)
    assert page.address.text() == ADDRESS
    given: list[tuple[str, str]] = []
    person.world.enrol = lambda address, code: given.append((address, code))
    person.world.start = lambda: Opened(person.counter, None, options=options)
    with person.qtbot.waitSignal(person.window.opened, timeout=LIMIT_MS):
        person.enter()
    assert given == [(ADDRESS, "E1:7F3KQ9XA")]
    assert held.stopped, "the till's own camera comes next"
    assert options.get(FIRST_DAY) is FirstDay.CAMERA
    first_day = person.places.side.first_day.get()
    assert first_day is not None
    assert person.sees(first_day.view)


def test_practice_needs_no_code(person: Till, options: Options) -> None:
    options.set(FIRST_DAY, FirstDay.ENROLMENT)
    changed: list[bool] = []

    def other_mode() -> None:
        changed.append(True)
        person.world.start = lambda: Opened(person.counter, None)

    person.world.start = lambda: NotEnrolled("", options=options, other_mode=other_mode)
    comes(person, EnrolPage)
    page = person.window.page
    assert isinstance(page, EnrolPage)
    page.try_first.setFocus()
    with person.qtbot.waitSignal(person.window.opened, timeout=LIMIT_MS):
        person.enter()
    assert changed == [True]


def test_from_the_camera_to_the_first_sale_with_enter_alone(person: Till, options: Options) -> None:
    first_day = begun(person, options, FirstDay.CAMERA)
    assert person.sees(first_day.view)
    assert not person.places.frame.rail.isVisible()
    for step in (FirstDay.SOUNDS, FirstDay.PRINTER, FirstDay.READY):
        person.enter()
        assert at(first_day) is step
    assert Sound.YES in person.world.heard.sounds
    person.enter()
    assert person.sees(person.view)
    assert person.places.frame.rail.isVisible()
    kept(person, lambda: options.get(FIRST_DAY) is FirstDay.DONE)
    person.counter.add(1)
    person.gun(code(1))
    person.comes_to(st.Debitable)


def test_devices_are_chosen_and_tried_and_nothing_is_sold(person: Till, options: Options) -> None:
    first_day = begun(person, options, FirstDay.CAMERA)
    person.counter.add(1)
    device = first_day.view.device
    person.qtbot.waitUntil(lambda: device.cameras.count() == 2, timeout=LIMIT_MS)
    device.cameras.setFocus()
    person.key(Qt.Key.Key_Down)
    kept(person, lambda: options.get(CAMERA_IDENTITY) == WEBCAM.identity)
    person.gun(code(1))
    person.qtbot.waitUntil(lambda: "douchette" in device.message, timeout=LIMIT_MS)
    held = person.places.checkout.sale._camera
    assert isinstance(held, HeldCamera)
    held.does(scanned(code(1)))
    person.qtbot.waitUntil(lambda: "Code lu" in device.message, timeout=LIMIT_MS)
    assert isinstance(person.state, st.Ready)
    assert person.sees(first_day.view)
    device.main.setFocus()
    person.enter()
    person.enter()
    printer = first_day.view.printer.printer
    printer.kind.buttons()[-1].click()
    kept(person, lambda: options.get(RECEIPT_PRINTER) is ReceiptPrinter.NONE)


def test_esc_goes_back_and_the_next_start_goes_on(person: Till, options: Options) -> None:
    first_day = begun(person, options, FirstDay.SOUNDS)
    assert at(first_day) is FirstDay.SOUNDS
    person.escape()
    assert at(first_day) is FirstDay.CAMERA
    person.escape()
    assert at(first_day) is FirstDay.ENROLMENT
    person.escape()
    assert person.sees(person.view)
    assert options.get(FIRST_DAY) is FirstDay.SOUNDS, "it goes on there"


def test_a_scan_sells_in_the_middle_of_it(person: Till, options: Options) -> None:
    begun(person, options, FirstDay.PRINTER)
    person.counter.add(1)
    person.gun(code(1))
    person.comes_to(st.Debitable)
    assert person.sees(person.view)


def test_all_of_it_again_from_the_settings(person: Till, options: Options) -> None:
    first_day = begun(person, options, FirstDay.DONE)
    assert person.sees(person.view)
    reglages = person.places.reglages
    assert reglages is not None
    reglages.view.first_day.click()
    assert person.sees(first_day.view)
    assert at(first_day) is FirstDay.LANGUAGE
    person.enter()
    assert at(first_day) is FirstDay.ENROLMENT
    assert "Librairie Cassiopée" in first_day.view.till.told


def test_another_language_opens_the_till_again_and_goes_on(person: Till, options: Options) -> None:
    first_day = begun(person, options, FirstDay.DONE)
    reglages = person.places.reglages
    assert reglages is not None
    reglages.view.first_day.click()
    person.key(Qt.Key.Key_Down)
    kept(person, lambda: options.get(LANGUAGE) is Language.ENGLISH)
    with person.qtbot.waitSignal(person.window.opened, timeout=LIMIT_MS):
        person.enter()
    again = person.places.side.first_day.get()
    assert again is not None
    assert again is not first_day
    assert at(again) is FirstDay.ENROLMENT
    assert "This computer is a till" in again.view.till.told


def test_a_till_older_than_the_first_day_is_asked_nothing(person: Till, options: Options) -> None:
    begun(person, options, FirstDay.NOT_BEGUN)
    assert person.sees(person.view)


def test_practising_ends_at_the_step_of_the_till(person: Till, options: Options) -> None:
    person.counter.facts = replace(FACTS, training=True)
    left: list[bool] = []
    first_day = begun(person, options, FirstDay.ENROLMENT, other_mode=lambda: left.append(True))
    assert "Quitter le mode école" in first_day.view.till.other.text()
    first_day.view.till.other.setFocus()
    with person.qtbot.waitSignal(person.window.opened, timeout=LIMIT_MS):
        person.enter()
    assert left == [True]
