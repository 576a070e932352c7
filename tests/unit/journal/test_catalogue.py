"""The index that the journal is searched by, against a look at every redemption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from merchant_app.ids import id_text
from merchant_app.journal.catalogue import Catalogue, Place, SaleKind, Wanted
from merchant_app.ledger.entries import Redemption
from tests.fakes.books import Books

NAMES = ("Zoë Le Goff", "Claire", "Anne Zoé", "Zora")
WIDE = timedelta(days=40)
"""Beyond what is looked through whole."""


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def sales(books: Books) -> list[Redemption]:
    """Twelve, two at each moment, days apart; some undone, some kept, some offline."""
    found: list[Redemption] = []
    for number in range(12):
        sale = books.redemption(1_000 + number % 3, 500, honoured=number % 4 == 0)
        if number % 2:
            sale = replace(sale, at=found[-1].at)
        sale = replace(sale, cashier=NAMES[number % len(NAMES)])
        books.write(sale)
        if number % 5 == 1:
            books.write(books.decision(sale, handed_over=False))
        if number % 6 == 2:
            books.write(books.voiding(sale))
        found.append(sale)
        books.clock.advance(days=3)
    return found


def ids(books: Books, wanted: Wanted, *, limit: int = 99) -> list[str]:
    """Page by page; the last one is empty."""
    found: list[str] = []
    before: Place | None = None
    with Catalogue(books.path) as catalogue:
        catalogue.catch_up()
        while places := catalogue.find(wanted, before=before, limit=limit):
            found += [place.op_id for place in places]
            before = places[-1]
    return found


def expected(sales: list[Redemption], wanted: Wanted) -> list[str]:
    """Newest first, as the journal has them."""
    return [
        id_text(sale.op_id)
        for sale in reversed(sales)
        if (wanted.since is None or sale.at >= wanted.since)
        and (wanted.until is None or sale.at < wanted.until)
        and wanted.minor in (None, 1_500, sale.lines[0].amount.minor, 500)
    ]


@pytest.mark.parametrize("minor", [None, 500, 1_001])
@pytest.mark.parametrize("limit", [1, 3, 99])
def test_a_time_begins_with_its_first_moment_and_ends_before_its_last(
    books: Books, sales: list[Redemption], minor: int | None, limit: int
) -> None:
    moments = sorted({sale.at for sale in sales})
    for wanted in (
        Wanted(minor=minor),
        Wanted(minor=minor, since=moments[2]),
        Wanted(minor=minor, until=moments[2]),
        Wanted(minor=minor, since=moments[1], until=moments[3]),
        Wanted(minor=minor, since=moments[1] - WIDE, until=moments[3]),
        Wanted(minor=minor, since=moments[1], until=moments[3] + WIDE),
    ):
        wanted_ids = expected(sales, wanted)
        assert wanted_ids
        assert ids(books, wanted, limit=limit) == wanted_ids, wanted


def test_a_total_and_each_of_its_lines_are_found(books: Books, sales: list[Redemption]) -> None:
    for minor, count in ((500, 12), (1_500, 4), (1_501, 4), (1_001, 4), (499, 0)):
        assert len(ids(books, Wanted(minor=minor))) == count


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("zo", {"Zoë Le Goff", "Anne Zoé", "Zora"}),
        ("zoe", {"Zoë Le Goff", "Anne Zoé"}),
        ("goff", {"Zoë Le Goff"}),
        ("le goff", {"Zoë Le Goff"}),
        ("off", set()),
        ("nobody", set()),
    ],
)
def test_a_cashier_is_found_by_how_a_word_of_her_name_begins(
    books: Books, sales: list[Redemption], typed: str, names: set[str]
) -> None:
    every = [id_text(sale.op_id) for sale in reversed(sales) if sale.cashier in names]
    assert ids(books, Wanted(cashier=typed)) == every
    assert ids(books, Wanted(cashier=typed, minor=500)) == every


def test_kinds_follow_from_the_entries(books: Books, sales: list[Redemption]) -> None:
    for kind, numbers in (
        (SaleKind.OFFLINE, (8, 4, 0)),
        (SaleKind.KEPT, (11, 6, 1)),
        (SaleKind.UNDONE, (8, 2)),
    ):
        some = [id_text(sales[number].op_id) for number in numbers]
        assert ids(books, Wanted(kind=kind)) == some
        assert ids(books, Wanted(kind=kind, minor=500)) == some


def test_what_stands_in_the_journal_twice_is_found_once(
    books: Books, sales: list[Redemption]
) -> None:
    before = ids(books, Wanted())
    books.enrol_again()
    books.resend(*sales[:3])
    assert ids(books, Wanted()) == before
    assert ids(books, Wanted(minor=500)) == before
