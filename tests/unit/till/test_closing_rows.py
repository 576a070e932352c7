"""A closing vouches for the rows it covers; neither it nor its preview keeps a customer waiting."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind
from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.ids import VoucherId
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.closings import ClosingKind
from merchant_app.journal.events import EventKind
from merchant_app.journal.row_digests import SEALED
from merchant_app.money import Money
from merchant_app.reports.closing import from_body, to_body
from merchant_app.reports.closing_day import recomputed
from merchant_app.till.closing_results import Closed, CloseResult, ClosingPreview, NotClosed
from merchant_app.till.results import AcceptedOffline
from merchant_app.vouchers.terms import Voucher
from tests.fakes import till_key
from tests.fakes.at_the_counter import debited, valid
from tests.fakes.central import FakeCentral, LoseAnswer
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.journal_verdict import verdict
from tests.fakes.till_assembly import assemble


class SlowCopy(MemoryCopy):
    """Whoever asks it for a voucher in a thread of this name waits until `gate` is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.is_asked = threading.Event()

    def by_id(self, voucher_id: VoucherId) -> Voucher | None:
        if threading.current_thread().name == "clôture":
            self.is_asked.set()
            assert self.gate.wait(30)
        return super().by_id(voucher_id)


class Shop:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock)
        enrolled = self.central.new_till("Caisse 1")
        self.copy = SlowCopy()
        self.path = folder / "journal.sqlite"
        self.journal, self.counter, _ = assemble(
            enrolled, enrolled, self.clock, self.path, self.copy
        )

    def leave(self) -> None:
        if not self.copy.gate.is_set():
            self.copy.gate.set()
            self.journal.close()

    def sell(self, euros: int) -> None:
        debited(self.counter, self.central.issue(10_000).token, euros)

    def close_day(self) -> Closed:
        result = self.counter.closings.close_day()
        assert isinstance(result, Closed)
        return result


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.leave()


def _by_force(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount == 1


def test_each_closing_vouches_for_the_rows_since_the_one_before(shop: Shop) -> None:
    shop.sell(20)
    first = shop.close_day().kept.closing
    shop.sell(30)
    second = shop.close_day().kept.closing
    assert [one.table for one in first.rows] == sorted(SEALED)
    assert {one.table: one.first for one in first.rows} == dict.fromkeys(SEALED, 1)
    ends = {one.table: one.last for one in first.rows}
    assert {one.table: one.first - 1 for one in second.rows} == ends
    assert from_body(to_body(second)) == second


def test_it_is_computed_again_from_the_journal_to_the_byte(shop: Shop) -> None:
    last = None
    for euros in (20, 30):
        shop.sell(euros)
        made = shop.close_day().kept
        with closing_view(shop.path) as books:
            again = recomputed(books, made.closing, last=last, find=lambda _: None)
        assert to_body(again) == to_body(made.closing)
        last = made


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("outcomes", "UPDATE outcomes SET recorded_at = '2026-11-23T09:00:00.000Z' WHERE id = 2"),
        ("receipts", "UPDATE receipts SET generation = 7 WHERE id = 1"),
        ("epochs", "UPDATE epochs SET enrolled_at = '2020-01-01T00:00:00.000Z'"),
    ],
)
def test_a_change_in_what_a_closing_covers_is_found_and_named(
    shop: Shop, table: str, statement: str
) -> None:
    for euros in (20, 30, 10):
        shop.sell(euros)
    shop.close_day()
    shop.sell(5)
    shop.close_day()
    shop.leave()
    assert verdict(shop.path)["sound"]
    _by_force(shop.path, statement)
    result = verdict(shop.path)
    assert not result["sound"]
    found = [one for one in result["findings"] if one["kind"] == "rows"]
    assert [(one["table"], one["row"]) for one in found] == [(table, 1)]


def test_a_sale_goes_on_while_a_preview_is_being_read(shop: Shop) -> None:
    shop.sell(20)
    previews: list[ClosingPreview] = []

    def read() -> None:
        previews.append(shop.counter.closings.preview())

    reading = threading.Thread(target=read, name="clôture")
    reading.start()
    assert shop.copy.is_asked.wait(30)
    shop.sell(30)  # the preview is half way, and holds nobody
    shop.copy.gate.set()
    reading.join(30)
    shop.copy.gate.clear()
    (preview,) = previews
    # It says what there was when it began: never half of a sale.
    assert preview.closing.figures.redeemed_minor == 2_000
    assert shop.counter.closings.preview().closing.figures.redeemed_minor == 5_000


