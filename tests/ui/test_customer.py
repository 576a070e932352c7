"""The customer's screen: amounts and thanks, never a name, never a word about the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.settings.options import CUSTOMER_SCREEN, Options
from merchant_app.ui.customer.screen import other_screen
from merchant_app.ui.customer.view import CustomerView
from merchant_app.ui.customer.words import shown
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.function_keys import SETTINGS_KEY
from merchant_app.ui.ports import Opened
from merchant_app.ui.theme import Look, Scheme
from tests.fakes.counter import NOON, ZONE, code
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World
from tests.ui.gallery import SCENE, SCENES, Scene

TOLD = re.compile(r"ligne|offline|online|line\b|refus|expir|inconnu|unknown|used|utilis", re.I)
"""Nothing of the line, and nothing that shames anybody before the shop."""
every_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
languages = pytest.mark.parametrize("language", Language, ids=lambda language: language.value)


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Language.FRENCH)


@every_scene
@languages
def test_no_name_no_code_no_reason(scene: Scene, language: Language) -> None:
    install(language)
    screen = scene.screen(1)
    told = shown(screen)
    text = f"{told.lead} {told.figure} {told.note}"
    assert told.lead
    assert not TOLD.search(text), text
    assert "…" not in text, "a code's last characters are said in no shop"
    outside = card_of(screen, Place(NOON, ZONE)).outside
    assert not outside or outside not in text


@pytest.mark.parametrize(
    ("name", "lead", "figure"),
    [
        ("ready", "Bienvenue", ""),
        ("valid", "À débiter", "50,00\u00a0€"),
        ("debited", "Merci\u202f!", "50,00\u00a0€"),
        ("no-answer", "Un instant, s’il vous plaît", ""),
    ],
)
def test_what_it_says(name: str, lead: str, figure: str) -> None:
    told = shown(SCENE[name].screen(1))
    assert (told.lead, told.figure) == (lead, figure)


def test_accepted_offline_is_thanked_for_as_any_other() -> None:
    accepted = SCENE["accepted-offline"]
    assert isinstance(accepted.state, st.Accepted)
    assert shown(accepted.screen(1)).lead == shown(SCENE["debited"].screen(1)).lead


@languages
@pytest.mark.parametrize("size", [(480, 300), (800, 480), (1920, 1080), (3840, 2160)])
def test_nothing_of_it_is_cut_off(
    qtbot: QtBot, qapp: QApplication, language: Language, size: tuple[int, int]
) -> None:
    install(language)
    view = CustomerView(Look(qapp, Scheme.LIGHT, text_scale=2.0), "Librairie du Grand Cerf " * 3)
    qtbot.addWidget(view)
    view.resize(*size)
    for scene in SCENES:
        view.show_words(shown(scene.screen(1)))
        below = 0
        for text, font, room in view.lines():
            assert "…" not in text or text.startswith("Librairie"), scene.name
            metrics = QFontMetrics(font)
            assert metrics.horizontalAdvance(text) <= room.width() + 1, (scene.name, text)
            assert metrics.height() <= room.height() + 1, (scene.name, text)
            assert room.top() >= below - 1, f"{scene.name}: {text} overlaps"
            below = room.top() + (room.height() + metrics.height()) // 2
        assert below <= size[1]


def test_it_follows_the_sale_and_takes_no_keyboard(till: Till) -> None:
    till.counter.add(1)
    till.places.customer.use(True)
    view = till.places.customer.view
    assert view is not None
    assert view.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert view.shown.lead == "À débiter"
    till.enter()
    till.comes_to(st.Debited)
    assert view.shown.lead == "Merci\u202f!"
    assert view.accessibleName().startswith("Merci")


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    path = tmp_path / "options.json"
    world.start = lambda: Opened(world.counter, None, options=Options(path))
    return path


def test_it_is_chosen_in_settings_and_gone_with_the_till(file: Path, till: Till) -> None:
    assert _seen(till) == 0
    till.function(SETTINGS_KEY)
    reglages = till.places.reglages
    assert reglages is not None
    reglages.view.customer.click()
    assert _seen(till) == 1
    till.qtbot.waitUntil(lambda: Options(file).get(CUSTOMER_SCREEN), timeout=LIMIT_MS)
    reglages.view.customer.click()
    assert _seen(till) == 0
    reglages.view.customer.click()
    till.places.stop()
    assert _seen(till) == 0


def _seen(till: Till) -> int:
    view = till.places.customer.view
    return int(view is not None and view.isVisible())


def test_it_keeps_away_from_the_tills_own_monitor(qapp: QApplication) -> None:
    (own,) = qapp.screens()
    assert other_screen(own, [own]) is None
    assert other_screen(None, [own]) is own
