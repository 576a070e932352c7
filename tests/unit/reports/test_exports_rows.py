"""The rows of money that exports are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.book_reader import PAGE_ROWS, BookReader, Horizon
from merchant_app.journal.journal import AlreadyDecided
from merchant_app.ledger.entries import Decision, Redemption, Void
from merchant_app.reports.exports.effects import left
from merchant_app.reports.exports.rows import Days, ExportRow, RowKind, RowStatus, export_rows
from merchant_app.vouchers.terms import VatKind
from tests.fakes.books import Books

Told = tuple[str, int, int | None]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path / "journal.sqlite")
    yield books
    books.close()


def rows(books: Books, days: Days | None = None) -> list[ExportRow]:
    with books.reader() as reader:
        return list(export_rows(reader, books.till(), days))


def told(books: Books) -> list[Told]:
    """Kind, amount and closing of every row."""
    return [
        (row.kind.value, row.amount.minor, row.closing.number if row.closing else None)
        for row in rows(books)
    ]


def test_a_sale_is_a_row_for_each_voucher(books: Books) -> None:
    books.sell(5_000, 2_000)
    first, second = rows(books)
    assert (first.amount.minor, second.amount.minor) == (5_000, 2_000)
    assert first.kind is RowKind.REDEMPTION
    assert first.status is RowStatus.ACCEPTED
    assert (first.cashier, first.till, first.label) == ("Zoë", "Caisse 1", "…H2M7")
    assert first.face is not None
    assert first.face.minor == 5_000
    assert first.vat_kind is VatKind.MULTI_PURPOSE
    assert (first.number, first.reference, second.reference) == (1, "E2", "E2")
    assert first.closing is None
    assert not first.offline


def test_what_was_not_handed_over_is_no_row(books: Books) -> None:
    refused = books.redemption(5_000)
    books.write(refused)
    books.tell(refused, OutcomeStatus.REFUSED, (0, 0))
    books.write(books.decision(refused, handed_over=False), books.redemption(700))
    assert rows(books) == []


def test_a_journal_without_an_entry_has_no_rows(books: Books) -> None:
    books.close_day()
    assert rows(books) == []


def test_offline_and_short_on_the_same_day(books: Books) -> None:
    sale = books.sell_offline(5_000)
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    books.close_day()
    assert told(books) == [("redemption", 5_000, 1), ("shortfall", -2_000, 1)]
    assert {row.status for row in rows(books)} == {RowStatus.SHORT}
    assert all(row.offline and row.face is None and row.vat_kind is None for row in rows(books))


def test_what_becomes_known_after_a_closing_is_a_correction(books: Books) -> None:
    sale = books.sell_offline(5_000)
    books.close_day()
    (before,) = rows(books)
    assert before.status is RowStatus.WAITING
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    books.close_day()
    kept, correction = rows(books)
    assert kept == before
    assert (correction.kind, correction.amount.minor) == (RowKind.CORRECTION, -2_000)
    assert (correction.goods.minor, correction.loss.minor) == (0, 2_000)
    assert correction.reference == "O1"
    assert correction.cashier == ""
    assert correction.closing is not None
    assert correction.closing.number == 2


def test_an_answer_that_changes_nothing_is_no_correction(books: Books) -> None:
    sale = books.sell_offline(5_000)
    books.close_day()
    books.tell(sale, OutcomeStatus.ACCEPTED, (5_000, 0))
    assert told(books) == [("redemption", 5_000, 1)]


def test_a_reversal_of_an_earlier_day(books: Books) -> None:
    sale = books.sell(5_000)
    books.close_day()
    books.void(sale)
    books.close_day()
    assert told(books) == [("redemption", 5_000, 1), ("reversal", -5_000, 2)]


def test_a_reversal_of_the_same_day_takes_the_loss_back(books: Books) -> None:
    sale = books.sell_offline(5_000)
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    books.void(sale)
    found = rows(books)
    assert [row.amount.minor for row in found] == [5_000, -2_000, -3_000]
    assert sum(row.loss.minor for row in found) == 0


def test_a_reversal_counts_when_the_service_has_taken_it(books: Books) -> None:
    sale = books.sell(5_000)
    void = books.voiding(sale)
    books.write(void)
    books.close_day()
    books.tell(void, OutcomeStatus.NOT_REVERSIBLE)
    assert told(books) == [("redemption", 5_000, 1)]
    books.tell(void, OutcomeStatus.REVERSED)
    books.tell(sale, OutcomeStatus.VOIDED, (0, 0))
    books.close_day()
    assert told(books) == [("redemption", 5_000, 1), ("reversal", -5_000, 2)]
    assert rows(books)[1].cashier == "Zoë"


def test_a_reversal_that_a_restored_service_forgot_is_corrected(books: Books) -> None:
    sale = books.sell(5_000)
    books.void(sale)
    books.close_day()
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    assert told(books)[1:] == [("reversal", -5_000, 1), ("correction", 3_000, None)]


def test_another_till_reversed_it(books: Books) -> None:
    sale = books.sell(5_000)
    books.close_day()
    books.tell(sale, OutcomeStatus.VOIDED, (0, 0))
    assert told(books) == [("redemption", 5_000, 1), ("reversal", -5_000, None)]


def test_what_was_refused_and_handed_over_waits_for_the_service(books: Books) -> None:
    sale = books.sell_offline(5_000)
    books.tell(sale, OutcomeStatus.UNPROCESSABLE)
    assert [row.status for row in rows(books)] == [RowStatus.WAITING]
    books.close_day()
    books.tell(sale, OutcomeStatus.SHORT, (0, 5_000))
    assert told(books) == [("redemption", 5_000, 1), ("correction", -5_000, None)]


def test_a_refusal_after_an_answer_takes_back_what_was_known_of_the_debit(books: Books) -> None:
    """The service was restored, say: the goods are gone all the same, and a loss is not known."""
    sale = books.sell_offline(5_000)
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    books.close_day()
    books.tell(sale, OutcomeStatus.REFUSED, (0, 0))
    found = rows(books)
    assert sum(row.loss.minor for row in found) == 0
    assert sum(row.amount.minor for row in found) == 5_000
    assert told(books) == [
        ("redemption", 5_000, 1),
        ("shortfall", -2_000, 1),
        ("correction", 2_000, None),
    ]


def test_a_loss_that_a_second_try_paid_for_is_sold_once(books: Books) -> None:
    first = books.sell_offline(5_000)
    books.tell(first, OutcomeStatus.SHORT, (3_000, 2_000))
    books.close_day()
    books.sell(2_000)
    books.tell(first, OutcomeStatus.ACCEPTED, (3_000, 0))
    found = rows(books)
    assert sum(row.goods.minor for row in found) == 5_000
    assert sum(row.amount.minor for row in found) == 5_000
    assert sum(row.loss.minor for row in found) == 0


def test_sales_that_a_copy_of_the_till_made_count_once(books: Books) -> None:
    theirs = books.redemption(5_000)
    books.adopt(theirs, books.decision(theirs, handed_over=True))
    books.tell(theirs, OutcomeStatus.ACCEPTED, (5_000, 0))
    ours = books.redemption(700)
    books.write(ours, books.decision(ours, handed_over=True))
    books.adopt(books.decision(ours, handed_over=True))
    assert sorted((row.reference, row.amount.minor) for row in rows(books)) == [
        ("A2", 5_000),
        ("E2", 700),
    ]


def test_what_stands_in_another_table_later_is_not_sold_again(books: Books) -> None:
    """A copy's sale came back from the service, and had to be sent again by this till."""
    sale = books.redemption(3_000, honoured=True)
    books.adopt(sale)
    books.close_day()
    books.enrol_again()
    books.resend(sale)
    books.close_day()
    assert [(row.reference, row.closing and row.closing.number) for row in rows(books)] == [
        ("A1", 1)
    ]


