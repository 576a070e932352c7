"""Relevés at the till: the service's figures against this journal, the bank, and what is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from merchant_app.central.port import (
    Batch,
    BookingsOutcome,
    CentralService,
    JournalOutcome,
    NoAnswer,
    NoAnswerKind,
    NotAuthorisedKind,
)
from merchant_app.ids import OpId
from merchant_app.ledger.statements import Payout
from merchant_app.money import Money
from merchant_app.reports.statements.differences import (
    Difference,
    MissingAtService,
    NotBookedYet,
    NotHeardYet,
    Step,
)
from merchant_app.reports.statements.payouts import Arrived, BankMatch, NotArrived
from merchant_app.till.results import AcceptedOffline, RedeemUnknown
from merchant_app.till.statement_results import (
    BankFileKind,
    BankFileRefused,
    Cancelled,
    NoCopy,
    NoStatement,
    Outstanding,
    Reconciled,
    RefusedKind,
    StatementRefused,
    StatementResult,
)
from merchant_app.vouchers.terms import Terms, VoucherStatus
from tests.fakes import central_statements
from tests.fakes.at_the_counter import debit, debited, euros, valid
from tests.fakes.central import FakeCentral, FakeTill, LoseAnswer, LoseRequest, Twice
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble, die

TODAY = date(2026, 11, 23)


class Line:
    """The service; while `deaf`, what is sent of the journal does not arrive; `meanwhile` happens
    once, before a page of bookings is read."""

    def __init__(self, till: FakeTill) -> None:
        self._till = till
        self.deaf = False
        self.meanwhile: Callable[[], object] | None = None

    def append_journal(self, batch: Batch, *, wait_s: float) -> JournalOutcome:
        if self.deaf:
            return NoAnswer(NoAnswerKind.SLOW)
        return self._till.append_journal(batch, wait_s=wait_s)

    def bookings(self, first_day: date, last_day: date, *, cursor: int) -> BookingsOutcome:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self._till.bookings(first_day, last_day, cursor=cursor)

    def __getattr__(self, name: str) -> object:
        return getattr(self._till, name)


class Shop:
    """One till and its service."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock)
        self.enrolled: FakeTill = self.central.new_till("Caisse 1")
        self.copy = MemoryCopy()
        self.line = Line(self.enrolled)
        self.path = folder / "journal.sqlite"
        self.open()

    def open(self) -> None:
        """The program starts."""
        self.journal, self.counter, _ = assemble(
            self.enrolled,
            cast(CentralService, self.line),
            self.clock,
            self.path,
            self.copy,
        )
        self.desk = self.counter.statements

    def asked(self, first_day: date = TODAY, last_day: date = TODAY) -> StatementResult:
        return self.desk.statement(first_day, last_day)

    def reconciled(self, first_day: date = TODAY, last_day: date = TODAY) -> Reconciled:
        found = self.asked(first_day, last_day)
        assert isinstance(found, Reconciled), found
        return found

    def differences(self) -> tuple[Difference, ...]:
        return self.reconciled().reconciliation.differences

    def sold_offline(self, euros_: int) -> OpId:
        """Accepted offline; the line is back afterwards, and nothing was sent yet."""
        issued = self.central.issue(10_000)
        self.copy.put([(valid(self.counter, issued.token), b"")], at=self.clock.now())
        self.central.unreachable = NoAnswerKind.DOWN
        self.counter.contact()
        sold = debit(self.counter, issued.token, euros_)
        assert isinstance(sold, AcceptedOffline), sold
        self.central.unreachable = None
        return sold.op_id

    def sell(self, euros_: int) -> OpId:
        return debited(self.counter, self.central.issue(10_000).token, euros_).op_id


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


def test_a_calm_day_agrees_line_by_line(shop: Shop) -> None:
    shop.central.statements.charge(25_000)
    shop.central.statements.payouts.append(Payout(TODAY, 1_000, "CPT-1"))
    shop.sell(20)
    shop.sell(30)
    shop.counter.reverse_last()
    found = shop.reconciled()
    assert found.reconciliation.differences == ()
    assert found.reconciliation.compared == 2
    amounts = [line.amount_minor for line in found.reconciliation.lines]
    assert amounts == [2_000, 3_000, -3_000]
    assert all(line.ours and line.agrees and line.label for line in found.reconciliation.lines)
    assert (found.total.redeemed_minor, found.total.reversed_minor) == (5_000, 3_000)
    assert (found.total.sold_count, found.total.fee_minor) == (2, 50)
    assert found.owed_after_minor == 2_000 - 50 - 1_000


