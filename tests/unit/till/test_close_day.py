"""The closing of a day: what it asks first, what it says, and that it is there for good."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.closings import ClosingKind
from merchant_app.journal.events import EventKind
from merchant_app.reports.closing import Numbers, is_signed
from merchant_app.till import closing_papers
from merchant_app.till.closing_results import Closed, NotClosed
from tests.fakes.at_the_counter import debited, euros, valid
from tests.fakes.central import FakeCentral, FakeTill, LoseAnswer
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble
from tests.fakes.till_key import PUBLIC_KEY


class Shop:
    """One till and its service."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock)
        self.enrolled: FakeTill = self.central.new_till("Caisse 1")
        self.copy = MemoryCopy()
        self.folder = folder
        self.journal, self.counter, _ = assemble(
            self.enrolled, self.enrolled, self.clock, folder / "journal.sqlite", self.copy
        )

    def closed(self, *, leaving_open: bool = False) -> Closed:
        result = self.counter.closings.close_day(leaving_open=leaving_open)
        assert isinstance(result, Closed), result
        return result

    def sell(self, euros_: int) -> None:
        debited(self.counter, self.central.issue(10_000).token, euros_)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


def test_a_day_says_what_was_sold_reversed_and_by_whom(shop: Shop) -> None:
    shop.sell(20)
    shop.clock.advance(hours=1)
    shop.sell(30)
    shop.counter.reverse_last()
    kept = shop.closed().kept
    figures = kept.closing.figures
    assert (figures.redeemed_count, figures.redeemed_minor) == (2, 5_000)
    assert (figures.reversed_count, figures.reversed_minor) == (1, 3_000)
    assert figures.by_cashier["Claire"].redeemed_minor == 5_000
    # 9 h 30 UTC is 10 h 30 in Paris.
    assert {hour: one.count for hour, one in figures.by_hour.items()} == {"10": 1, "11": 1}
    assert kept.closing.business_date == date(2026, 11, 23)
    assert kept.closing.perpetual.redeemed_minor == 5_000


def test_face_value_and_kind_come_from_the_copy_and_are_unknown_without_it(shop: Shop) -> None:
    known, unknown = shop.central.issue(5_000), shop.central.issue(5_000)
    voucher = valid(shop.counter, known.token)
    shop.copy.put([(voucher, b"")], at=shop.clock.now())
    debited(shop.counter, known.token, 20)
    debited(shop.counter, unknown.token, 10)
    figures = shop.closed().kept.closing.figures
    assert {key: one.redeemed_minor for key, one in figures.by_face.items()} == {
        "5000": 2_000,
        "unknown": 1_000,
    }
    assert set(figures.by_vat) == {"multi_purpose", "unknown"}


def test_a_closing_is_signed_chained_and_copied_with_the_journal(shop: Shop) -> None:
    shop.sell(20)
    first = shop.closed()
    second = shop.closed()
    rows = shop.journal.run(lambda journal: journal.closings.after(0, ClosingKind.DAY, limit=9))
    assert [row.number for row in rows] == [first.kept.number, second.kept.number] == [1, 2]
    assert all(is_signed(row, public_key=PUBLIC_KEY) for row in rows)
    assert not is_signed(replace(rows[0], hash=rows[1].hash), public_key=PUBLIC_KEY)
    assert first.backup_problem is None
    assert len(list((shop.folder / "backups").iterdir())) == 2


def test_a_day_without_a_sale_closes_too(shop: Shop) -> None:
    kept = shop.closed().kept
    assert kept.closing.figures.redeemed_count == 0
    assert kept.closing.head is None


def test_nothing_is_closed_before_questions_are_answered(shop: Shop) -> None:
    issued = shop.central.issue(5_000)
    voucher = valid(shop.counter, issued.token)
    shop.central.faults.append(LoseAnswer())
    shop.counter.redeem(voucher, amount=euros(20), purchase=None)
    result = shop.counter.closings.close_day(leaving_open=True)
    assert isinstance(result, NotClosed)
    assert result.blocking.questions == 1
    assert shop.journal.run(lambda journal: journal.closings.head()[0]) == 0


def test_the_papers_of_a_closing_are_kept_and_drawn_again_the_same(shop: Shop) -> None:
    shop.sell(20)
    papers = shop.closed().papers
    assert [path.name for path in papers] == [
        "00001-day-2026-11-23-a4.pdf",
        "00001-day-2026-11-23-80mm.pdf",
    ]
    before = [path.read_bytes() for path in papers]
    assert [path.read_bytes() for path in shop.counter.closings.print_again(1)] == before


