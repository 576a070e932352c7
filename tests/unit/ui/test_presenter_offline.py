"""The Encaisser screen when the line is slow or cut, without a display."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ids import OpId
from merchant_app.till.results import (
    Judged,
    Lift,
    Limit,
    LineState,
    NoAnswerKind,
    NoAnswerYet,
    NotAuthorisedKind,
    NotEntitled,
    OfflineRefused,
    PinRefused,
    ReversalPending,
    SameAgain,
    Status,
)
from merchant_app.ui.commands import AskConfirm, DoCancel, DoHonour, DoRedeem
from merchant_app.ui.encaisser import states as st
from merchant_app.vouchers.terms import Terms
from merchant_app.vouchers.verdicts import Unknown, Use, UsedUp, Valid
from tests.fakes.counter import (
    COPIED_AT,
    NOON,
    STANDING,
    FakeCounter,
    code,
    euros,
    voucher,
)
from tests.fakes.hands import Desk

OFFLINE = Status(LineState.OFFLINE, NOON, NOON, 0, NoAnswerKind.DOWN, redemption_max=euros(50))
LOCAL = st.Basis(st.Word.LOCAL, COPIED_AT)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


@pytest.fixture
def desk() -> Desk:
    counter = FakeCounter(copied_at=COPIED_AT)
    for number in (1, 2, 3):
        counter.add(number)
    return Desk(counter)


def state(desk: Desk) -> st.State:
    return desk.screen.state


def debitable(desk: Desk) -> st.Debitable:
    at_hand = state(desk)
    assert isinstance(at_hand, st.Debitable)
    return at_hand


def look_up_only(desk: Desk, text: str) -> AskConfirm:
    """The till's own copy has answered; the central service has not."""
    desk.presenter.scanned(text)
    command = desk.hands.commands.pop()
    desk.presenter.answered(command, desk.counter.look_up(text, purchase=None))
    confirm = desk.hands.commands.pop()
    assert isinstance(confirm, AskConfirm)
    desk.clock.advance(seconds=1)
    return confirm


def refused(
    limit: Limit, *, most: float | None = None, op_id: OpId | None = None
) -> OfflineRefused:
    return OfflineRefused(op_id, limit, None if most is None else euros(most), STANDING)


# --- the till's own copy, and the central service's word ------------------------------------------


def test_the_central_service_confirms_in_silence_and_adds_the_history(desk: Desk) -> None:
    use = Use(NOON, "Caisse 2", euros(10))
    confirm = look_up_only(desk, code(1))
    assert debitable(desk).basis.word is st.Word.ASKED
    fill, focus = desk.screen.amount_fill, desk.screen.focus
    desk.counter.history[code(1)] = (use,)
    desk.presenter.answered(confirm, desk.counter.confirm(code(1), purchase=None))
    assert debitable(desk).basis == st.CENTRAL
    assert debitable(desk).history == (use,)
    assert (desk.screen.amount_fill, desk.screen.focus) == (fill, focus), "nothing moves"
    assert desk.hands.sounds == []


