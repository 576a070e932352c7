"""What the journal finds, and what it tells of one redemption: of the till's own, and of the fake.

The till is real but for its service, which runs the real rules in memory.
"""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.catalogue import NAME
from merchant_app.journal.events import EventKind
from merchant_app.journal.lives import LifeReader
from merchant_app.ledger.entries import Choice, Redemption
from merchant_app.settings import options as choices
from merchant_app.till import journal_results as jr
from merchant_app.till.find import state_of
from merchant_app.till.journal_desk import JournalDesk
from merchant_app.till.journal_results import (
    ExportForm,
    ExportRefusal,
    ExportWish,
    Found,
    Query,
    SaleKind,
    SaleState,
)
from merchant_app.till.live_journal import LiveJournalDesk
from merchant_app.till.results import RedeemUnknown
from merchant_app.vouchers.split import Part
from tests.fakes.at_the_counter import debited, euros, valid
from tests.fakes.books import Books
from tests.fakes.central import FakeCentral, FakeTill, Issued, LoseAnswer, LoseRequest
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.journal_desk import FakeJournalDesk
from tests.fakes.till_assembly import assemble


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
        self.options = self.counter._till.options

    def sell(self, amount: int) -> Issued:
        """A new voucher, ten minutes later."""
        self.clock.advance(minutes=10)
        issued = self.central.issue(10_000)
        debited(self.counter, issued.token, amount)
        return issued

    def find(self, query: Query | None = None, *, limit: int = 50) -> Found:
        return self.counter.journal.find(query or Query(), before=None, limit=limit)

    def amounts(self, query: Query | None = None) -> list[int]:
        return [sale.amount.minor // 100 for sale in self.find(query).sales]

    def life(self) -> jr.Life:
        """Of the newest."""
        return self.counter.journal.life(self.find().sales[0].op_id)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


@pytest.fixture(params=["live", "fake"])
def desk(request: pytest.FixtureRequest, shop: Shop) -> JournalDesk:
    """Three redemptions of 20, 30 and 20 EUR, the second one undone."""
    shop.sell(20)
    shop.sell(30)
    shop.counter.reverse_last()
    shop.sell(20)
    live = shop.counter.journal
    if request.param == "live":
        return live
    newest = live.find(Query(), before=None, limit=9).sales
    return FakeJournalDesk([live.life(sale.op_id) for sale in reversed(newest)])


# --- the contract of a desk: live and fake alike --------------------------------------------------


def found(desk: JournalDesk, query: Query) -> list[int]:
    sales = desk.find(query, before=None, limit=9).sales
    return [sale.amount.minor // 100 for sale in sales]


def test_everything_newest_first(desk: JournalDesk) -> None:
    assert found(desk, Query()) == [20, 30, 20]


def test_in_pages(desk: JournalDesk) -> None:
    first = desk.find(Query(), before=None, limit=2)
    assert [sale.amount.minor for sale in first.sales] == [2_000, 3_000]
    assert first.more
    second = desk.find(Query(), before=first.sales[-1].place, limit=2)
    assert [sale.amount.minor for sale in second.sales] == [2_000]
    assert not second.more


def test_by_what_is_asked(desk: JournalDesk) -> None:
    newest = desk.find(Query(), before=None, limit=9).sales[0]
    end = newest.labels[0].lstrip("…")
    assert found(desk, Query(amount=euros(30))) == [30]
    assert found(desk, Query(amount=euros(31))) == []
    assert found(desk, Query(label_end=end)) == [20]
    assert found(desk, Query(label_end=end[2:], amount=euros(20)))[:1] == [20]
    assert found(desk, Query(cashier="clai")) == [20, 30, 20]
    assert found(desk, Query(cashier="bob")) == []
    assert found(desk, Query(kind=SaleKind.UNDONE)) == [30]
    assert found(desk, Query(kind=SaleKind.OFFLINE)) == []
    assert found(desk, Query(since=newest.at)) == [20]
    assert found(desk, Query(until=newest.at)) == [30, 20]
    hour = Query(since=newest.at - timedelta(minutes=15), until=newest.at + timedelta(minutes=1))
    assert found(desk, hour) == [20, 30]
    assert found(desk, replace(hour, amount=euros(30))) == [30]


def test_what_may_be_another_thing_is_looked_for_as_that(desk: JournalDesk) -> None:
    query = Query(cashier="bob", otherwise=Query(amount=euros(30)))
    got = desk.find(query, before=None, limit=9)
    assert got.query == Query(amount=euros(30))
    assert [sale.amount for sale in got.sales] == [euros(30)]


def test_a_life_begins_with_its_entry(desk: JournalDesk) -> None:
    undone = desk.find(Query(kind=SaleKind.UNDONE), before=None, limit=1).sales[0]
    life = desk.life(undone.op_id)
    assert isinstance(life.steps[0], jr.Recorded)
    assert life.sale.state is SaleState.UNDONE
    assert life.sale.amount == euros(30)


# --- finding in a real journal -------------------------------------------------------------------


def test_a_whole_code_finds_its_voucher_alone(shop: Shop) -> None:
    issued = shop.sell(20)
    shop.sell(30)
    assert shop.amounts(Query(code=issued.code)) == [20]


def test_a_basket_is_found_by_its_total_and_by_its_parts(shop: Shop) -> None:
    vouchers = [valid(shop.counter, shop.central.issue(5_000).token) for _ in range(2)]
    parts = [Part(vouchers[0], euros(50)), Part(vouchers[1], euros(37))]
    shop.counter.redeem_basket(parts, purchase=None)
    for amount in (87, 50, 37):
        assert shop.amounts(Query(amount=euros(amount))) == [87]
    assert shop.amounts(Query(amount=euros(13))) == []


def test_a_clock_that_was_set_back_changes_no_order(shop: Shop) -> None:
    shop.sell(20)
    shop.clock.jump(days=-400)
    shop.sell(30)
    assert shop.amounts() == [30, 20]


def test_what_lies_beside_the_journal_is_made_again_when_it_is_lost_damaged_or_anothers(
    shop: Shop,
) -> None:
    index = shop.folder / NAME
    shop.sell(20)
    assert shop.amounts() == [20]
    kept = shop.folder / "kept"
    shutil.copyfile(index, kept)
    shop.sell(30)
    assert shop.amounts() == [30, 20]
    for harm in ("lost", "none", "older", "another"):
        for path in shop.folder.glob(f"{NAME}-*"):
            path.unlink()
        if harm == "lost":
            index.unlink()
        elif harm == "none":
            index.write_bytes(b"no database" * 999)
        elif harm == "older":
            shutil.copyfile(kept, index)
        else:
            with closing(sqlite3.connect(index)) as connection, connection:
                connection.execute("UPDATE reached SET head = x'00'")
                connection.execute("UPDATE sales SET op_id = 'nobody''s' || number")
        assert shop.amounts() == [30, 20], harm


def test_what_a_purge_removed_is_not_found_any_more(shop: Shop) -> None:
    shop.sell(20)
    shop.sell(30)
    assert shop.amounts() == [30, 20]
    with closing(sqlite3.connect(shop.folder / "journal.sqlite")) as file, file:
        file.execute("DROP TRIGGER entries_no_delete")
        file.execute("DELETE FROM entries WHERE rowid <= 2")
    assert shop.amounts() == [30]
    assert shop.amounts(Query(amount=euros(20))) == []


def test_a_journal_that_cannot_be_read_is_a_problem(shop: Shop) -> None:
    lost = replace(shop.counter._till, journal_file=shop.folder / "gone.sqlite")
    with pytest.raises(Problem) as caught:
        LiveJournalDesk(lost).find(Query(), before=None, limit=1)
    assert caught.value.kind is ProblemKind.DISK_READ_ONLY


# --- lives ---------------------------------------------------------------------------------------


def kinds(life: jr.Life) -> list[str]:
    return [type(step).__name__ for step in life.steps]


def test_the_life_of_a_plain_redemption(shop: Shop) -> None:
    shop.sell(20)
    life = shop.life()
    assert kinds(life) == ["Recorded", "Stored", "Answered", "HandedOver"]
    assert life.sale.state is SaleState.DEBITED
    assert life.can_undo
    assert not life.to_settle
    (line,) = life.lines
    assert (line.debited, line.missing) == (euros(20), euros(0))
    assert line.balance == euros(80)
    shop.counter.closings.close_day()
    counted = shop.life().steps[-1]
    assert isinstance(counted, jr.Counted)
    assert (counted.number, counted.business_date) == (1, date(2026, 11, 23))


def test_only_the_last_one_can_be_undone(shop: Shop) -> None:
    shop.sell(20)
    first = shop.find().sales[0].op_id
    shop.sell(30)
    assert shop.life().can_undo
    assert not shop.counter.journal.life(first).can_undo


def test_an_undo_that_waits_for_the_line(shop: Shop) -> None:
    shop.sell(20)
    shop.central.faults.append(LoseRequest(NoAnswerKind.DOWN))
    shop.counter.reverse_last()
    life = shop.life()
    assert life.sale.state is SaleState.UNDO_WAITS
    undone = life.steps[-1]
    assert isinstance(undone, jr.Undone)
    assert undone.taken is None
    shop.counter.contact()
    life = shop.life()
    assert life.sale.state is SaleState.UNDONE
    (undone,) = (step for step in life.steps if isinstance(step, jr.Undone))
    assert undone.taken


def test_what_nobody_decided_is_open_and_what_was_given_up_is_kept(shop: Shop) -> None:
    voucher = valid(shop.counter, shop.central.issue(5_000).token)
    shop.central.faults.append(LoseAnswer(NoAnswerKind.SLOW))
    result = shop.counter.redeem(voucher, amount=euros(20), purchase=None)
    assert isinstance(result, RedeemUnknown)
    assert shop.find().sales[0].state is SaleState.OPEN
    assert shop.life().to_settle
    shop.counter.cancel(result.op_id)
    assert shop.find().sales[0].state in (SaleState.KEPT, SaleState.REFUSED)
    assert shop.amounts(Query(kind=SaleKind.KEPT)) == [20]
    assert not shop.life().to_settle


def record(shop: Shop, kind: EventKind, detail: dict[str, str | int | list[int]]) -> None:
    shop.journal.run(lambda journal: journal.append_event(kind, cashier="Claire", detail=detail))


def test_receipts_are_part_of_its_life_and_a_second_one_is_a_duplicate(shop: Shop) -> None:
    shop.sell(20)
    op_id = shop.find().sales[0].op_id
    detail: dict[str, str | int | list[int]] = {
        "op_id": str(op_id),
        "document": "debit",
        "medium": "pdf",
    }
    for kind in (EventKind.RECEIPT_PRINTED, EventKind.RECEIPT_REPRINTED):
        shop.clock.advance(minutes=1)
        record(shop, kind, detail)
    shop.sell(30)
    steps = shop.counter.journal.life(op_id).steps
    papers = [step for step in steps if isinstance(step, jr.ReceiptPrinted)]
    assert [paper.again for paper in papers] == [False, True]
    assert not any(isinstance(step, jr.ReceiptPrinted) for step in shop.life().steps)


# --- what the service says, straight into a journal ----------------------------------------------


def story_of(books: Books, redemption: Redemption) -> SaleState:
    with LifeReader(books.path) as reader:
        story = reader.stories([str(redemption.op_id)])[str(redemption.op_id)]
        return state_of(story, reader.void_answers([v.entry.op_id for v in story.voids]))


def test_states_that_depend_on_the_service(tmp_path: Path) -> None:
    books = Books(tmp_path / "journal.sqlite")
    sale = books.sell_offline(5_000)
    assert story_of(books, sale) is SaleState.WAITING
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    assert story_of(books, sale) is SaleState.SHORT
    void = books.voiding(sale)
    books.write(void)
    assert story_of(books, sale) is SaleState.UNDO_WAITS
    books.tell(void, OutcomeStatus.NOT_REVERSIBLE)
    assert story_of(books, sale) is SaleState.SHORT
    books.tell(sale, OutcomeStatus.ACCEPTED, (5_000, 0))
    assert story_of(books, sale) is SaleState.DEBITED
    refused = books.redemption(5_000)
    books.write(refused)
    books.tell(refused, OutcomeStatus.REFUSED, (0, 0))
    assert story_of(books, refused) is SaleState.REFUSED
    books.close()


def test_what_was_decided_about_a_card_is_part_of_its_life(shop: Shop) -> None:
    shop.sell(20)
    op_id = shop.find().sales[0].op_id
    shop.counter.resolve(op_id, Choice.CUSTOMER_CALLED, note="repasse samedi")
    (step,) = (step for step in shop.life().steps if isinstance(step, jr.Resolved))
    assert (step.choice, step.note, step.cashier) == (
        Choice.CUSTOMER_CALLED, "repasse samedi", "Claire",
    )  # fmt: skip


# --- exports -------------------------------------------------------------------------------------

TODAY = date(2026, 11, 23)


def go_on(_rows: int) -> bool:
    return True


def wish(folder: Path, form: ExportForm = ExportForm.CSV_PLAIN) -> ExportWish:
    return ExportWish(form, TODAY, TODAY, folder)


def test_an_export_is_a_file_of_its_own_and_an_event(shop: Shop, tmp_path: Path) -> None:
    shop.sell(20)
    shop.sell(30)
    folder = tmp_path / "out"
    folder.mkdir()
    results = [shop.counter.journal.export(wish(folder), go_on=go_on) for _ in range(2)]
    assert [one.path.name for one in results if isinstance(one, jr.Exported)] == [
        "journal-caisse-1-2026-11-23.csv",
        "journal-caisse-1-2026-11-23-2.csv",
    ]
    with (folder / "journal-caisse-1-2026-11-23.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["amount"] for row in rows] == ["20.00", "30.00"]
    events = shop.journal.run(lambda journal: journal.events.since(0, limit=9))
    assert [event.kind for event in events] == [EventKind.EXPORTED] * 2
    assert events[0].detail == {
        "format": "csv_plain", "first": "2026-11-23", "last": "2026-11-23", "rows": 2,
    }  # fmt: skip


@pytest.mark.parametrize("form", ExportForm)
def test_every_form_writes_one_file_and_nothing_unfinished(
    shop: Shop, tmp_path: Path, form: ExportForm
) -> None:
    shop.options.set(choices.SIREN, "123456789")
    shop.sell(20)
    shop.counter.closings.close_day()
    folder = tmp_path / "out"
    folder.mkdir()
    result = shop.counter.journal.export(wish(folder, form), go_on=go_on)
    assert isinstance(result, jr.Exported)
    assert (result.rows, result.not_closed) == (1, 0)
    assert result.path.is_file()
    assert not list(folder.glob("*.unfinished"))


def test_the_tax_offices_file_needs_a_siren_and_closed_days(shop: Shop, tmp_path: Path) -> None:
    shop.sell(20)
    desk, fec = shop.counter.journal, wish(tmp_path, ExportForm.FEC)
    assert desk.export(fec, go_on=go_on) is ExportRefusal.SIREN_MISSING
    shop.options.set(choices.SIREN, "123456789")
    assert desk.export(fec, go_on=go_on) is ExportRefusal.NOTHING_CLOSED
    shop.counter.closings.close_day()
    shop.sell(30)
    result = desk.export(fec, go_on=go_on)
    assert isinstance(result, jr.Exported)
    assert (result.rows, result.not_closed) == (1, 1)
    assert result.path.name == "123456789FEC20261123.txt"


def test_an_export_that_nobody_wants_any_more_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.sell(20)
    folder = tmp_path / "out"
    folder.mkdir()
    result = shop.counter.journal.export(wish(folder), go_on=lambda _rows: False)
    assert result == jr.ExportCancelled()
    assert list(folder.iterdir()) == []
    assert shop.journal.run(lambda journal: journal.events.since(0, limit=9)) == ()


def test_a_folder_that_is_gone_is_a_problem_and_no_event(shop: Shop, tmp_path: Path) -> None:
    shop.sell(20)
    with pytest.raises(Problem) as caught:
        shop.counter.journal.export(wish(tmp_path / "pulled out"), go_on=go_on)
    assert caught.value.kind is ProblemKind.DISK_READ_ONLY
    assert shop.journal.run(lambda journal: journal.events.since(0, limit=9)) == ()
