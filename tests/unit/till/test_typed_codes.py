"""Typed codes that are nobody's: whoever tries many has to wait, whatever she does to the till."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind
from merchant_app.journal.events import EventKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.till.live import LiveCounter
from merchant_app.till.misses import WAIT_MAX_S, wait_after_s
from merchant_app.till.results import Judged, LookUp, NoAnswerYet, NotAVoucher, TypingPaused
from merchant_app.till.typed_codes import TypedCodes
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.verdicts import Unknown
from tests.fakes.central import FakeCentral, FakeTill
from tests.fakes.clock import FakeClock
from tests.fakes.till_assembly import assemble, die

NOBODYS = [codes.encode(number << 40 | 5) for number in range(1, 40)]


@dataclass
class Counter:
    """A counter that can be closed and opened again over the same journal."""

    central: FakeCentral
    enrolled: FakeTill
    clock: FakeClock
    path: Path
    journal: JournalOwner
    counter: LiveCounter

    def type(self, text: str) -> LookUp:
        return self.counter.look_up_typed(text, purchase=None)

    def miss(self, first: int, last: int) -> None:
        """Type codes that nobody knows, from the nth to the nth, none while it has to wait."""
        for number in range(first, last + 1):
            assert self.type(NOBODYS[number]) == Judged(Unknown(), "")

    def start_again(self) -> None:
        """The program is killed and started again."""
        die(self.journal)
        self.journal, self.counter, _ = assemble(
            self.enrolled, self.enrolled, self.clock, self.path
        )


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Counter]:
    clock = FakeClock()
    central = FakeCentral(clock)
    enrolled = central.new_till()
    path = tmp_path / "journal.sqlite"
    journal, counter, _ = assemble(enrolled, enrolled, clock, path)
    made = Counter(central, enrolled, clock, path, journal, counter)
    yield made
    made.journal.close()


def test_five_codes_in_a_row_may_be_wrong_then_one_waits(till: Counter) -> None:
    till.miss(1, 5)
    assert till.type(NOBODYS[6]) == TypingPaused(30)
    till.clock.advance(seconds=29)
    assert till.type(NOBODYS[6]) == TypingPaused(1)
    till.clock.advance(seconds=1)
    till.miss(6, 6)
    assert till.type(NOBODYS[7]) == TypingPaused(60)


def test_the_wait_doubles_up_to_an_hour() -> None:
    waits = [wait_after_s(misses) for misses in range(15)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert wait_after_s(1_000_000) == WAIT_MAX_S


def test_a_code_that_is_a_vouchers_begins_anew(till: Counter) -> None:
    issued = till.central.issue(5000)
    till.miss(1, 4)
    assert isinstance(till.type(issued.code), Judged)
    till.miss(5, 9)
    assert isinstance(till.type(issued.code), TypingPaused)


def test_what_is_scanned_is_looked_up_while_typing_has_to_wait(till: Counter) -> None:
    issued = till.central.issue(5000)
    till.miss(1, 5)
    assert isinstance(till.counter.look_up(issued.token, purchase=None), Judged)
    assert isinstance(till.type(issued.token), Judged), "a signature cannot be guessed"
    assert isinstance(till.type(issued.code), TypingPaused)


def test_a_slip_of_the_finger_is_no_miss(till: Counter) -> None:
    slip = codes.grouped(NOBODYS[1])[:-1] + "0"
    for _ in range(9):
        assert isinstance(till.type(slip), NotAVoucher)
    till.miss(1, 5)


def test_the_same_code_again_counts_once(till: Counter) -> None:
    till.central.unreachable = NoAnswerKind.SLOW
    for _ in range(9):
        assert till.type(NOBODYS[1]) == NoAnswerYet(NoAnswerKind.SLOW)
    till.central.unreachable = None
    till.miss(2, 5)
    assert isinstance(till.type(NOBODYS[6]), TypingPaused)


def test_pulling_the_cable_does_not_make_trying_free(till: Counter) -> None:
    till.central.unreachable = NoAnswerKind.DOWN
    for number in range(1, 6):
        assert isinstance(till.type(NOBODYS[number]), NoAnswerYet)
    assert till.type(NOBODYS[6]) == TypingPaused(30)


def test_a_restart_ends_no_wait(till: Counter) -> None:
    till.miss(1, 5)
    till.clock.advance(seconds=10)
    till.start_again()
    assert till.type(NOBODYS[6]) == TypingPaused(20)
    till.clock.advance(seconds=20)
    till.start_again()
    till.miss(6, 6)
    till.start_again()
    assert till.type(NOBODYS[7]) == TypingPaused(60)


def test_a_clock_that_is_put_back_or_forward_ends_no_wait(till: Counter) -> None:
    till.miss(1, 5)
    till.clock.jump(hours=-2)
    assert till.type(NOBODYS[6]) == TypingPaused(30)
    till.clock.jump(hours=4)
    assert till.type(NOBODYS[6]) == TypingPaused(30)


def test_a_clock_that_is_put_back_before_a_restart_ends_no_wait(till: Counter) -> None:
    till.miss(1, 5)
    till.clock.jump(hours=-2)
    till.start_again()
    assert till.type(NOBODYS[6]) == TypingPaused(30)


def test_each_cashier_has_her_own_count(till: Counter) -> None:
    till.miss(1, 5)
    paul = TypedCodes(till.journal, till.clock, cashier="Paul")
    assert paul.wait_s() == 0
    assert TypedCodes(till.journal, till.clock, cashier="Claire").wait_s() == 30


def test_what_is_recorded_of_a_miss_tells_no_code(till: Counter) -> None:
    till.miss(1, 5)
    events = till.journal.run(lambda journal: journal.events.since(0, limit=9))
    assert [event.kind for event in events] == [EventKind.CODE_MISSED] * 5
    assert events[-1].detail == {"misses": 5, "wait_s": 30}
    written = b"".join(file.read_bytes() for file in till.path.parent.glob("journal*"))
    assert not any(code.encode() in written for code in NOBODYS[1:6])


def test_nothing_is_recorded_where_every_code_is_a_vouchers(till: Counter) -> None:
    issued = till.central.issue(5000)
    till.type(issued.code)
    assert till.journal.run(lambda journal: journal.events.since(0, limit=9)) == ()
