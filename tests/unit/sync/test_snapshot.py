"""Fetching the till's own copy of the vouchers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.central.port import (
    CentralService,
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    NotAuthorisedKind,
    Rejected,
    VouchersOutcome,
    VouchersPage,
)
from merchant_app.clock import SystemClock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.vouchers_copy import VouchersCopy, belonging
from merchant_app.money import Money
from merchant_app.sync.connectivity import Connectivity, LineState
from merchant_app.sync.snapshot import SnapshotFetcher, Stopped, UpToDate
from tests.fakes.central import FakeCentral, Hold, Issued
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import LIMIT_S, until

PER_PAGE = 500


def never() -> bool:
    return False


def ignore(vouchers: int | None) -> None:
    """No progress is shown."""


class Shop:
    """A service, a till's copy, and its fetcher."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock)
        self.till = self.central.new_till()
        self.path = path
        self.line = Connectivity(self.clock)
        self.copy = self.opened_copy()
        self.fetcher = self.new_fetcher(self.till)

    def opened_copy(self) -> VouchersCopy:
        belongs_to = belonging(self.till.facts.shop.number, self.central.pepper)
        return VouchersCopy(self.path, self.clock, belongs_to=belongs_to)

    def new_fetcher(self, central: CentralService) -> SnapshotFetcher:
        return SnapshotFetcher(
            central=central,
            copy=self.copy,
            connectivity=self.line,
            clock=SystemClock(),
            chance=lambda: 1.0,
            base_s=0.001,
        )

    def restart(self) -> None:
        self.copy.close()
        self.copy = self.opened_copy()
        self.fetcher = self.new_fetcher(self.till)

    def issue(self, count: int) -> list[Issued]:
        return [self.central.issue(5000) for _ in range(count)]

    def fetch(self) -> object:
        return self.fetcher.fetch(ignore, never)

    def balance_minor(self, voucher: Issued) -> int | None:
        found = self.copy.by_id(voucher.voucher_id)
        return None if found is None else found.balance.minor

    def is_complete(self, vouchers: list[Issued]) -> bool:
        return self.copy.count == len(vouchers) and all(
            self.balance_minor(voucher) == self.central.balance_minor(voucher)
            for voucher in vouchers
        )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "vouchers.sqlite")
    yield shop
    shop.fetcher.stop()
    shop.copy.close()


class Scripted:
    """A service of which only the vouchers are asked; it says what it was told to."""

    def __init__(self, *answers: VouchersOutcome) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def vouchers(self, cursor: str) -> VouchersOutcome:
        self.asked.append(cursor)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


# --- one fetch -----------------------------------------------------------------------------------


def test_first_the_whole_shop_then_what_changed(shop: Shop) -> None:
    vouchers = shop.issue(3)
    assert shop.fetch() == UpToDate(3)
    assert shop.is_complete(vouchers)
    assert shop.line.facts().state is LineState.ONLINE
    assert shop.fetch() == UpToDate(0)
    vouchers += shop.issue(2)
    shop.central.withdraw(vouchers[0])
    assert shop.fetch() == UpToDate(3)
    assert shop.is_complete(vouchers)
    assert shop.copy.age_s() == 0


def test_a_large_shop_comes_in_pages_and_says_how_far_it_is(shop: Shop) -> None:
    vouchers = shop.issue(2 * PER_PAGE + 10)
    told: list[int | None] = []
    assert shop.fetcher.fetch(told.append, never) == UpToDate(len(vouchers))
    assert told[:3] == [PER_PAGE, 2 * PER_PAGE, None]
    assert set(told[3:]) <= {None}
    assert shop.is_complete(vouchers)


def test_stopped_between_two_pages_it_goes_on_from_there(shop: Shop) -> None:
    vouchers = shop.issue(3 * PER_PAGE)
    came: list[int | None] = []

    def after_one_page() -> bool:
        return bool(came)

    assert shop.fetcher.fetch(came.append, after_one_page) == Stopped()
    assert shop.copy.count == 0
    shop.restart()
    assert shop.fetch() == UpToDate(2 * PER_PAGE)
    assert shop.is_complete(vouchers)


@pytest.mark.parametrize("kind", NoAnswerKind)
def test_without_an_answer_what_is_there_stays(shop: Shop, kind: NoAnswerKind) -> None:
    vouchers = shop.issue(1)
    shop.fetch()
    shop.central.unreachable = kind
    assert shop.fetch() == NoAnswer(kind)
    assert shop.is_complete(vouchers)
    assert shop.line.facts().why is kind
    shop.central.unreachable = None
    assert shop.fetch() == UpToDate(0)
    assert shop.line.facts().state is LineState.ONLINE


def test_a_revoked_till_keeps_its_copy_and_is_not_entitled(shop: Shop) -> None:
    vouchers = shop.issue(1)
    shop.fetch()
    shop.central.refuses = NotAuthorisedKind.TILL_REVOKED
    assert shop.fetch() == NotAuthorised(NotAuthorisedKind.TILL_REVOKED)
    assert shop.is_complete(vouchers)
    assert shop.line.facts().state is LineState.NOT_ENTITLED


def test_after_the_service_was_restored_everything_is_fetched_again(shop: Shop) -> None:
    shop.issue(2)
    backup = shop.central.backup()
    lost = shop.issue(1)
    shop.fetch()
    assert shop.copy.count == 3
    shop.central.restore(backup)
    shop.central.close_recovery()
    assert shop.fetch() == UpToDate(2)
    assert shop.balance_minor(lost[0]) is None


