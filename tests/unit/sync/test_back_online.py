"""However the line was cut, and for however long: online again within 15 s of its return.

No thread and no waiting: the heartbeat's timetable and the till's picture of the line are played
through in simulated seconds, with calls that fail as real ones do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.central.http import Limits
from merchant_app.central.port import NoAnswer, NoAnswerKind, NoSuchVoucher
from merchant_app.sync.connectivity import Connectivity, LineState
from merchant_app.sync.schedule import Timetable, trouble_of
from tests.fakes.clock import FakeClock

BACK_WITHIN_S = 15.0
CONTACT_EVERY_S = 10.0
ROUND_TRIP_S = 0.3
DELIVERY_WAIT_S = 5.0
"""How long a beat waits for the answer to its delivery (`Policy.answer_wait_s`)."""
LIMITS = Limits()
SYN_AT_S = (0.0, 1.0, 3.0)
"""When TCP knocks (RFC 6298, 2.1: one second, then doubling)."""
NAME_ASKED_AT_S = (0.0, 5.0)
"""When a resolver asks (resolv.conf(5): five seconds a try)."""

Call = Callable[[float, float], tuple[float, NoAnswer | None]]
"""A call that begins at the first instant while the line returns at the second: how long it takes,
and what becomes of it; None: an answer."""


def knocking(at_s: tuple[float, ...], gives_up_s: float, kind: NoAnswerKind) -> Call:
    """A call that knocks at these instants after its beginning, until one knock gets through."""

    def call(begins_s: float, back_s: float) -> tuple[float, NoAnswer | None]:
        for knock_s in at_s:
            if begins_s + knock_s >= back_s:
                return knock_s + ROUND_TRIP_S, None
        return gives_up_s, NoAnswer(kind)

    return call


CALLS: dict[str, Call] = {
    "refused": knocking((0.0,), 0.01, NoAnswerKind.DOWN),
    "no route": knocking((0.0,), 3.0, NoAnswerKind.DOWN),
    "packets vanish": knocking(SYN_AT_S, LIMITS.connect_s, NoAnswerKind.SLOW),
    "names vanish": knocking(NAME_ASKED_AT_S, LIMITS.total_s, NoAnswerKind.SLOW),
    "no such name": knocking((0.0,), 0.1, NoAnswerKind.NAME_NOT_FOUND),
    "hotel page": knocking((0.0,), 1.0, NoAnswerKind.REDIRECTED),
    "cut off": knocking((0.0,), LIMITS.connect_s, NoAnswerKind.BROKEN_OFF),
    # Something on the way took the request, and then forgot it.
    "swallowed": knocking((0.0,), DELIVERY_WAIT_S, NoAnswerKind.SLOW),
}


def seconds_until_online(call: Call, *, cut_s: float, chance: Callable[[], float]) -> float:
    """Cut the line right after a contact, bring it back `cut_s` later."""
    clock = FakeClock()
    line = Connectivity(clock)
    table = Timetable(every_s=CONTACT_EVERY_S, chance=chance)
    line.report(NoSuchVoucher())
    table.ended(None, now_s=clock.monotonic_s())
    back_s = clock.monotonic_s() + cut_s
    noticed = False
    while not noticed or line.facts().state is not LineState.ONLINE:
        due_in_s = table.due_in_s(clock.monotonic_s())
        assert due_in_s is not None
        clock.advance(seconds=due_in_s)
        table.began()
        took_s, failure = call(clock.monotonic_s(), back_s)
        clock.advance(seconds=took_s)
        line.report(NoSuchVoucher() if failure is None else failure, took_s=took_s)
        table.ended(None if failure is None else trouble_of(failure), now_s=clock.monotonic_s())
        if failure is None and line.facts().state is LineState.DEGRADED:
            return max(0.0, clock.monotonic_s() - back_s)  # late, but it answers: sales go through
        noticed = noticed or failure is not None or clock.monotonic_s() >= back_s
    return max(0.0, clock.monotonic_s() - back_s)


@pytest.mark.parametrize("name", CALLS)
@given(
    cut_s=st.floats(0, 1_000),
    # Nobody draws nothing but zeros for a quarter of an hour; a simulation would.
    chances=st.lists(st.floats(0.1, 1 - 2**-53), min_size=1, max_size=20),
)
def test_online_again_within_fifteen_seconds_of_the_line(
    name: str, cut_s: float, chances: list[float]
) -> None:
    drawn = itertools.cycle(chances)
    waited_s = seconds_until_online(CALLS[name], cut_s=cut_s, chance=lambda: next(drawn))
    assert waited_s <= BACK_WITHIN_S


@pytest.mark.parametrize("name", CALLS)
def test_the_unluckiest_till_too(name: str) -> None:
    worst_s = max(
        seconds_until_online(CALLS[name], cut_s=tenths / 10, chance=lambda: 1 - 2**-53)
        for tenths in range(1_200)
    )
    assert worst_s <= BACK_WITHIN_S
