"""Every state of the screen says what it is in word, shape and voice; nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.till.journal_results import SaleState
from merchant_app.till.matters import Card, CardKind
from merchant_app.ui.a_traiter import states as ms
from merchant_app.ui.cloture import states as cs
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.files import states as fs
from merchant_app.ui.journal import words as journal_words
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel
from merchant_app.ui.palette import Tone
from merchant_app.ui.receipt import states as rs
from merchant_app.ui.reglages.states import Note
from merchant_app.ui.releves import states as vs
from merchant_app.ui.theme import TOUCH, Look, Scheme
from merchant_app.ui.this_till.presenter import Mode
from tests.fakes.counter import NOON, ONLINE, ZONE
from tests.ui.gallery import SCENE, SCENES, Scene
from tests.ui.gallery_of_archives import ARCHIVES
from tests.ui.gallery_of_closings import CLOSINGS, ClosingScene
from tests.ui.gallery_of_files import ARRIVED, FILES
from tests.ui.gallery_of_journal import EXPORTS, JOURNAL, LIVES
from tests.ui.gallery_of_matters import EVERY, MATTERS, THIS_TILL, MattersScene
from tests.ui.gallery_of_pins import PINS
from tests.ui.gallery_of_receipts import RECEIPTS
from tests.ui.gallery_of_settings import SETTINGS
from tests.ui.gallery_of_statements import STATEMENTS, StatementScene
from tests.ui.picture_session import (
    arrived_window,
    closings_window,
    dropping_window,
    files_window,
    journal_window,
    matters_window,
    pages,
    receipt_window,
    settings_window,
    statements_window,
    this_till_window,
    till_window,
)

scenes = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
languages = pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
PLACE = Place(NOON, ZONE)


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Language.FRENCH)


@pytest.fixture(params=[1.0, 2.0], ids=["100", "200"])
def look(request: pytest.FixtureRequest, qapp: QApplication) -> Look:
    qapp.setStyle("Fusion")
    return Look(qapp, Scheme.LIGHT, text_scale=request.param)


def test_every_state_has_a_scene() -> None:
    shown = {type(scene.state) for scene in SCENES}
    assert shown == set(st.State.__args__)


@scenes
@languages
def test_a_card_says_it_in_words(scene: Scene, language: Language) -> None:
    install(language)
    card = card_of(scene.screen(1), PLACE)
    assert card.word
    assert card.word in card.spoken
    assert "{" not in card.spoken
    assert not re.search(r"[?!:][.]|[.]{2}", card.spoken)
    for part in (card.figure, card.lead, *card.lines, card.outside, *card.history):
        assert part.rstrip(".") in card.spoken


def test_verdicts_differ_in_word_and_shape() -> None:
    """No two tones share a shape: colour is never alone."""
    tones: dict[str, set[Tone]] = {}
    words: dict[str, set[Tone]] = {}
    for scene in SCENES:
        card = card_of(scene.screen(1), PLACE)
        tones.setdefault(card.shape.value, set()).add(card.tone)
        words.setdefault(card.word, set()).add(card.tone)
    assert tones["check_circle"] <= {Tone.YES, Tone.CHOICE, Tone.LATER}
    assert tones["check_filled"] == {Tone.YES}
    assert tones["octagon"] == {Tone.NO}
    assert tones["half"] == {Tone.CHOICE}
    assert tones["hourglass"] == {Tone.WAIT}
    assert {word: used for word, used in words.items() if len(used) > 1} == {}


@scenes
@languages
def test_nothing_is_cut_off(qtbot: QtBot, look: Look, scene: Scene, language: Language) -> None:
    install(language)
    frame, view = till_window(look, scene)
    _show(qtbot, frame)
    screen = scene.screen(2)
    view.show_screen(screen, card_of(screen, PLACE))
    QApplication.processEvents()
    _assert_all_whole(frame)
    for field in (view.amount, view.code, view.purchase):
        assert field.height() >= TOUCH, field.accessibleName()
        assert field.accessibleName()
        _assert_inside(field, frame)


@pytest.mark.parametrize("matters", MATTERS, ids=lambda matters: matters.name)
@languages
def test_nothing_of_a_traiter_is_cut_off(
    qtbot: QtBot, look: Look, matters: MattersScene, language: Language
) -> None:
    install(language)
    frame, view = matters_window(look, matters)
    _show(qtbot, frame)
    view.show_screen(matters.again(), PLACE)
    QApplication.processEvents()
    _assert_all_whole(frame)


@pytest.mark.parametrize("scene", CLOSINGS, ids=lambda scene: scene.name)
@languages
def test_nothing_of_cloture_is_cut_off(
    qtbot: QtBot, look: Look, scene: ClosingScene, language: Language
) -> None:
    install(language)
    frame, view = closings_window(look, scene)
    _show(qtbot, frame)
    view.show_screen(scene.screen)
    QApplication.processEvents()
    _assert_all_whole(frame)
    for chart in view.charts:
        assert not chart.isVisible() or chart.bars.accessibleDescription()


@pytest.mark.parametrize("scene", STATEMENTS, ids=lambda scene: scene.name)
@languages
def test_nothing_of_releves_is_cut_off(
    qtbot: QtBot, look: Look, scene: StatementScene, language: Language
) -> None:
    install(language)
    frame, view = statements_window(look, scene)
    _show(qtbot, frame)
    view.show_screen(scene.screen)
    QApplication.processEvents()
    _assert_all_whole(frame)
    for chart in (view.chart, view.by_expiry):
        assert not chart.isVisible() or chart.bars.accessibleDescription()


def test_every_state_of_releves_has_a_picture() -> None:
    screens = [scene.screen for scene in STATEMENTS]
    assert {screen.page for screen in screens} == set(vs.Page)
    assert {type(screen.item) for screen in screens} == {*vs.Item.__args__, type(None)}
    assert {screen.news for screen in screens} >= set(vs.Notice)


def test_every_state_of_cloture_has_a_picture() -> None:
    assert {type(scene.screen.mode) for scene in CLOSINGS} == set(cs.Mode.__args__)
    news = {scene.screen.news for scene in CLOSINGS}
    assert news >= {None, *cs.Notice}


@pytest.mark.parametrize("name", [*JOURNAL, *EXPORTS])
@languages
def test_nothing_of_the_journal_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = journal_window(look, {**JOURNAL, **EXPORTS}[name])
    _show(qtbot, frame)
    QApplication.processEvents()
    _assert_all_whole(frame)
    for radio in view.findChildren(QRadioButton):
        if radio.isVisible():
            assert radio.width() >= radio.minimumSizeHint().width(), radio.text()
            _assert_inside(radio, frame)


def test_every_state_of_a_redemption_has_its_word_and_shape() -> None:
    assert set(LIVES) == set(SaleState)
    told = [journal_words.state(of) for of in SaleState]
    assert len({one.word for one in told}) == len(told)
    assert len({one.shape for one in told}) == len(told)


@pytest.mark.parametrize("name", THIS_TILL)
@languages
def test_nothing_of_this_till_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = this_till_window(look, THIS_TILL[name])
    _show(qtbot, frame)
    view.show_screen(THIS_TILL[name], now=NOON)
    QApplication.processEvents()
    _assert_all_whole(frame)


@pytest.mark.parametrize("name", SETTINGS)
@languages
def test_nothing_of_settings_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = settings_window(look, SETTINGS[name])
    _show(qtbot, frame)
    view.show_screen(SETTINGS[name])
    QApplication.processEvents()
    _assert_all_whole(frame)
    for button in frame.findChildren(QAbstractButton):
        if isinstance(button, QRadioButton | QCheckBox):
            assert button.sizeHint().width() <= button.width() + 1, button.text()
            assert button.height() >= TOUCH


@pytest.mark.parametrize("name", ARCHIVES)
@languages
def test_nothing_of_archives_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = settings_window(look, SETTINGS["settings"])
    _show(qtbot, frame)
    view.archives.show_panel(ARCHIVES[name], time_zone=ZONE)
    QApplication.processEvents()
    _assert_all_whole(frame)


@pytest.mark.parametrize("name", PINS)
@languages
def test_nothing_of_the_responsible_persons_code_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = settings_window(look, SETTINGS["settings"])
    _show(qtbot, frame)
    view.pin.show_panel(PINS[name])
    QApplication.processEvents()
    _assert_all_whole(frame)


def test_every_note_of_settings_has_a_scene() -> None:
    notes = {screen.note for screen in SETTINGS.values()}
    assert notes >= {None, *Note}


@pytest.mark.parametrize("name", FILES)
@languages
def test_nothing_of_the_files_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = files_window(look, FILES[name])
    _show(qtbot, frame)
    _assert_all_whole(frame)
    card = view.files.card.card
    assert card is not None
    assert card.word
    assert "{" not in card.spoken


@languages
def test_the_word_over_a_drag_is_not_cut_off(qtbot: QtBot, look: Look, language: Language) -> None:
    install(language)
    frame = dropping_window(look)
    _show(qtbot, frame)
    _assert_all_whole(frame)


@pytest.mark.parametrize("name", ARRIVED)
@languages
def test_nothing_of_what_arrived_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame = arrived_window(look, ARRIVED[name])
    _show(qtbot, frame)
    _assert_all_whole(frame)


def test_every_state_of_the_files_has_a_picture() -> None:
    assert {type(state) for state in FILES.values()} == set(fs.State.__args__) - {fs.Idle}


@pytest.mark.parametrize("name", RECEIPTS)
@languages
def test_nothing_of_a_receipt_is_cut_off(
    qtbot: QtBot, look: Look, name: str, language: Language
) -> None:
    install(language)
    frame, view = receipt_window(look, RECEIPTS[name])
    _show(qtbot, frame)
    _assert_all_whole(frame)
    assert all("{" not in label.text() for label in view.receipt.labels())


def test_every_state_of_a_receipt_has_a_picture() -> None:
    assert {type(state) for state in RECEIPTS.values()} == set(rs.State.__args__) - {rs.Closed}


def test_every_kind_of_matter_and_news_has_a_scene() -> None:
    kinds = {item.kind for item in EVERY if isinstance(item, Card)}
    assert kinds == set(CardKind)
    shown = {type(matters.screen.mode) for matters in MATTERS}
    assert shown == set(ms.Mode.__args__)
    news = {type(matters.screen.news) for matters in MATTERS} - {type(None)}
    assert news == set(ms.News.__args__)
    assert {screen.mode for screen in THIS_TILL.values()} == set(Mode) - {Mode.LEAVING}


def _show(qtbot: QtBot, frame: QWidget) -> None:
    qtbot.addWidget(frame)
    frame.resize(1024, 700)
    frame.show()
    QApplication.processEvents()


def _assert_all_whole(frame: QWidget) -> None:
    assert (frame.width(), frame.height()) == (1024, 700), "the window did not have to grow"
    for label in frame.findChildren(QLabel):
        if label.isVisible() and label.text() and not isinstance(label, ElidedLabel):
            _assert_whole(label)
    for button in frame.findChildren(KeycapButton):
        if button.isVisible():
            assert button.height() >= TOUCH, button.accessibleName()
            assert button.accessibleName()
            assert button.shows_key, button.accessibleName()
            _assert_inside(button, frame)


@languages
def test_pages_are_not_cut_off(qtbot: QtBot, look: Look, language: Language) -> None:
    install(language)
    for name, page in pages(look).items():
        qtbot.addWidget(page)
        page.resize(1024, 700)
        page.show()
        QApplication.processEvents()
        assert (page.width(), page.height()) == (1024, 700), name
        for label in page.findChildren(QLabel):
            if label.isVisible() and label.text():
                _assert_whole(label)


@pytest.mark.parametrize("name", ["ready", "checking", "valid", "used-up", "debited", "no-answer"])
def test_the_card_keeps_its_place(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    install(Language.FRENCH)
    look = Look(qapp, Scheme.LIGHT, text_scale=1.0)
    # With the line as it should be: a band above would move everything down.
    scene = replace(SCENE[name], status=ONLINE)
    frame, view = till_window(look, scene)
    qtbot.addWidget(frame)
    frame.resize(1024, 700)
    frame.show()
    QApplication.processEvents()
    place = QRect(view.card.mapTo(view, QPoint(0, 0)), view.card.size())
    assert place == QRect(24, 80, 518, 428)


def _assert_whole(label: QLabel) -> None:
    text = label.text().replace("&", "")
    if label.wordWrap():
        assert label.heightForWidth(label.width()) <= label.height() + 1, text
        longest = max(map(label.fontMetrics().horizontalAdvance, text.split(" ")))
        assert longest <= label.width() + 1, text
    else:
        assert label.sizeHint().width() <= label.width() + 1, text
        assert label.sizeHint().height() <= label.height() + 1, text
    _assert_inside(label, label.window())


def _assert_inside(widget: QWidget, window: QWidget) -> None:
    corner = widget.mapTo(window, widget.rect().topLeft())
    area = QRect(corner, widget.size())
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if parent.objectName() == "qt_scrollarea_viewport":
            return  # a long list scrolls
        parent = parent.parentWidget()
    assert window.rect().contains(area), widget.accessibleName()
