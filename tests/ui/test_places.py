"""From screen to screen with the keyboard: À traiter, this till, and back to selling."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_app.till.matters import Choice
from merchant_app.till.results import LineState, NoAnswerKind
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.function_keys import (
    ACCEPT_KEY,
    CALLED_KEY,
    CHECKOUT_KEY,
    HELP_KEY,
    LOSS_KEY,
    NO_KEY,
    RETRIED_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.ports import NotEnrolled, Opened
from merchant_app.ui.this_till.presenter import Mode
from tests.fakes.counter import NOON, ONLINE, FakeCounter, code, euros
from tests.fakes.waiting import LIMIT_MS, LIMIT_S
from tests.ui.conftest import Till, World
from tests.ui.gallery_of_matters import PARKED, QUESTION, SHORTFALL

ADDRESS = "https://bons.example.org"


@pytest.fixture(autouse=True)
def counter(world: World) -> FakeCounter:
    counter = world.counter
    for number in (1, 2):
        counter.add(number)
    counter.cards = (SHORTFALL, PARKED)
    counter.current = replace(ONLINE, to_settle=2)
    world.start = lambda: Opened(counter, None, ADDRESS)
    return counter


def to_settle(till: Till) -> None:
    till.function(TO_SETTLE_KEY)
    screen = till.places.beside.a_traiter.get()
    till.qtbot.waitUntil(
        lambda: screen.screen is not None and screen.screen.loaded, timeout=LIMIT_MS
    )


def test_the_badge_says_how_many_wait(till: Till) -> None:
    rail = till.places.frame.rail
    assert rail.to_settle == 2
    till.counter.tell_status(replace(ONLINE, to_settle=5))
    till.qtbot.waitUntil(lambda: rail.to_settle == 5, timeout=LIMIT_MS)


def test_a_loss_is_accepted_with_the_keyboard_alone(till: Till) -> None:
    to_settle(till)
    view = till.places.beside.a_traiter.get().view
    assert till.sees(view)
    assert view.list.hasFocus()
    till.function(LOSS_KEY)
    assert view.field.hasFocus()
    till.enter()
    assert "Écrivez pourquoi" in view.message
    till.types("client injoignable")
    till.enter()
    till.qtbot.waitUntil(lambda: "perte acceptée" in view.message, timeout=LIMIT_MS)
    assert ("resolve", (Choice.LOSS_ACCEPTED, "client injoignable")) in till.counter.calls
    till.qtbot.waitUntil(view.list.hasFocus, timeout=LIMIT_MS)
    till.escape()
    assert till.sees(till.view)
    assert till.view.code.hasFocus()


def test_the_arrow_keys_go_through_the_list(till: Till) -> None:
    to_settle(till)
    screen = till.places.beside.a_traiter.get()
    till.key(Qt.Key.Key_Down)
    assert screen.screen is not None
    assert screen.screen.item == PARKED
    till.function(RETRIED_KEY)
    assert screen.screen.item == PARKED, "it cannot be debited anew"
    assert till.counter.asked("resolve") == 0
    till.key(Qt.Key.Key_Up)
    assert screen.screen is not None
    assert screen.screen.item == SHORTFALL


def test_an_answer_at_the_checkout_does_not_take_the_keyboard(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.gate.clear()
    till.enter()
    till.function(TO_SETTLE_KEY)
    till.counter.gate.set()
    till.comes_to(st.Debited)
    view = till.places.beside.a_traiter.get().view
    till.qtbot.waitUntil(view.list.hasFocus, timeout=LIMIT_MS)
    till.escape()
    assert till.view.code.hasFocus()


def test_deeds_have_buttons_too(till: Till) -> None:
    to_settle(till)
    view = till.places.beside.a_traiter.get().view
    QTest.mouseClick(view.buttons[Choice.CUSTOMER_CALLED], Qt.MouseButton.LeftButton)
    QTest.mouseClick(view.main, Qt.MouseButton.LeftButton)
    till.qtbot.waitUntil(lambda: till.counter.asked("resolve") == 1, timeout=LIMIT_MS)
    for choice in (Choice.RETRIED, Choice.PLATFORM_ASKED, Choice.LOSS_ACCEPTED):
        till.qtbot.waitUntil(view.buttons[choice].isEnabled, timeout=LIMIT_MS)
        QTest.mouseClick(view.buttons[choice], Qt.MouseButton.LeftButton)
        QTest.mouseClick(view.other, Qt.MouseButton.LeftButton)
    assert till.counter.asked("resolve") == 1


@pytest.mark.parametrize("focus", ["list", "field"])
def test_a_scan_is_taken_whatever_is_being_read(till: Till, focus: str) -> None:
    to_settle(till)
    if focus == "field":
        till.function(CALLED_KEY)
        till.types("elle dit")
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert till.sees(till.view)
    assert till.view.amount.hasFocus()
    if focus == "field":
        field = till.places.beside.a_traiter.get().view.field
        assert field.text() == "elle dit", "the gun typed nothing there"


def test_a_question_is_answered_in_a_traiter_and_gone_from_the_checkout(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    world.counter.questions = (QUESTION,)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LIMIT_MS)
    till = Till(qtbot, world, window)
    till.comes_to(st.Question)
    to_settle(till)
    till.enter()
    assert till.counter.asked("settle") == 0, "neither by habit"
    till.function(NO_KEY)
    till.comes_to(st.Ready)
    assert till.counter.calls.count(("settle", False)) == 1


def test_a_question_is_answered_with_its_buttons(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    world.counter.questions = (QUESTION, replace(QUESTION, op_id=PARKED.op_id))
    world.counter.cards = ()
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    till = Till(qtbot, world, window)
    to_settle(till)
    view = till.places.beside.a_traiter.get().view
    QTest.mouseClick(view.yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: till.counter.asked("settle") == 1, timeout=LIMIT_MS)
    qtbot.waitUntil(view.no.isEnabled, timeout=LIMIT_MS)
    QTest.mouseClick(view.no, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: till.counter.asked("settle") == 2, timeout=LIMIT_MS)


def test_the_places_are_reached_with_the_mouse(till: Till) -> None:
    place = till.places.frame.rail.place(TO_SETTLE_KEY)
    assert place.accessibleName() == "À traiter, 2 en attente"
    QTest.mouseClick(place, Qt.MouseButton.LeftButton)
    till.qtbot.waitUntil(lambda: till.sees(till.places.beside.a_traiter.get().view))
    till.function(CHECKOUT_KEY)
    assert till.sees(till.view)


def test_a_key_behind_a_key_is_for_the_place_that_was_asked_for(till: Till) -> None:
    """However slowly that is made: Enter debits no voucher that is about to be out of sight."""
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.window.function_pressed(STATEMENTS_KEY)
    till.window.enter_pressed()
    assert till.sees(till.places.releves.view)
    till.function(CHECKOUT_KEY)
    assert isinstance(till.state, st.Debitable)


def test_a_scan_is_before_whoever_is_on_the_way_to_another_place(till: Till) -> None:
    till.window.function_pressed(STATEMENTS_KEY)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert till.sees(till.view)


def test_no_answer_is_accepted_offline_with_f9(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.next_redeem.append(till.counter.unknown(euros(50)))
    till.enter()
    till.comes_to(st.Unanswered)
    assert till.view.accept.isVisible()
    till.function(ACCEPT_KEY)
    till.comes_to(st.Accepted)
    assert not till.view.accept.isVisible()
    assert "hors ligne" in till.view.basket.lines()[0]


def test_nothing_is_settled_while_a_debit_has_no_answer(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.next_redeem.append(till.counter.unknown(euros(50)))
    till.enter()
    till.comes_to(st.Unanswered)
    to_settle(till)
    till.function(RETRIED_KEY)
    till.enter()
    assert "Encaisser" in till.places.beside.a_traiter.get().view.message
    assert till.counter.asked("resolve") == 0


def test_no_debit_begins_while_something_is_settled(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    to_settle(till)
    till.counter.gate.clear()
    till.function(RETRIED_KEY)
    till.enter()
    till.escape()
    till.enter()
    assert isinstance(till.state, st.Debitable)
    assert "À traiter" in till.view.message
    till.counter.gate.set()
    till.qtbot.waitUntil(till.places.checkout.sale.may_move_money, timeout=LIMIT_MS)
    till.enter()
    till.comes_to(st.Debited)


def test_what_waits_is_counted_after_each_debit(till: Till) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.current = replace(ONLINE, unsent=1, unsent_sales=1, to_settle=3)
    till.enter()
    pill = till.places.frame.top.pill
    till.qtbot.waitUntil(lambda: "1 à envoyer" in pill.pill.text, timeout=LIMIT_MS)
    assert till.places.frame.rail.to_settle == 3


def test_offline_is_told_in_a_band_and_gone_with_the_line(till: Till) -> None:
    band = till.places.frame.band
    assert not band.isVisible()
    till.counter.tell_status(
        replace(
            ONLINE,
            line=LineState.OFFLINE,
            why=NoAnswerKind.DOWN,
            unsent_sales=3,
            redemption_max=euros(50),
            snapshot_at=NOON,
        )
    )
    till.qtbot.waitUntil(band.isVisible, timeout=LIMIT_MS)
    assert "3 encaissements" in band.label.text()
    till.counter.tell_status(ONLINE)
    till.qtbot.waitUntil(lambda: not band.isVisible(), timeout=LIMIT_MS)


# --- this till: leaving, and enrolling again ------------------------------------------------------


def test_leaving_is_found_at_the_tills_name_and_asked_once(till: Till) -> None:
    till.counter.cards = ()
    QTest.mouseClick(till.places.frame.top.place, Qt.MouseButton.LeftButton)
    screen = till.places.beside.this_till.get()
    assert till.sees(screen.view)
    till.enter()
    assert till.counter.asked("may_leave") == 0, "not by habit"
    QTest.mouseClick(screen.view.remove, Qt.MouseButton.LeftButton)
    till.qtbot.waitUntil(
        lambda: screen.screen is not None and screen.screen.mode is Mode.CONFIRMING,
        timeout=LIMIT_MS,
    )
    till.world.start = lambda: NotEnrolled(ADDRESS)
    QTest.mouseClick(screen.view.sure, Qt.MouseButton.LeftButton)
    till.qtbot.waitUntil(lambda: isinstance(till.window.page, EnrolPage), timeout=LIMIT_MS)
    assert till.counter.signed_out
    assert till.window.screen_in_use is None


def test_leaving_says_what_would_be_lost(till: Till) -> None:
    QTest.mouseClick(till.places.frame.top.place, Qt.MouseButton.LeftButton)
    view = till.places.beside.this_till.get().view
    QTest.mouseClick(view.remove, Qt.MouseButton.LeftButton)
    till.qtbot.waitUntil(lambda: "2 affaires" in view.message, timeout=LIMIT_MS)
    till.escape()
    assert till.sees(till.view)
    assert not till.counter.signed_out


def test_a_blocked_till_is_enrolled_again_in_the_same_window(till: Till) -> None:
    till.counter.tell_status(replace(ONLINE, line=LineState.STOPPED, unsent_sales=3))
    till.comes_to(st.SellingStopped)
    assert till.view.card.card is not None
    assert "3 encaissements" in till.view.card.card.lead
    till.enter()
    till.qtbot.waitUntil(lambda: isinstance(till.window.page, EnrolPage), timeout=LIMIT_MS)
    page = till.window.page
    assert isinstance(page, EnrolPage)
    assert page.address.text() == ADDRESS
    fresh = FakeCounter()
    fresh.add(1)
    till.world.start = lambda: Opened(fresh, None, ADDRESS)
    till.world.enrol = lambda _address, _code: None
    till.gun("E1:7F3KQ9XA")
    with till.qtbot.waitSignal(till.window.opened, timeout=LIMIT_MS):
        till.enter()
    till.counter.tell_status(ONLINE)  # the old one has nobody to tell any more
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert fresh.asked("look_up") == 1


def test_esc_leaves_the_enrolment_as_it_was(till: Till) -> None:
    till.counter.current = replace(ONLINE, line=LineState.NOT_ENTITLED)
    till.counter.tell_status(till.counter.current)
    QTest.mouseClick(till.places.frame.top.place, Qt.MouseButton.LeftButton)
    view = till.places.beside.this_till.get().view
    till.qtbot.waitUntil(view.anew.isVisible, timeout=LIMIT_MS)
    QTest.mouseClick(view.anew, Qt.MouseButton.LeftButton)
    assert isinstance(till.window.page, EnrolPage)
    with till.qtbot.waitSignal(till.window.opened, timeout=LIMIT_MS):
        till.escape()


def test_what_a_worker_meets_after_the_till_was_left_stops_nothing(till: Till) -> None:
    till.counter.gate.clear()
    till.counter.next_look_up.fail(RuntimeError("the journal is closed"))
    till.gun(code(1))
    till.qtbot.waitUntil(lambda: till.counter.asked("look_up") == 1, timeout=LIMIT_MS)
    till.counter.tell_status(replace(ONLINE, line=LineState.STOPPED))
    till.comes_to(st.SellingStopped)
    till.enter()
    till.counter.gate.set()
    for thread in threading.enumerate():
        if thread.name == "AskLookUp":
            thread.join(LIMIT_S)
    till.qtbot.wait(0)
    assert isinstance(till.window.page, EnrolPage)


def test_f1_asks_for_help_about_what_is_seen(till: Till) -> None:
    asked: list[str] = []
    till.window.help_wanted.connect(asked.append)
    till.function(HELP_KEY)
    till.function(STATEMENTS_KEY)
    till.function(HELP_KEY)
    till.places.frame.top.place.click()
    till.function(HELP_KEY)
    assert asked == [CHECKOUT_KEY, STATEMENTS_KEY, ""]
