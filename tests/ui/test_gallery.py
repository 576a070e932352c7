"""Every state of the screen says what it is in word, shape and voice; nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QRadioButton,
    QStyle,
    QStyleOptionFrame,
    QStyleOptionViewItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.till.journal_results import SaleState
from merchant_app.till.matters import Card, CardKind
from merchant_app.till.school import Situation
from merchant_app.ui.a_traiter import states as ms
from merchant_app.ui.charts.panel import ChartPanel
from merchant_app.ui.cloture import states as cs
from merchant_app.ui.customer.words import Shown, shown
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.files import states as fs
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.journal import words as journal_words
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel
from merchant_app.ui.palette import Tone
from merchant_app.ui.receipt import states as rs
from merchant_app.ui.reglages.states import Note
from merchant_app.ui.releves import states as vs
from merchant_app.ui.theme import TOUCH, Look, Scheme
from merchant_app.ui.this_till.presenter import Mode
from tests.fakes.counter import ONLINE
from tests.ui.gallery import SCENE, SCENES, Scene
from tests.ui.gallery_of_closings import CLOSINGS
from tests.ui.gallery_of_customer import CUSTOMER, told
from tests.ui.gallery_of_files import FILES
from tests.ui.gallery_of_first_day import AT_THE_TILL, BEFORE
from tests.ui.gallery_of_journal import LIVES
from tests.ui.gallery_of_matters import EVERY, MATTERS, THIS_TILL
from tests.ui.gallery_of_receipts import RECEIPTS
from tests.ui.gallery_of_school import SCHOOL
from tests.ui.gallery_of_settings import SETTINGS
from tests.ui.gallery_of_statements import STATEMENTS
from tests.ui.longer_words import longer_words
from tests.ui.windows import PLACE, SCREENS, Screen, till_window

SMALLEST = QSize(1024, 700)
TEXT_SCALES = (1.0, 1.5, 2.0)
FITS = [
    pytest.param(screen, language, text_scale, id=f"{screen.name}-{name}-{100 * text_scale:.0f}")
    for screen in SCREENS
    for name, language in (*((known.value, known) for known in Language), ("longer", None))
    for text_scale in TEXT_SCALES
]
"""None: the language of longer words."""
scenes = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
languages = pytest.mark.parametrize("language", Language, ids=lambda language: language.value)


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Language.FRENCH)


def _look(qapp: QApplication, text_scale: float) -> Look:
    qapp.setStyle("Fusion")
    return Look(qapp, Scheme.LIGHT, text_scale=text_scale)


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


def test_every_state_of_releves_has_a_picture() -> None:
    screens = [scene.screen for scene in STATEMENTS]
    assert {screen.page for screen in screens} == set(vs.Page)
    assert {type(screen.item) for screen in screens} == {*vs.Item.__args__, type(None)}
    assert {screen.news for screen in screens} >= set(vs.Notice)


def test_every_state_of_cloture_has_a_picture() -> None:
    assert {type(scene.screen.mode) for scene in CLOSINGS} == set(cs.Mode.__args__)
    news = {scene.screen.news for scene in CLOSINGS}
    assert news >= {None, *cs.Notice}


def test_every_state_of_a_redemption_has_its_word_and_shape() -> None:
    assert set(LIVES) == set(SaleState)
    told = [journal_words.state(of) for of in SaleState]
    assert len({one.word for one in told}) == len(told)
    assert len({one.shape for one in told}) == len(told)


def test_every_note_of_settings_has_a_scene() -> None:
    notes = {screen.note for screen in SETTINGS.values()}
    assert notes >= {None, *Note}


def test_every_state_of_the_files_has_a_picture() -> None:
    assert {type(state) for state in FILES.values()} == set(fs.State.__args__) - {fs.Idle}


def test_every_state_of_a_receipt_has_a_picture() -> None:
    assert {type(state) for state in RECEIPTS.values()} == set(rs.State.__args__) - {rs.Closed}


def test_every_step_of_the_first_day_has_a_picture(qapp: QApplication) -> None:
    look = _look(qapp, 1.0)
    shown = {type(made(look)) for made in BEFORE.values()}
    for made in AT_THE_TILL.values():
        page = made(look).currentWidget()
        assert page is not None
        shown.add(type(page))
    assert shown == {EnrolPage, *map(type, AT_THE_TILL["first-day-ready"](look).pages.values())}


def test_every_kind_of_words_for_the_customer_has_a_picture() -> None:
    install(Language.FRENCH)

    def kind(words: Shown) -> tuple[str, bool, str, Tone]:
        return words.lead, bool(words.figure), words.note.partition(" ")[0], words.tone

    shown_to = {kind(shown(scene.screen(1))) for scene in SCENES}
    assert {kind(told(name)) for name in CUSTOMER} == shown_to


def test_every_exercise_has_a_picture() -> None:
    assert {screen.chosen for screen in SCHOOL.values()} == set(Situation)


def test_every_kind_of_matter_and_news_has_a_scene() -> None:
    kinds = {item.kind for item in EVERY if isinstance(item, Card)}
    assert kinds == set(CardKind)
    shown = {type(matters.mode) for matters in MATTERS.values()}
    assert shown == set(ms.Mode.__args__)
    news = {type(matters.news) for matters in MATTERS.values()} - {type(None)}
    assert news == set(ms.News.__args__)
    assert {screen.mode for screen in THIS_TILL.values()} == set(Mode) - {Mode.LEAVING}


@pytest.mark.parametrize("name", ["ready", "checking", "valid", "used-up", "debited", "no-answer"])
def test_the_card_keeps_its_place(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    install(Language.FRENCH)
    look = _look(qapp, 1.0)
    # With the line as it should be: a band above would move everything down.
    scene = replace(SCENE[name], status=ONLINE)
    frame, view = till_window(look, scene)
    qtbot.addWidget(frame)
    frame.resize(SMALLEST)
    frame.show()
    QApplication.processEvents()
    place = QRect(view.card.mapTo(view, QPoint(0, 0)), view.card.size())
    assert place == QRect(24, 80, 518, 428)


@pytest.mark.parametrize(("screen", "language", "text_scale"), FITS)
def test_nothing_is_cut_off(
    qtbot: QtBot,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    *,
    screen: Screen,
    language: Language | None,
    text_scale: float,
) -> None:
    """A window is led through all states of its screen, as one that is open all day is. It is as
    small as a window can be, and never grows on the way."""
    if language is not None:
        install(language)
    with nullcontext() if language else longer_words(monkeypatch):
        assert list(_cut_off(qtbot, screen, _look(qapp, text_scale))) == []


def _cut_off(qtbot: QtBot, screen: Screen, look: Look) -> Iterator[str]:
    for window, names in screen.windows(look):
        qtbot.addWidget(window.frame)
        window.show(names[0])
        window.frame.resize(SMALLEST)
        window.frame.show()
        for name in names:
            window.show(name)
            _settle(window.frame)
            yield from (f"{name}: {said}" for said in _not_whole(window.frame))
        window.frame.close()


def _settle(frame: QWidget) -> None:
    """Layouts in layouts, and text whose height depends on its width, take a few rounds."""
    for _ in range(4):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _not_whole(frame: QWidget) -> Iterator[str]:
    """What is cut off, too small for a finger, or without a name, in the words it shows."""
    least = frame.minimumSizeHint().expandedTo(frame.size())
    if least != SMALLEST:
        yield f"the window has to grow to {least.width()}x{least.height()}"
    for widget in frame.findChildren(QWidget):
        if not widget.isVisible():
            continue
        match widget:
            case ElidedLabel():
                pass
            case QLabel() if widget.text():
                yield from _label_not_whole(widget)
            case KeycapButton() | QRadioButton() | QCheckBox() | QLineEdit():
                yield from _hard_to_press(widget, frame)
            case QListWidget():
                yield from _rows_not_whole(widget)
            case CardView() if widget.card is not None:
                if not widget.card.word or "{" in widget.card.spoken:
                    yield f"the card's voice: {widget.card.spoken!r}"
            case ChartPanel() if not widget.bars.accessibleDescription():
                yield "a chart that cannot be heard"
            case _:
                pass


def _hard_to_press(widget: QAbstractButton | QLineEdit, frame: QWidget) -> Iterator[str]:
    words = widget.text() if isinstance(widget, QRadioButton | QCheckBox) else ""
    name = widget.accessibleName() or words
    if not name:
        yield f"no name: {widget!r}"
    if words and widget.sizeHint().width() > widget.width() + 1:
        yield f"the words of {name!r}"
    if isinstance(widget, KeycapButton) and not widget.is_whole:
        yield f"the text or the key of {name!r}"
    if isinstance(widget, QLineEdit):
        option = QStyleOptionFrame()
        widget.initStyleOption(option)
        part = QStyle.SubElement.SE_LineEditContents
        room = widget.style().subElementRect(part, option, widget).width()
        if widget.fontMetrics().horizontalAdvance(widget.placeholderText()) > room:
            yield f"{widget.placeholderText()!r} in {name!r}"
    if widget.height() < TOUCH:
        yield f"{name!r} is {widget.height()} high"
    if not _is_inside(widget, frame):
        yield f"{name!r} is beyond the edge"


def _rows_not_whole(rows: QListWidget) -> Iterator[str]:
    for number in range(rows.count()):
        item = rows.item(number)
        box = rows.visualItemRect(item)
        option = QStyleOptionViewItem()
        rows.initViewItemOption(option)
        box.setWidth(min(box.width(), rows.viewport().width()))
        option.rect = box
        wanted = rows.itemDelegate().sizeHint(option, rows.indexFromItem(item))
        if wanted.width() > box.width() or wanted.height() > box.height():
            yield f"the row {item.text()!r} takes {wanted} and has {box.size()}"


def _label_not_whole(label: QLabel) -> Iterator[str]:
    text = label.text().replace("&", "")
    if label.wordWrap():
        high = label.heightForWidth(label.width())
        wide = max(map(label.fontMetrics().horizontalAdvance, re.split("[ \u200b\n]", text)))
    else:
        high, wide = label.sizeHint().height(), label.sizeHint().width()
    if high > label.height() + 1 or wide > label.width() + 1:
        yield f"{text!r} takes {wide}x{high} and has {label.width()}x{label.height()}"
    if "{" in text:
        yield f"{text!r} is not filled in"
    if not _is_inside(label, label.window()):
        yield f"{text!r} is beyond the edge"


def _is_inside(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if parent.objectName() == "qt_scrollarea_viewport":
            # A long list scrolls, but nothing scrolls sideways.
            left = widget.mapTo(parent, widget.rect().topLeft()).x()
            return left >= 0 and left + widget.width() <= parent.width()
        parent = parent.parentWidget()
    corner = widget.mapTo(window, widget.rect().topLeft())
    return window.rect().contains(QRect(corner, widget.size()))
