"""Every control has a name, a role and room for a finger; nothing is only a picture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTableView,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.ui.theme import TOUCH, Look, Scheme
from tests.ui.windows import SCREENS, Screen

TARGET_MIN = 24
"""WCAG 2.2, 2.5.8. So small only a button in a strip may be, where nothing else is near."""
_Role = QAccessible.Role
PASSED_OVER = {_Role.NoRole, _Role.Client, _Role.Pane, _Role.LayeredPane, _Role.Border}
"""What a screen reader passes over if it has no name: it only holds others, or is only drawn."""

every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Language.FRENCH)


def _states(qtbot: QtBot, qapp: QApplication, screen: Screen) -> Iterator[tuple[str, QWidget]]:
    qapp.setStyle("Fusion")
    for window, names in screen.windows(Look(qapp, Scheme.LIGHT, text_scale=1.0)):
        qtbot.addWidget(window.frame)
        window.show(names[0])
        window.frame.resize(1024, 700)
        window.frame.show()
        for name in names:
            window.show(name)
            for _ in range(4):
                QApplication.processEvents()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            yield name, window.frame
        window.frame.close()


@every_screen
@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_all_that_can_be_used_or_seen_has_a_name_and_a_role(
    qtbot: QtBot, qapp: QApplication, screen: Screen, language: Language
) -> None:
    install(language)
    wrong = [
        f"{name}: {type(widget).__name__} {said}"
        for name, frame in _states(qtbot, qapp, screen)
        for widget in frame.findChildren(QWidget)
        if widget.isVisible()
        for said in _unsaid(widget)
    ]
    assert wrong == []


def _unsaid(widget: QWidget) -> Iterator[str]:
    told = QAccessible.queryAccessibleInterface(widget)
    assert told is not None
    name, role = told.text(QAccessible.Text.Name).strip(), told.role()
    if _is_target(widget) or _has_tab(widget):
        if not name:
            yield "has no name"
        if role in PASSED_OVER:
            yield f"is {role.name} to a screen reader"
    elif not name and role not in PASSED_OVER and _is_drawn_by_us(widget):
        yield f"is a nameless {role.name}"
    match widget:
        case QLabel():
            yield from _label_unsaid(widget)
        case QTableView():
            model, across = widget.model(), Qt.Orientation.Horizontal
            heads = [model.headerData(column, across) for column in range(model.columnCount())]
            if heads and not any(heads):
                yield "has columns without heads"
        case _:
            pass


def _label_unsaid(label: QLabel) -> Iterator[str]:
    if not label.pixmap().isNull() and not label.accessibleName():
        yield "is a picture that is not described"
    field: QWidget | None = label.buddy()
    if "&" in label.text() and field is None:
        yield f"{label.text()!r} has a key that leads nowhere"
    if isinstance(field, QLineEdit) and label.text():
        word = label.text().replace("&", "")
        if word.casefold() not in field.accessibleName().casefold():
            yield f"{word!r} is read, and {field.accessibleName()!r} is heard"


@every_screen
def test_a_finger_hits_what_it_means(qtbot: QtBot, qapp: QApplication, screen: Screen) -> None:
    wrong = []
    for name, frame in _states(qtbot, qapp, screen):
        targets = [one for one in frame.findChildren(QWidget) if _is_target(one)]
        shown = {one: _box(one, frame) for one in targets if one.isVisible()}
        for one, box in shown.items():
            side = min(box.width(), box.height())
            others = [other for target, other in shown.items() if target is not one]
            if side < TOUCH and not (side >= TARGET_MIN and _has_room(box, others)):
                wrong.append(f"{name}: {one.accessibleName()!r} {box.width()}x{box.height()}")
    assert wrong == []


def _has_room(box: QRectF, others: list[QRectF]) -> bool:
    circle = QRectF(0, 0, TARGET_MIN, TARGET_MIN)
    circle.moveCenter(box.center())
    return not any(circle.intersects(other) for other in others)


def _box(widget: QWidget, frame: QWidget) -> QRectF:
    corner = widget.mapTo(frame, QPoint(0, 0))
    return QRectF(corner.x(), corner.y(), widget.width(), widget.height())


def _is_target(widget: QWidget) -> bool:
    """Something that is pressed, typed in or chosen from."""
    kinds = QAbstractButton, QLineEdit, QAbstractItemView, QAbstractSlider, QComboBox, QTextEdit
    return isinstance(widget, kinds) and not isinstance(widget, QScrollBar | QHeaderView)


def _has_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _is_drawn_by_us(widget: QWidget) -> bool:
    """A picture, as far as Qt knows; a label of ours says its text."""
    ours = type(widget).__module__.startswith("merchant_app")
    drawn = type(widget).paintEvent is not QWidget.paintEvent
    return ours and drawn and not isinstance(widget, QLabel)
