"""A cashier's stories, with the keyboard alone, from the first key to the last."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_app.scanning.keyboard_layout import Layout, typed_on
from merchant_app.till.hits import Hits
from merchant_app.till.results import (
    Lift,
    Limit,
    LineState,
    NoAnswerKind,
    OfflineRefused,
    Status,
)
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import Mark
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.function_keys import ACCEPT_KEY
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.keys import Keys
from merchant_app.ui.main_window import MainWindow
from tests.fakes.counter import NOON, STANDING, code, euros
from tests.fakes.waiting import LIMIT_MS, LIMIT_S
from tests.ui.conftest import GUN_MS, Till, World
from tests.ui.gallery import hit


@pytest.fixture(autouse=True)
def vouchers(world: World) -> None:
    for number in (1, 2, 3):
        world.counter.add(number)


def test_type_a_code_and_debit_it(till: Till) -> None:
    assert till.view.code.hasFocus()
    till.types(code(1).replace("-", "").lower())
    assert till.view.code.text() == code(1), "put into groups while typed"
    till.enter()
    till.comes_to(st.Debitable)
    assert till.view.amount.hasFocus()
    assert till.view.amount.selectedText() == "50,00\u00a0€"
    till.enter()
    till.comes_to(st.Debited)
    assert till.view.code.text() == ""
    assert till.view.card.card is not None
    assert till.view.card.card.word == "Débité"
    assert till.world.heard.sounds == [Sound.YES]


def test_two_vouchers_for_one_purchase(till: Till) -> None:
    till.view.purchase.setFocus()
    till.types("87")
    till.enter()
    assert till.view.purchase.text() == "87,00\u00a0€"
    assert till.view.code.hasFocus()
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.enter()
    till.comes_to(st.Debited)
    till.gun(code(2))
    till.comes_to(st.Debitable)
    assert till.view.amount.text() == "37,00\u00a0€"
    till.enter()
    till.comes_to(st.Debited)
    assert [line.split(" ")[1] for line in till.view.basket.lines()] == [
        "50,00\u00a0€",
        "37,00\u00a0€",
    ]


def test_another_amount_is_typed_over_the_suggestion(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.types("12,5")
    assert till.view.main.text() == "Débiter 12,50\u00a0€"
    assert till.view.message == "Il restera 37,50\u00a0€ sur le bon."
    till.enter()
    till.comes_to(st.Debited)
    assert till.counter.calls[-1] == ("redeem", euros(12.5))


def test_a_bad_amount_says_why_and_enter_does_nothing(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.types("60")
    assert not till.view.main.isEnabled()
    assert "50,00" in till.view.message
    till.enter()
    assert isinstance(till.state, st.Debitable)
    assert till.counter.asked("redeem") == 0


def test_enter_held_down_debits_once(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.gate.clear()
    till.enter()
    for _ in range(30):
        till.key(Qt.Key.Key_Return, "\r", after_ms=30, repeat=True)
    till.counter.gate.set()
    till.comes_to(st.Debited)
    for _ in range(30):
        till.key(Qt.Key.Key_Return, "\r", after_ms=30, repeat=True)
    assert isinstance(till.state, st.Debited)
    assert till.counter.asked("redeem") == 1


def test_keypad_enter_is_enter(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.key(Qt.Key.Key_Enter, "\r", modifiers=Qt.KeyboardModifier.KeypadModifier)
    till.comes_to(st.Debited)


def test_a_gun_in_the_amount_field_leaves_the_amount_alone(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.types("20")
    till.gun("https://example.org/2020")
    till.comes_to(st.ForeignScan)
    assert till.counter.asked("redeem") == 0, "the gun's Enter debits nothing"
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.types("20")
    # A gun stops in the middle: its characters are taken back, the person's stay.
    for character in "123456":
        till.key(Qt.Key.Key_unknown, character, after_ms=500 if character == "1" else 5)
    assert till.view.amount.text() == "20"


@pytest.fixture
def asks_pin(till: Till) -> Till:
    """Beyond a soft limit; somebody pressed F9."""
    till.counter.pins.pin = "2580"
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.next_redeem.append(
        OfflineRefused(None, Limit.TILL_SUM, None, STANDING, lift=Lift.WITH_PIN)
    )
    till.enter()
    till.comes_to(st.BeyondLimit)
    till.function(ACCEPT_KEY)
    till.comes_to(st.AskingPin)
    return till


def test_the_code_of_the_person_in_charge_by_keyboard_alone(asks_pin: Till) -> None:
    till = asks_pin
    assert till.view.pin.hasFocus()
    assert not till.view.amount.isVisible()
    till.types("1x1a11")
    assert till.view.pin.text() == "1111", "digits alone"
    assert till.view.pin.displayText() != till.view.pin.text()
    till.world.clock.advance(seconds=1)
    till.enter()
    till.comes_to(st.AskingPin)
    till.qtbot.waitUntil(lambda: till.view.message == "Ce n’est pas le bon code.", timeout=LIMIT_MS)
    assert till.view.pin.hasFocus()
    till.types("2580")
    till.world.clock.advance(seconds=1)
    till.counter.next_redeem.append(till.counter.accepted(euros(50)))
    till.enter()
    till.comes_to(st.Accepted)
    assert till.view.pin.text() == ""
    assert till.view.amount.isVisible()


def test_a_gun_in_the_field_of_the_code_is_a_voucher_and_no_code(asks_pin: Till) -> None:
    till = asks_pin
    till.types("25")
    till.gun(code(2))
    till.qtbot.waitUntil(lambda: not isinstance(till.state, st.AskingPin), timeout=LIMIT_MS)
    assert till.counter.asked("redeem again") == 0
    assert till.view.pin.text() == ""


def test_a_short_barcode_is_no_code_either(asks_pin: Till) -> None:
    till = asks_pin
    till.gun("2580")
    assert isinstance(till.state, st.AskingPin)
    assert till.counter.asked("redeem again") == 0
    assert till.view.pin.text() == ""


def test_esc_leaves_the_code(asks_pin: Till) -> None:
    till = asks_pin
    till.types("2580")
    till.escape()
    till.comes_to(st.BeyondLimit)
    assert till.view.pin.text() == ""
    assert till.view.code.hasFocus()


def test_a_gun_with_another_keyboard_layout(till: Till) -> None:
    till.gun(typed_on(Layout.FRENCH, code(1)))
    till.comes_to(st.Debitable)


def test_a_gun_without_enter(till: Till) -> None:
    till.gun(code(1), suffix=False)
    till.comes_to(st.Debitable)


def test_a_gun_that_types_on_while_the_window_is_busy_is_read_whole(till: Till) -> None:
    till.gun(code(1)[:9], suffix=False)
    keys = till.window.findChild(Keys)
    assert isinstance(keys, Keys)
    due = [timer for timer in keys.findChildren(QTimer) if timer.isActive()]
    assert due
    for timer in due:  # its time is over, and it is taken before the keys that wait
        timer.timeout.emit()
    till.types(code(1)[9:], after_ms=GUN_MS)
    till.comes_to(st.Debitable)
    assert till.counter.asked("look_up") == 1


def test_a_gun_is_read_while_a_button_has_the_focus(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.view.other.setFocus()
    till.gun(code(2))
    till.qtbot.waitUntil(lambda: till.counter.asked("look_up") == 2, timeout=LIMIT_MS)
    till.comes_to(st.Debitable)
    assert till.counter.asked("redeem") == 0


def test_enter_on_a_button_reached_with_tab_presses_that_button(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.view.other.setFocus()
    till.enter()
    till.comes_to(st.Ready)
    assert till.counter.asked("redeem") == 0


def test_esc_leaves_the_voucher_undebited(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.escape()
    till.comes_to(st.Ready)
    assert till.counter.asked("redeem") == 0


def test_undo_with_the_keyboard(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.enter()
    till.comes_to(st.Debited)
    till.undo()
    till.comes_to(st.ConfirmUndo)
    till.escape()
    till.comes_to(st.Debited)
    till.undo()
    till.comes_to(st.ConfirmUndo)
    till.enter()
    till.comes_to(st.Undone)
    assert till.counter.vouchers[code(1)].balance == euros(50)
    assert till.view.basket.lines() == ()


def test_no_scan_is_taken_while_money_is_in_flight(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.gate.clear()
    till.enter()
    till.gun(code(2))
    assert isinstance(till.state, st.Debiting)
    assert "Terminez d’abord" in till.view.message
    assert till.view.amount.hasFocus(), "the keyboard is not lost"
    till.counter.gate.set()
    till.comes_to(st.Debited)
    assert till.counter.asked("look_up") == 1


def test_no_answer_then_cancel(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.next_redeem.append(till.counter.unknown(euros(50)))
    till.enter()
    till.comes_to(st.Unanswered)
    assert till.view.card.card is not None
    assert till.view.card.card.word == "Pas de réponse"
    assert till.view.card.card.lead == "Ne remettez rien encore."
    till.escape()
    till.comes_to(st.Cancelled)


def test_pasting_a_code_works(till: Till) -> None:
    QApplication.clipboard().setText(f"  {code(1)} ")
    till.key(Qt.Key.Key_V, "\x16", modifiers=Qt.KeyboardModifier.ControlModifier)
    till.enter()
    till.comes_to(st.Debitable)


def test_buttons_do_not_keep_the_keyboard_after_a_click(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    QTest.mouseClick(till.view.other, Qt.MouseButton.LeftButton)
    till.comes_to(st.Ready)
    assert till.view.code.hasFocus()


def test_the_look_up_that_hangs_is_overtaken(till: Till) -> None:
    till.counter.gate.clear()
    for number in range(12):
        till.gun(code(number % 3 + 1))
    till.qtbot.waitUntil(lambda: till.counter.asked("look_up") == 8, timeout=LIMIT_MS)
    till.counter.gate.set()
    till.comes_to(st.Debitable)
    state = till.state
    assert isinstance(state, st.Debitable)
    assert state.label == till.counter.vouchers[code(3)].label, "the newest one"
    assert till.counter.asked("look_up") == 9, "those in between were never asked"


def test_the_status_pill(till: Till) -> None:
    assert till.window.frame is not None
    pill = till.window.frame.top.pill
    assert pill.pill.text.startswith("En ligne · à jour il y a")
    till.counter.tell_status(Status(LineState.OFFLINE, NOON, NOON, 2, NoAnswerKind.DOWN))
    till.qtbot.waitUntil(lambda: "Hors ligne" in pill.pill.text, timeout=LIMIT_MS)
    assert pill.pill.text == "Hors ligne depuis 12\u00a0h\u00a030 · 2 à envoyer"
    assert "injoignable" in pill.accessibleDescription()
    QTest.mouseClick(pill, Qt.MouseButton.LeftButton)
    till.qtbot.waitUntil(lambda: till.counter.asked("contact") == 1, timeout=LIMIT_MS)


def test_every_verdict_is_painted_and_says_so(till: Till) -> None:
    with till.qtbot.waitSignal(till.window.verdict_painted, timeout=LIMIT_MS) as painted:
        till.gun(code(1))
    assert painted.args == [1]


def test_the_first_paint_comes_once_and_before_the_till_opens(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    order: list[str] = []
    window.first_painted.connect(lambda: order.append("painted"))
    window.opened.connect(lambda: order.append("opened"))
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    window.repaint()
    QCoreApplication.processEvents()
    assert order == ["painted", "opened"]


def test_key_events_without_a_time_are_taken_by_the_clock(till: Till) -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    QCoreApplication.sendEvent(till.window.windowHandle(), event)
    assert till.view.code.text() == "a"


def test_nothing_is_left_running_when_the_window_closes(till: Till) -> None:
    till.counter.gate.clear()
    till.gun(code(1))
    till.qtbot.waitUntil(lambda: till.counter.asked("look_up") == 1, timeout=LIMIT_MS)
    till.window.close()
    till.counter.gate.set()
    for thread in threading.enumerate():
        if thread.name == "AskLookUp":
            thread.join(LIMIT_S)


def mark(till: Till) -> Mark:
    """What is drawn at the end of the field for codes."""
    return till.view.code.mark


def test_a_code_is_grouped_and_marked_while_it_is_typed(till: Till) -> None:
    till.counter.add(1)
    plain = code(1).replace("-", "").lower().replace("0", "o")
    till.types(plain[:-1])
    assert till.view.code.text() == code(1)[:-1]
    assert mark(till) is Mark.NONE
    till.types(plain[-1])
    assert till.view.code.text() == code(1)
    assert mark(till) is Mark.RIGHT
    till.key(Qt.Key.Key_Backspace, "\b")
    till.types("u")
    assert mark(till) is Mark.WRONG
    till.key(Qt.Key.Key_Backspace, "\b")
    till.types(plain[-1])
    till.enter()
    till.comes_to(st.Debitable)
    assert till.view.code.text() == ""
    assert mark(till) is Mark.NONE


def test_what_a_gun_left_in_the_field_is_not_marked(till: Till) -> None:
    till.counter.add(1)
    till.types("7u")
    assert mark(till) is Mark.WRONG
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert mark(till) is Mark.NONE


def test_a_name_is_left_as_it_is_typed(till: Till) -> None:
    till.types("Zoë Marchand")
    assert till.view.code.text() == "Zoë Marchand"
    assert mark(till) is Mark.NONE


def test_find_a_voucher_by_name_with_the_keyboard_alone(till: Till) -> None:
    till.counter.add(1)
    till.counter.add(2)
    till.counter.next_search.append(Hits((hit(1), hit(2))))
    till.types("dupont")
    till.qtbot.waitUntil(lambda: till.view.hits.count() == 2, timeout=LIMIT_MS)
    assert not till.view.basket.isVisible()
    till.key(Qt.Key.Key_Down)
    till.key(Qt.Key.Key_Down)
    assert till.view.hits.currentRow() == 1
    assert till.view.code.hasFocus()
    till.enter()
    till.comes_to(st.Debitable)
    assert ("look_up_hit", hit(2)) in till.counter.calls
    assert not till.view.hits.isVisible()
    assert till.view.basket.isVisible()
    till.enter()
    till.comes_to(st.Debited)
    assert till.counter.vouchers[code(2)].balance == euros(0)


# --- a basket ------------------------------------------------------------------------------------


def has_waiting(till: Till, count: int) -> None:
    """Wait until so many vouchers are in the basket; then a second passes."""
    till.qtbot.waitUntil(lambda: len(till.view.basket.waiting_rows()) == count, timeout=LIMIT_MS)
    till.comes_to(st.Several)


def test_three_vouchers_with_the_keyboard_alone(till: Till) -> None:
    till.view.purchase.setFocus()
    till.types("87")
    till.enter()
    till.gun(code(1))
    till.comes_to(st.Debitable)
    for count, number in ((2, 2), (3, 3)):
        till.gun(code(number))
        has_waiting(till, count)
    assert till.view.amount.hasFocus()
    assert till.view.main.text() == "Débiter 87,00\u00a0€"
    till.key(Qt.Key.Key_Up)
    till.key(Qt.Key.Key_Up)
    till.types("40")
    assert [row.line.amount for row in till.view.basket.waiting_rows()] == [
        euros(40),
        euros(47),
        euros(0),
    ]
    till.key(Qt.Key.Key_Delete)
    assert len(till.view.basket.waiting_rows()) == 3, "Del while an amount is typed edits it"
    till.key(Qt.Key.Key_Down)
    till.key(Qt.Key.Key_Down)
    till.key(Qt.Key.Key_Delete)
    has_waiting(till, 2)
    till.enter()
    till.comes_to(st.Debited)
    assert till.counter.asked("redeem") == 1
    assert till.view.basket.waiting_rows() == ()
    assert [line.split(" ")[1] for line in till.view.basket.lines()] == [
        "40,00\u00a0€",
        "47,00\u00a0€",
    ]
    till.undo()
    till.comes_to(st.ConfirmUndo)
    till.enter()
    till.comes_to(st.Undone)
    assert till.view.basket.lines() == ()


def test_a_basket_with_the_mouse(till: Till) -> None:
    till.view.purchase.setFocus()
    till.types("120")
    till.gun(code(1))
    till.comes_to(st.Debitable)
    for count, number in ((2, 2), (3, 3)):
        till.gun(code(number))
        has_waiting(till, count)
    QTest.mouseClick(till.view.basket.waiting_rows()[0], Qt.MouseButton.LeftButton)
    assert till.view.basket.waiting_rows()[0].line.chosen
    remove = till.view.basket.waiting_rows()[0].findChild(KeycapButton)
    assert isinstance(remove, KeycapButton)
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    has_waiting(till, 2)
    QTest.mouseClick(till.view.other, Qt.MouseButton.LeftButton)
    till.comes_to(st.Ready)
    assert till.view.basket.waiting_rows() == ()
    assert till.counter.asked("redeem") == 0


def test_del_in_the_amount_of_a_single_voucher_edits_it(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.key(Qt.Key.Key_Delete)
    assert till.view.amount.text() == ""
    assert isinstance(till.state, st.Debitable)
