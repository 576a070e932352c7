"""On a large screen nothing is stretched absurdly, and the verdict is still the loudest thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.ui.bands import Band
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.rail import Rail
from merchant_app.ui.theme import Look, Scheme
from tests.ui.windows import SCREENS, Screen

LARGE = QSize(1920, 1080)
"""In the pixels of a layout: a 4K screen at 200 %."""
SMALL = QSize(1024, 700)
LINE_MAX = 90
"""Characters: 75 in most, a few more where many are narrow."""


@pytest.fixture
def look(qapp: QApplication) -> Look:
    qapp.setStyle("Fusion")
    install(Language.FRENCH)
    return Look(qapp, Scheme.LIGHT, text_scale=1.0)


def _settle() -> None:
    for _ in range(4):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _at(qtbot: QtBot, look: Look, screen: Screen, size: QSize) -> Iterator[tuple[str, QWidget]]:
    for window, names in screen.windows(look):
        qtbot.addWidget(window.frame)
        window.show(names[0])
        window.frame.resize(size)
        window.frame.show()
        for name in names:
            window.show(name)
            _settle()
            yield name, window.frame
        window.frame.close()


def _longest_line(label: QLabel) -> int:
    """In characters, as it is set in the room that the label has."""
    longest = 0
    for paragraph in label.text().split("\n"):
        layout = QTextLayout(paragraph, label.font())
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(label.contentsRect().width())
            longest = max(longest, line.textLength())
        layout.endLayout()
    return longest


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_lines_are_short_enough_to_read(qtbot: QtBot, look: Look, screen: Screen) -> None:
    """All but those of a strip, which are one line each, seldom."""
    long = {
        (name, label.text())
        for name, frame in _at(qtbot, look, screen, LARGE)
        for label in frame.findChildren(QLabel)
        if label.isVisible() and label.wordWrap() and not isinstance(label.parent(), Band)
        if _longest_line(label) > LINE_MAX
    }
    assert long == set()


@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_a_place_has_a_greatest_width_and_is_in_the_middle(
    qtbot: QtBot, qapp: QApplication, text_scale: float
) -> None:
    qapp.setStyle("Fusion")
    look = Look(qapp, Scheme.LIGHT, text_scale=text_scale)
    screen = next(screen for screen in SCREENS if screen.name == "encaisser")
    window, _names = next(screen.windows(look))
    frame = window.frame
    assert isinstance(frame, TillFrame)
    qtbot.addWidget(frame)
    frame.resize(LARGE * 2)
    frame.show()
    _settle()
    place, rail = frame.overflow, frame.findChild(Rail)
    assert isinstance(rail, Rail)
    assert place.width() == look.content_max_px() < frame.width() - rail.width()
    before, after = place.x() - rail.width(), frame.width() - place.geometry().right() - 1
    assert abs(before - after) <= 1


def test_in_the_smallest_window_a_place_has_all_the_room(qtbot: QtBot, look: Look) -> None:
    screen = next(screen for screen in SCREENS if screen.name == "encaisser")
    window, _names = next(screen.windows(look))
    frame = window.frame
    assert isinstance(frame, TillFrame)
    qtbot.addWidget(frame)
    frame.resize(SMALL)
    frame.show()
    _settle()
    assert frame.overflow.x() == frame.rail.width()
    assert frame.overflow.geometry().right() == frame.width() - 1
    assert frame.screens.width() == frame.overflow.width()


def _type_of_card(frame: QWidget) -> tuple[int, int]:
    """Height of the verdict's type, and of the largest type beside the card."""
    card = next(card for card in frame.findChildren(CardView) if card.isVisible())
    inside = card.findChildren(QLabel)
    word = max(label.font().pixelSize() for label in inside if label.isVisible())
    beside = [label for label in frame.findChildren(QLabel) if label.isVisible()]
    return word, max(label.font().pixelSize() for label in beside if label not in inside)


def test_the_verdict_grows_with_the_screen_and_stays_the_loudest(qtbot: QtBot, look: Look) -> None:
    screen = next(screen for screen in SCREENS if screen.name == "encaisser")
    small = {name: _type_of_card(frame) for name, frame in _at(qtbot, look, screen, SMALL)}
    for name, frame in _at(qtbot, look, screen, LARGE):
        word, beside = _type_of_card(frame)
        assert word > small[name][0], name
        assert word > 2 * beside, name
