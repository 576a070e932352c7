"""What a person types: what is said of it after each key, and the wait after too many misses."""

from __future__ import annotations

import pytest

from merchant_app.i18n import Language, install
from merchant_app.till.results import NoAnswerKind, NoAnswerYet, TypingPaused
from merchant_app.ui.commands import AskLookUp
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import NOTHING, Mark
from tests.fakes.counter import FakeCounter, code
from tests.fakes.hands import Desk


@pytest.fixture
def desk() -> Desk:
    install(Language.ENGLISH)
    counter = FakeCounter()
    counter.add(1)
    return Desk(counter)


def type_(desk: Desk, text: str) -> None:
    """Type it, then press Enter."""
    desk.presenter.code_edited(text)
    desk.presenter.typed(text)
    desk.work_off()


def test_a_complete_code_is_marked_before_enter(desk: Desk) -> None:
    desk.presenter.code_edited(code(1)[:-1])
    assert desk.screen.entry == NOTHING
    desk.presenter.code_edited(code(1))
    assert desk.screen.entry.mark is Mark.RIGHT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("K7QU", "No code has a U: is it a V? Group 1."),
        ("K7QF-9é", "No code has a “É”: group 2."),
        (code(1) + "7", "Too many characters: a code has 18."),
    ],
)
def test_what_cannot_be_a_code_is_told_at_once(desk: Desk, text: str, said: str) -> None:
    desk.presenter.code_edited(text)
    assert desk.screen.entry.mark is Mark.WRONG
    assert desk.screen.entry.message == said


def test_nothing_is_said_of_a_field_that_was_emptied(desk: Desk) -> None:
    type_(desk, code(1))
    assert isinstance(desk.screen.state, st.Debitable)
    assert desk.screen.entry == NOTHING


def test_only_what_was_typed_is_asked_as_typed(desk: Desk) -> None:
    desk.presenter.scanned(code(1))
    desk.presenter.typed(code(2))
    asked = [c.typed for c in desk.hands.commands if isinstance(c, AskLookUp)]
    assert asked == [False, True]


def test_trying_again_asks_for_what_was_typed_as_typed(desk: Desk) -> None:
    desk.counter.next_look_up.append(NoAnswerYet(NoAnswerKind.SLOW))
    type_(desk, code(1))
    desk.presenter.enter()
    (again,) = desk.hands.commands
    assert isinstance(again, AskLookUp)
    assert again.typed


def paused(desk: Desk, wait_s: int = 3) -> None:
    desk.counter.next_look_up.append(TypingPaused(wait_s))
    type_(desk, code(1))
    assert isinstance(desk.screen.state, st.TypingPaused)


def test_the_wait_counts_down_and_what_was_typed_stays(desk: Desk) -> None:
    before = desk.screen.code_fill
    paused(desk, wait_s=65)
    said = [desk.screen.entry.message]
    for _ in range(65):
        desk.ring()
        said.append(desk.screen.entry.message)
    assert said[0] == "Typed codes again in 1 min 05 s."
    assert said[-2:] == ["Typed codes again in 1 s.", ""]
    assert isinstance(desk.screen.state, st.Ready)
    assert desk.screen.code_fill == before
    assert desk.screen.entry.mark is Mark.RIGHT
    type_(desk, code(1))
    assert isinstance(desk.screen.state, st.Debitable)


def test_a_scan_is_taken_during_the_wait_and_the_count_down_ends(desk: Desk) -> None:
    paused(desk)
    desk.scan(code(1))
    assert isinstance(desk.screen.state, st.Debitable)
    desk.ring()
    assert isinstance(desk.screen.state, st.Debitable)
    assert desk.screen.entry == NOTHING


def test_escape_leaves_the_wait(desk: Desk) -> None:
    paused(desk)
    desk.presenter.escape()
    assert isinstance(desk.screen.state, st.Ready)
