"""The keyboard alone: Tab reaches all that the mouse does, as the eye reads, and is seen to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTextBrowser,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.ui.encaisser.hits_view import HitsView
from merchant_app.ui.encaisser.waiting_row import WaitingRow
from merchant_app.ui.function_keys import PLACE_KEYS
from merchant_app.ui.theme import Look, Scheme
from tests.ui.colour_blindness import luminances
from tests.ui.conftest import Till
from tests.ui.windows import SCREENS, Screen, Window

STOPS_MAX = 150
SEEN_FROM = 3.0
"""WCAG 2.2, 1.4.11 and 2.4.13: between the pixels of the focus when it is there and when not."""

every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)


@pytest.fixture(autouse=True)
def french() -> None:
    install(Language.FRENCH)


def _look(qapp: QApplication, scheme: Scheme, text_scale: float) -> Look:
    qapp.setStyle("Fusion")
    qapp.setCursorFlashTime(0)
    return Look(qapp, scheme, text_scale=text_scale)


def _settle() -> None:
    for _ in range(4):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _states(qtbot: QtBot, screen: Screen, look: Look) -> Iterator[tuple[str, Window]]:
    """Each state of the screen, with the keyboard where the screen puts it."""
    for window, names in screen.windows(look):
        qtbot.addWidget(window.frame)
        window.show(names[0])
        window.frame.resize(1024, 700)
        window.frame.show()
        if not window.frame.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus:
            window.frame.activateWindow()  # the customer's screen never has the keyboard
        _settle()
        for name in names:
            window.show(name)
            window.take_keyboard()
            _settle()
            yield name, window
        window.frame.close()


# --- reached, in order, and back -----------------------------------------------------------------


@every_screen
@pytest.mark.parametrize("text_scale", [1.0, 2.0], ids=["100", "200"])
def test_tab_goes_as_the_eye_does_to_every_control_and_shift_tab_back(
    qtbot: QtBot, qapp: QApplication, screen: Screen, text_scale: float
) -> None:
    wrong = []
    for name, window in _states(qtbot, screen, _look(qapp, Scheme.LIGHT, text_scale)):
        wrong += [f"{name}: {said}" for said in _walked(window.frame)]
    assert wrong == []


def _walked(frame: QWidget) -> Iterator[str]:
    controls = list(_controls(frame))
    if QApplication.focusWidget() is None:
        if controls:
            yield "the keyboard is nowhere"
        return
    forth = _round(Qt.KeyboardModifier.NoModifier)
    back = _round(Qt.KeyboardModifier.ShiftModifier)
    if back[1:] != forth[:0:-1]:
        yield f"back is another way: {_told(back)} instead of {_told(forth[:0:-1])}"
    yield from (f"never at {_told([one])}" for one in controls if not _is_reached(one, forth))
    first = min(forth, key=lambda one: _reading_place(one, frame))
    start = forth.index(first)
    for one, after in pairwise(forth[start:] + forth[:start]):
        if _is_read_before(after, one, frame):
            yield f"{_told([one, after])} in this order"


def _round(modifier: Qt.KeyboardModifier) -> list[QWidget]:
    """The stops from where the keyboard is until it is there again."""
    start = QApplication.focusWidget()
    assert start is not None
    stops = [start]
    for _ in range(STOPS_MAX):
        now = QApplication.focusWidget()
        assert now is not None
        QTest.keyClick(now, Qt.Key.Key_Tab, modifier)
        now = QApplication.focusWidget()
        assert now is not None, f"the keyboard is lost after {_told(stops)}"
        if now is stops[-1] and isinstance(now, QTextBrowser):
            continue  # from link to link
        if now is start or now is stops[-1]:
            return stops
        stops.append(now)
    raise AssertionError(f"Tab never comes back: {_told(stops)}")


def _controls(frame: QWidget) -> Iterator[QWidget]:
    """Whatever a mouse can use now."""
    kinds = QAbstractButton, QLineEdit, QAbstractItemView, QAbstractSlider, QComboBox, QTextEdit
    for widget in frame.findChildren(QWidget):
        if not isinstance(widget, kinds) or isinstance(widget, QScrollBar | QHeaderView):
            continue
        if widget.isVisible() and widget.isEnabled() and not _is_covered(widget, frame):
            yield widget


def _is_covered(widget: QWidget, frame: QWidget) -> bool:
    """Something lies over it: the manual for instance. What is scrolled away is not covered."""
    middle, parent = widget.rect().center(), widget.parentWidget()
    while parent is not None and parent is not frame:
        if not parent.rect().contains(widget.mapTo(parent, middle)):
            return False
        parent = parent.parentWidget()
    there = frame.childAt(widget.mapTo(frame, middle))
    return there is not None and there is not widget and not widget.isAncestorOf(there)


def _is_reached(control: QWidget, stops: list[QWidget]) -> bool:
    if control in stops:
        return True
    if isinstance(control, HitsView):  # Up and Down, while the field above it has the keyboard
        return True
    if isinstance(control.parentWidget(), WaitingRow):  # Del
        return True
    # One stop for all that exclude each other: the arrows go among them.
    return isinstance(control, QAbstractButton) and any(
        isinstance(stop, QAbstractButton) and _are_one_choice(control, stop) for stop in stops
    )


def _are_one_choice(one: QAbstractButton, other: QAbstractButton) -> bool:
    if one.group() is not None:
        return one.group() is other.group()
    exclusive = one.autoExclusive() and other.autoExclusive()
    return exclusive and one.parent() is other.parent()


# --- the order of reading ------------------------------------------------------------------------


def _is_read_before(one: QWidget, other: QWidget, frame: QWidget) -> bool:
    """Whether it stands above the other in one column, or left of it in one row."""
    if one.isAncestorOf(other) or other.isAncestorOf(one):
        return False
    first, second = _box(one, frame, beside=other), _box(other, frame, beside=one)
    if first.contains(second) or second.contains(first):
        return False
    above = first.bottom() <= second.top()
    left = first.right() <= second.left()
    one_column = first.left() < second.right() and second.left() < first.right()
    one_row = first.top() < second.bottom() and second.top() < first.bottom()
    return (above and one_column) or (left and one_row)


def _reading_place(widget: QWidget, frame: QWidget) -> tuple[int, int]:
    box = _box(widget, frame, beside=frame)
    return box.top(), box.left()


def _box(widget: QWidget, frame: QWidget, *, beside: QWidget) -> QRect:
    """Where it is; of what scrolls, beside something that does not scroll with it, the area."""
    parent, shown = widget.parentWidget(), widget
    while parent is not None and parent is not frame:
        if isinstance(parent, QAbstractScrollArea) and not parent.isAncestorOf(beside):
            shown = parent
        parent = parent.parentWidget()
    return QRect(shown.mapTo(frame, QPoint(0, 0)), shown.size())


def _told(widgets: list[QWidget]) -> list[str]:
    return [f"{type(one).__name__} {one.accessibleName()!r}" for one in widgets]


# --- seen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "screen",
    # Not while a file is dragged over the window: a veil is over it, and the hand at the mouse.
    [screen for screen in SCREENS if screen.name != "dragged"],
    ids=lambda screen: screen.name,
)
@pytest.mark.parametrize(
    "scheme", [Scheme.LIGHT, Scheme.DARK, Scheme.CONTRAST], ids=lambda scheme: scheme.value
)
def test_who_has_the_keyboard_is_seen(
    qtbot: QtBot, qapp: QApplication, screen: Screen, scheme: Scheme
) -> None:
    """By an outline as long as around a square of its height, where it was not before."""
    wrong, looked_at = [], set()
    look = _look(qapp, scheme, 1.0)
    for name, window in _states(qtbot, screen, look):
        if QApplication.focusWidget() is None:
            continue
        for stop in _round(Qt.KeyboardModifier.NoModifier):
            kind = type(stop), stop.property("role")
            if kind not in looked_at:
                looked_at.add(kind)
                wrong += [f"{name}: {said}" for said in _unseen(stop, window.frame)]
    assert wrong == []


def _unseen(stop: QWidget, frame: QWidget) -> Iterator[str]:
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    _settle()
    assert stop.hasFocus()
    place = QRect(stop.mapTo(frame, QPoint(0, 0)), stop.size()).adjusted(-4, -4, 4, 4)
    place = place.intersected(frame.rect())
    with_it = luminances(frame.grab(place).toImage())
    stop.clearFocus()
    _settle()
    without = luminances(frame.grab(place).toImage())
    changed = sum(
        (max(a, b) + 0.05) / (min(a, b) + 0.05) >= SEEN_FROM
        for a, b in zip(with_it, without, strict=True)
        if a != b
    )
    needed = 4 * min(stop.width(), stop.height(), place.width(), place.height())
    if isinstance(stop, QAbstractSlider):  # only what is moved has the outline, and is round
        needed //= 2
    if changed < 0.8 * needed:
        yield f"{_told([stop])}: {changed} pixels of {needed}"


# --- where the work is ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", PLACE_KEYS)
def test_a_place_opened_by_its_key_has_the_keyboard(till: Till, key: str) -> None:
    till.function(key)
    view = till.places.frame.screens.currentWidget()

    def is_at_work() -> bool:
        now = QApplication.focusWidget()
        return view is not None and now is not None and (now is view or view.isAncestorOf(now))

    till.qtbot.waitUntil(is_at_work)
    now = QApplication.focusWidget()
    # Not on a button: what was meant for the place before must do nothing here.
    assert not isinstance(now, QAbstractButton)