@pytest.mark.expects_log("vouchers rejected: status 400 at cursor")
def test_a_cursor_that_is_not_accepted_is_forgotten(shop: Shop) -> None:
    vouchers = shop.issue(1)
    take = VouchersPage((), (), "no cursor of this service", more=False, starts_over=False)
    shop.copy.apply(take, shop.copy.next_ask())
    assert shop.fetch() == Rejected(400, "cursor")
    assert shop.fetch() == UpToDate(1)
    assert shop.is_complete(vouchers)


@pytest.mark.expects_log("vouchers rejected: status 400 at None")
def test_a_rejected_fetch_from_the_start_does_not_go_round_in_circles(shop: Shop) -> None:
    service = Scripted(Rejected(400, None))
    fetcher = shop.new_fetcher(service)  # type: ignore[arg-type]  # only the vouchers are asked
    assert fetcher.fetch(ignore, never) == Rejected(400, None)
    assert service.asked == [""]


@pytest.mark.expects_log("the service's vouchers do not come to an end")
def test_pages_without_an_end_are_no_answer(shop: Shop) -> None:
    endless = VouchersPage((), (), "1.1", more=True, starts_over=False)
    service = Scripted(endless)
    fetcher = shop.new_fetcher(service)  # type: ignore[arg-type]  # only the vouchers are asked
    assert fetcher.fetch(ignore, never) == NoAnswer(NoAnswerKind.NOT_UNDERSTOOD)
    assert service.asked == ["", "1.1"]
    assert shop.copy.fetched_at is None


def test_a_debit_elsewhere_comes_with_the_next_delta(shop: Shop) -> None:
    voucher = shop.issue(1)[0]
    shop.fetch()
    shop.central.ledger.change(voucher.voucher_id, balance=Money(1200, "EUR"))
    shop.fetch()
    assert shop.balance_minor(voucher) == 1200


# --- the worker ----------------------------------------------------------------------------------


def test_started_it_fetches_and_woken_it_fetches_again(shop: Shop) -> None:
    vouchers = shop.issue(2)
    shop.fetcher.start()
    until(lambda: shop.is_complete(vouchers) or None, what="the copy")
    vouchers += shop.issue(1)
    shop.fetcher.wake()
    until(lambda: shop.is_complete(vouchers) or None, what="the delta")
    assert shop.fetcher.copied() is None


def test_it_comes_back_by_itself_when_the_line_does(shop: Shop) -> None:
    vouchers = shop.issue(1)
    shop.central.unreachable = NoAnswerKind.DOWN
    shop.fetcher.start()
    until(lambda: shop.line.facts().state is LineState.OFFLINE or None, what="offline")
    shop.central.unreachable = None
    until(lambda: shop.is_complete(vouchers) or None, what="the copy")


def test_stopped_in_a_hanging_call_it_can_be_started_again(shop: Shop) -> None:
    vouchers = shop.issue(1)
    hold = Hold()
    shop.central.faults.append(hold)
    shop.fetcher.start()
    assert hold.arrived.wait(LIMIT_S)
    shop.fetcher.stop()
    shop.fetcher.start()
    hold.release.set()
    until(lambda: shop.is_complete(vouchers) or None, what="the copy")


def test_woken_while_it_fetches_it_fetches_once_more(shop: Shop) -> None:
    first, second = Hold(), Hold()
    shop.central.faults.extend((first, second))
    shop.fetcher.start()
    assert first.arrived.wait(LIMIT_S)
    shop.fetcher.wake()
    first.release.set()
    assert second.arrived.wait(LIMIT_S)
    second.release.set()


def test_a_wake_does_not_shorten_the_wait_after_a_failure(shop: Shop) -> None:
    failed = threading.Event()
    shop.line.listen(failed.set)
    busy = NoAnswer(NoAnswerKind.SERVICE_FAILED, retry_after_s=3600)
    service = Scripted(busy)
    shop.fetcher = shop.new_fetcher(service)  # type: ignore[arg-type]  # only the vouchers are asked
    shop.fetcher.start()
    assert failed.wait(LIMIT_S)
    for _ in range(5):
        shop.fetcher.wake()
    shop.fetcher.stop()
    assert service.asked == [""]


@pytest.mark.expects_log("vouchers: disk_full")
def test_a_full_disk_is_tried_again(shop: Shop) -> None:
    vouchers = shop.issue(1)
    full = iter([True])

    class FullOnce:
        """A copy on a disk that is full the first time."""

        def apply(self, page: VouchersPage, asked: object) -> bool:
            if next(full, False):
                raise Problem(ProblemKind.DISK_FULL)
            return shop.copy.apply(page, asked)  # type: ignore[arg-type]  # an Ask

        def __getattr__(self, name: str) -> object:
            return getattr(shop.copy, name)

    shop.fetcher = SnapshotFetcher(
        central=shop.till,
        copy=FullOnce(),  # type: ignore[arg-type]  # stands for it
        connectivity=shop.line,
        clock=SystemClock(),
        chance=lambda: 1.0,
        base_s=0.001,
    )
    shop.fetcher.start()
    until(lambda: shop.is_complete(vouchers) or None, what="the copy")
