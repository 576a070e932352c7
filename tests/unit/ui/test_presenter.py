"""The Encaisser screen's decisions, without a display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ids import OpId, VoucherId
from merchant_app.money import BadAmount
from merchant_app.till.results import (
    Interrupted,
    LineState,
    NoAnswerKind,
    NoAnswerYet,
    RedeemCancelled,
    RedeemRefused,
    RefusedLine,
    ReversalPending,
    Status,
    Stopped,
    UnderQuestion,
)
from merchant_app.ui.commands import AskLookUp, DoCancel, DoRedeem, DoWait
from merchant_app.ui.encaisser import states as st
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.terms import Terms
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    PartUseNotAllowed,
    Reason,
    Unknown,
    Valid,
)
from tests.fakes.counter import NOON, FakeCounter, code, euros
from tests.fakes.hands import Desk


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


@pytest.fixture
def desk() -> Desk:
    counter = FakeCounter()
    for number in (1, 2, 3):
        counter.add(number)
    return Desk(counter)


def state(desk: Desk) -> st.State:
    return desk.screen.state


def focus_of(desk: Desk) -> st.Focus:
    return desk.screen.focus[1]


def debitable(desk: Desk) -> st.Debitable:
    at_hand = state(desk)
    assert isinstance(at_hand, st.Debitable)
    return at_hand


def test_scan_then_enter_debits_the_balance(desk: Desk) -> None:
    desk.scan(code(1))
    assert isinstance(debitable(desk).verdict, Valid)
    assert desk.screen.amount_fill[1] == "50,00\u00a0€"
    assert desk.screen.focus[1] is st.Focus.AMOUNT
    desk.enter()
    assert isinstance(state(desk), st.Debited)
    assert desk.screen.basket[0].amount == euros(50)
    assert desk.screen.undo == euros(50)
    assert desk.hands.sounds == [st.Sound.YES]


def test_what_is_left_of_the_purchase_is_the_next_suggestion(desk: Desk) -> None:
    desk.presenter.purchase_edited("87")
    desk.scan(code(1))
    desk.enter()
    assert desk.screen.left == euros(37)
    desk.scan(code(2))
    assert debitable(desk).amount == euros(37)
    desk.enter()
    assert desk.screen.left == euros(0)
    assert [line.amount for line in desk.screen.basket] == [euros(50), euros(37)]


def test_after_a_purchase_paid_in_full_the_next_voucher_begins_another(desk: Desk) -> None:
    desk.presenter.purchase_edited("50")
    desk.scan(code(1))
    desk.enter()
    desk.scan(code(2))
    assert desk.screen.basket == ()
    assert desk.screen.purchase is None
    assert desk.screen.purchase_fill[1] == ""
    assert debitable(desk).amount == euros(50)


def test_a_purchase_without_total_ends_after_a_long_pause(desk: Desk) -> None:
    desk.scan(code(1))
    desk.enter()
    desk.clock.advance(seconds=timedelta(minutes=6).total_seconds())
    desk.scan(code(2))
    assert desk.screen.basket == ()


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ("0", BadAmount.ZERO),
        ("-5", BadAmount.NEGATIVE),
        ("12,505", BadAmount.TOO_MANY_DECIMALS),
        ("", BadAmount.EMPTY),
        ("abc", BadAmount.NOT_A_NUMBER),
        ("99999999999", BadAmount.TOO_LARGE),
    ],
)
def test_a_bad_amount_is_never_debited(desk: Desk, text: str, judged: BadAmount) -> None:
    desk.scan(code(1))
    desk.presenter.amount_edited(text)
    assert debitable(desk).amount is judged
    desk.enter()
    assert desk.counter.asked("redeem") == 0
    desk.presenter.amount_edited("12.50")
    desk.enter()
    assert isinstance(state(desk), st.Debited)


@pytest.mark.parametrize("text", ["12,50", "12.50", " 12,50 €"])
def test_amounts_as_people_write_them(desk: Desk, text: str) -> None:
    desk.scan(code(1))
    desk.presenter.amount_edited(text)
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(12.5))


def test_more_than_the_balance_is_not_debited(desk: Desk) -> None:
    desk.scan(code(1))
    desk.presenter.amount_edited("1 250,00 €")
    assert isinstance(debitable(desk).judged, AmountAboveBalance)
    assert isinstance(debitable(desk).verdict, Valid)
    desk.enter()
    assert desk.counter.asked("redeem") == 0


def test_a_voucher_debited_whole_only(desk: Desk) -> None:
    desk.counter.add(4, terms=Terms(partial_allowed=False))
    desk.presenter.purchase_edited("20")
    desk.scan(code(4))
    assert isinstance(debitable(desk).verdict, PartUseNotAllowed)
    assert debitable(desk).amount == euros(50)
    assert desk.hands.sounds == [st.Sound.LOOK]
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(50))


def test_a_minimum_asks_for_the_purchase_and_is_judged_again(desk: Desk) -> None:
    desk.counter.add(4, terms=Terms(minimum_purchase=euros(80)))
    desk.scan(code(4))
    assert isinstance(debitable(desk).verdict, BelowMinimumPurchase)
    assert focus_of(desk) is st.Focus.PURCHASE
    desk.presenter.purchase_edited("45")
    assert isinstance(debitable(desk).verdict, BelowMinimumPurchase)
    focus = desk.screen.focus
    desk.presenter.purchase_edited("450")
    assert isinstance(debitable(desk).verdict, Valid)
    assert desk.screen.focus == focus, "typing keeps the keyboard"
    desk.presenter.purchase_entered()
    assert focus_of(desk) is st.Focus.AMOUNT
    desk.enter()
    assert isinstance(state(desk), st.Debited)


def test_a_minimum_is_held_against_the_whole_purchase(desk: Desk) -> None:
    desk.counter.add(4, terms=Terms(minimum_purchase=euros(80)))
    desk.presenter.purchase_edited("87")
    desk.scan(code(1))
    desk.enter()
    desk.scan(code(4))
    assert isinstance(debitable(desk).verdict, Valid), "37 is left, but the purchase is 87"
    assert debitable(desk).amount == euros(37)


def test_a_second_scan_replaces_the_card(desk: Desk) -> None:
    desk.scan(code(1))
    desk.scan(code(2))
    desk.enter()
    assert desk.counter.vouchers[code(1)].balance == euros(50)
    assert desk.counter.vouchers[code(2)].balance == euros(0)


def test_the_newest_look_up_wins(desk: Desk) -> None:
    desk.presenter.scanned(code(1))
    desk.presenter.scanned(code(9))
    first, second = desk.hands.commands
    assert isinstance(first, AskLookUp)
    assert isinstance(second, AskLookUp)
    desk.hands.commands = [second, first]
    desk.work_off()
    assert isinstance(state(desk), st.Declined), "the older answer came last and is dropped"


def test_enter_right_after_the_card_appeared_is_not_meant_for_it(desk: Desk) -> None:
    desk.presenter.typed(code(1))
    command = desk.hands.commands.pop()
    assert isinstance(command, AskLookUp)
    desk.presenter.answered(command, desk.counter.look_up(command.text, purchase=command.purchase))
    desk.presenter.enter()
    assert desk.hands.commands == []
    desk.clock.advance(seconds=0.3)
    desk.presenter.enter()
    assert isinstance(desk.hands.commands[0], DoRedeem)


def test_enter_twice_asks_once_and_does_not_cancel(desk: Desk) -> None:
    desk.presenter.typed(code(1))
    desk.presenter.typed(code(1))
    desk.presenter.enter()
    assert len(desk.hands.commands) == 1
    desk.work_off()
    assert isinstance(state(desk), st.Debitable)


def test_while_money_is_in_flight_no_scan_is_taken(desk: Desk) -> None:
    desk.scan(code(1))
    desk.presenter.enter()
    acts: tuple[Callable[[], None], ...] = (
        partial(desk.presenter.scanned, code(2)),
        desk.presenter.enter,
        desk.presenter.escape,
        desk.presenter.undo,
        desk.presenter.new_purchase,
    )
    for act in acts:
        desk.clock.advance(seconds=1)
        act()
        assert isinstance(state(desk), st.Debiting)
        assert desk.screen.hint is st.Hint.FINISH_FIRST
        assert len(desk.hands.commands) == 1
    desk.work_off()
    assert isinstance(state(desk), st.Debited)
    assert desk.screen.hint is st.Hint.NONE


def test_no_answer_is_asked_again_until_the_answer(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    assert isinstance(state(desk), st.Unanswered)
    desk.counter.next_wait.append(desk.counter.unknown_now(euros(50)))
    desk.ring()
    assert isinstance(state(desk), st.Unanswered)
    desk.ring()
    assert isinstance(state(desk), st.Debited)
    assert desk.hands.sounds == [st.Sound.TICK, st.Sound.YES]
    assert desk.counter.asked("redeem") == 1
    assert desk.counter.asked("wait") == 2


def test_enter_while_asking_again_never_cancels(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    desk.presenter.enter()
    assert isinstance(desk.hands.commands[0], DoWait)
    desk.clock.advance(seconds=1)
    desk.presenter.enter()
    assert isinstance(state(desk), st.Unanswered)
    assert len(desk.hands.commands) == 1


def test_esc_cancels_what_has_no_answer(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    desk.presenter.escape()
    assert isinstance(state(desk), st.Cancelling)
    desk.work_off()
    assert isinstance(state(desk), st.Cancelled)
    desk.presenter.time_came(desk.hands.alarms[-1][1])
    assert desk.hands.commands == [], "the old call-back does nothing"


def test_esc_while_asking_again_cancels_afterwards(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    desk.presenter.enter()
    desk.presenter.escape()
    assert state(desk) == st.Unanswered(
        desk.counter.unknown_now(euros(50)), asking=True, wanted=st.Wanted.CANCEL
    )
    desk.counter.next_wait.append(desk.counter.unknown_now(euros(50)))
    desk.work_off()
    assert isinstance(state(desk), st.Cancelled)


def test_an_answer_that_came_before_the_cancel_counts(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    desk.presenter.enter()
    desk.presenter.escape()
    desk.work_off()
    assert isinstance(state(desk), st.Debited)


def test_cancelled_here_only(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    op_id = OpId(UUID(int=1))
    desk.counter.next_cancel.append(RedeemCancelled(op_id, euros(50), confirmed=False))
    desk.presenter.escape()
    assert desk.hands.commands == [DoCancel(op_id)]
    desk.work_off()
    cancelled = state(desk)
    assert isinstance(cancelled, st.Cancelled)
    assert not cancelled.result.confirmed


def test_refused_at_the_service_and_the_next_voucher_works(desk: Desk) -> None:
    desk.scan(code(1))
    line = RefusedLine("…H2M7", Reason.USED_UP, VoucherId(UUID(int=1)))
    desk.counter.next_redeem.append(RedeemRefused(OpId(UUID(int=1)), (line,), None))
    desk.enter()
    assert isinstance(state(desk), st.Refused)
    assert desk.screen.basket == ()
    desk.scan(code(2))
    desk.enter()
    assert isinstance(state(desk), st.Debited)


def test_undo_asks_inside_the_card_and_gives_back(desk: Desk) -> None:
    desk.presenter.purchase_edited("87")
    desk.scan(code(1))
    desk.enter()
    desk.presenter.undo()
    assert isinstance(state(desk), st.ConfirmUndo)
    desk.clock.advance(seconds=1)
    desk.enter()
    assert isinstance(state(desk), st.Undone)
    assert desk.screen.basket == ()
    assert desk.screen.left == euros(87)
    assert desk.screen.undo is None
    assert desk.counter.vouchers[code(1)].balance == euros(50)


def test_esc_keeps_the_debit_and_the_card_at_hand(desk: Desk) -> None:
    desk.scan(code(1))
    desk.enter()
    desk.scan(code(2))
    desk.presenter.undo()
    desk.presenter.escape()
    assert debitable(desk).label == desk.counter.vouchers[code(2)].label
    assert desk.counter.asked("reverse_last") == 0


def test_undo_goes_back_one_by_one(desk: Desk) -> None:
    for number, amount in ((1, "10"), (2, "20")):
        desk.scan(code(number))
        desk.presenter.amount_edited(amount)
        desk.enter()
    assert desk.screen.undo == euros(20)
    desk.presenter.undo()
    desk.clock.advance(seconds=1)
    desk.enter()
    assert desk.screen.undo == euros(10)


def test_undo_without_a_line_is_pending(desk: Desk) -> None:
    desk.scan(code(1))
    desk.enter()
    desk.counter.next_reverse.append(ReversalPending(OpId(UUID(int=1)), euros(50)))
    desk.presenter.undo()
    desk.clock.advance(seconds=1)
    desk.enter()
    assert isinstance(state(desk), st.Undone)
    assert desk.screen.basket == ()


def test_nothing_to_undo(desk: Desk) -> None:
    desk.presenter.undo()
    assert state(desk) == st.ConfirmUndo(None)
    desk.clock.advance(seconds=1)
    desk.enter()
    assert isinstance(state(desk), st.NotUndone)


def question(number: int = 77) -> Interrupted:
    return Interrupted(OpId(UUID(int=number)), euros(50), ("…H2M7",), NOON)


@pytest.mark.parametrize("handed_over", [True, False])
def test_what_a_crash_left_is_asked_first(handed_over: bool) -> None:
    counter = FakeCounter(questions=(question(77), question(78)))
    counter.add(1)
    desk = Desk(counter)
    assert state(desk) == st.Question(question(77), 1)
    desk.enter()
    desk.presenter.escape()
    assert state(desk) == st.Question(question(77), 1), "habit does not answer it"
    desk.presenter.answer_question(handed_over=handed_over)
    desk.work_off()
    assert isinstance(state(desk), st.Answered)
    desk.enter()
    assert state(desk) == st.Question(question(78), 0)
    desk.scan(code(1))
    assert isinstance(state(desk), st.Debitable), "another voucher need not wait"


def test_a_voucher_under_question_is_asked_about(desk: Desk) -> None:
    desk.counter.questions = (question(),)
    desk.counter.next_look_up.append(UnderQuestion(question()))
    desk.scan(code(1))
    assert state(desk) == st.Question(question(), 0)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://example.org/bon", Foreign.WEB_ADDRESS),
        ("BEGIN:VCARD\nFN:Claire\nEND:VCARD", Foreign.CONTACT),
        ("WIFI:S:boutique;P:secret;;", Foreign.WIFI),
        ("\x00\x01" * 2048, Foreign.BINARY),
        ("مرحبا بالعالم", Foreign.OTHER_TEXT),
        ("V1:" + "A" * 40, Foreign.DAMAGED_TOKEN),
        ("3760123456789", Foreign.PRODUCT),
        ("x" * 4000, Foreign.TOO_LONG),
    ],
)
def test_foreign_codes_get_a_card_and_the_next_voucher_works(
    desk: Desk, text: str, kind: Foreign
) -> None:
    desk.scan(text)
    assert state(desk) == st.ForeignScan(kind)
    assert desk.hands.sounds == [st.Sound.NO]
    desk.scan(code(1))
    desk.enter()
    assert isinstance(state(desk), st.Debited)


def test_a_token_with_one_bit_flipped_is_declined_and_the_next_voucher_works(desk: Desk) -> None:
    desk.scan("V1:" + "A" * 151)
    assert state(desk) == st.Declined(Unknown(), "")
    desk.scan(code(1))
    assert isinstance(state(desk), st.Debitable)


def test_a_mistyped_code_stays_in_its_field(desk: Desk) -> None:
    wrong = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    before = desk.screen.code_fill
    desk.presenter.typed(wrong)
    desk.work_off()
    assert isinstance(state(desk), st.ForeignScan)
    assert desk.screen.code_fill == before
    desk.presenter.escape()
    assert desk.screen.code_fill[1] == ""
    assert desk.screen.code_fill != before


@pytest.mark.parametrize("kind", NoAnswerKind)
def test_a_service_that_does_not_answer_a_look_up(desk: Desk, kind: NoAnswerKind) -> None:
    desk.counter.next_look_up.append(NoAnswerYet(kind))
    desk.scan(code(1))
    assert isinstance(state(desk), st.LookUpFailed)
    desk.enter()
    assert isinstance(state(desk), st.Debitable), "Enter tries again"


def test_a_problem_while_debiting_is_told_and_asked_about(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.fail(Problem(ProblemKind.DISK_FULL))
    desk.counter.questions = (question(),)
    desk.enter()
    assert state(desk) == st.InTheWay(ProblemKind.DISK_FULL, money=True)
    desk.enter()
    assert isinstance(state(desk), st.Question)


def test_stopped_is_final(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(Stopped())
    desk.enter()
    for act in (desk.presenter.escape, desk.presenter.undo):
        act()
    desk.scan(code(2))
    assert isinstance(state(desk), st.SellingStopped)
    assert desk.hands.commands == []
    desk.enter()
    assert desk.hands.enrolments == 1, "the only way on"


def test_the_line_says_stopped(desk: Desk) -> None:
    desk.presenter.scanned(code(1))
    desk.presenter.line_changed(Status(LineState.STOPPED, NOON, NOON, 0))
    desk.work_off()
    assert isinstance(state(desk), st.SellingStopped)


def test_offline_is_told_with_the_voucher(desk: Desk) -> None:
    desk.presenter.line_changed(Status(LineState.OFFLINE, NOON, NOON, 0, NoAnswerKind.DOWN))
    desk.scan(code(1))
    assert desk.screen.offline == st.Offline(None)


def test_esc_in_ready_begins_a_new_purchase(desk: Desk) -> None:
    desk.presenter.purchase_edited("87")
    desk.scan(code(1))
    desk.enter()
    desk.presenter.escape()
    assert desk.screen.basket != (), "the first one only leaves the card"
    desk.presenter.escape()
    assert desk.screen.basket == ()
    assert desk.screen.left is None


def test_an_answer_of_another_kind_is_a_bug(desk: Desk) -> None:
    desk.presenter.scanned(code(1))
    with pytest.raises(Bug):
        desk.presenter.answered(desk.hands.commands[0], Stopped())


def test_the_keyboard_begins_in_the_code_field() -> None:
    desk = Desk(FakeCounter())
    assert desk.screens[0].focus == (1, st.Focus.CODE)
