"""The till is open before any screen but the checkout is made; each is made where somebody goes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from merchant_app.scanning.camera import Lost
from merchant_app.settings.options import Options
from merchant_app.ui.a_traiter.view import ATraiterView
from merchant_app.ui.cloture.view import ClotureView
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.function_keys import (
    CHECKOUT_KEY,
    CLOSING_KEY,
    JOURNAL_KEY,
    SETTINGS_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from merchant_app.ui.journal.screen import JournalPages
from merchant_app.ui.ports import Opened
from merchant_app.ui.reglages.view import ReglagesView
from merchant_app.ui.releves.view import RelevesView
from merchant_app.ui.this_till.view import ThisTillView
from tests.fakes.counter import ONLINE, code
from tests.fakes.held_camera import HeldCamera
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World

BY_KEY: dict[str, type[QWidget]] = {
    JOURNAL_KEY: JournalPages,
    TO_SETTLE_KEY: ATraiterView,
    CLOSING_KEY: ClotureView,
    STATEMENTS_KEY: RelevesView,
    SETTINGS_KEY: ReglagesView,
}
DAY_S = 24 * 3600
LOADED = """
import sys
import merchant_app.ui.places
print(*(name for name in sys.modules if name.startswith("merchant_app.ui.")))
"""


@pytest.fixture(autouse=True)
def camera(world: World, tmp_path: Path) -> HeldCamera:
    held = HeldCamera()
    options = Options(tmp_path / "options.json")
    world.counter.add(1)
    world.start = lambda: Opened(world.counter, held, options=options)
    return held


def made(till: Till) -> set[type[QWidget]]:
    """Which views there are, seen or not."""
    views = (*BY_KEY.values(), ThisTillView)
    return {view for view in views if till.window.findChild(view) is not None}


def test_nothing_is_made_before_somebody_goes_there(till: Till) -> None:
    assert made(till) == set()
    till.gun(code(1))
    till.counter.tell_status(replace(ONLINE, to_settle=5))
    till.qtbot.waitUntil(lambda: till.places.frame.rail.to_settle == 5, timeout=LIMIT_MS)
    till.places.show_status()
    assert made(till) == set()


@pytest.mark.parametrize("key", BY_KEY)
def test_a_key_makes_its_screen_and_no_other_once(till: Till, key: str) -> None:
    till.function(key)
    assert made(till) == {BY_KEY[key]}
    first = till.window.findChild(BY_KEY[key])
    assert isinstance(first, QWidget)
    assert till.sees(first)
    till.function(CHECKOUT_KEY)
    till.function(key)
    assert till.sees(first)


def test_how_many_days_are_to_be_closed_is_said_before_closing_is_seen(
    till: Till, world: World
) -> None:
    till.qtbot.waitUntil(lambda: till.counter.asked("preview") == 1, timeout=LIMIT_MS)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.closings.sell(20)
    world.clock.advance(seconds=DAY_S)
    till.places.show_status()
    button = till.places.frame.rail.place(CLOSING_KEY)
    till.qtbot.waitUntil(lambda: "1" in button.accessibleName(), timeout=LIMIT_MS)
    assert made(till) == set(), "somebody is selling"
    till.function(CLOSING_KEY)
    view = till.window.findChild(ClotureView)
    assert isinstance(view, ClotureView)
    assert "22\u00a0novembre" in view.card.accessibleName(), "offered when somebody comes"


def test_this_till_knows_how_the_line_is_when_it_is_made(till: Till) -> None:
    till.counter.tell_status(replace(ONLINE, unsent=3))
    pill = till.places.frame.top.pill
    till.qtbot.waitUntil(lambda: "3" in pill.accessibleName(), timeout=LIMIT_MS)
    till.places.frame.top.place.click()
    screen = till.places.beside.this_till.get().screen
    assert screen is not None
    assert screen.status.unsent == 3


def test_what_the_camera_said_before_is_said_where_it_is_chosen(
    till: Till, camera: HeldCamera
) -> None:
    camera.does(Lost())
    at_checkout = till.view.camera
    till.qtbot.waitUntil(lambda: "débranchée" in at_checkout.told, timeout=LIMIT_MS)
    till.function(SETTINGS_KEY)
    view = till.window.findChild(ReglagesView)
    assert isinstance(view, ReglagesView)
    assert view.camera.told == at_checkout.told


def test_the_code_of_a_screen_is_loaded_when_somebody_goes_there() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = run.stdout.split()
    assert "merchant_app.ui.encaisser.view" in loaded
    for screen in ("a_traiter", "journal", "releves", "reglages", "this_till", "charts"):
        assert f"merchant_app.ui.{screen}" not in loaded
    assert "merchant_app.ui.cloture.view" not in loaded
