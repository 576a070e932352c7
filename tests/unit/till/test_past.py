"""A till with a past: an older image, a copy that went on by itself, a new computer, a restored
service. Whatever was recorded anywhere ends up at the service, once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from merchant_app.central.port import (
    CentralService,
    HeldEntriesOutcome,
    HeldEpochsOutcome,
    NoAnswer,
    NoAnswerKind,
)
from merchant_app.ids import EpochId, OpId
from merchant_app.journal.owner import JournalOwner
from merchant_app.money import Money
from merchant_app.sync.reconciliation import Past
from merchant_app.till.live import LiveCounter
from merchant_app.till.results import (
    AcceptedOffline,
    Judged,
    LineState,
    Redeemed,
    RedeemResult,
    RedeemUnknown,
    Stopped,
)
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Valid
from tests.fakes.central import FakeCentral, FakeTill, Issued, LoseAnswer
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble, die

NAME = "Caisse 1"


@dataclass
class Computer:
    """One installation of the till, with its journal file."""

    central: FakeCentral
    clock: FakeClock
    path: Path
    enrolled: FakeTill
    copy: MemoryCopy = field(default_factory=MemoryCopy)

    def __post_init__(self) -> None:
        self.journal: JournalOwner
        self.counter: LiveCounter
        self.open()

    def open(self) -> None:
        self.journal, self.counter, _ = assemble(
            self.enrolled, self.enrolled, self.clock, self.path, self.copy
        )

    def close(self) -> None:
        self.journal.close()

    def image(self, path: Path) -> Path:
        """A copy of the journal file as it is now."""
        self.journal.run(
            lambda journal: journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        )
        shutil.copy(self.path, path)
        return path

    def become(self, image: Path) -> None:
        """Somebody puts an older file in the place of the journal."""
        die(self.journal)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copy(image, self.path)
        self.open()

    def enrol_again(self) -> None:
        """The manager enrols the till of this name anew, on this computer."""
        self.close()
        self.enrolled = self.central.new_till(NAME)
        self.open()

    def voucher(self, issued: Issued) -> Voucher:
        found = self.counter.confirm(issued.token, purchase=None)
        assert isinstance(found, Judged)
        assert isinstance(found.verdict, Valid)
        return found.verdict.voucher

    def redeem(self, issued: Issued, euros: int) -> RedeemResult:
        return self.redeem_it(self.voucher(issued), euros)

    def redeem_it(self, voucher: Voucher, euros: int) -> RedeemResult:
        amount = Money(euros * 100, "EUR")
        return self.counter.redeem(voucher, amount=amount, purchase=None, again=True)

    def answer_questions(self) -> None:
        for question in self.counter.interrupted():
            self.counter.settle(question.op_id, handed_over=True)

    def in_order(self) -> None:
        """Everything is at the service, and both say the same of it."""
        self.answer_questions()
        assert self.counter.contact().unsent == 0
        status = self.counter.contact()
        assert (status.unsent, status.line) == (0, LineState.ONLINE)
        assert self.journal.run(lambda journal: journal.is_all_sent())
        assert self.journal.run(lambda journal: dict(journal.standing.unconfirmed)) == {}


@pytest.fixture
def central() -> FakeCentral:
    return FakeCentral(FakeClock())


@pytest.fixture
def computer(central: FakeCentral, tmp_path: Path) -> Iterator[Computer]:
    clock = central.clock
    assert isinstance(clock, FakeClock)
    computer = Computer(central, clock, tmp_path / "journal.sqlite", central.new_till(NAME))
    yield computer
    computer.close()


def sold(computer: Computer, issued: Issued, euros: int) -> OpId:
    result = computer.redeem(issued, euros)
    assert isinstance(result, Redeemed | AcceptedOffline)
    computer.counter.contact()
    return result.op_id


@pytest.mark.expects_log("this journal was older than the service's")
def test_an_older_image_that_sold_nothing_yet_is_brought_up_to_date(
    computer: Computer, tmp_path: Path
) -> None:
    issued = computer.central.issue(5000)
    sold(computer, issued, 10)
    image = computer.image(tmp_path / "image.sqlite")
    late = sold(computer, issued, 15)
    computer.become(image)
    computer.answer_questions()
    computer.counter.contact()
    recorded = computer.journal.run(lambda journal: journal.recorded(late))
    assert recorded is not None
    assert recorded.decision is True
    sold(computer, issued, 5)
    computer.in_order()
    assert computer.central.balance_minor(issued) == 2000


@pytest.mark.expects_log("our journal and the service's differ")
def test_an_older_image_that_sold_is_a_fork_and_a_new_enrolment_loses_nothing(
    computer: Computer, tmp_path: Path
) -> None:
    issued = computer.central.issue(10000)
    sold(computer, issued, 10)
    image = computer.image(tmp_path / "image.sqlite")
    late = sold(computer, issued, 15)
    voucher = computer.voucher(issued)
    computer.become(image)
    computer.central.unreachable = NoAnswerKind.DOWN
    computer.answer_questions()
    computer.copy.put([(voucher, b"")], at=computer.clock.now())
    assert isinstance(computer.redeem_it(voucher, 20), AcceptedOffline)
    computer.central.unreachable = None
    status = computer.counter.contact()
    assert (status.line, status.unsent_sales) == (LineState.STOPPED, 1), "the queue is kept"
    assert isinstance(computer.redeem_it(voucher, 5), Stopped)
    computer.enrol_again()
    computer.counter.contact()
    adopted = computer.journal.run(lambda journal: journal.recorded(late))
    assert adopted is not None
    assert (adopted.foreign, adopted.decision) == (True, True)
    computer.in_order()
    assert computer.central.balance_minor(issued) == 10000 - 1000 - 1500 - 2000


def test_a_new_computer_asks_about_what_the_old_one_left_open(
    computer: Computer, tmp_path: Path
) -> None:
    issued = computer.central.issue(5000)
    sold(computer, issued, 10)
    voucher = computer.voucher(issued)
    computer.central.faults.append(LoseAnswer())
    unknown = computer.redeem_it(voucher, 15)
    assert isinstance(unknown, RedeemUnknown)
    fresh = Computer(
        computer.central,
        computer.clock,
        tmp_path / "fresh.sqlite",
        computer.central.new_till(NAME),
    )
    try:
        fresh.counter.contact()
        (question,) = fresh.counter.interrupted()
        assert question.op_id == unknown.op_id
        fresh.counter.settle(unknown.op_id, handed_over=False)
        fresh.in_order()
        assert computer.central.balance_minor(issued) == 4000
    finally:
        fresh.close()


class BreaksAtThe:
    """The line breaks at that epoch; `asked`: the epochs that were asked for from the start."""

    def __init__(self, number: int, till: FakeTill) -> None:
        self._number = number
        self._till = till
        self.asked: list[EpochId] = []

    def held_epochs(self) -> HeldEpochsOutcome:
        return self._till.held_epochs()

    def held_entries(self, epoch_id: EpochId, *, after_seq: int) -> HeldEntriesOutcome:
        if after_seq == 0:
            self.asked.append(epoch_id)
            if len(self.asked) == self._number:
                return NoAnswer(NoAnswerKind.BROKEN_OFF)
        return self._till.held_entries(epoch_id, after_seq=after_seq)


def test_what_was_pulled_before_the_line_broke_is_not_pulled_again(
    computer: Computer, tmp_path: Path
) -> None:
    issued = computer.central.issue(10_000)
    sold(computer, issued, 10)
    computer.enrol_again()
    sold(computer, issued, 15)
    fresh = Computer(
        computer.central, computer.clock, tmp_path / "fresh.sqlite", computer.central.new_till(NAME)
    )
    try:
        breaking = BreaksAtThe(2, fresh.enrolled)
        past = Past(journal=fresh.journal, central=cast(CentralService, breaking))
        assert past.reconcile() == NoAnswer(NoAnswerKind.BROKEN_OFF)
        assert past.reconcile() is None
        first, second = dict.fromkeys(breaking.asked)
        assert breaking.asked == [first, second, second]
        fresh.in_order()
    finally:
        fresh.close()


@pytest.mark.expects_log("sending again")
def test_a_restored_service_gets_back_what_it_lost_and_nobody_is_debited_twice(
    computer: Computer,
) -> None:
    issued = computer.central.issue(5000)
    sold(computer, issued, 10)
    backup = computer.central.backup()
    sold(computer, issued, 15)
    computer.central.restore(backup)
    computer.counter.contact()
    computer.in_order()
    assert computer.central.balance_minor(issued) == 2500
    assert computer.counter.to_settle().count == 0


@pytest.mark.expects_log("sending again")
def test_a_restored_service_gets_back_earlier_enrolments_too(computer: Computer) -> None:
    issued = computer.central.issue(10000)
    sold(computer, issued, 10)
    # The new enrolment's credentials are in the backup, the entries of both epochs are not.
    before = computer.central.issue(5000)
    computer.enrol_again()
    backup = computer.central.backup()
    sold(computer, before, 20)
    computer.central.restore(backup)
    computer.counter.contact()
    computer.in_order()
    assert computer.central.balance_minor(issued) == 9000
    assert computer.central.balance_minor(before) == 3000


@pytest.mark.expects_log("sending again|differ")
def test_a_service_older_than_the_enrolment_learns_everything_at_the_next_one(
    computer: Computer,
) -> None:
    issued = computer.central.issue(10000)
    backup = computer.central.backup()
    sold(computer, issued, 10)
    computer.enrol_again()
    sold(computer, issued, 15)
    computer.central.restore(backup)
    assert computer.counter.contact().line is LineState.NOT_ENTITLED
    computer.enrol_again()
    computer.counter.contact()
    computer.central.close_recovery()
    computer.in_order()
    assert computer.central.balance_minor(issued) == 10000 - 1000 - 1500
    assert computer.counter.to_settle().cards == ()
