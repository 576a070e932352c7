"""What a person types: what is said of it after each key, and the wait after too many misses."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.ids import VoucherId
from merchant_app.till.hits import Hit, Hits, NoList, SearchResult, TooManyHits
from merchant_app.till.results import NoAnswerKind, NoAnswerYet, TypingPaused
from merchant_app.ui.commands import AskConfirm, AskLookUp, AskSearch
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import NOTHING, Mark
from merchant_app.vouchers.holders import HolderField
from tests.fakes.counter import NOON, FakeCounter, code, euros
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


# --- search --------------------------------------------------------------------------------------


def hit(number: int, name: str = "Claire D.") -> Hit:
    """The voucher of this number, found by a name."""
    return Hit(
        voucher_id=VoucherId(UUID(int=number)),
        name=name,
        face=euros(50),
        bought_on=date(2026, 5, 3),
        order_end="…233",
        label="…H2M7",
        field=HolderField.NAME,
    )


def looks_for(desk: Desk, text: str, *hits: Hit) -> None:
    """Type it, and rest."""
    desk.counter.next_search.append(Hits(hits))
    desk.presenter.code_edited(text)
    desk.ring()


def test_who_is_looked_for_is_asked_when_the_fingers_rest(desk: Desk) -> None:
    for text in ("dup", "dupo", "dupon"):
        desk.presenter.code_edited(text)
    assert desk.hands.commands == []
    first, *_, last = [number for _, number in desk.hands.alarms]
    desk.presenter.time_came(first)
    assert desk.hands.commands == [], "what was typed since is what counts"
    desk.presenter.time_came(last)
    (asked,) = desk.hands.commands
    assert isinstance(asked, AskSearch)
    assert asked.text == "dupon"


@pytest.mark.parametrize("text", ["du", "d-u", code(1)])
def test_too_little_and_whole_codes_are_not_looked_for(desk: Desk, text: str) -> None:
    desk.presenter.code_edited(text)
    assert desk.hands.alarms == []


def test_hits_say_what_to_ask_and_the_arrows_choose_one(desk: Desk) -> None:
    desk.counter.add(2)
    looks_for(desk, "dup", hit(1), hit(2, ""))
    shown = desk.screen.entry
    assert [line.name for line in shown.hits] == ["Claire D. · €50.00", "No name · €50.00"]
    assert shown.hits[0].facts == "bought 3\u00a0May\u00a02026 · order …\u2060233"
    assert shown.selected is None
    desk.presenter.hit_moved(1)
    desk.presenter.hit_moved(1)
    desk.presenter.hit_moved(1)
    assert desk.screen.entry.selected == 1
    desk.presenter.hit_moved(-1)
    assert desk.screen.entry.selected == 0
    desk.presenter.typed("dup")
    desk.work_off()
    assert isinstance(desk.screen.state, st.Debitable)
    assert desk.screen.state.voucher.voucher_id == VoucherId(UUID(int=1))
    assert desk.screen.entry == NOTHING
    assert desk.screen.code_fill[1] == ""


def test_the_first_enter_only_goes_to_the_first_hit(desk: Desk) -> None:
    looks_for(desk, "dup", hit(1))
    desk.presenter.typed("dup")
    desk.work_off()
    assert isinstance(desk.screen.state, st.Ready)
    assert desk.screen.entry.selected == 0


def test_a_click_chooses_too(desk: Desk) -> None:
    desk.counter.add(2)
    looks_for(desk, "dup", hit(1), hit(2))
    desk.presenter.hit_pressed(1)
    desk.work_off()
    assert isinstance(desk.screen.state, st.Debitable)
    assert desk.screen.state.voucher.voucher_id == VoucherId(UUID(int=2))
    desk.presenter.hit_pressed(1)  # too late: nothing is there any more
    assert desk.hands.commands == []


def test_the_service_confirms_the_hit_by_its_id(desk: Desk) -> None:
    desk.counter.copied_at = NOON
    looks_for(desk, "dup", hit(1))
    desk.presenter.hit_pressed(0)
    (asked,) = desk.hands.commands
    assert isinstance(asked, AskLookUp)
    assert asked.hit == hit(1)
    desk.hands.commands.clear()
    desk.presenter.answered(asked, desk.counter.look_up_hit(hit(1), purchase=None))
    (confirm,) = desk.hands.commands
    assert isinstance(confirm, AskConfirm)
    assert confirm.asked == hit(1).voucher_id


def test_enter_does_not_wait_for_the_fingers_to_rest(desk: Desk) -> None:
    desk.counter.next_search.append(Hits((hit(1),)))
    type_(desk, "dupont")
    assert len(desk.screen.entry.hits) == 1
    assert isinstance(desk.screen.state, st.Ready), "a name is no bad voucher"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Hits(()), "Nobody found in this shop’s vouchers."),
        (TooManyHits(), "Too many answers: add letters, or the first name."),
        (NoList(), "This till has no list of vouchers yet: scan, or type the code."),
    ],
)
def test_why_nobody_is_listed(desk: Desk, result: SearchResult, said: str) -> None:
    desk.counter.next_search.append(result)
    desk.presenter.code_edited("dupont")
    desk.ring()
    assert desk.screen.entry.message == said


def test_what_is_said_of_a_code_is_not_replaced_by_a_search_in_vain(desk: Desk) -> None:
    looks_for(desk, "K7QU")
    assert desk.screen.entry.mark is Mark.WRONG
    looks_for(desk, "K7QF")
    assert desk.screen.entry == NOTHING


def test_an_answer_to_something_older_is_dropped(desk: Desk) -> None:
    desk.counter.next_search.append(Hits((hit(1),)))
    desk.presenter.code_edited("dup")
    desk.presenter.time_came(desk.hands.alarms[-1][1])
    desk.presenter.code_edited("dupo")
    desk.work_off()
    assert desk.screen.entry == NOTHING


def test_a_scan_comes_before_whoever_was_looked_for(desk: Desk) -> None:
    looks_for(desk, "dup", hit(1))
    desk.scan(code(1))
    assert isinstance(desk.screen.state, st.Debitable)
    assert desk.screen.entry == NOTHING
    desk.presenter.hit_moved(1)
    assert desk.screen.entry == NOTHING


def test_a_full_disk_during_a_search_is_told_and_the_next_scan_works(desk: Desk) -> None:
    desk.counter.next_search.fail(Problem(ProblemKind.DISK_FULL, "no room"))
    desk.presenter.code_edited("dupont")
    desk.ring()
    in_the_way: st.State = desk.screen.state
    assert in_the_way == st.InTheWay(ProblemKind.DISK_FULL, money=False)
    desk.scan(code(1))
    assert isinstance(desk.screen.state, st.Debitable)