def test_every_page_of_the_bookings_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for amount in (10, 20, 30):
        shop.sell(amount)
    monkeypatch.setattr(central_statements, "BOOKINGS_PER_PAGE_MAX", 1)
    came: list[int] = []
    found = shop.desk.statement(TODAY, TODAY, on_progress=came.append)
    assert isinstance(found, Reconciled)
    assert [line.amount_minor for line in found.reconciliation.lines] == [1_000, 2_000, 3_000]
    assert found.reconciliation.differences == ()
    assert came == [1, 2, 3]


def test_what_is_sold_while_it_is_asked_is_no_difference(shop: Shop) -> None:
    """The figures came before the sale, the lines after it: a second look has both."""
    shop.sell(20)
    shop.line.meanwhile = lambda: shop.sell(30)
    found = shop.reconciled()
    assert found.reconciliation.differences == ()
    assert found.reconciliation.compared == 2
    assert found.total.redeemed_minor == 5_000


def test_other_tills_are_listed_and_not_compared(shop: Shop, tmp_path: Path) -> None:
    other = shop.central.new_till("Caisse 2")
    (tmp_path / "2").mkdir()
    journal, counter, _ = assemble(other, other, shop.clock, tmp_path / "2" / "journal.sqlite")
    debited(counter, shop.central.issue(5_000).token, 10)
    journal.close()
    shop.sell(20)
    found = shop.reconciled()
    assert found.reconciliation.differences == ()
    assert [(line.till_name, line.ours) for line in found.reconciliation.lines] == [
        ("Caisse 2", False),
        ("Caisse 1", True),
    ]


def test_what_was_sold_offline_is_sent_before_it_is_compared(shop: Shop) -> None:
    shop.sold_offline(20)
    found = shop.reconciled()
    assert found.reconciliation.differences == ()
    assert found.total.redeemed_minor == 2_000


def test_what_cannot_be_sent_is_named_and_waits(shop: Shop) -> None:
    op_id = shop.sold_offline(20)
    shop.line.deaf = True
    (difference,) = shop.differences()
    assert isinstance(difference, NotBookedYet)
    assert (difference.step, difference.sent) == (Step.HANDED_OVER, False)
    assert difference.sale.redemption_id == op_id
    assert difference.sale.amount_minor == 2_000
    shop.line.deaf = False
    assert shop.differences() == ()


def test_a_reversal_that_is_not_booked_yet_is_named(shop: Shop) -> None:
    shop.sell(20)
    shop.line.deaf = True
    shop.counter.reverse_last()
    (difference,) = shop.differences()
    assert isinstance(difference, NotBookedYet)
    assert (difference.step, difference.sent) == (Step.REVERSED, False)


def test_what_the_till_was_not_told_yet_is_named(shop: Shop) -> None:
    voucher = valid(shop.counter, shop.central.issue(5_000).token)
    shop.central.faults.append(LoseAnswer())
    assert isinstance(shop.counter.redeem(voucher, amount=euros(20), purchase=None), RedeemUnknown)
    shop.line.deaf = True
    (difference,) = shop.differences()
    assert isinstance(difference, NotHeardYet)


def test_a_debit_nobody_has_decided_about_is_named(shop: Shop) -> None:
    voucher = valid(shop.counter, shop.central.issue(5_000).token)
    shop.central.faults.append(LoseAnswer())
    assert isinstance(shop.counter.redeem(voucher, amount=euros(20), purchase=None), RedeemUnknown)
    die(shop.journal)
    shop.open()
    (difference,) = shop.differences()
    assert isinstance(difference, NotBookedYet)
    assert (difference.step, difference.sent) == (Step.UNDECIDED, True)
    shop.counter.settle(difference.sale.redemption_id, handed_over=False)
    assert shop.differences() == ()
    assert shop.reconciled().total.redeemed_minor == 0


def test_a_debit_that_the_service_lost_is_missing(shop: Shop) -> None:
    op_id = shop.sell(20)
    shop.sell(30)
    books = shop.central.ledger.books
    books.booked = [one for one in books.booked if one.op_id != op_id]
    (difference,) = shop.differences()
    assert isinstance(difference, MissingAtService)
    assert difference.sale.redemption_id == op_id


def test_what_was_booked_on_another_day_is_looked_for_there(shop: Shop) -> None:
    shop.sold_offline(20)
    shop.clock.advance(days=40)
    shop.counter.contact()
    assert shop.differences() == ()
    later = TODAY + timedelta(days=40)
    found = shop.reconciled(later, later)
    assert found.reconciliation.differences == ()
    assert [line.agrees for line in found.reconciliation.lines] == [True]


