"""Where a journal may be cut: all before the cut came to its end there, and nothing after it is
about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import id_text
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.closings import Reach
from merchant_app.ledger.entries import Choice, Redemption
from tests.fakes.books import Books


class Past:
    """Two sales that came to their end, one of them written by a copy of this till; the journal
    may be cut after them."""

    def __init__(self, path: Path) -> None:
        self.books = Books(path)
        self.sale = self.books.sell(3_000)
        self.copied = self.books.redemption(2_000)
        self.books.adopt(self.copied)
        self.books.adopt(self.books.decision(self.copied, handed_over=True))
        self.books.tell(self.copied, OutcomeStatus.ACCEPTED, (2_000, 0))
        self.cut = self.reach()

    def reach(self) -> Reach:
        with closing_view(self.books.path) as view:
            return view.ranges.reach()

    def may_be_cut(self) -> bool:
        with closing_view(self.books.path) as view:
            return view.purges.is_settled(self.cut)

    def force(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.books.path)) as file, file:
            assert file.execute(statement, values).rowcount == 1


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    made = Past(tmp_path / "journal.sqlite")
    yield made
    made.books.close()


def test_what_follows_and_is_about_itself_leaves_the_past_alone(past: Past) -> None:
    assert past.may_be_cut()
    later = past.books.sell(1_000)
    past.books.void(later)
    past.books.sell_offline(1_000)
    past.books.adopt(past.books.redemption(1_000))
    past.books.alarm()
    assert past.may_be_cut()


def again_in_another_epoch(past: Past) -> None:
    past.books.enrol_again()
    past.books.resend(past.sale)
    past.books.confirm()


def again_by_a_copy(past: Past) -> None:
    """Never while the journal is whole: whoever adopts looks for what is there."""
    past.force(
        "INSERT INTO adopted SELECT op_id, epoch_id, seq, kind, redemption_id, body, hash, ? "
        "FROM entries WHERE op_id = ?",
        "2026-11-23T09:30:00.000000Z",
        id_text(past.sale.op_id),
    )


AFTER: dict[str, Callable[[Past], object]] = {
    "an entry once more": again_in_another_epoch,
    "a void": lambda past: past.books.write(past.books.voiding(past.sale)),
    "a copy's void": lambda past: past.books.adopt(past.books.voiding(past.sale)),
    "the same from a copy": again_by_a_copy,
    "a void of what a copy sold": lambda past: past.books.write(past.books.voiding(past.copied)),
    "an answer": lambda past: past.books.tell(past.sale, OutcomeStatus.ACCEPTED, (3_000, 0)),
    "an alarm": lambda past: past.books.alarm(1),
}


@pytest.mark.parametrize("what", AFTER)
def test_nothing_after_the_cut_is_about_what_is_before_it(past: Past, what: str) -> None:
    AFTER[what](past)
    past.books.confirm()
    assert not past.may_be_cut()


def decided(past: Past) -> Redemption:
    sale = past.books.redemption(500)
    past.books.write(past.books.decision(sale, handed_over=True))
    past.books.confirm()
    return sale


def decided_by_a_copy(past: Past) -> Redemption:
    sale = past.books.redemption(500)
    past.books.adopt(past.books.decision(sale, handed_over=True))
    return sale


def answered(past: Past) -> Redemption:
    sale = past.books.redemption(500)
    past.books.tell(sale, OutcomeStatus.ACCEPTED, (500, 0))
    return sale


@pytest.mark.parametrize(
    ("before", "write"),
    [
        (decided, lambda books, sale: books.adopt(sale)),
        (decided_by_a_copy, lambda books, sale: books.write(sale)),
        (answered, lambda books, sale: books.write(sale)),
    ],
    ids=["our decision", "a copy's decision", "an answer"],
)
def test_nothing_before_the_cut_is_about_what_is_after_it(
    past: Past,
    before: Callable[[Past], Redemption],
    write: Callable[[Books, Redemption], None],
) -> None:
    sale = before(past)
    past.cut = past.reach()
    write(past.books, sale)
    past.books.confirm()
    assert not past.may_be_cut()


def test_an_alarm_before_the_cut_about_an_entry_after_it(past: Past) -> None:
    """The closing of a forgotten day ends with its last entry, and with all that was said since."""
    past.books.write(past.books.redemption(500))
    past.books.alarm()
    past.cut = replace(past.reach(), entry=past.cut.entry)
    assert not past.may_be_cut()


def unsent(past: Past) -> None:
    sale = past.books.redemption(500)
    past.books.write(sale)
    past.books.tell(sale, OutcomeStatus.REFUSED, (0, 0))
    past.books.write(past.books.decision(sale, handed_over=False))


def waiting(past: Past) -> None:
    past.books.sell_offline(500)
    past.books.confirm()


def void_waiting(past: Past) -> None:
    past.books.write(past.books.voiding(past.books.sell(500)))
    past.books.confirm()


def a_loss(past: Past) -> Redemption:
    sale = past.books.sell_offline(500)
    past.books.tell(sale, OutcomeStatus.SHORT, (200, 300))
    return sale


def debited_and_kept(past: Past) -> None:
    sale = past.books.redemption(500)
    past.books.write(sale)
    past.books.tell(sale, OutcomeStatus.ACCEPTED, (500, 0))
    past.books.write(past.books.decision(sale, handed_over=False))
    past.books.confirm()


@pytest.mark.parametrize("what", [unsent, waiting, void_waiting, a_loss, debited_and_kept])
def test_what_came_to_no_end_stays(past: Past, what: Callable[[Past], object]) -> None:
    what(past)
    past.cut = past.reach()
    assert not past.may_be_cut()


def test_what_came_to_its_end_may_go(past: Past) -> None:
    past.books.void(past.books.sell(500))
    loss = a_loss(past)
    past.books.write(past.books.resolution(loss, Choice.LOSS_ACCEPTED))
    refused = past.books.redemption(500)
    past.books.write(refused)
    past.books.tell(refused, OutcomeStatus.REFUSED, (0, 0))
    past.books.write(past.books.decision(refused, handed_over=False))
    past.books.confirm()
    past.cut = past.reach()
    assert past.may_be_cut()


def test_nothing_goes_while_somebody_compares_what_the_service_lacks(past: Past) -> None:
    past.books.enrol_again()
    assert not past.may_be_cut()
    past.books.resend()
    assert past.may_be_cut()
