"""What a closing of a day says, and where the next one begins, whatever became of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.closings import Reach
from merchant_app.ledger.entries import Choice, Redemption
from merchant_app.reports.closing import ClockFlag, KeptClosing, Named, Perpetual, Positions
from merchant_app.reports.closing_day import Author, close_day, since
from tests.fakes.books import Books

AUTHOR = Author(
    shop="Librairie Cassiopée",
    till="Caisse 1",
    public_key="",
    cashier="Zoë",
    time_zone="Europe/Paris",
    currency="EUR",
    training=False,
)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def books(empty: Books) -> Books:
    """Four entries, and two rows of everything else."""
    for _ in range(2):
        empty.sell(3_000)
        empty.adopt(empty.redemption(1_000))
        empty.alarm()
    return empty


def closed(books: Books, last: KeptClosing | None = None) -> KeptClosing:
    """A closing over everything that none covers."""
    with closing_view(books.path) as view:
        until = view.ranges.reach()
        closing = close_day(
            view,
            AUTHOR,
            last=last,
            until=until,
            day=date(2026, 11, 23),
            now=books.clock.now(),
            find=lambda _voucher: None,
            rows_until=view.ranges.row_ends(until),
        )
    return KeptClosing(1 if last is None else last.number + 1, bytes(32), closing)


def named(sale: Redemption, what: str, amount_minor: int) -> Named:
    return Named(sale.op_id, what, sale.at, "…H2M7", amount_minor, "Zoë")


# --- what it says ---------------------------------------------------------------------------------


def test_what_the_service_has_not_booked_is_named_until_it_has(empty: Books) -> None:
    sold = empty.sell_offline(3_000)
    undone = empty.sell(2_000)
    empty.write(empty.voiding(undone))
    empty.sell(500)
    first = closed(empty)
    waiting = (named(sold, "redemption", 3_000), named(undone, "void", 2_000))
    assert first.closing.waiting == waiting
    second = closed(empty, first)
    assert second.closing.waiting == waiting, "nothing new, and still not booked"
    assert [one.first for one in second.closing.rows] == [
        one.last + 1 for one in first.closing.rows
    ]
    empty.tell(sold, OutcomeStatus.ACCEPTED, (3_000, 0))
    empty.tell(undone, OutcomeStatus.VOIDED, (0, 0))
    assert closed(empty, second).closing.waiting == ()


def test_what_ended_badly_is_named_until_somebody_decides(empty: Books) -> None:
    short = empty.sell_offline(3_000)
    empty.tell(short, OutcomeStatus.SHORT, (1_000, 2_000))
    undone = empty.sell(500)
    void = empty.voiding(undone)
    empty.write(void)
    empty.tell(void, OutcomeStatus.NOT_REVERSIBLE)
    odd = empty.sell_offline(700)
    empty.alarm()
    first = closed(empty)
    unresolved = (
        named(short, "shortfall", 2_000),
        named(undone, "void_refused", 500),
        named(odd, "not_processed", 700),
    )
    assert first.closing.unresolved == unresolved
    assert closed(empty, first).closing.unresolved == unresolved, "nothing new, and still open"
    for about in (short, void, odd):
        empty.write(empty.resolution(about, Choice.LOSS_ACCEPTED))
    assert closed(empty, first).closing.unresolved == ()


def test_what_became_of_an_earlier_days_sales_is_a_correction_each(empty: Books) -> None:
    undone = empty.sell(3_000)
    short, calm = empty.sell_offline(2_000), empty.sell_offline(500)
    first = closed(empty)
    assert first.closing.corrections == ()
    empty.void(undone)
    empty.tell(short, OutcomeStatus.SHORT, (1_500, 500))
    empty.tell(calm, OutcomeStatus.ACCEPTED, (500, 0))
    later = empty.sell(900)
    empty.void(later)
    second = closed(empty, first)
    assert [
        (one.op_id, one.redeemed_minor, one.reversed_minor, one.shortfall_minor)
        for one in second.closing.corrections
    ] == [(undone.op_id, 0, 3_000, 0), (short.op_id, 0, 0, 500)]
    assert second.closing.perpetual == Perpetual(6_400, 3_900, 500)
    # A service that was restored has forgotten the void.
    empty.tell(undone, OutcomeStatus.ACCEPTED, (3_000, 0))
    third = closed(empty, second).closing
    assert [one.reversed_minor for one in third.corrections] == [-3_000]
    assert third.perpetual == Perpetual(6_400, 900, 500)


def test_a_loss_that_a_second_sale_paid_for_is_a_correction_too(empty: Books) -> None:
    short = empty.sell_offline(2_000)
    empty.tell(short, OutcomeStatus.SHORT, (1_500, 500))
    first = closed(empty)
    empty.tell(short, OutcomeStatus.ACCEPTED, (1_500, 0))
    second = closed(empty, first)
    (one,) = second.closing.corrections
    assert (one.shortfall_minor, one.repaid_minor) == (-500, 500)
    # Nobody heard of the loss before it was paid for.
    quick = empty.sell_offline(2_000)
    third = closed(empty, second)
    empty.tell(quick, OutcomeStatus.ACCEPTED, (1_500, 0))
    (one,) = closed(empty, third).closing.corrections
    assert (one.op_id, one.shortfall_minor, one.repaid_minor) == (quick.op_id, 0, 500)


def test_a_clock_that_was_set_back_between_two_days_is_flagged(empty: Books) -> None:
    empty.sell(500)
    first = closed(empty)
    empty.clock.jump(hours=-1)
    empty.sell(500)
    flags = closed(empty, first).closing.clock_flags
    assert flags[0] == ClockFlag("back", 3)


# --- where it begins ------------------------------------------------------------------------------


def reaching(last: KeptClosing, until: Reach) -> KeptClosing:
    """The same, as if it had ended elsewhere when it was made."""
    return replace(last, closing=replace(last.closing, covers=Positions(Reach(), until)))


def begins(books: Books, last: KeptClosing | None) -> Reach:
    with closing_view(books.path) as view:
        return since(view, last)


def test_it_begins_where_the_last_one_ended(books: Books) -> None:
    assert begins(books, None) == Reach()
    end = Reach(entry=4, adopted=2, outcome=2, alarm=2)
    last = closed(books)
    books.sell(500)
    assert begins(books, last) == end


@pytest.mark.parametrize("entry", [1, 3, 5, 9])
def test_an_entry_that_a_salvage_moved_is_found_where_it_is(books: Books, entry: int) -> None:
    last = closed(books)
    books.sell(500)
    moved = reaching(last, Reach(entry, 2, 2, 2))
    assert begins(books, moved).entry == 4


def test_rows_that_are_lost_are_not_waited_for(books: Books) -> None:
    """Where the closing's last entry is gone, what is left belongs to it; and in every table what
    comes next counts, not only what comes after as many rows as there once were."""
    last = closed(books)
    assert last.closing.head is not None
    gone = replace(last.closing.head, seq=99)
    beyond = reaching(last, Reach(99, 99, 99, 99))
    lost = replace(beyond, closing=replace(beyond.closing, head=gone))
    assert begins(books, lost) == Reach(4, 2, 2, 2)
