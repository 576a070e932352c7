"""What gives way where there is little room: rows of buttons, the foot of a card, a screen."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.card import Card, Shape
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import Look, Scheme
from tests.fakes.waiting import LIMIT_MS
from tests.ui.gallery import SCENE
from tests.ui.windows import till_window

TEXTS = ("Clôtures précédentes", "Tous les chiffres", "Retour", "Clôturer la journée")


def _look(qapp: QApplication) -> Look:
    qapp.setStyle("Fusion")
    return Look(qapp, Scheme.LIGHT, text_scale=1.0)


def _buttons(qtbot: QtBot, look: Look) -> tuple[QWidget, list[KeycapButton]]:
    shown = QWidget()
    rows = ButtonRows(shown)
    buttons = [KeycapButton(look, role="plain", parent=shown) for _text in TEXTS]
    for button, text in zip(buttons, TEXTS, strict=True):
        button.say(text, "F9")
    rows.add_all(*buttons)
    qtbot.addWidget(shown)
    shown.show()
    return shown, buttons


def test_buttons_stand_in_one_row_until_they_need_more(qtbot: QtBot, qapp: QApplication) -> None:
    shown, buttons = _buttons(qtbot, _look(qapp))
    layout = shown.layout()
    assert layout is not None
    counts = []
    for width in (1000, 600, 360, 200):
        shown.resize(width, layout.heightForWidth(width))
        QApplication.processEvents()
        assert all(button.is_whole for button in buttons), width
        for first, second in pairwise(buttons):  # in order, and none on another
            assert first.geometry().bottom() < second.y() or first.geometry().right() < second.x()
        counts.append(len({button.y() for button in buttons}))
    assert counts[0] == 1
    assert counts == sorted(counts)
    assert counts[-1] == len(TEXTS)


def test_a_button_that_is_gone_leaves_its_room(qtbot: QtBot, qapp: QApplication) -> None:
    shown, buttons = _buttons(qtbot, _look(qapp))
    shown.resize(1000, 60)
    QApplication.processEvents()
    before = buttons[0].width()
    buttons[-1].give_up_place_when_hidden()
    buttons[-1].hide()
    QApplication.processEvents()
    assert buttons[0].width() > before


def _card(lines: int) -> Card:
    return Card(
        tone=Tone.YES,
        shape=Shape.CHECK_CIRCLE,
        word="Valable",
        figure="50,00 €",
        lines=tuple(f"Ligne {number} de ce qui est à savoir" for number in range(lines)),
    )


def test_a_card_with_too_much_to_say_scrolls_below_its_verdict(
    qtbot: QtBot, qapp: QApplication
) -> None:
    view = CardView(_look(qapp))
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    bar = view.details.verticalScrollBar()
    for lines, focus in ((2, Qt.FocusPolicy.NoFocus), (30, Qt.FocusPolicy.TabFocus)):
        view.show_card(_card(lines), None)
        QApplication.processEvents()
        scrolls = lines > 2
        assert view.details.scrolls is scrolls
        assert view.details.focusPolicy() == focus
        assert (bar.maximum() > 0) is scrolls
    view.details.turn_page(1)
    assert bar.value() > 0
    view.show_card(_card(31), None)
    assert bar.value() == 0, "another card is read from its beginning"


def test_the_card_is_paged_while_the_keyboard_is_in_a_field(
    qtbot: QtBot, qapp: QApplication
) -> None:
    frame, view = till_window(_look(qapp), SCENE["valid"])
    qtbot.addWidget(frame)
    frame.resize(1024, 700)
    frame.show()
    view.card.show_card(_card(40), None)
    QApplication.processEvents()
    bar, places = view.card.details.verticalScrollBar(), [0]
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(view.code, key)
        places.append(bar.value())
    assert places[1] > 0
    assert places[2] == 0


def test_a_screen_with_too_little_room_scrolls_and_the_window_stays(
    qtbot: QtBot, qapp: QApplication
) -> None:
    frame, view = till_window(_look(qapp), SCENE["valid"])
    qtbot.addWidget(frame)
    frame.resize(1024, 700)
    with qtbot.waitActive(frame):
        frame.show()
        frame.activateWindow()
    bar = frame.overflow.verticalScrollBar()
    assert bar.maximum() == 0
    frame.note(" ".join(["Une longue histoire."] * 120))
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=LIMIT_MS)
    assert (frame.width(), frame.height()) == (1024, 700)
    view.main.setFocus()
    seen = frame.overflow.viewport()
    assert seen.rect().contains(view.main.mapTo(seen, view.main.rect().bottomRight()))
