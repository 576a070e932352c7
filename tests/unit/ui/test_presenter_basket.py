"""Several vouchers for one purchase, without a display."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from merchant_app.i18n import Language, install
from merchant_app.ids import OpId
from merchant_app.money import BadAmount, Money
from merchant_app.till.results import (
    Judged,
    Limit,
    LineState,
    NoAnswerKind,
    OfflineRefused,
    RedeemRefused,
    RefusedLine,
    SameAgain,
    Status,
)
from merchant_app.ui.commands import AskConfirm, AskLookUp
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.encaisser.deeds import deeds_of
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.vouchers.split import BASKET_MAX, AboveTotal, Idle
from merchant_app.vouchers.terms import Terms
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    OtherCurrency,
    PartUseNotAllowed,
    Reason,
    UsedUp,
)
from tests.fakes.counter import COPIED_AT, NOON, STANDING, ZONE, FakeCounter, code, euros, voucher
from tests.fakes.hands import Desk

PLACE = Place(NOON, ZONE)
LAST = date(2027, 12, 31)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


@pytest.fixture
def desk() -> Desk:
    """50 euros that end last, 20 that end first, 50 between; a purchase of 87."""
    counter = FakeCounter()
    counter.add(1, terms=Terms(expires_on=LAST))
    counter.add(2, balance=20, terms=Terms(expires_on=date(2026, 12, 1)))
    counter.add(3, terms=Terms(expires_on=date(2027, 1, 31)))
    desk = Desk(counter)
    desk.presenter.purchase_edited("87")
    return desk


def basket(desk: Desk, *numbers: int) -> st.Several:
    """Show these one after the other."""
    for number in numbers:
        desk.scan(code(number))
    return several(desk)


def shown(desk: Desk) -> st.State:
    return desk.screen.state


def at_hand(desk: Desk) -> st.Debitable:
    state = shown(desk)
    assert isinstance(state, st.Debitable)
    return state


def several(desk: Desk) -> st.Several:
    state = shown(desk)
    assert isinstance(state, st.Several)
    return state


def amounts(desk: Desk) -> list[Money]:
    return [line.amount for line in desk.screen.waiting]


def test_three_vouchers_against_87_euros(desk: Desk) -> None:
    state = basket(desk, 1, 2, 3)
    assert amounts(desk) == [euros(17), euros(20), euros(50)]
    assert state.split.left_to_pay == euros(0)
    assert [line.chosen for line in desk.screen.waiting] == [False, False, True]
    assert desk.screen.amount_fill[1] == "50,00\u00a0€"
    assert desk.screen.focus[1] is st.Focus.AMOUNT
    desk.enter()
    debited = shown(desk)
    assert isinstance(debited, st.Debited)
    assert len(debited.result.lines) == 3
    assert desk.counter.calls[-1] == ("redeem", euros(87))
    assert desk.counter.asked("redeem") == 1, "one redemption, one id"
    assert desk.screen.waiting == ()
    assert {line.op_id for line in desk.screen.basket} == {debited.result.op_id}
    assert desk.screen.left == euros(0)
    assert desk.screen.undo == euros(87)
    assert desk.counter.vouchers[code(1)].balance == euros(33)


def test_one_key_undoes_the_whole_basket(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.enter()
    desk.presenter.undo()
    desk.clock.advance(seconds=1)
    desk.enter()
    assert isinstance(shown(desk), st.Undone)
    assert desk.screen.basket == ()
    assert [desk.counter.vouchers[code(n)].balance for n in (1, 2, 3)] == [
        euros(50),
        euros(20),
        euros(50),
    ]


def test_what_the_vouchers_cannot_pay_is_told(desk: Desk) -> None:
    basket(desk, 1, 2)
    card = card_of(desk.screen, PLACE)
    assert card.word == "2 bons"
    assert card.figure == "70,00\u00a0€"
    assert "17,00" in card.lead
    assert deeds_of(desk.screen).enter.text == "Débiter 70,00\u00a0€"


def test_without_a_total_a_second_voucher_replaces_the_first() -> None:
    counter = FakeCounter()
    counter.add(1)
    counter.add(2)
    desk = Desk(counter)
    desk.scan(code(1))
    desk.scan(code(2))
    assert isinstance(shown(desk), st.Debitable)
    assert desk.screen.waiting == ()


def test_a_voucher_that_pays_for_everything_is_replaced_by_the_next(desk: Desk) -> None:
    desk.presenter.purchase_edited("40")
    desk.scan(code(1))
    desk.scan(code(3))
    assert isinstance(shown(desk), st.Debitable)


def test_a_total_typed_after_the_first_voucher_makes_a_basket_too(desk: Desk) -> None:
    desk.presenter.purchase_edited("")
    desk.scan(code(1))
    desk.presenter.purchase_edited("87")
    basket(desk, 3)
    assert amounts(desk) == [euros(37), euros(50)]


def test_the_amount_typed_for_the_first_voucher_stays(desk: Desk) -> None:
    desk.scan(code(1))
    desk.presenter.amount_edited("30")
    basket(desk, 3)
    assert amounts(desk) == [euros(30), euros(50)]


def test_the_same_voucher_twice_is_in_the_basket_once(desk: Desk) -> None:
    desk.scan(code(1))
    desk.scan(code(1))
    assert isinstance(shown(desk), st.Debitable)
    basket(desk, 3, 1)
    assert len(desk.screen.waiting) == 2
    assert desk.screen.waiting[0].chosen


def test_another_total_is_another_proposal(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.purchase_edited("60")
    assert amounts(desk) == [euros(0), euros(20), euros(40)]
    assert desk.screen.waiting[0].idle is Idle.NOT_NEEDED
    desk.presenter.purchase_edited("")
    assert amounts(desk) == [euros(50), euros(20), euros(50)], "each whole"
    assert card_of(desk.screen, PLACE).lead == ""


# --- by hand -------------------------------------------------------------------------------------


def test_up_and_down_choose_a_voucher_and_its_amount_is_typed(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.step(-1)
    assert desk.screen.amount_fill[1] == "20,00\u00a0€"
    desk.presenter.step(-5)
    assert desk.screen.amount_fill[1] == "17,00\u00a0€"
    fill = desk.screen.amount_fill
    desk.presenter.amount_edited("30")
    assert amounts(desk) == [euros(30), euros(20), euros(37)]
    assert desk.screen.amount_fill == fill, "what is being typed is not overwritten"
    desk.presenter.step(+9)
    desk.presenter.amount_edited("10")
    assert amounts(desk) == [euros(30), euros(20), euros(10)]
    assert several(desk).split.left_to_pay == euros(27)
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(60))


def test_an_emptied_amount_is_as_proposed_again(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.amount_edited("10")
    desk.presenter.amount_edited("")
    assert amounts(desk) == [euros(17), euros(20), euros(50)]
    assert several(desk).can_be_debited


@pytest.mark.parametrize("typed", ["7", "K"])
def test_a_gun_that_types_into_the_amount_sets_nothing_by_hand(desk: Desk, typed: str) -> None:
    desk.scan(code(1))
    before = desk.screen.amount_fill[1]
    desk.presenter.amount_edited(typed)
    desk.presenter.amount_edited(before)
    basket(desk, 2)
    before = desk.screen.amount_fill[1]
    desk.presenter.amount_edited(typed)
    desk.presenter.amount_edited(before)
    basket(desk, 3)
    assert amounts(desk) == [euros(17), euros(20), euros(50)]
    assert not any(share.by_hand for share in several(desk).split.shares)


def test_a_gun_leaves_what_was_typed_before(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.amount_edited("40")
    desk.presenter.step(-1)
    desk.presenter.step(+1)
    before = desk.screen.amount_fill[1]
    desk.presenter.amount_edited("7")
    desk.presenter.amount_edited(before)
    assert amounts(desk) == [euros(27), euros(20), euros(40)]


def test_a_line_that_is_clicked_is_chosen(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.choose(voucher(2).voucher_id)
    assert several(desk).chosen == voucher(2).voucher_id
    assert desk.screen.focus[1] is st.Focus.AMOUNT


@pytest.mark.parametrize(
    ("text", "wrong", "bad"),
    [
        ("51", AmountAboveBalance, None),
        ("5O", None, BadAmount.NOT_A_NUMBER),
        ("0", None, BadAmount.ZERO),
    ],
)
def test_a_wrong_amount_is_never_debited(
    desk: Desk, text: str, wrong: type | None, bad: BadAmount | None
) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.amount_edited(text)
    state = several(desk)
    assert state.amount is bad
    assert (type(state.wrong) if state.wrong else None) is wrong
    deeds = deeds_of(desk.screen)
    assert not deeds.enter.enabled
    assert deeds.message
    desk.enter()
    assert desk.counter.asked("redeem") == 0
    desk.presenter.amount_edited("50")
    desk.enter()
    assert isinstance(shown(desk), st.Debited)


def test_more_than_the_purchase_leaves_says_how_much_it_is(desk: Desk) -> None:
    basket(desk, 1, 3)
    desk.presenter.amount_edited("50")
    desk.presenter.step(-1)
    desk.presenter.amount_edited("50")
    assert isinstance(several(desk).wrong, AboveTotal)
    assert "37,00" in deeds_of(desk.screen).message


def test_a_voucher_used_whole_beyond_the_total_says_what_is_lost(desk: Desk) -> None:
    desk.counter.add(4, terms=Terms(partial_allowed=False))
    desk.presenter.purchase_edited("40")
    basket(desk, 2, 4)
    assert desk.screen.waiting[1].idle is Idle.WHOLE_TOO_MUCH
    assert desk.hands.sounds == [st.Sound.LOOK]
    desk.presenter.amount_edited("30")
    assert isinstance(several(desk).wrong, PartUseNotAllowed)
    desk.presenter.amount_edited("50")
    assert amounts(desk) == [euros(0), euros(50)]
    assert "10,00" in card_of(desk.screen, PLACE).lead


def test_del_removes_a_voucher_and_the_last_but_one_is_no_basket(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.remove()
    assert amounts(desk) == [euros(50), euros(20)]
    desk.presenter.remove(voucher(1).voucher_id)
    assert at_hand(desk).label == voucher(2).label
    assert desk.screen.waiting == ()
    desk.clock.advance(seconds=1)
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(20))


def test_esc_removes_them_all(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    desk.presenter.escape()
    assert isinstance(shown(desk), st.Ready)
    assert desk.screen.waiting == ()
    assert desk.screen.purchase == euros(87)


def test_a_full_basket_says_so(desk: Desk) -> None:
    desk.presenter.purchase_edited("1000")
    for number in range(1, BASKET_MAX + 1):
        desk.counter.add(number, balance=10)
    basket(desk, *range(1, BASKET_MAX + 1))
    desk.counter.add(50)
    desk.scan(code(50))
    assert desk.screen.hint is st.Hint.BASKET_FULL
    assert len(desk.screen.waiting) == BASKET_MAX
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(200))


# --- what gets in the way ------------------------------------------------------------------------


def test_a_voucher_that_is_no_good_leaves_the_basket_alone(desk: Desk) -> None:
    desk.counter.add(4, balance=0)
    desk.scan(code(1))
    desk.scan(code(4))
    assert isinstance(shown(desk), st.Declined)
    assert len(desk.screen.waiting) == 1
    desk.enter()
    assert isinstance(shown(desk), st.Debitable), "the first one, again"
    basket(desk, 3)
    desk.scan("https://example.org")
    assert isinstance(shown(desk), st.ForeignScan)
    desk.presenter.escape()
    assert amounts(desk) == [euros(37), euros(50)]


def test_a_voucher_of_another_currency_is_refused(desk: Desk) -> None:
    francs = replace(voucher(4), face=Money(5_000, "CHF"), balance=Money(5_000, "CHF"))
    desk.counter.vouchers[code(4)] = francs
    desk.scan(code(1))
    desk.scan(code(4))
    state = shown(desk)
    assert isinstance(state, st.Declined)
    assert state.verdict == OtherCurrency(francs, "EUR")
    assert "CHF" in card_of(desk.screen, PLACE).lead
    desk.enter()
    basket(desk, 3)
    assert amounts(desk) == [euros(37), euros(50)]


def test_a_refused_line_is_named_and_the_others_can_go_on(desk: Desk) -> None:
    basket(desk, 1, 2, 3)
    used = voucher(2)
    line = RefusedLine(used.label, Reason.USED_UP, used.voucher_id)
    desk.counter.next_redeem.append(RedeemRefused(OpId(UUID(int=1)), (line,), None))
    desk.enter()
    assert shown(desk) == st.Refused(RedeemRefused(OpId(UUID(int=1)), (line,), None), others=2)
    card = card_of(desk.screen, PLACE)
    assert used.label[1:] in card.lead
    assert "Il ne reste rien" in card.lead
    assert deeds_of(desk.screen).enter.text == "Continuer sans lui"
    assert desk.screen.basket == ()
    desk.enter()
    assert amounts(desk) == [euros(37), euros(50)], "proposed anew, and seen before it is debited"
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem", euros(87))


def test_offline_the_limits_are_for_all_together(desk: Desk) -> None:
    cut = Status(LineState.OFFLINE, NOON, NOON, 0, NoAnswerKind.DOWN, redemption_max=euros(50))
    desk.presenter.line_changed(cut)
    basket(desk, 1, 2)
    assert "50\u00a0€ au plus, tous bons réunis" in deeds_of(desk.screen).message
    limit = OfflineRefused(None, Limit.REDEMPTION, None, STANDING)
    desk.counter.next_redeem.append(limit)
    desk.enter()
    assert isinstance(shown(desk), st.BeyondLimit)
    assert "tous les bons réunis" in card_of(desk.screen, PLACE).spoken
    desk.enter()
    desk.presenter.step(-1)
    desk.presenter.amount_edited("30")
    desk.counter.next_redeem.append(desk.counter.accepted(euros(50)))
    desk.enter()
    assert isinstance(shown(desk), st.Accepted)
    assert desk.screen.waiting == ()


def test_the_same_again_asks_once_for_the_whole_basket(desk: Desk) -> None:
    basket(desk, 1, 3)
    desk.counter.next_redeem.append(SameAgain(voucher(3).label, euros(50), NOON))
    desk.enter()
    assert isinstance(shown(desk), st.Twice)
    assert deeds_of(desk.screen).enter.text == "Oui, débiter 87,00\u00a0€ en tout"
    desk.presenter.escape()
    assert amounts(desk) == [euros(37), euros(50)]
    desk.counter.next_redeem.append(SameAgain(voucher(3).label, euros(50), NOON))
    desk.clock.advance(seconds=1)
    desk.enter()
    desk.enter()
    assert desk.counter.calls[-1] == ("redeem again", euros(87))
    assert isinstance(shown(desk), st.Debited)


def test_no_answer_then_cancelled_the_vouchers_are_shown_again(desk: Desk) -> None:
    basket(desk, 1, 3)
    desk.counter.next_redeem.append(desk.counter.unknown(euros(87)))
    desk.enter()
    assert isinstance(shown(desk), st.Unanswered)
    desk.presenter.escape()
    desk.work_off()
    assert isinstance(shown(desk), st.Cancelled)
    assert desk.screen.waiting == ()


def test_undoing_the_last_debit_keeps_the_basket_at_hand(desk: Desk) -> None:
    desk.presenter.purchase_edited("137")
    desk.scan(code(1))
    desk.enter()
    basket(desk, 2, 3)
    desk.presenter.undo()
    desk.presenter.escape()
    assert amounts(desk) == [euros(20), euros(50)]
    desk.presenter.undo()
    desk.clock.advance(seconds=1)
    desk.enter()
    assert isinstance(shown(desk), st.Undone)
    desk.enter()
    assert several(desk).split.left_to_pay == euros(67)


# --- the central service's word ------------------------------------------------------------------


def held(desk: Desk, *numbers: int) -> list[AskConfirm]:
    """Show these, answered by the till's own copy; the service has not answered yet."""
    desk.counter.copied_at = COPIED_AT
    confirms: list[AskConfirm] = []
    for number in numbers:
        desk.presenter.scanned(code(number))
        look_up = desk.hands.commands.pop()
        assert isinstance(look_up, AskLookUp)
        answer = desk.counter.look_up(look_up.text, purchase=look_up.purchase)
        desk.presenter.answered(look_up, answer)
        confirm = desk.hands.commands.pop()
        assert isinstance(confirm, AskConfirm)
        confirms.append(confirm)
    return confirms