def test_a_forgotten_day_is_offered_and_ends_with_its_last_sale(shop: Shop) -> None:
    shop.sell(20)
    assert shop.counter.closings.forgotten_day() is None
    shop.clock.advance(days=1)
    shop.sell(30)
    assert shop.counter.closings.forgotten_day() == date(2026, 11, 23)
    yesterday = shop.counter.closings.close_forgotten_day()
    assert isinstance(yesterday, Closed)
    assert yesterday.kept.closing.business_date == date(2026, 11, 23)
    assert yesterday.kept.closing.figures.redeemed_minor == 2_000
    assert shop.counter.closings.forgotten_day() is None
    assert shop.closed().kept.closing.figures.redeemed_minor == 3_000


def test_postponing_is_recorded_and_changes_nothing(shop: Shop) -> None:
    shop.sell(20)
    shop.counter.closings.postpone()
    (event,) = shop.journal.run(lambda journal: journal.events.since(0, limit=9))
    assert event.kind is EventKind.CLOSING_POSTPONED
    assert event.detail == {"business_date": "2026-11-23"}
    assert shop.counter.closings.preview().closing.figures.redeemed_minor == 2_000


def test_a_clock_that_was_set_back_is_flagged_and_order_follows_numbers(shop: Shop) -> None:
    shop.sell(20)
    shop.clock.jump(days=-365)
    shop.sell(30)
    closing = shop.closed().kept.closing
    # The first sale lies in this closing's future, the second one before the first.
    assert [flag.flag for flag in closing.clock_flags] == ["future", "back"]
    assert closing.figures.redeemed_minor == 5_000
    kinds = [e.kind for e in shop.journal.run(lambda journal: journal.events.since(0, limit=9))]
    assert kinds == [EventKind.CLOSING_MADE, EventKind.CLOCK_FLAGGED]


def test_the_month_is_offered_after_its_last_day_and_sums_its_days(shop: Shop) -> None:
    shop.sell(20)
    shop.closed()
    assert shop.counter.closings.preview().due is None
    shop.clock.advance(days=7)
    shop.sell(30)
    shop.closed()
    due = shop.counter.closings.preview().due
    assert due is not None
    assert (due.kind, due.name, due.covers) == (ClosingKind.MONTH, "2026-11", Numbers(1, 2))
    month = shop.counter.closings.close_period()
    assert isinstance(month, Closed)
    assert month.kept.closing.figures.redeemed_minor == 5_000
    assert month.kept.closing.kind is ClosingKind.MONTH
    assert shop.counter.closings.preview().due is None


def test_a_year_is_due_after_its_last_month(shop: Shop) -> None:
    shop.sell(20)
    shop.closed()
    shop.clock.advance(days=60)
    kinds = []
    while (due := shop.counter.closings.preview().due) is not None:
        kinds.append((due.kind, due.name))
        shop.counter.closings.close_period()
    assert kinds == [(ClosingKind.MONTH, "2026-11"), (ClosingKind.YEAR, "2026")]


@pytest.mark.expects_log("no paper of closing")
def test_a_closing_stands_where_its_paper_finds_no_room(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(closing_papers, "sync_file", full)
    shop.sell(20)
    result = shop.closed()
    assert result.paper_problem is not None
    assert result.paper_problem.kind is ProblemKind.DISK_FULL
    assert list((shop.folder / "closings").iterdir()) == []
    assert shop.counter.closings.newest(limit=5) == (result.kept,)


def test_a_full_disk_leaves_no_half_closing(shop: Shop) -> None:
    shop.sell(20)

    def fill(journal: object) -> None:
        connection = journal._connection  # type: ignore[attr-defined]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def close_often() -> None:
        for _ in range(50):
            shop.counter.closings.close_day()

    shop.journal.run(fill)
    with pytest.raises(Problem) as problem:
        close_often()
    assert problem.value.kind is ProblemKind.DISK_FULL
    made = shop.counter.closings.newest(limit=99)
    assert [one.number for one in made] == list(range(len(made), 0, -1))
    totals = [one.closing.perpetual.redeemed_minor for one in made]
    assert set(totals) <= {2_000}
