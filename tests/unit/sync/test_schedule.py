"""When the next try is due."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.central.port import NoAnswer, NoAnswerKind
from merchant_app.sync.schedule import (
    BASE_S,
    LINE_CAP_S,
    RETRY_AFTER_OBEYED_MAX_S,
    SERVICE_CAP_S,
    Timetable,
    Trouble,
    TroubleKind,
    trouble_of,
)

EVERY_S = 10.0
LONGEST = 1 - 2**-53
LINE, SERVICE = Trouble(TroubleKind.LINE), Trouble(TroubleKind.SERVICE)

chances = st.floats(0, LONGEST)
instants = st.floats(0, 1e9)
troubles = st.builds(
    Trouble,
    st.sampled_from(TroubleKind),
    st.none() | st.floats(0, 1e6),
)


def timetable(chance: float = LONGEST, *, every_s: float | None = EVERY_S) -> Timetable:
    return Timetable(every_s=every_s, chance=lambda: chance)


def due_in_s(table: Timetable, now_s: float) -> float:
    due = table.due_in_s(now_s)
    assert due is not None
    return due


def longest_waits_s(trouble: Trouble, count: int) -> list[float]:
    table, waits = timetable(), []
    for _ in range(count):
        table.ended(trouble, now_s=0)
        waits.append(round(due_in_s(table, 0), 6))
    return waits


def test_the_first_try_is_due_at_once() -> None:
    assert timetable().due_in_s(123) == 0


def test_after_a_success_the_next_try_comes_at_its_pace() -> None:
    table = timetable()
    table.ended(None, now_s=100)
    assert (table.due_in_s(100), table.due_in_s(104), table.due_in_s(999)) == (10, 6, 0)


def test_without_a_pace_a_success_waits_until_woken() -> None:
    table = timetable(every_s=None)
    table.ended(None, now_s=100)
    assert table.due_in_s(1e12) is None
    table.wake()
    assert table.due_in_s(101) == 0


def test_the_longest_wait_doubles_up_to_the_cap() -> None:
    assert longest_waits_s(LINE, 7) == [0.5, 1, 2, 4, LINE_CAP_S, LINE_CAP_S, LINE_CAP_S]
    assert longest_waits_s(SERVICE, 9)[-3:] == [32, SERVICE_CAP_S, SERVICE_CAP_S]


def test_ten_thousand_failures_are_no_trouble_for_the_arithmetic() -> None:
    assert longest_waits_s(LINE, 10_000)[-1] == LINE_CAP_S


def test_a_success_forgets_the_failures() -> None:
    table = timetable()
    for trouble in (LINE, LINE, LINE, None, LINE):
        table.ended(trouble, now_s=0)
    assert due_in_s(table, 0) <= BASE_S


def test_waits_are_spread_over_the_whole_range() -> None:
    chance = random.Random(3)
    table = Timetable(every_s=EVERY_S, chance=chance.random)
    for _ in range(10):
        table.ended(LINE, now_s=0)
    waits = []
    for _ in range(1_000):
        table.ended(LINE, now_s=0)
        waits.append(due_in_s(table, 0))
    tenths = [sum(1 for wait in waits if tenth <= wait / LINE_CAP_S * 10 < tenth + 1)
              for tenth in range(10)]  # fmt: skip
    assert min(tenths) > 50, tenths


@given(chance=chances, history=st.lists(troubles | st.none(), max_size=30), now_s=instants)
def test_no_wait_is_longer_than_its_cap_and_what_was_asked_for(
    chance: float, history: list[Trouble | None], now_s: float
) -> None:
    table = timetable(chance)
    for trouble in history:
        table.ended(trouble, now_s=now_s)
        if trouble is None:
            assert due_in_s(table, now_s) == pytest.approx(EVERY_S)
            continue
        cap_s = SERVICE_CAP_S if trouble.kind is TroubleKind.SERVICE else LINE_CAP_S
        asked_s = min(trouble.retry_after_s or 0, RETRY_AFTER_OBEYED_MAX_S)
        wait_s = due_in_s(table, now_s)
        assert asked_s - 1e-6 <= wait_s <= asked_s + cap_s + 1e-6


@given(history=st.lists(troubles | st.none(), min_size=1, max_size=30), now_s=instants)
def test_a_wake_overrides_every_wait_but_the_one_the_service_asked_for(
    history: list[Trouble | None], now_s: float
) -> None:
    table = timetable()
    for trouble in history:
        table.ended(trouble, now_s=now_s)
    table.wake()
    last = history[-1]
    asked_s = 0.0 if last is None else min(last.retry_after_s or 0, RETRY_AFTER_OBEYED_MAX_S)
    assert due_in_s(table, now_s) == pytest.approx(asked_s, abs=1e-6)


def test_a_wake_during_a_try_leads_to_another_one() -> None:
    table = timetable()
    table.wake()
    table.began()
    table.wake()
    table.ended(None, now_s=5)
    assert table.due_in_s(5) == 0
    table.began()
    table.ended(None, now_s=6)
    assert table.due_in_s(6) == EVERY_S


def test_a_clock_that_jumps_past_the_due_time_makes_it_due() -> None:
    table = timetable()
    table.ended(LINE, now_s=0)
    assert table.due_in_s(86_400) == 0  # the computer slept


@pytest.mark.parametrize("kind", NoAnswerKind)
def test_only_a_service_that_spoke_is_left_alone_for_long(kind: NoAnswerKind) -> None:
    spoke = {
        NoAnswerKind.SERVICE_FAILED,
        NoAnswerKind.TOO_MANY_REQUESTS,
        NoAnswerKind.BEING_RESTORED,
    }
    expected = TroubleKind.SERVICE if kind in spoke else TroubleKind.LINE
    assert trouble_of(NoAnswer(kind, 7.0)) == Trouble(expected, 7.0)
