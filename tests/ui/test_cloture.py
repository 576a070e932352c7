"""Clôture in its window: by keyboard alone, in the morning, over a sale never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from merchant_app.till.closing_results import Blocking
from merchant_app.ui.cloture import states as cs
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.function_keys import CLOSE_KEY, CLOSING_KEY, EARLIER_KEY, NUMBERS_KEY, ROLL_KEY
from tests.fakes.counter import ONLINE, code
from tests.ui.conftest import Till, World

DAY_S = timedelta(days=1).total_seconds()


@pytest.fixture(autouse=True)
def sold(world: World) -> None:
    world.counter.add(1)
    world.counter.closings.sell(20)


def _opened(till: Till) -> None:
    till.function(CLOSING_KEY)
    till.qtbot.waitUntil(lambda: till.sees(till.places.cloture.view), timeout=5_000)
    till.qtbot.waitUntil(till.places.cloture.view.close_button.isEnabled, timeout=5_000)


def _comes_to(till: Till, kind: type) -> None:
    def is_there() -> bool:
        screen = till.places.cloture.screen
        return screen is not None and isinstance(screen.mode, kind)

    till.qtbot.waitUntil(is_there, timeout=5_000)


def test_from_selling_to_a_closed_day_and_back_with_the_keyboard_alone(till: Till) -> None:
    _opened(till)
    view = till.places.cloture.view
    assert view.table.hasFocus()
    till.function(CLOSE_KEY)
    _comes_to(till, cs.Done)
    assert "JOURNÉE CLÔTURÉE" in view.card.accessibleName().upper()
    assert view.confirm.isVisible()
    till.enter()
    _comes_to(till, cs.Overview)
    till.escape()
    assert till.sees(till.view)
    assert till.view.code.hasFocus()
    assert len(till.counter.closings.made) == 1


def test_the_figures_follow_what_is_sold_meanwhile(till: Till) -> None:
    _opened(till)
    view = till.places.cloture.view
    till.counter.closings.sell(30)
    till.counter.tell_status(replace(ONLINE, unsent_sales=1))
    till.qtbot.waitUntil(lambda: view.table.model().index(0, 1).data() == "2", timeout=5_000)
    assert "50,00" in view.table.model().index(0, 2).data()


def test_numbers_by_key_and_back(till: Till) -> None:
    _opened(till)
    view = till.places.cloture.view
    till.function(NUMBERS_KEY)
    assert all(chart.shows_numbers for chart in view.charts)
    QTest.mouseClick(view.by_hour.button, Qt.MouseButton.LeftButton)
    assert not view.by_hour.shows_numbers
    till.function(NUMBERS_KEY)
    assert all(chart.shows_numbers for chart in view.charts), "first all of them, then none"
    till.function(NUMBERS_KEY)
    assert not any(chart.shows_numbers for chart in view.charts)


def test_what_is_to_settle_leads_to_a_traiter(till: Till) -> None:
    till.counter.closings.blocking = Blocking(questions=0, cards=2, unsent=0)
    _opened(till)
    till.function(CLOSE_KEY)
    _comes_to(till, cs.Asking)
    till.enter()
    till.qtbot.waitUntil(lambda: till.sees(till.places.beside.a_traiter.get().view), timeout=5_000)
    assert till.counter.closings.made == []


def test_a_scan_is_taken_whatever_is_seen_here(till: Till) -> None:
    till.counter.closings.blocking = Blocking(questions=0, cards=2, unsent=0)
    _opened(till)
    till.function(CLOSE_KEY)
    _comes_to(till, cs.Asking)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert till.sees(till.view)
    till.function(CLOSING_KEY)
    _comes_to(till, cs.Overview)


def test_the_list_of_earlier_closings_has_the_arrow_keys(till: Till) -> None:
    for _ in range(3):
        till.counter.closings.sell(10)
        till.counter.closings.close_day()
    _opened(till)
    view = till.places.cloture.view
    till.qtbot.waitUntil(view.earlier_button.isEnabled, timeout=5_000)
    till.function(EARLIER_KEY)
    _comes_to(till, cs.Earlier)
    assert view.list.hasFocus()
    till.key(Qt.Key.Key_Down)
    screen = till.places.cloture.screen
    assert screen is not None
    assert screen.read is not None
    assert screen.read.number == 2
    till.escape()
    _comes_to(till, cs.Overview)


class Opener(QObject):
    """Stands for the computer's PDF program."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.fileName())


def test_a_paper_opens_in_the_computers_own_program(till: Till) -> None:
    opener = Opener()
    # Its stubs say bytes; it takes a name.
    QDesktopServices.setUrlHandler("file", opener, "open")  # type: ignore[arg-type]
    try:
        _opened(till)
        till.function(CLOSE_KEY)
        _comes_to(till, cs.Done)
        till.function(ROLL_KEY)
        till.qtbot.waitUntil(lambda: bool(opener.opened), timeout=5_000)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opener.opened == ["00001-day-2026-11-22-80mm.pdf"]
    assert till.places.cloture.view.message == "Le document s’ouvre dans une autre fenêtre."


class TestForgotten:
    """Yesterday was sold and not closed."""

    @pytest.fixture(autouse=True)
    def yesterday(self, world: World, sold: None) -> None:
        world.clock.advance(seconds=DAY_S)

    def test_it_is_offered_before_the_first_sale_and_escape_postpones_it(self, till: Till) -> None:
        _comes_to(till, cs.Offering)
        assert till.sees(till.places.cloture.view)
        assert "22\u00a0novembre" in till.places.cloture.view.card.accessibleName()
        till.escape()
        assert till.sees(till.view)
        till.qtbot.waitUntil(lambda: len(till.counter.closings.postponed) == 1, timeout=5_000)
        button = till.places.frame.rail.place(CLOSING_KEY)
        assert "1" in button.accessibleName(), "the badge stays"

    def test_it_never_stands_in_the_way_of_a_sale(self, till: Till) -> None:
        _comes_to(till, cs.Offering)
        till.gun(code(1))
        till.comes_to(st.Debitable)
        assert till.sees(till.view)

    def test_enter_closes_it_and_the_badge_goes(self, till: Till) -> None:
        _comes_to(till, cs.Offering)
        till.enter()
        _comes_to(till, cs.Done)
        (kept,) = till.counter.closings.made
        assert kept.closing.business_date.day == 22
        rail = till.places.frame.rail
        till.qtbot.waitUntil(
            lambda: rail.place(CLOSING_KEY).accessibleName() == "Clôture", timeout=5_000
        )


def test_a_new_day_while_the_till_stays_open_is_a_morning_too(till: Till) -> None:
    till.qtbot.waitUntil(lambda: till.counter.asked("preview") == 1, timeout=5_000)
    till.world.clock.advance(seconds=DAY_S)
    till.places.show_status()
    _comes_to(till, cs.Offering)
    assert till.sees(till.places.cloture.view)


def test_it_waits_behind_a_sale_that_is_under_way(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.world.clock.advance(seconds=DAY_S)
    till.places.show_status()
    _comes_to(till, cs.Offering)
    assert till.sees(till.view)
    assert till.places.frame.rail.place(CLOSING_KEY).accessibleName() != "Clôture"