def test_a_hand_over_that_came_before_its_sale_counts_with_the_sale(books: Books) -> None:
    sale = books.redemption(3_000)
    books.adopt(books.decision(sale, handed_over=True))
    books.close_day()
    books.write(sale)
    books.close_day()
    (row,) = rows(books)
    assert (row.reference, row.closing and row.closing.number) == ("E1", 2)


def test_a_sale_that_was_decided_after_a_closing_is_of_the_next(books: Books) -> None:
    sale = books.redemption(3_000)
    books.write(sale)
    books.close_day()
    books.write(books.decision(sale, handed_over=True))
    books.close_day()
    (row,) = rows(books)
    assert (row.reference, row.closing and row.closing.number) == ("E2", 2)


def test_a_reversal_is_of_the_moment_and_the_entry_of_the_void(books: Books) -> None:
    sale = books.sell(3_000)
    void = books.void(sale)
    _, undone = rows(books)
    assert (undone.kind, undone.reference, undone.at) == (RowKind.REVERSAL, "E3", void.at)
    books.close_day()
    before = rows(books)
    books.tell(sale, OutcomeStatus.VOIDED, (0, 0))
    assert rows(books) == before, "told once more"


def test_a_loss_and_its_reversal_that_come_together_leave_nothing(books: Books) -> None:
    sale = books.sell_offline(3_000)
    books.close_day()
    books.tell(sale, OutcomeStatus.SHORT, (2_000, 1_000))
    books.void(sale)
    found = rows(books)
    assert sum(row.goods.minor for row in found) == 0
    assert sum(row.loss.minor for row in found) == 0


