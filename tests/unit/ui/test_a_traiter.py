"""The À traiter screen's decisions and words, without a display."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ids import OpId, VoucherId
from merchant_app.till.matters import Card, CardKind, Choice, Decided, RetryFailed
from merchant_app.till.results import (
    Interrupted,
    Limit,
    NoAnswerKind,
    OfflineRefused,
    RedeemCancelled,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    RefusedLine,
    SameAgain,
    Settled,
    Stopped,
)
from merchant_app.ui.a_traiter import states as st
from merchant_app.ui.a_traiter import words
from merchant_app.ui.a_traiter.presenter import NOTE_MAX, Presenter
from merchant_app.ui.commands import AskToSettle, Command, DoResolve, DoSettle, perform
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.vouchers.verdicts import Reason, Use
from tests.fakes.counter import NOON, STANDING, ZONE, FakeCounter, euros

PLACE = Place(NOON, ZONE)


def op(number: int) -> OpId:
    return OpId(UUID(int=number))


REFUSED_LINE = RefusedLine("…K7QF", Reason.USED_UP, VoucherId(UUID(int=9)))


def card(number: int, kind: CardKind = CardKind.SHORTFALL) -> Card:
    return Card(
        op_id=op(number),
        kind=kind,
        at=NOON - timedelta(hours=20),
        till="Caisse 1",
        cashier="Claire",
        labels=("…K7QF",),
        amount=euros(50),
        at_stake=euros(12.5),
        reason=Reason.USED_UP,
        uses=(Use(NOON - timedelta(hours=21), "Caisse 2", euros(12.5)),),
        steps=(),
        is_open=True,
    )


QUESTION = Interrupted(op(1), euros(20), ("…H2M7",), NOON)


class Reader:
    """A person in front of À traiter: a presenter, its counter, and its hands."""

    def __init__(self, counter: FakeCounter) -> None:
        self.counter = counter
        self.commands: list[Command] = []
        self.money_is_free = True
        self.screens: list[st.Screen] = []
        self.presenter = Presenter(self, show=self.screens.append)
        self.presenter.open()
        self.work_off()

    def run_command(self, command: Command) -> None:
        self.commands.append(command)

    def may_move_money(self) -> bool:
        return self.money_is_free

    @property
    def screen(self) -> st.Screen:
        return self.screens[-1]

    @property
    def chosen(self) -> OpId | None:
        return None if self.screen.item is None else st.id_of(self.screen.item)

    def work_off(self) -> None:
        while self.commands:
            command = self.commands.pop(0)
            try:
                answer = perform(self.counter, command)
            except Problem as problem:
                self.presenter.went_wrong(command, problem.kind)
            else:
                self.presenter.answered(command, answer)

    def does(self, choice: Choice, note: str = "") -> None:
        """One deed from its key to its end."""
        self.presenter.begin(choice)
        self.presenter.note_edited(note)
        self.presenter.enter()
        self.work_off()


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


@pytest.fixture
def reader() -> Reader:
    return Reader(FakeCounter(questions=(QUESTION,), cards=(card(2), card(3), card(4))))


def test_questions_come_first_and_the_first_open_one_is_read(reader: Reader) -> None:
    assert [st.id_of(item) for item in reader.screen.items] == [op(n) for n in (1, 2, 3, 4)]
    assert reader.chosen == op(1)
    assert reader.screen.open_count == 4


def test_nothing_to_settle_is_told_kindly() -> None:
    reader = Reader(FakeCounter())
    assert reader.screen.item is None
    assert words.card_of(reader.screen, PLACE).word == "Rien à traiter"


@pytest.mark.parametrize("handed_over", [True, False])
def test_a_question_is_answered_and_the_next_matter_is_read(
    reader: Reader, handed_over: bool
) -> None:
    reader.presenter.answer_question(handed_over=handed_over)
    assert reader.commands == [DoSettle(op_id=op(1), handed_over=handed_over)]
    reader.work_off()
    assert isinstance(reader.screen.news, Settled)
    assert reader.chosen == op(2)


def test_enter_never_answers_a_question(reader: Reader) -> None:
    reader.presenter.enter()
    assert reader.commands == []
    assert reader.presenter.escape(), "Esc leaves the screen"


def test_a_call_is_noted_and_the_card_stays(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.does(Choice.CUSTOMER_CALLED, "repasse samedi")
    assert reader.counter.calls[-2] == ("resolve", (Choice.CUSTOMER_CALLED, "repasse samedi"))
    item = reader.screen.item
    assert isinstance(item, Card)
    assert item.op_id == op(2)
    assert item.is_open
    shown = words.card_of(reader.screen, PLACE)
    assert any("repasse samedi" in line for line in shown.history)


def test_a_loss_needs_a_reason(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.does(Choice.LOSS_ACCEPTED, "   ")
    assert reader.screen.news is st.Notice.NOTE_NEEDED
    assert reader.counter.asked("resolve") == 0
    reader.presenter.note_edited("client injoignable")
    assert words.news(reader.screens[-1].news).text == ""
    reader.presenter.enter()
    reader.work_off()
    assert reader.counter.decided[0].op_id == op(2)
    assert reader.chosen == op(3), "on to the next one"


def test_a_reason_is_as_long_as_the_journal_takes(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.presenter.begin(Choice.LOSS_ACCEPTED)
    reader.presenter.note_edited("x" * 500)
    reader.presenter.enter()
    command = reader.commands[0]
    assert isinstance(command, DoResolve)
    assert len(command.note) == NOTE_MAX


def test_a_retry_that_works_settles_the_card(reader: Reader) -> None:
    reader.presenter.choose(3)
    reader.does(Choice.RETRIED)
    assert isinstance(reader.screen.news, Decided)
    assert reader.chosen == op(1), "from the last one back to the first"
    assert reader.screen.open_count == 3


def test_a_retry_that_fails_leaves_the_card_and_says_why(reader: Reader) -> None:
    reader.presenter.choose(1)
    refused = RedeemRefused(op(9), (REFUSED_LINE,), None)
    reader.counter.next_resolve.append(RetryFailed(card(2), refused))
    reader.does(Choice.RETRIED)
    assert reader.chosen == op(2)
    assert "Il ne reste rien" in words.news(reader.screen.news).text


def test_the_platform_is_asked(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.does(Choice.PLATFORM_ASKED)
    assert reader.counter.decided[0].steps[-1].choice is Choice.PLATFORM_ASKED


@pytest.mark.parametrize("kind", [CardKind.VOID_REFUSED, CardKind.NOT_PROCESSED])
def test_only_missing_money_is_debited_anew(kind: CardKind) -> None:
    reader = Reader(FakeCounter(cards=(card(2, kind),)))
    reader.presenter.begin(Choice.RETRIED)
    assert reader.screen.mode == st.Browsing()


def test_esc_takes_a_deed_back_and_then_leaves(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.presenter.begin(Choice.LOSS_ACCEPTED)
    assert not reader.presenter.escape()
    assert reader.screen.mode == st.Browsing()
    assert reader.presenter.escape()
    assert reader.counter.asked("resolve") == 0


def test_the_note_field_begins_empty_for_each_deed(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.presenter.begin(Choice.CUSTOMER_CALLED)
    reader.presenter.note_edited("une note")
    before = reader.screen.note_fill
    reader.presenter.escape()
    reader.presenter.begin(Choice.LOSS_ACCEPTED)
    assert reader.screen.note_fill[0] > before[0]
    reader.presenter.enter()
    assert reader.screen.news is st.Notice.NOTE_NEEDED, "the note of the other deed is gone"


def test_while_something_is_recorded_nothing_else_begins(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.presenter.begin(Choice.RETRIED)
    reader.presenter.enter()
    reader.presenter.enter()
    reader.presenter.choose(0)
    reader.presenter.answer_question(handed_over=True)
    reader.presenter.begin(Choice.LOSS_ACCEPTED)
    assert len(reader.commands) == 1
    assert reader.chosen == op(2)


def test_nothing_is_answered_twice_before_the_new_list_is_there(reader: Reader) -> None:
    reader.presenter.answer_question(handed_over=True)
    settle = reader.commands.pop(0)
    reader.presenter.answered(settle, perform(reader.counter, settle))
    (refresh,) = reader.commands
    reader.presenter.answer_question(handed_over=False)
    reader.presenter.choose(1)
    assert reader.commands == [refresh]
    reader.work_off()
    assert reader.chosen != QUESTION.op_id


def test_money_in_flight_at_the_checkout_comes_first(reader: Reader) -> None:
    reader.money_is_free = False
    reader.presenter.answer_question(handed_over=True)
    assert reader.screen.news is st.Notice.DEBIT_FIRST
    reader.presenter.choose(1)
    reader.does(Choice.RETRIED)
    assert reader.screen.news is st.Notice.DEBIT_FIRST
    assert reader.commands == []


def test_a_problem_leaves_everything_to_settle(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.counter.next_resolve.fail(Problem(ProblemKind.DISK_FULL))
    reader.does(Choice.LOSS_ACCEPTED, "perdu")
    assert reader.screen.news is ProblemKind.DISK_FULL
    assert reader.screen.mode == st.Browsing()
    assert reader.chosen == op(2)


def test_a_blocked_till_records_nothing(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.counter.next_resolve.append(Stopped())
    reader.does(Choice.RETRIED)
    assert isinstance(reader.screen.news, Stopped)


def test_the_list_follows_the_badge(reader: Reader) -> None:
    reader.counter.cards = (*reader.counter.cards, card(5))
    reader.presenter.count_changed(5)
    reader.presenter.count_changed(5)
    assert reader.commands == [AskToSettle()], "asked once at a time"
    reader.work_off()
    assert reader.screen.open_count == 5
    assert reader.chosen == op(1), "the one that is read stays"
    reader.presenter.count_changed(5)
    assert reader.commands == []


def test_what_was_settled_elsewhere_is_not_confirmed_any_more(reader: Reader) -> None:
    reader.presenter.choose(1)
    reader.presenter.begin(Choice.LOSS_ACCEPTED)
    reader.counter.cards = (card(3), card(4))
    reader.presenter.count_changed(3)
    reader.work_off()
    assert reader.screen.mode == st.Browsing()
    assert reader.chosen == op(3)


def test_what_was_decided_can_be_read_and_not_decided_again() -> None:
    decided = replace(card(7), is_open=False)
    reader = Reader(FakeCounter(cards=(card(2),), decided=(decided,)))
    reader.presenter.choose(1)
    assert reader.chosen == op(7)
    reader.presenter.begin(Choice.LOSS_ACCEPTED)
    assert reader.screen.mode == st.Browsing()
    reader.presenter.count_changed(9)
    reader.work_off()
    assert reader.chosen == op(7), "somebody reads it"


def test_an_answer_of_another_kind_is_a_bug(reader: Reader) -> None:
    with pytest.raises(Bug):
        reader.presenter.answered(AskToSettle(), Stopped())


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
def test_every_kind_and_deed_has_words_of_its_own(language: Language) -> None:
    install(language)
    cards = [words.row_of(card(2, kind), PLACE).detail for kind in CardKind]
    for said in (
        cards,
        [words.deed(choice) for choice in Choice],
        [words.chosen(choice) for choice in Choice],
        [words.asked(choice, card(2)).sentence for choice in Choice],
    ):
        assert all(said)
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    "result",
    [
        RedeemRefused(op(9), (replace(REFUSED_LINE, reason=Reason.EXPIRED),), None),
        RedeemUnknown(op(9), euros(5), NoAnswerKind.SLOW),
        OfflineRefused(None, Limit.TILL_SUM, None, STANDING),
        RedeemCancelled(op(9), euros(5), confirmed=True),
        SameAgain("…K7QF", euros(5), NOON),
        Stopped(),
    ],
    ids=lambda result: type(result).__name__,
)
def test_every_failed_retry_says_that_nothing_is_decided(result: RedeemResult) -> None:
    assert len(words.news(RetryFailed(card(2), result)).text) > 20


def test_a_card_says_who_else_used_the_voucher_and_when() -> None:
    reader = Reader(FakeCounter(cards=(card(2),)))
    shown = words.card_of(reader.screen, PLACE)
    assert "Caisse 1" in shown.lines[0]
    assert "Claire" in shown.lines[0]
    assert "Caisse 2" in shown.history[0]
    assert shown.figure == "12,50\u00a0€"