def confirm(desk: Desk, command: AskConfirm) -> None:
    desk.presenter.answered(command, desk.counter.confirm(command.asked, purchase=command.purchase))


def test_each_voucher_of_the_basket_is_confirmed_under_its_own_number(desk: Desk) -> None:
    first, second = held(desk, 1, 3)
    assert several(desk).basis.word is st.Word.ASKED
    confirm(desk, second)
    assert several(desk).basis.word is st.Word.ASKED
    confirm(desk, first)
    assert several(desk).basis is st.CENTRAL


def test_a_correction_changes_the_proposal(desk: Desk) -> None:
    first, _second = held(desk, 1, 3)
    desk.counter.vouchers[code(1)] = voucher(1, balance=10, terms=Terms(expires_on=LAST))
    confirm(desk, first)
    assert amounts(desk) == [euros(10), euros(50)]
    assert several(desk).basis.word is st.Word.CORRECTED
    assert desk.hands.sounds == [st.Sound.LOOK]


def test_a_voucher_that_the_service_declines_leaves_the_basket(desk: Desk) -> None:
    first, _second = held(desk, 1, 3)
    desk.presenter.answered(first, Judged(UsedUp(voucher(1, balance=0)), voucher(1).label))
    assert isinstance(shown(desk), st.Declined)
    assert desk.hands.sounds == [st.Sound.NO]
    desk.clock.advance(seconds=1)
    desk.enter()
    assert at_hand(desk).label == voucher(3).label


