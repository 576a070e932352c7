"""While screens are made nothing is a window of its own, not even for a moment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.ui.theme import Look
from tests.fakes.counter import FACTS
from tests.ui.gallery import SCENE
from tests.ui.windows import SCREENS, Screen, till_window


class Shown(QObject):
    """Which windows were shown."""

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self.windows: list[str] = []
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_a_till_is_made_without_a_flash(qtbot: QtBot, qapp: QApplication, look: Look) -> None:
    shown = Shown(qapp)
    for training in (False, True):
        facts = replace(FACTS, training=training)
        frame, _view = till_window(look, SCENE["ready"], facts=facts)
        qtbot.addWidget(frame)
    assert shown.windows == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_is_made_without_a_flash(
    qtbot: QtBot, qapp: QApplication, look: Look, screen: Screen
) -> None:
    shown = Shown(qapp)
    for window, _names in screen.windows(look):
        qtbot.addWidget(window.frame)
    assert shown.windows == []
