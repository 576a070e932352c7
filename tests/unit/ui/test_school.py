"""The exercises: which line each wants, what ends it, what is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest

from merchant_app.errors import ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ids import OpId
from merchant_app.till.results import AcceptedOffline, DebitedLine, LineState, Redeemed, Status
from merchant_app.till.school import Exercise, Fault, Situation
from merchant_app.ui.encaisser.states import Accepted, Debited, Declined, Ready, State
from merchant_app.ui.school import words
from merchant_app.ui.school.presenter import Presenter, Screen
from merchant_app.vouchers.verdicts import Expired, UsedUp
from tests.fakes.counter import NOON, STANDING, euros, voucher
from tests.fakes.school import EXERCISES, exercise

OP = OpId(UUID(int=1))


@dataclass
class Asked:
    """Holds `Hands`, and answers at once."""

    calls: list[object] = field(default_factory=list)
    remembered: frozenset[Situation] = frozenset()
    school: Presenter | None = None
    screens: list[Screen] = field(default_factory=list)

    @property
    def presenter(self) -> Presenter:
        assert self.school is not None
        return self.school

    def make(self) -> None:
        self.presenter.made(EXERCISES)

    def prepare(self, exercise: Exercise, fault: Fault, *, spend: bool) -> None:
        self.calls.append((fault, spend))
        self.presenter.prepared(exercise, fault)

    def turn(self, fault: Fault) -> None:
        self.calls.append(fault)
        self.presenter.turned(fault)

    def spend(self, exercise: Exercise) -> None:
        self.calls.append(("spend", exercise.situation))
        self.presenter.was_spent()

    def show_to_till(self, exercise: Exercise) -> None:
        self.calls.append(exercise.situation)

    def remember(self, done: frozenset[Situation]) -> None:
        self.remembered = done


@pytest.fixture
def hands() -> Asked:
    install(Language.FRENCH)
    made = Asked()
    made.school = Presenter(made, done=frozenset(), show=made.screens.append)
    made.presenter.open()
    made.calls.clear()
    return made


def debited(label: str, *, left: float = 0) -> State:
    line = DebitedLine(label, euros(37), euros(left))
    return Debited(Redeemed(OP, (line,), 1, "00000000", NOON))


def accepted(label: str) -> State:
    line = DebitedLine(label, euros(37), euros(0))
    return Accepted(AcceptedOffline(OP, (line,), 1, "00000000", NOON, STANDING))


def ending(situation: Situation, label: str) -> State:
    match situation:
        case Situation.GOOD:
            return debited(label)
        case Situation.PART:
            return debited(label, left=63)
        case Situation.USED:
            return Declined(UsedUp(voucher()), label)
        case Situation.EXPIRED:
            return Declined(Expired(voucher(), date(2026, 1, 1)), label)
        case Situation.OUTAGE | Situation.REFUSED_LATER:
            return accepted(label)


@pytest.mark.parametrize("situation", list(Situation)[:5])
def test_a_situation_is_done_when_its_own_voucher_ends_as_it_should(
    hands: Asked, situation: Situation
) -> None:
    school, label = hands.presenter, exercise(situation).label
    school.choose(situation)
    school.present()
    for other in Situation:
        school.state_came(ending(other, "…XXXX"))
    school.state_came(Ready())
    assert school.screen.done == frozenset()
    school.state_came(ending(situation, label))
    assert school.screen.done == hands.remembered == {situation}
    assert "Réussi" in words.coach(school.screen)


def test_the_whole_of_a_voucher_is_no_part_of_it(hands: Asked) -> None:
    hands.presenter.choose(Situation.PART)
    hands.presenter.present()
    hands.presenter.state_came(debited(exercise(Situation.PART).label))
    assert hands.presenter.screen.done == frozenset()


def test_the_line_goes_down_by_itself_and_comes_back(hands: Asked) -> None:
    hands.presenter.choose(Situation.OUTAGE)
    hands.presenter.present()
    assert hands.calls == [(Fault.DOWN, False), Situation.OUTAGE]
    hands.presenter.state_came(accepted(exercise(Situation.OUTAGE).label))
    assert hands.calls[-1] is Fault.NONE
    assert hands.presenter.screen.fault is Fault.NONE


def test_the_last_one_ends_with_a_card_under_to_settle(hands: Asked) -> None:
    school = hands.presenter
    school.choose(Situation.REFUSED_LATER)
    school.present()
    assert hands.calls == [(Fault.DOWN, True), Situation.REFUSED_LATER]
    offline = Status(LineState.OFFLINE, NOON, NOON, 1)
    school.status_came(offline)
    school.state_came(accepted(exercise(Situation.REFUSED_LATER).label))
    assert hands.calls[-1] is Fault.NONE
    assert "À traiter" in words.coach(school.screen)
    assert school.screen.done == frozenset()
    school.status_came(Status(LineState.ONLINE, NOON, NOON, 0, to_settle=1))
    assert school.screen.done == {Situation.REFUSED_LATER}


def test_what_was_to_settle_before_ends_nothing(hands: Asked) -> None:
    school = hands.presenter
    school.status_came(Status(LineState.ONLINE, NOON, NOON, 0, to_settle=1))
    school.choose(Situation.REFUSED_LATER)
    school.present()
    school.state_came(accepted(exercise(Situation.REFUSED_LATER).label))
    school.status_came(Status(LineState.ONLINE, NOON, NOON, 0, to_settle=1))
    assert school.screen.done == frozenset()


def test_a_fault_at_will_stays_until_another_is_chosen(hands: Asked) -> None:
    school = hands.presenter
    school.fault_chosen(Fault.SLOW)
    school.present()
    assert hands.calls == [Fault.SLOW, (Fault.SLOW, False), Situation.GOOD]
    school.leave()
    left = school.screen.fault
    school.fault_chosen(Fault.NONE)
    assert (left, hands.screens[-1].fault) == (Fault.SLOW, Fault.NONE)


def test_leaving_gives_the_line_back(hands: Asked) -> None:
    hands.presenter.choose(Situation.OUTAGE)
    hands.presenter.present()
    hands.presenter.leave()
    assert hands.presenter.screen.fault is Fault.NONE
    assert words.coach(hands.presenter.screen) == ""


def test_a_voucher_can_be_used_up_elsewhere_first(hands: Asked) -> None:
    hands.presenter.spend()
    assert hands.calls == [("spend", Situation.GOOD)]
    assert "caisse 2" in words.message(hands.presenter.screen)


def test_a_voucher_read_off_the_screen_begins_its_exercise(hands: Asked) -> None:
    hands.presenter.scanned("something else")
    assert hands.presenter.screen.running is None
    hands.presenter.scanned(exercise(Situation.EXPIRED).token)
    assert hands.presenter.screen.running is Situation.EXPIRED


def test_starting_over_forgets_what_was_done(hands: Asked) -> None:
    hands.presenter.present()
    hands.presenter.state_came(debited(exercise(Situation.GOOD).label))
    hands.presenter.again()
    assert hands.presenter.screen.done == hands.remembered == frozenset()
    assert hands.presenter.screen.exercises == EXERCISES


def test_the_next_one_is_looked_at_after_one_is_done(hands: Asked) -> None:
    hands.presenter.present()
    hands.presenter.state_came(debited(exercise(Situation.GOOD).label))
    hands.presenter.open()
    assert hands.presenter.screen.chosen is Situation.PART
    assert words.line(Situation.GOOD, hands.presenter.screen).endswith("✓")


def test_a_problem_is_told_and_can_be_tried_again(hands: Asked) -> None:
    hands.presenter.went_wrong(ProblemKind.TRAINING_SERVICE_FAILED)
    assert "mode école" in words.message(hands.presenter.screen)
    hands.presenter.present()
    assert words.message(hands.presenter.screen) == ""


@pytest.mark.parametrize("language", Language)
def test_every_situation_says_what_happens_and_what_to_say(language: Language) -> None:
    install(language)
    try:
        for one in EXERCISES:
            assert words.happens(one.situation)
            assert words.name(one.situation)
            assert "{" not in words.said(one)
        assert len({words.fault(fault) for fault in Fault}) == len(Fault)
    finally:
        install(Language.FRENCH)