def test_a_correction_that_comes_beside_another_card_counts_later(desk: Desk) -> None:
    desk.counter.add(4, balance=0)
    first, _second = held(desk, 1, 4)
    assert isinstance(shown(desk), st.Declined)
    desk.counter.vouchers[code(1)] = voucher(1, balance=10, terms=Terms(expires_on=LAST))
    confirm(desk, first)
    assert isinstance(shown(desk), st.Declined)
    desk.clock.advance(seconds=1)
    desk.enter()
    assert at_hand(desk).amount == euros(10)
    assert at_hand(desk).basis.word is st.Word.CORRECTED


def test_a_late_answer_about_a_voucher_that_was_removed_is_dropped(desk: Desk) -> None:
    first, second = held(desk, 1, 3)
    desk.presenter.remove(voucher(1).voucher_id)
    confirm(desk, first)
    assert at_hand(desk).label == voucher(3).label
    confirm(desk, second)
    assert at_hand(desk).basis is st.CENTRAL


# --- what was accepted offline -------------------------------------------------------------------


def is_confirmed(desk: Desk) -> bool:
    return all(line.confirmed for line in desk.screen.basket)


def test_lines_stop_saying_offline_when_the_service_has_debited_them(desk: Desk) -> None:
    cut = Status(LineState.OFFLINE, NOON, NOON, 1, NoAnswerKind.DOWN, redemption_max=euros(50))
    desk.presenter.line_changed(cut)
    desk.scan(code(1))
    accepted = desk.counter.accepted(euros(50))
    desk.counter.next_redeem.append(accepted)
    desk.enter()
    assert not is_confirmed(desk)
    back = Status(LineState.ONLINE, NOON, NOON, 1)
    desk.presenter.line_changed(back)
    desk.presenter.line_changed(back)
    desk.work_off()
    assert desk.counter.asked("booked") == 1, "one question at a time"
    assert not is_confirmed(desk), "sent is not debited"
    desk.counter.now_booked = frozenset({accepted.op_id})
    desk.presenter.line_changed(back)
    desk.work_off()
    assert is_confirmed(desk)
    desk.presenter.line_changed(back)
    assert desk.hands.commands == []