def test_what_was_told_of_a_copys_sale_is_corrected_in_the_day_that_learned_of_it(
    books: Books,
) -> None:
    sale = books.redemption(3_000, honoured=True)
    books.adopt(sale)
    books.close_day()
    books.tell(sale, OutcomeStatus.SHORT, (2_000, 1_000))
    books.close_day()
    books.tell(sale, OutcomeStatus.ACCEPTED, (2_000, 0))
    losses = [(row.closing and row.closing.number, row.loss.minor) for row in rows(books)]
    assert losses == [(1, 0), (2, 1_000), (None, -1_000)]


def test_what_is_not_closed_is_of_its_day_where_the_shop_is(books: Books) -> None:
    books.clock.jump(hours=23 - books.clock.now().hour)  # midnight has passed in Paris
    books.sell_offline(3_000)
    day = books.clock.now().date()
    with books.reader() as reader:
        for first, count in ((day, 0), (day + timedelta(days=1), 1)):
            found = list(export_rows(reader, books.till(), Days(first, first)))
            assert len(found) == count


def test_more_entries_than_a_page_are_all_there(books: Books) -> None:
    books.write(*(books.redemption(100, honoured=True) for _ in range(2 * PAGE_ROWS + 1)))
    assert [row.position for row in rows(books)] == list(range(1, 2 * PAGE_ROWS + 2))


def test_the_days_of_a_closing_choose_its_rows(books: Books) -> None:
    books.sell(100)
    books.close_day(date(2026, 12, 31))
    books.sell(200)
    books.close_day(date(2027, 1, 1))
    year = Days(date(2026, 1, 1), date(2026, 12, 31))
    assert [row.amount.minor for row in rows(books, year)] == [100]
    assert [row.amount.minor for row in rows(books, Days(first=date(2027, 1, 1)))] == [200]
    assert rows(books, Days(date(2028, 1, 1), date(2028, 12, 31))) == []


def test_what_is_recorded_while_rows_are_read_is_left_out(books: Books) -> None:
    books.sell(100)
    with books.reader() as reader:
        reading = export_rows(reader, books.till())
        assert next(reading).amount.minor == 100
        books.sell(200)
        assert list(reading) == []


