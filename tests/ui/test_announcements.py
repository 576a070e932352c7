"""What is news is told to whoever hears the screen: once, wherever the keyboard is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent

from merchant_app.till.results import LineState
from merchant_app.ui.function_keys import (
    CALLED_KEY,
    CLOSE_KEY,
    CLOSING_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from tests.fakes.counter import ONLINE
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World
from tests.ui.gallery_of_matters import SHORTFALL


@pytest.fixture(autouse=True)
def shop(world: World) -> None:
    world.counter.add(1)
    world.counter.closings.sell(20)
    world.counter.cards = (SHORTFALL,)
    world.counter.current = replace(ONLINE, to_settle=1)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader would be given; Qt gives it to none where none runs."""
    said: list[str] = []

    def update(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            assert event.politeness() is QAccessible.AnnouncementPoliteness.Polite
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", update)
    return said


def _waits_for(till: Till, heard: list[str], part: str) -> None:
    till.qtbot.waitUntil(lambda: any(part in said for said in heard), timeout=LIMIT_MS)


def _until(till: Till, holds: Callable[[], bool]) -> None:
    till.qtbot.waitUntil(holds, timeout=LIMIT_MS)


def _count(heard: list[str], part: str) -> int:
    return sum(part in said for said in heard)


def test_the_line_goes_and_comes_back(till: Till, heard: list[str]) -> None:
    offline = replace(ONLINE, line=LineState.OFFLINE, to_settle=1)
    till.counter.tell_status(offline)
    _waits_for(till, heard, "Hors ligne")
    till.counter.tell_status(replace(offline, unsent=1, unsent_sales=1))
    band = till.places.frame.band
    _until(till, lambda: "1 encaissement" in band.label.text())
    assert _count(heard, "Hors ligne") == 1
    till.counter.tell_status(replace(ONLINE, to_settle=1))
    _waits_for(till, heard, "En ligne")
    assert _count(heard, "ligne") == 2


def test_a_line_that_is_there_when_the_till_is_opened_is_no_news(
    till: Till, heard: list[str]
) -> None:
    till.counter.tell_status(replace(ONLINE, line=LineState.UNKNOWN, to_settle=2))
    _waits_for(till, heard, "À traiter, 2 en attente")
    heard.clear()
    till.counter.tell_status(replace(ONLINE, to_settle=3))
    _waits_for(till, heard, "À traiter, 3 en attente")
    assert _count(heard, "En ligne") == 0


def test_a_new_matter_is_told_and_one_less_is_not(till: Till, heard: list[str]) -> None:
    rail = till.places.frame.rail
    till.counter.tell_status(replace(ONLINE, to_settle=2))
    _waits_for(till, heard, "À traiter, 2 en attente")
    till.counter.tell_status(ONLINE)
    _until(till, lambda: rail.to_settle == 0)
    assert _count(heard, "en attente") == 1


def test_what_was_done_about_a_matter(till: Till, heard: list[str]) -> None:
    till.function(TO_SETTLE_KEY)
    screen = till.places.beside.a_traiter.get()
    _until(till, lambda: screen.screen is not None and screen.screen.loaded)
    till.function(CALLED_KEY)
    till.enter()
    _waits_for(till, heard, "Noté")
    assert _count(heard, "Noté") == 1


def test_a_day_is_closed(till: Till, heard: list[str]) -> None:
    till.function(CLOSING_KEY)
    view = till.places.cloture.view
    _until(till, view.close_button.isEnabled)
    till.function(CLOSE_KEY)
    _waits_for(till, heard, "Journée clôturée")
    _until(till, view.confirm.isVisible)
    till.counter.tell_status(replace(ONLINE, to_settle=2))
    _waits_for(till, heard, "À traiter, 2 en attente")
    assert _count(heard, "Journée clôturée. 20,00") == 1


def test_a_statement_is_read(till: Till, heard: list[str]) -> None:
    till.function(STATEMENTS_KEY)
    releves = till.places.releves
    _until(till, lambda: releves.screen is not None and releves.screen.found is not None)
    _waits_for(till, heard, "Tout concorde")
    assert _count(heard, "Tout concorde") == 1
