"""What a range of the journal touches, and how each redemption stood at both of its ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, id_text
from merchant_app.journal.closed_ops import Standing, Told, TouchedOp
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.closings import Reach
from merchant_app.ledger.entries import Choice, Entry
from tests.fakes.books import Books

NEW = Standing(handed_over=False, told=None, void_waits=False, open_matters=())


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path / "journal.sqlite")
    yield made
    made.close()


def reach(books: Books) -> Reach:
    with closing_view(books.path) as view:
        return view.ranges.reach()


def touched(books: Books, since: Reach, until: Reach, *also: OpId) -> list[TouchedOp]:
    with closing_view(books.path) as view:
        return list(view.ranges.touched(since, until, also=also))


class Story:
    """One redemption and what becomes of it; `stood` has how it stood after each step, and where
    the journal ended then."""

    def __init__(self, books: Books, record: Callable[[Entry], None]) -> None:
        self.books = books
        self.sale = books.redemption(3_000, 2_000)
        self.stood: list[tuple[Reach, Standing | None]] = [(reach(books), None)]
        record(self.sale)
        self.now(NEW)

    def now(self, standing: Standing) -> None:
        self.stood.append((reach(self.books), standing))

    def check(self) -> None:
        """Between any two of its ends the range says the same."""
        op_id = self.sale.op_id
        for first, (since, before) in enumerate(self.stood):
            assert touched(self.books, since, since) == []
            if before is not None:
                asked = touched(self.books, since, since, op_id)
                assert asked == [TouchedOp(self.sale, before, before)], first
            for last, (until, after) in enumerate(self.stood[first + 1 :], first + 1):
                assert after is not None
                found = touched(self.books, since, until)
                assert found == [TouchedOp(self.sale, before, after)], (first, last)
        assert len(self.stood) > 2


@pytest.mark.parametrize("foreign", [False, True], ids=["ours", "of a copy"])
def test_whatever_happens_to_a_redemption_touches_it(books: Books, *, foreign: bool) -> None:
    """Entries of a copy have positions of their own, far from ours."""
    for _ in range(4):
        books.sell(1_000)
    record = books.adopt if foreign else books.write
    story = Story(books, record)
    sale, standing = story.sale, NEW
    books.tell(sale, OutcomeStatus.ACCEPTED, (3_000, 0), (2_000, 0))
    standing = replace(standing, told=Told(OutcomeStatus.ACCEPTED, 5_000, 0))
    story.now(standing)
    record(books.decision(sale, handed_over=True))
    standing = replace(standing, handed_over=True)
    story.now(standing)
    void = books.voiding(sale)
    record(void)
    story.now(replace(standing, void_waits=True))
    books.tell(void, OutcomeStatus.NOT_REVERSIBLE)
    story.now(replace(standing, open_matters=(void.op_id,)))
    record(books.resolution(void, Choice.PLATFORM_ASKED))
    story.now(standing)
    books.tell(sale, OutcomeStatus.VOIDED, (0, 0), (0, 0))
    story.now(replace(standing, told=Told(OutcomeStatus.VOIDED, 0, 0)))
    story.check()


def test_a_void_waits_no_more_when_the_redemption_is_told_to_be_undone(books: Books) -> None:
    sale = books.sell(3_000)
    books.write(books.voiding(sale))
    since = reach(books)
    books.tell(sale, OutcomeStatus.VOIDED, (0, 0))
    (found,) = touched(books, since, reach(books))
    assert found.before is not None
    assert (found.before.void_waits, found.after.void_waits) == (True, False)


def test_what_is_kept_or_refused_was_not_handed_over(books: Books) -> None:
    sale = books.redemption(3_000)
    books.write(sale, books.decision(sale, handed_over=False))
    (found,) = touched(books, Reach(), reach(books))
    assert found == TouchedOp(sale, None, NEW)


def test_what_was_honoured_is_handed_over_from_its_entry_on(books: Books) -> None:
    sale = books.sell_offline(3_000)
    (found,) = touched(books, Reach(), reach(books))
    assert found == TouchedOp(sale, None, replace(NEW, handed_over=True))


@pytest.mark.parametrize("choice", Choice)
@pytest.mark.parametrize("alarmed", [False, True], ids=["a loss", "not understood"])
def test_what_ended_badly_is_open_until_somebody_decides(
    books: Books, choice: Choice, *, alarmed: bool
) -> None:
    """A call to the customer is a step; a second redemption is told by the service."""
    books.sell(1_000)
    story = Story(books, books.write)
    standing = NEW
    if alarmed:
        books.alarm()
    else:
        books.tell(story.sale, OutcomeStatus.SHORT, (3_000, 0), (500, 1_500))
        standing = replace(NEW, told=Told(OutcomeStatus.SHORT, 3_500, 1_500))
    is_open = replace(standing, open_matters=(story.sale.op_id,))
    story.now(is_open)
    books.write(books.resolution(story.sale, choice))
    settles = choice in (Choice.LOSS_ACCEPTED, Choice.PLATFORM_ASKED)
    story.now(standing if settles else is_open)
    books.tell(story.sale, OutcomeStatus.ACCEPTED, (3_000, 0), (500, 0))
    story.now(replace(NEW, told=Told(OutcomeStatus.ACCEPTED, 3_500, 0)))
    story.check()


def test_what_stands_in_a_later_epoch_alone_counts_there(books: Books) -> None:
    """The entry of before was lost with a damaged page; what was sent again says it."""
    sale = books.redemption(3_000)
    books.write(sale)
    since = reach(books)
    books.resend(books.decision(sale, handed_over=True))
    (found,) = touched(books, since, reach(books))
    assert found == TouchedOp(sale, NEW, replace(NEW, handed_over=True))
    since = reach(books)
    books.resend(books.voiding(sale))
    (found,) = touched(books, since, reach(books))
    assert (found.before, found.after) == (
        replace(NEW, handed_over=True),
        replace(NEW, handed_over=True, void_waits=True),
    )


def test_more_redemptions_than_a_query_takes_are_all_there_in_order(books: Books) -> None:
    sales = [books.redemption(100) for _ in range(501)]
    books.write(*reversed(sales))
    found = touched(books, Reach(), reach(books))
    assert [one.redemption.op_id for one in found] == sorted(
        (sale.op_id for sale in sales), key=id_text
    )