def test_a_journal_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        BookReader(tmp_path / "none.sqlite")
    assert caught.value.kind is ProblemKind.DISK_READ_ONLY
    assert not (tmp_path / "none.sqlite").exists()


def test_a_journal_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 1_000)
    with pytest.raises(Problem) as caught, BookReader(tmp_path / "journal.sqlite") as reader:
        reader.horizon()
    assert caught.value.kind is ProblemKind.JOURNAL_DAMAGED


# --- any history, cut by closings at any place ----------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["online", "offline", "undecided", "hand over", "keep", "tell", "void", "settle",
             "copy", "copy decides", "copy voids", "other till voids", "refuse void", "close"]
        ),
        st.integers(0, 5),
        st.integers(1, 9),
    ),
    max_size=40,
)  # fmt: skip


def _happens(books: Books, sales: list[Redemption], what: str, which: int, amount: int) -> None:
    """One thing happens. Not all of it is sensible: books must hold whatever a journal may hold."""
    match what:
        case "online":
            sales.append(books.sell(amount * 100, 50))
        case "offline":
            sales.append(books.sell_offline(amount * 100))
        case "undecided" | "copy":
            sales.append(books.redemption(amount * 100))
            (books.write if what == "undecided" else books.adopt)(sales[-1])
        case "close":
            books.close_day()
        case _:
            if sales:
                _happens_to(books, sales[which % len(sales)], what, amount)


def _happens_to(books: Books, sale: Redemption, what: str, amount: int) -> None:
    short = [(line.amount.minor - amount, amount) for line in sale.lines]
    match what:
        case "hand over" | "keep":
            _try(books, books.decision(sale, handed_over=what == "hand over"))
        case "tell":
            books.tell(sale, OutcomeStatus.SHORT, *short)
        case "settle":
            settled = ((accepted, 0) for accepted, _ in short)
            books.tell(sale, OutcomeStatus.ACCEPTED, *settled)
        case "void" | "refuse void":
            void = books.voiding(sale)
            if _try(books, void):
                status = {"void": OutcomeStatus.REVERSED}.get(what, OutcomeStatus.NOT_REVERSIBLE)
                books.tell(void, status)
        case "copy decides":
            books.adopt(books.decision(sale, handed_over=True))
        case "copy voids":
            books.adopt(books.voiding(sale))
        case _:
            books.tell(sale, OutcomeStatus.VOIDED, *((0, 0) for _ in sale.lines))


def _try(books: Books, entry: Decision | Void) -> bool:
    try:
        books.write(entry)
    except AlreadyDecided:
        return False
    return True


def _books_say(reader: BookReader, sales: list[Redemption], horizon: Horizon) -> dict[str, int]:
    stories = reader.stories(str(sale.op_id) for sale in sales)
    found: dict[str, int] = defaultdict(int)
    for story in stories.values():
        if story.placed.is_within(horizon):
            for one in left(story, horizon):
                found["goods"] += one.goods_minor
                found["loss"] += one.loss_minor
    return found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_rows_add_up_to_the_books_after_every_closing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    books = Books(tmp_path_factory.mktemp("any") / "journal.sqlite")
    sales: list[Redemption] = []
    closed: list[list[ExportRow]] = []
    try:
        for what, which, amount in steps:
            _happens(books, sales, what, which, amount)
            if what == "close":
                closed.append(rows(books))
        found = rows(books)
        with books.reader() as reader:
            ends = [*(day.end for day in reader.days_closed()), reader.horizon()]
            for number, end in enumerate(ends, start=1):
                until = [
                    row
                    for row in found
                    if (row.closing is None and number == len(ends))
                    or (row.closing is not None and row.closing.number <= number)
                ]
                said = _books_say(reader, sales, end)
                assert sum(row.goods.minor for row in until) == said["goods"]
                assert sum(row.loss.minor for row in until) == said["loss"]
        # The rows of a closed day never change.
        for before in closed:
            assert found[: len(before)] == before
    finally:
        books.close()
