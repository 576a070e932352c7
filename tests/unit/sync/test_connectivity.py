"""What the till believes of its line, report by report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.central.port import (
    Forked,
    HeldEpochs,
    NoAnswer,
    NoAnswerKind,
    NoSuchVoucher,
    NotAuthorised,
    NotAuthorisedKind,
    OfOtherShop,
    Rejected,
    Rewind,
    Stored,
    VouchersPage,
)
from merchant_app.sync.connectivity import Connectivity, Course, LineState, course
from tests.fakes.central import FakeCentral
from tests.fakes.clock import FakeClock

AT_ONCE = {
    NoAnswerKind.DOWN,
    NoAnswerKind.NAME_NOT_FOUND,
    NoAnswerKind.INSECURE,
    NoAnswerKind.REDIRECTED,
    NoAnswerKind.BEING_RESTORED,
}
DOUBTFUL = set(NoAnswerKind) - AT_ONCE
ANSWER = NoSuchVoucher()
REVOKED = NotAuthorised(NotAuthorisedKind.TILL_REVOKED)
SLOW, DOWN = NoAnswer(NoAnswerKind.SLOW), NoAnswer(NoAnswerKind.DOWN)
PAGE = VouchersPage((), (), "1.0", False, False)


def stored(*, recovering: bool) -> Stored:
    return Stored(
        generation=1,
        head_seq=0,
        head_hash=bytes(32),
        head_at=FakeClock().now(),
        head_signature=b"",
        outcomes=(),
        next_outcome_cursor=0,
        more_outcomes=False,
        recovering=recovering,
    )


RECOVERING = stored(recovering=True)
FACTS = FakeCentral(FakeClock()).new_till().facts
ANSWERS: list[object] = [
    ANSWER,
    FACTS,
    OfOtherShop("A", "B"),
    stored(recovering=False),
    RECOVERING,
    Rewind(1, 0, bytes(32)),
    Forked(),
    PAGE,
    HeldEpochs(()),
    Rejected(400, None),
    REVOKED,
]
reports = st.tuples(
    st.sampled_from(ANSWERS) | st.builds(NoAnswer, st.sampled_from(NoAnswerKind)),
    st.none() | st.floats(0, 20),
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def line(clock: FakeClock) -> Connectivity:
    return Connectivity(clock)


def state_after(line: Connectivity, *answers: object) -> LineState:
    for answer in answers:
        line.report(answer)
    return line.facts().state


def test_before_anything_was_asked_nothing_is_known(line: Connectivity) -> None:
    assert line.facts().state is LineState.UNKNOWN
    assert line.facts().contact_at is None


@pytest.mark.parametrize("kind", AT_ONCE, ids=str)
def test_one_failure_that_leaves_no_doubt_is_offline(
    line: Connectivity, kind: NoAnswerKind
) -> None:
    assert state_after(line, ANSWER, NoAnswer(kind)) is LineState.OFFLINE
    assert line.facts().why is kind


@pytest.mark.parametrize("kind", DOUBTFUL, ids=str)
def test_a_doubtful_failure_is_degraded_and_a_second_in_a_row_offline(
    line: Connectivity, kind: NoAnswerKind
) -> None:
    assert state_after(line, ANSWER, NoAnswer(kind)) is LineState.DEGRADED
    assert line.facts().why is kind
    assert state_after(line, NoAnswer(kind)) is LineState.OFFLINE


def test_an_answer_in_between_makes_it_the_first_again(line: Connectivity) -> None:
    assert state_after(line, SLOW, ANSWER, SLOW) is LineState.DEGRADED


def test_a_doubtful_failure_does_not_improve_a_line_that_is_down(line: Connectivity) -> None:
    assert state_after(line, DOWN, SLOW) is LineState.OFFLINE
    assert line.facts().why is NoAnswerKind.SLOW


def test_late_answers_degrade_until_a_quick_one(line: Connectivity) -> None:
    for _ in range(3):
        line.report(ANSWER, took_s=2.1)
        assert (line.facts().state, line.facts().why) == (LineState.DEGRADED, NoAnswerKind.SLOW)
    line.report(ANSWER, took_s=1.9)
    assert (line.facts().state, line.facts().why) == (LineState.ONLINE, None)


def test_a_late_answer_is_no_failure(line: Connectivity) -> None:
    line.report(ANSWER, took_s=9)
    assert state_after(line, SLOW) is LineState.DEGRADED


@given(history=st.lists(reports, max_size=30), answer=st.sampled_from([ANSWER, PAGE]))
def test_whatever_came_before_an_answer_of_an_entitled_till_is_online(
    history: list[tuple[object, float | None]], answer: object
) -> None:
    line = Connectivity(FakeClock())
    for before, took_s in history:
        line.report(before, took_s=took_s)
    line.report(answer, took_s=0)
    assert line.facts().state is LineState.ONLINE


@given(history=st.lists(reports, max_size=30))
def test_a_reason_is_told_while_the_line_is_bad_and_only_then(
    history: list[tuple[object, float | None]],
) -> None:
    line = Connectivity(FakeClock())
    for answer, took_s in history:
        line.report(answer, took_s=took_s)
        bad = line.facts().state in (LineState.DEGRADED, LineState.OFFLINE)
        assert (line.facts().why is not None) is bad


# --- restored ------------------------------------------------------------------------------------


def test_a_service_that_is_being_restored_counts_as_offline(line: Connectivity) -> None:
    assert state_after(line, ANSWER, RECOVERING) is LineState.OFFLINE
    assert line.facts().why is NoAnswerKind.BEING_RESTORED


@pytest.mark.parametrize("began", [RECOVERING, NoAnswer(NoAnswerKind.BEING_RESTORED)], ids=str)
def test_what_it_says_while_being_restored_does_not_end_it(
    line: Connectivity, began: object
) -> None:
    others = (FACTS, Rewind(1, 0, bytes(32)), HeldEpochs(()), Rejected(400, None))
    assert state_after(line, began, *others) is LineState.OFFLINE
    assert line.facts().why is NoAnswerKind.BEING_RESTORED
    assert state_after(line, stored(recovering=False)) is LineState.ONLINE


# --- not about the line --------------------------------------------------------------------------


def test_neither_a_pulled_cable_nor_a_late_answer_entitles_a_revoked_till(
    line: Connectivity, clock: FakeClock
) -> None:
    not_answers = (DOWN, SLOW, SLOW, Rejected(400, None), NoAnswer(NoAnswerKind.BEING_RESTORED))
    assert state_after(line, REVOKED, *not_answers) is LineState.NOT_ENTITLED
    line.report(ANSWER, took_s=0.1)
    assert line.facts().state is LineState.NOT_ENTITLED  # it was under way before the refusal
    clock.advance(seconds=1)
    line.report(ANSWER, took_s=0.1)
    assert line.facts().state is LineState.ONLINE


@given(history=st.lists(reports, max_size=20))
def test_no_answer_ends_a_fork(history: list[tuple[object, float | None]]) -> None:
    line = Connectivity(FakeClock())
    line.stop()
    for answer, took_s in history:
        line.report(answer, took_s=took_s)
    assert line.facts().state is LineState.STOPPED


# --- times and listeners -------------------------------------------------------------------------


def test_a_state_began_when_it_changed_and_contact_is_the_last_answer(
    line: Connectivity, clock: FakeClock
) -> None:
    line.report(ANSWER)
    answered = clock.now()
    clock.advance(minutes=2)
    line.report(DOWN)
    began = clock.now()
    clock.advance(minutes=5)
    line.report(NoAnswer(NoAnswerKind.NAME_NOT_FOUND))
    facts = line.facts()
    assert (facts.since, facts.contact_at) == (began, answered)
    assert facts.why is NoAnswerKind.NAME_NOT_FOUND


def test_listeners_hear_of_changes_alone(line: Connectivity, clock: FakeClock) -> None:
    heard: list[LineState] = []
    line.listen(lambda: heard.append(line.facts().state))
    for answer in (DOWN, DOWN, DOWN, ANSWER, ANSWER):
        line.report(answer)
    assert heard == [LineState.OFFLINE, LineState.ONLINE]
    clock.advance(seconds=10)
    line.report(ANSWER)  # the screen shows when we last heard from the service
    line.stop()
    line.report(ANSWER)
    assert heard[2:] == [LineState.ONLINE, LineState.STOPPED]


@pytest.mark.parametrize("state", LineState)
def test_every_state_has_a_course(state: LineState) -> None:
    assert (
        course(state)
        is {
            LineState.UNKNOWN: Course.ASK,
            LineState.ONLINE: Course.ASK,
            LineState.DEGRADED: Course.ASK,
            LineState.OFFLINE: Course.WITHIN_LIMITS,
            LineState.NOT_ENTITLED: Course.NOTHING,
            LineState.STOPPED: Course.NOTHING,
        }[state]
    )
