"""Leaving this till, without a display."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from merchant_app.errors import Bug, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ids import OpId
from merchant_app.till.matters import MustStay, UnsentEntry
from merchant_app.till.results import LineState, Stopped
from merchant_app.ui.commands import AskMayLeave, Command, perform
from merchant_app.ui.this_till import words
from merchant_app.ui.this_till.presenter import Mode, Presenter, Screen
from tests.fakes.counter import FACTS, NOON, ONLINE, STANDING, ZONE, FakeCounter, euros

UNSENT = UnsentEntry(OpId(UUID(int=1)), NOON, euros(20), ("…H2M7",), True)


class Owner:
    """A shop owner in front of the screen."""

    def __init__(self, counter: FakeCounter) -> None:
        self.counter = counter
        self.commands: list[Command] = []
        self.money_is_free = True
        self.left = 0
        self.screens: list[Screen] = []
        self.presenter = Presenter(self, ONLINE, show=self.screens.append)
        self.presenter.open()

    def run_command(self, command: Command) -> None:
        self.commands.append(command)

    def may_move_money(self) -> bool:
        return self.money_is_free

    def signed_out(self) -> None:
        self.left += 1

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def work_off(self) -> None:
        while self.commands:
            command = self.commands.pop(0)
            self.presenter.answered(command, perform(self.counter, command))


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


def test_leaving_is_asked_once_and_done() -> None:
    owner = Owner(FakeCounter())
    owner.presenter.leave_wanted()
    owner.work_off()
    assert owner.screen.mode is Mode.CONFIRMING
    assert owner.counter.asked("sign_out") == 0
    owner.presenter.confirmed()
    owner.work_off()
    assert owner.counter.signed_out
    assert owner.left == 1


def test_what_would_be_lost_is_listed() -> None:
    owner = Owner(FakeCounter(unsent=(UNSENT,)))
    owner.presenter.leave_wanted()
    owner.work_off()
    assert owner.screen.mode is Mode.LOOKING
    assert owner.screen.stay is not None
    lost = words.lost(owner.screen.stay, time_zone=ZONE, now=NOON)
    assert len(lost) == 1
    assert "…H2M7" in lost[0]
    assert "20,00" in lost[0]
    owner.presenter.confirmed()
    assert owner.commands == [], "there is nothing to confirm"


def test_what_came_between_the_question_and_the_answer_is_not_lost() -> None:
    owner = Owner(FakeCounter())
    owner.presenter.leave_wanted()
    owner.work_off()
    owner.counter.unsent = (UNSENT,)
    owner.presenter.confirmed()
    owner.work_off()
    assert owner.left == 0
    assert owner.screen.stay is not None


def test_esc_goes_back_one_step_at_a_time() -> None:
    owner = Owner(FakeCounter())
    owner.presenter.leave_wanted()
    owner.work_off()
    assert not owner.presenter.escape()
    assert owner.screen.mode is Mode.LOOKING
    assert owner.presenter.escape()


def test_an_answer_after_the_screen_was_opened_anew_asks_nothing() -> None:
    owner = Owner(FakeCounter())
    owner.presenter.leave_wanted()
    owner.presenter.open()
    owner.work_off()
    assert owner.screen.mode is Mode.LOOKING


def test_money_in_flight_comes_first() -> None:
    owner = Owner(FakeCounter())
    owner.money_is_free = False
    owner.presenter.leave_wanted()
    assert owner.commands == []


def test_a_problem_leaves_the_till_as_it_is() -> None:
    owner = Owner(FakeCounter())
    owner.presenter.leave_wanted()
    owner.presenter.went_wrong(AskMayLeave(), ProblemKind.KEYRING_UNAVAILABLE)
    assert owner.screen.mode is Mode.LOOKING
    assert "trousseau" in words.sentence(owner.screen).lower()


def test_an_answer_of_another_kind_is_a_bug() -> None:
    with pytest.raises(Bug):
        Owner(FakeCounter()).presenter.answered(AskMayLeave(), Stopped())


def test_cards_to_settle_keep_the_till_too() -> None:
    screen = replace(Owner(FakeCounter()).screen, stay=MustStay((), 2))
    assert "2 affaires" in words.sentence(screen)


def test_the_facts_are_told() -> None:
    status = replace(ONLINE, unsent=4, unsent_sales=2, offline=STANDING)
    told = dict(words.facts(FACTS, status, now=NOON))
    assert told["Boutique"] == "Librairie Cassiopée, Val d’Oingt"
    assert told["À envoyer"] == "2"
    assert told["Hors ligne"].startswith("3 sur 40, 120")


@pytest.mark.parametrize("line", LineState)
def test_only_a_till_that_cannot_go_on_is_offered_another_enrolment(line: LineState) -> None:
    must = words.must_enrol(replace(ONLINE, line=line))
    assert must is (line in (LineState.NOT_ENTITLED, LineState.STOPPED))