def test_a_balance_that_differs_is_corrected_with_the_suggestion(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    less = voucher(1, balance=20)
    desk.presenter.answered(confirm, Judged(Valid(less, euros(20)), less.label))
    assert debitable(desk).basis.word is st.Word.CORRECTED
    assert debitable(desk).amount == euros(20)
    assert desk.screen.amount_fill[1] == "20,00\u00a0€"
    assert desk.hands.sounds == [st.Sound.LOOK]


def test_an_amount_that_was_typed_stays_when_it_is_still_possible(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    desk.presenter.amount_edited("15")
    fill = desk.screen.amount_fill
    less = voucher(1, balance=20)
    desk.presenter.answered(confirm, Judged(Valid(less, euros(20)), less.label))
    assert debitable(desk).amount == euros(15)
    assert desk.screen.amount_fill == fill
    desk.clock.advance(seconds=1)
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(15))


def test_an_amount_that_was_typed_goes_when_it_is_too_much_now(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    desk.presenter.amount_edited("30")
    less = voucher(1, balance=20)
    desk.presenter.answered(confirm, Judged(Valid(less, euros(20)), less.label))
    assert debitable(desk).amount == euros(20)
    assert desk.screen.amount_fill[1] == "20,00\u00a0€"


def test_a_no_from_the_central_service_replaces_a_yes(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    empty = voucher(1, balance=0)
    desk.presenter.answered(confirm, Judged(UsedUp(empty, ()), empty.label))
    declined = state(desk)
    assert isinstance(declined, st.Declined)
    assert declined.basis.word is st.Word.CORRECTED
    assert desk.hands.sounds == [st.Sound.NO]


def test_a_yes_from_the_central_service_replaces_a_no(desk: Desk) -> None:
    desk.counter.next_look_up.append(Judged(Unknown(), "", COPIED_AT))
    desk.scan(code(1))
    assert debitable(desk).basis.word is st.Word.CORRECTED
    assert desk.screen.focus[1] is st.Focus.AMOUNT
    assert desk.hands.sounds == [st.Sound.NO, st.Sound.LOOK]


def test_enter_right_after_a_correction_was_meant_for_what_stood_there_before(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    less = voucher(1, balance=20)
    desk.presenter.answered(confirm, Judged(Valid(less, euros(20)), less.label))
    desk.presenter.enter()
    assert desk.hands.commands == []
    desk.clock.advance(seconds=0.3)
    desk.presenter.enter()
    assert isinstance(desk.hands.commands[0], DoRedeem)


def test_enter_never_waits_for_the_central_service(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    desk.enter()
    assert isinstance(state(desk), st.Debited)
    desk.presenter.answered(confirm, desk.counter.confirm(code(1), purchase=None))
    assert isinstance(state(desk), st.Debited), "what comes late is dropped"


def test_a_late_word_on_another_voucher_is_dropped(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    look_up_only(desk, code(2))
    empty = voucher(1, balance=0)
    desk.presenter.answered(confirm, Judged(UsedUp(empty, ()), empty.label))
    assert debitable(desk).label == desk.counter.vouchers[code(2)].label


def test_without_an_answer_the_tills_own_list_stands(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    desk.presenter.answered(confirm, NoAnswerYet(NoAnswerKind.SLOW))
    assert debitable(desk).basis == LOCAL


def test_a_till_that_is_not_accepted_is_told_so(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    desk.presenter.answered(confirm, NotEntitled(NotAuthorisedKind.TILL_REVOKED))
    assert isinstance(state(desk), st.LookUpFailed)
    desk.clock.advance(seconds=1)
    desk.enter()
    assert desk.hands.enrolments == 1


@pytest.mark.parametrize("line", [LineState.OFFLINE, LineState.NOT_ENTITLED])
def test_nobody_is_asked_who_cannot_answer(desk: Desk, line: LineState) -> None:
    desk.presenter.line_changed(replace(OFFLINE, line=line))
    desk.scan(code(1))
    assert debitable(desk).basis == LOCAL
    assert desk.counter.asked("confirm") == 0


def test_when_the_line_is_back_the_voucher_at_hand_is_confirmed(desk: Desk) -> None:
    desk.presenter.line_changed(OFFLINE)
    desk.scan(code(1))
    desk.presenter.line_changed(Status(LineState.ONLINE, NOON, NOON, 0))
    desk.work_off()
    assert debitable(desk).basis == st.CENTRAL


def test_a_problem_while_confirming_is_told(desk: Desk) -> None:
    desk.counter.next_confirm.fail(Problem(ProblemKind.DISK_FULL))
    desk.scan(code(1))
    assert state(desk) == st.InTheWay(ProblemKind.DISK_FULL, money=False)


def test_a_problem_while_confirming_does_not_hide_a_debit(desk: Desk) -> None:
    confirm = look_up_only(desk, code(1))
    desk.enter()
    desk.presenter.went_wrong(confirm, ProblemKind.DISK_FULL)
    assert isinstance(state(desk), st.Debited)


def test_after_an_undo_that_was_not_meant_the_card_says_from_which_list(desk: Desk) -> None:
    look_up_only(desk, code(1))
    desk.presenter.undo()
    desk.presenter.escape()
    assert debitable(desk).basis == LOCAL


# --- accepted offline -----------------------------------------------------------------------------


def test_accepted_offline_joins_the_purchase_and_is_not_confirmed(desk: Desk) -> None:
    desk.presenter.line_changed(OFFLINE)
    desk.presenter.purchase_edited("87")
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.accepted(euros(50)))
    desk.enter()
    assert isinstance(state(desk), st.Accepted)
    assert [(line.amount, line.confirmed) for line in desk.screen.basket] == [(euros(50), False)]
    assert desk.screen.left == euros(37)
    assert desk.screen.undo == euros(50)
    assert desk.hands.sounds == [st.Sound.LATER]
    desk.scan(code(2))
    assert debitable(desk).amount == euros(37)


def test_what_was_accepted_offline_can_be_undone(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.accepted(euros(50)))
    desk.enter()
    desk.counter.next_reverse.append(ReversalPending(OpId(UUID(int=1)), euros(50)))
    desk.presenter.undo()
    assert isinstance(state(desk), st.ConfirmUndo)
    desk.clock.advance(seconds=1)
    desk.enter()
    assert isinstance(state(desk), st.Undone)
    assert desk.screen.basket == ()
    assert desk.screen.undo is None


@pytest.mark.parametrize("limit", Limit)
def test_beyond_a_limit_nothing_is_debited_and_the_next_voucher_works(
    desk: Desk, limit: Limit
) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(refused(limit))
    desk.enter()
    assert isinstance(state(desk), st.BeyondLimit)
    assert desk.screen.basket == ()
    assert desk.hands.sounds == [st.Sound.NO]
    desk.enter()
    assert isinstance(state(desk), st.Ready)
    desk.scan(code(2))
    assert isinstance(state(desk), st.Debitable)


def test_enter_debits_as_much_as_the_limit_lets(desk: Desk) -> None:
    desk.scan(code(1))
    desk.counter.next_redeem.append(refused(Limit.VOUCHER, most=25))
    desk.enter()
    beyond = state(desk)
    assert isinstance(beyond, st.BeyondLimit)
    assert beyond.offer is not None
    assert beyond.offer.amount == euros(25)
    assert desk.hands.sounds == [st.Sound.LOOK]
    desk.counter.next_redeem.append(desk.counter.accepted(euros(25)))
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(25))
    assert isinstance(state(desk), st.Accepted)


def test_a_voucher_that_is_debited_whole_is_offered_no_part_of_it(desk: Desk) -> None:
    desk.counter.add(4, terms=Terms(partial_allowed=False))
    desk.scan(code(4))
    desk.counter.next_redeem.append(refused(Limit.VOUCHER, most=25))
    desk.enter()
    beyond = state(desk)
    assert isinstance(beyond, st.BeyondLimit)
    assert beyond.offer is None


# --- the responsible person's code ---------------------------------------------------------------


def beyond_soft(desk: Desk, *, pin: str = "2580") -> None:
    """The debit of a voucher is beyond a limit that the code can lift."""
    desk.counter.pins.pin = pin
    desk.scan(code(1))
    said = replace(refused(Limit.TILL_SUM), lift=Lift.WITH_PIN if pin else Lift.NO_PIN_SET)
    desk.counter.next_redeem.append(said)
    desk.enter()
    assert isinstance(state(desk), st.BeyondLimit)


def type_pin(desk: Desk, text: str) -> None:
    desk.presenter.pin_edited()
    desk.clock.advance(seconds=1)
    desk.presenter.pin_entered(text)
    desk.work_off()


def test_f9_asks_for_the_code_and_the_code_takes_it(desk: Desk) -> None:
    beyond_soft(desk)
    desk.presenter.honour()
    assert isinstance(state(desk), st.AskingPin)
    assert desk.screen.focus[1] is st.Focus.PIN
    desk.clock.advance(seconds=1)
    desk.counter.next_redeem.append(desk.counter.accepted(euros(50)))
    type_pin(desk, "2580")
    assert isinstance(state(desk), st.Accepted)
    assert desk.counter.calls[-1] == ("redeem again", euros(50))
    assert len(desk.screen.basket) == 1


def test_a_wrong_code_debits_nothing_and_may_be_typed_again(desk: Desk) -> None:
    beyond_soft(desk)
    desk.presenter.honour()
    desk.clock.advance(seconds=1)
    type_pin(desk, "1234")
    asking = state(desk)
    assert isinstance(asking, st.AskingPin)
    assert asking.refused == PinRefused(wrong=True, wait_s=0)
    assert desk.hands.sounds[-1] is st.Sound.NO
    assert desk.screen.focus[1] is st.Focus.PIN
    assert desk.screen.basket == ()
    desk.counter.next_redeem.append(desk.counter.accepted(euros(50)))
    type_pin(desk, "2580")
    assert isinstance(state(desk), st.Accepted)


def test_esc_goes_back_to_the_limit_and_a_scan_to_the_next_voucher(desk: Desk) -> None:
    beyond_soft(desk)
    desk.presenter.honour()
    desk.presenter.escape()
    assert isinstance(state(desk), st.BeyondLimit)
    desk.clock.advance(seconds=1)
    desk.presenter.honour()
    desk.scan(code(2))
    at_hand = state(desk)
    assert isinstance(at_hand, st.Debitable | st.Several)
    assert desk.counter.asked("redeem again") == 0


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a4"])
def test_what_is_no_code_is_not_even_tried(desk: Desk, text: str) -> None:
    beyond_soft(desk)
    desk.presenter.honour()
    desk.clock.advance(seconds=1)
    type_pin(desk, text)
    assert isinstance(state(desk), st.AskingPin)
    assert desk.screen.hint is st.Hint.PIN_FIRST
    assert desk.counter.asked("redeem again") == 0


def test_the_digits_of_a_gun_are_no_code(desk: Desk) -> None:
    beyond_soft(desk)
    desk.presenter.honour()
    desk.clock.advance(seconds=1)
    desk.presenter.pin_edited()
    desk.clock.advance(seconds=0.02)
    desk.presenter.pin_entered("2580")
    assert desk.hands.commands == []
    assert desk.screen.hint is st.Hint.PIN_FIRST


def test_where_no_code_can_help_f9_does_nothing(desk: Desk) -> None:
    beyond_soft(desk, pin="")
    desk.presenter.honour()
    assert isinstance(state(desk), st.BeyondLimit)


def test_a_code_that_is_typed_is_not_told_to_a_log(desk: Desk) -> None:
    beyond_soft(desk)
    desk.presenter.honour()
    desk.clock.advance(seconds=1)
    desk.presenter.pin_entered("2580")
    assert "2580" not in repr(desk.hands.commands)
    assert "2580" not in repr(desk.screens)


# --- no answer: wait, accept offline, cancel ------------------------------------------------------


def unanswered(desk: Desk) -> OpId:
    desk.scan(code(1))
    desk.counter.next_redeem.append(desk.counter.unknown(euros(50)))
    desk.enter()
    assert isinstance(state(desk), st.Unanswered)
    return OpId(UUID(int=1))


def test_no_answer_can_be_accepted_offline(desk: Desk) -> None:
    op_id = unanswered(desk)
    desk.presenter.honour()
    assert desk.hands.commands == [DoHonour(op_id)]
    assert isinstance(state(desk), st.Honouring)
    desk.presenter.escape()
    assert desk.screen.hint is st.Hint.FINISH_FIRST
    desk.work_off()
    assert isinstance(state(desk), st.Accepted)
    assert not desk.screen.basket[0].confirmed
    desk.presenter.time_came(desk.hands.alarms[-1][1])
    assert desk.hands.commands == [], "the old call-back does nothing"


def test_beyond_a_limit_waiting_and_cancelling_remain(desk: Desk) -> None:
    op_id = unanswered(desk)
    desk.counter.next_honour.append(refused(Limit.TILL_SUM, op_id=op_id))
    desk.presenter.honour()
    desk.work_off()
    still = state(desk)
    assert isinstance(still, st.Unanswered)
    assert still.refused is not None
    desk.clock.advance(seconds=1)
    desk.presenter.honour()
    assert desk.hands.commands == [], "asked once, and the limit said no"
    desk.counter.next_wait.append(desk.counter.unknown_now(euros(50)))
    desk.ring()
    still = state(desk)
    assert isinstance(still, st.Unanswered)
    assert still.refused is not None, "what the limit said stays said"
    desk.presenter.escape()
    assert desk.hands.commands == [DoCancel(op_id)]


def test_accepting_while_it_is_being_asked_again_follows_afterwards(desk: Desk) -> None:
    op_id = unanswered(desk)
    desk.presenter.enter()
    desk.presenter.honour()
    waiting = state(desk)
    assert isinstance(waiting, st.Unanswered)
    assert waiting.wanted is st.Wanted.HONOUR
    assert len(desk.hands.commands) == 1
    desk.counter.next_wait.append(desk.counter.unknown_now(euros(50)))
    command = desk.hands.commands.pop()
    desk.presenter.answered(command, desk.counter.wait(op_id))
    assert desk.hands.commands == [DoHonour(op_id)]


def test_an_answer_that_came_before_the_acceptance_counts(desk: Desk) -> None:
    unanswered(desk)
    desk.presenter.enter()
    desk.presenter.honour()
    desk.work_off()
    assert isinstance(state(desk), st.Debited)
    assert desk.counter.asked("honour") == 0


def test_accepting_means_nothing_elsewhere(desk: Desk) -> None:
    desk.presenter.honour()
    desk.scan(code(1))
    desk.presenter.honour()
    assert isinstance(state(desk), st.Debitable)
    assert desk.counter.asked("honour") == 0


def test_a_limit_that_answers_nothing_we_asked_is_a_bug(desk: Desk) -> None:
    unanswered(desk)
    desk.presenter.enter()
    with pytest.raises(Bug):
        desk.presenter.answered(desk.hands.commands[0], refused(Limit.VOUCHER))


# --- twice ----------------------------------------------------------------------------------------


def same_again(desk: Desk) -> None:
    desk.scan(code(1))
    asked = SameAgain("…H2M7", euros(50), NOON - timedelta(minutes=2))
    desk.counter.next_redeem.append(asked)
    desk.enter()
    assert isinstance(state(desk), st.Twice)
    assert desk.hands.sounds == [st.Sound.LOOK]


def test_the_same_voucher_twice_is_debited_again_with_enter(desk: Desk) -> None:
    same_again(desk)
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem again", euros(50))
    assert isinstance(state(desk), st.Debited)


def test_the_same_voucher_twice_is_left_alone_with_esc(desk: Desk) -> None:
    same_again(desk)
    desk.presenter.escape()
    desk.work_off()
    assert isinstance(state(desk), st.Ready)
    assert desk.counter.asked("redeem again") == 0


# --- the line, and the other screens --------------------------------------------------------------


def test_a_blocked_till_says_how_many_sales_it_keeps(desk: Desk) -> None:
    desk.presenter.line_changed(Status(LineState.STOPPED, NOON, NOON, 4, unsent_sales=2))
    assert state(desk) == st.SellingStopped(2)
    desk.presenter.line_changed(Status(LineState.STOPPED, NOON, NOON, 5, unsent_sales=3))
    assert state(desk) == st.SellingStopped(3)


def test_blocked_while_debiting_is_told_after_the_debit(desk: Desk) -> None:
    desk.scan(code(1))
    desk.presenter.enter()
    desk.presenter.line_changed(Status(LineState.STOPPED, NOON, NOON, 4, unsent_sales=2))
    assert isinstance(state(desk), st.Debiting)
    desk.work_off()
    assert isinstance(state(desk), st.Debited)
    desk.enter()
    assert state(desk) == st.SellingStopped(2)


def test_a_status_that_changes_nothing_here_paints_nothing(desk: Desk) -> None:
    count = len(desk.screens)
    desk.presenter.line_changed(Status(LineState.ONLINE, NOON, NOON, 0))
    desk.presenter.line_changed(Status(LineState.DEGRADED, NOON, NOON, 1))
    assert len(desk.screens) == count


def test_no_debit_begins_while_another_screen_moves_money(desk: Desk) -> None:
    desk.scan(code(1))
    desk.hands.money_is_free = False
    desk.enter()
    assert isinstance(state(desk), st.Debitable)
    assert desk.screen.hint is st.Hint.SETTLE_FIRST
    desk.hands.money_is_free = True
    desk.enter()
    assert isinstance(state(desk), st.Debited)