class ClosingHalfWay:
    """The day is being closed, and waits in the middle until it is let go on."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._results: list[CloseResult | Bug] = []
        self._thread = threading.Thread(target=self._close, name="clôture")
        self._thread.start()
        assert shop.copy.is_asked.wait(30)

    def _close(self) -> None:
        try:
            self._results.append(self._shop.counter.closings.close_day())
        except Bug as bug:
            self._results.append(bug)

    def result(self) -> CloseResult:
        self._shop.copy.gate.set()
        self._thread.join(30)
        self._shop.copy.gate.clear()
        (result,) = self._results
        if isinstance(result, Bug):
            raise result
        return result


def test_a_sale_goes_on_while_the_day_is_closed_and_is_in_the_next_closing(shop: Shop) -> None:
    shop.sell(20)
    half_way = ClosingHalfWay(shop)
    shop.sell(30)
    first = half_way.result()
    assert isinstance(first, Closed)
    assert first.kept.closing.figures.redeemed_minor == 2_000
    second = shop.close_day()
    assert second.kept.closing.figures.redeemed_minor == 3_000
    assert second.kept.closing.perpetual.redeemed_minor == 5_000
    assert second.kept.closing.corrections == ()
    with closing_view(shop.path) as books:
        for made, last in ((first.kept, None), (second.kept, first.kept)):
            again = recomputed(books, made.closing, last=last, find=lambda _: None)
            assert to_body(again) == to_body(made.closing)
    shop.leave()
    assert verdict(shop.path)["sound"]


def test_a_sale_that_waits_for_its_answer_meanwhile_is_in_no_closings_way(shop: Shop) -> None:
    shop.sell(20)
    half_way = ClosingHalfWay(shop)
    voucher = valid(shop.counter, shop.central.issue(5_000).token)
    shop.central.faults.append(LoseAnswer())
    shop.counter.redeem(voucher, amount=Money(3_000, "EUR"), purchase=None)
    first = half_way.result()
    assert isinstance(first, Closed)
    assert first.kept.closing.figures.redeemed_minor == 2_000
    then = shop.counter.closings.close_day()
    assert isinstance(then, NotClosed)
    assert then.blocking.questions == 1


def test_what_ends_badly_meanwhile_is_asked_about_before_anything_is_closed(
    shop: Shop, tmp_path: Path
) -> None:
    issued = shop.central.issue(5_000)
    voucher = valid(shop.counter, issued.token)
    shop.copy.put([(voucher, b"")], at=shop.clock.now())
    shop.central.unreachable = NoAnswerKind.DOWN
    shop.counter.contact()
    sold = shop.counter.redeem(voucher, amount=Money(2_500, "EUR"), purchase=None)
    assert isinstance(sold, AcceptedOffline)
    shop.central.unreachable = None
    second = shop.central.new_till("Caisse 2")
    journal, counter, _ = assemble(second, second, shop.clock, tmp_path / "second.sqlite")
    debited(counter, issued.token, 50)
    journal.close()
    half_way = ClosingHalfWay(shop)
    shop.counter.contact()  # the service refuses what was handed over
    result = half_way.result()
    assert isinstance(result, NotClosed)
    assert result.blocking.cards == 1
    assert shop.counter.closings.newest(limit=1) == ()
    assert isinstance(shop.counter.closings.close_day(leaving_open=True), Closed)


def test_what_happened_besides_money_is_covered_until_it_is_signed(shop: Shop) -> None:
    shop.sell(20)
    half_way = ClosingHalfWay(shop)
    shop.counter.closings.postpone()
    first = half_way.result()
    assert isinstance(first, Closed)
    number, head_hash = first.kept.closing.events_head
    events = shop.journal.run(lambda journal: journal.events.since(number - 1, limit=2))
    assert [one.kind for one in events] == [EventKind.CLOSING_POSTPONED, EventKind.CLOSING_MADE]
    shop.leave()
    with closing(sqlite3.connect(shop.path)) as file:
        query = "SELECT hash FROM events WHERE number = ?"
        assert file.execute(query, (number,)).fetchone()[0].hex() == head_hash


def test_of_two_closings_at_a_time_one_is_made(shop: Shop) -> None:
    """The screen never asks for two; whoever does must not cover the same twice."""
    shop.sell(20)
    other = to_body(shop.counter.closings.preview().closing)
    half_way = ClosingHalfWay(shop)
    shop.journal.run(
        lambda journal: journal.append_closing(
            ClosingKind.DAY, other, till_key.sign, cashier="Claire"
        )
    )
    with pytest.raises(Bug, match="two closings at a time"):
        half_way.result()
    assert [one.number for one in shop.counter.closings.newest(limit=9)] == [1]


def test_a_closing_that_is_none_is_damage_and_no_bug(shop: Shop) -> None:
    shop.close_day()
    _by_force(shop.path, "UPDATE closings SET body = '{}' WHERE number = 1")
    for ask in (shop.counter.closings.preview, shop.counter.closings.close_day):
        with pytest.raises(Problem) as problem:
            ask()
        assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


def test_after_a_closing_that_said_nothing_of_rows_the_next_vouches_for_all(shop: Shop) -> None:
    shop.sell(20)
    without = shop.counter.closings.preview().closing
    assert '"rows"' not in to_body(without)
    assert from_body(to_body(without)) == without
    shop.journal.run(
        lambda journal: journal.append_closing(
            ClosingKind.DAY, to_body(without), till_key.sign, cashier="Claire"
        )
    )
    shop.sell(30)
    rows = shop.close_day().kept.closing.rows
    assert {one.first for one in rows} == {1}
    shop.leave()
    assert verdict(shop.path)["sound"]