def test_a_till_whose_clock_lies_finds_its_sales_all_the_same(shop: Shop) -> None:
    shop.clock.jump(days=-300)
    sold_on = TODAY - timedelta(days=300)
    shop.sold_offline(20)
    shop.clock.jump(days=300)
    shop.counter.contact()
    assert shop.reconciled(sold_on, sold_on).reconciliation.differences == ()
    assert shop.reconciled().reconciliation.differences == ()


def test_without_an_answer_there_is_no_statement(shop: Shop) -> None:
    shop.central.unreachable = NoAnswerKind.DOWN
    assert shop.asked() == NoStatement(NoAnswerKind.DOWN)
    shop.central.unreachable = None
    shop.central.refuses = NotAuthorisedKind.TILL_REVOKED
    assert shop.asked() == StatementRefused(RefusedKind.TILL_NOT_AUTHORISED)
    shop.central.refuses = None
    assert shop.asked(TODAY, TODAY - timedelta(days=1)) == StatementRefused(RefusedKind.NOT_OFFERED)


def test_a_page_that_does_not_come_leaves_no_half_statement(shop: Shop) -> None:
    shop.sell(20)
    shop.central.faults.extend([Twice(), Twice(), LoseRequest()])
    assert shop.asked() == NoStatement(NoAnswerKind.SLOW)


def test_whoever_asked_is_told_how_far_it_is_and_may_give_up(shop: Shop) -> None:
    shop.sell(20)
    came: list[int] = []
    shop.desk.statement(TODAY, TODAY, on_progress=came.append)
    assert came == [1]
    gave_up = threading.Event()
    gave_up.set()
    assert shop.desk.statement(TODAY, TODAY, cancelled=gave_up) == Cancelled()


# --- the bank ------------------------------------------------------------------------------------


def test_a_payout_is_found_in_the_banks_file(shop: Shop, tmp_path: Path) -> None:
    payouts = shop.central.statements.payouts
    payouts += [Payout(TODAY, 25_000, "CPT-2026-48"), Payout(TODAY, 7_000, "CPT-2026-49")]
    statement = shop.reconciled().statement
    rows = ["Date;Libelle;Montant", "20/11/2026;EDF;-10,00", "24/11/2026;VIR CPT 2026 48;250,00"]
    file = tmp_path / "releve.csv"
    file.write_text("\n".join([*rows, "30/11/2026;LOYER;-900,00"]), "cp1252")
    found = shop.desk.match_bank(statement, file)
    assert isinstance(found, BankMatch)
    missing, arrived = found.matches
    assert missing == NotArrived(payouts[1])
    assert isinstance(arrived, Arrived)
    assert (arrived.payout, arrived.by_reference) == (payouts[0], True)
    assert found.other_lines == 2


def test_a_file_that_is_none_is_refused(shop: Shop) -> None:
    found = shop.desk.match_bank(shop.reconciled().statement, b"%PDF-1.7\x00")
    assert isinstance(found, BankFileRefused)
    assert found.kind is BankFileKind.NOT_A_BANK_FILE


# --- what is outstanding -------------------------------------------------------------------------


def test_what_customers_can_still_spend_by_month(shop: Shop) -> None:
    assert shop.desk.outstanding() == NoCopy()
    days = [TODAY, TODAY + timedelta(days=30), TODAY + timedelta(days=31), None, None]
    days.append(TODAY - timedelta(days=1))
    issued = [shop.central.issue(5_000, terms=Terms(expires_on=day)) for day in days]
    vouchers = [shop.central.ledger.vouchers[one.voucher_id] for one in issued]
    revoked = shop.central.issue(5_000)
    vouchers.append(
        replace(shop.central.ledger.vouchers[revoked.voucher_id], status=VoucherStatus.REVOKED)
    )
    foreign = shop.central.ledger.vouchers[shop.central.issue(5_000).voucher_id]
    francs = Money(5_000, "XPF")
    vouchers.append(replace(foreign, face=francs, balance=francs))
    copied = [(voucher, str(number).encode()) for number, voucher in enumerate(vouchers)]
    shop.copy.put(copied, at=shop.clock.now())
    shop.clock.advance(minutes=1)
    debited(shop.counter, issued[1].token, 20)
    found = shop.desk.outstanding()
    assert isinstance(found, Outstanding)
    assert [(one.month, one.count, one.amount_minor) for one in found.totals.months] == [
        (date(2026, 11, 1), 1, 5_000),
        (date(2026, 12, 1), 2, 8_000),
        (None, 2, 10_000),
    ]
    assert (found.totals.count, found.totals.amount_minor) == (5, 23_000)
    assert [(one.days_left, one.amount_minor) for one in found.totals.expiring] == [
        (0, 5_000),
        (30, 3_000),
    ]
    assert found.totals.expiring[0].holder == "Claire D."
