"""What every closing desk does: the till's own over a real journal, and the one of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from merchant_app.journal.closings import ClosingKind
from merchant_app.reports.closing import Numbers
from merchant_app.till.closing_desk import ClosingDesk
from merchant_app.till.closing_results import Closed, NotClosed
from tests.fakes.at_the_counter import debited, valid
from tests.fakes.at_the_counter import euros as money
from tests.fakes.central import FakeCentral, LoseAnswer
from tests.fakes.clock import FakeClock
from tests.fakes.closing_desk import FakeClosingDesk
from tests.fakes.till_assembly import assemble

FIRST_DAY = date(2026, 11, 23)


class Stand(Protocol):
    """A desk, and what can happen at its till."""

    clock: FakeClock

    @property
    def desk(self) -> ClosingDesk: ...

    def sell(self, euros: int) -> None: ...

    def leave_a_question(self) -> None:
        """A redemption of which nobody said whether the goods were handed over."""
        ...


class Live:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock)
        enrolled = self.central.new_till("Caisse 1")
        self.journal, self.counter, _ = assemble(
            enrolled, enrolled, self.clock, folder / "journal.sqlite"
        )

    @property
    def desk(self) -> ClosingDesk:
        return self.counter.closings

    def sell(self, euros: int) -> None:
        debited(self.counter, self.central.issue(10_000).token, euros)

    def leave_a_question(self) -> None:
        voucher = valid(self.counter, self.central.issue(5_000).token)
        self.central.faults.append(LoseAnswer())
        self.counter.redeem(voucher, amount=money(20), purchase=None)


class Fake:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.fake = FakeClosingDesk(self.clock)

    @property
    def desk(self) -> ClosingDesk:
        return self.fake

    def sell(self, euros: int) -> None:
        self.fake.sell(euros)

    def leave_a_question(self) -> None:
        self.fake.blocking = replace(self.fake.blocking, questions=1)


@pytest.fixture(params=["live", "fake"])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    if request.param == "fake":
        yield Fake()
        return
    live = Live(tmp_path)
    yield live
    live.journal.close()


def _closed(result: object) -> Closed:
    assert isinstance(result, Closed), result
    return result


def test_before_the_first_sale_there_is_nothing_and_it_can_be_closed(stand: Stand) -> None:
    preview = stand.desk.preview()
    assert preview.closing.business_date == FIRST_DAY
    assert preview.closing.figures.redeemed_count == 0
    assert (preview.last, preview.open_days, preview.due, preview.recent) == (None, (), None, ())
    kept = _closed(stand.desk.close_day()).kept
    assert kept.number == 1
    assert kept.closing.figures.redeemed_minor == 0


def test_a_preview_says_what_the_closing_then_says(stand: Stand) -> None:
    stand.sell(20)
    stand.sell(30)
    preview = stand.desk.preview()
    kept = _closed(stand.desk.close_day()).kept
    assert preview.closing.figures == kept.closing.figures
    assert kept.closing.figures.redeemed_minor == 5_000
    after = stand.desk.preview()
    assert after.closing.figures.redeemed_count == 0
    assert after.last == kept
    assert after.recent == (kept,)
    assert after.closing.perpetual.redeemed_minor == 5_000


def test_forgotten_days_come_one_after_the_other_each_with_its_own_figures(stand: Stand) -> None:
    stand.sell(10)
    stand.clock.advance(days=1)
    stand.sell(20)
    stand.clock.advance(days=1)
    stand.sell(40)
    preview = stand.desk.preview()
    assert [
        (one.business_date.day, one.figures.redeemed_minor)
        for one in (*preview.open_days, preview.closing)
    ] == [(23, 1_000), (24, 2_000), (25, 4_000)]
    assert preview.forgotten == stand.desk.forgotten_day() == FIRST_DAY
    for day in (23, 24):
        kept = _closed(stand.desk.close_forgotten_day()).kept
        assert kept.closing.business_date.day == day
    assert stand.desk.forgotten_day() is None
    assert stand.desk.preview().closing.figures.redeemed_minor == 4_000


def test_there_may_be_no_forgotten_day_to_close(stand: Stand) -> None:
    stand.sell(10)
    assert isinstance(stand.desk.close_forgotten_day(), NotClosed)
    assert stand.desk.newest(limit=9) == ()


def test_postponing_changes_nothing(stand: Stand) -> None:
    stand.sell(20)
    before = stand.desk.preview()
    stand.desk.postpone()
    after = stand.desk.preview()
    assert after.closing.figures == before.closing.figures
    assert after.recent == ()


def test_a_question_is_answered_before_anything_is_closed(stand: Stand) -> None:
    stand.sell(20)
    stand.leave_a_question()
    assert stand.desk.preview().blocking.questions == 1
    for result in (stand.desk.close_day(), stand.desk.close_day(leaving_open=True)):
        assert isinstance(result, NotClosed)
        assert result.blocking.questions == 1
    assert stand.desk.newest(limit=9) == ()


def test_a_month_is_due_when_its_days_are_closed_and_it_is_over(stand: Stand) -> None:
    stand.sell(20)
    stand.desk.close_day()
    assert isinstance(stand.desk.close_period(), NotClosed)
    stand.clock.advance(days=9)
    due = stand.desk.preview().due
    assert due is not None
    assert (due.kind, due.name, due.covers) == (ClosingKind.MONTH, "2026-11", Numbers(1, 1))
    month = _closed(stand.desk.close_period()).kept
    assert (month.number, month.closing.kind) == (2, ClosingKind.MONTH)
    assert month.closing.figures.redeemed_minor == 2_000
    assert stand.desk.preview().due is None
    # A month is no day: the list of days does not have it.
    assert [one.number for one in stand.desk.newest(limit=9)] == [1]


def test_the_newest_come_first_and_no_more_than_asked_for(stand: Stand) -> None:
    for _ in range(3):
        stand.sell(10)
        stand.desk.close_day()
        stand.clock.advance(days=1)
    assert [one.number for one in stand.desk.newest(limit=2)] == [3, 2]


def test_papers_are_named_after_their_closing_and_made_again_under_the_same_names(
    stand: Stand,
) -> None:
    papers = _closed(stand.desk.close_day()).papers
    names = ["00001-day-2026-11-23-a4.pdf", "00001-day-2026-11-23-80mm.pdf"]
    assert [path.name for path in papers] == names
    assert stand.desk.print_again(1) == papers
