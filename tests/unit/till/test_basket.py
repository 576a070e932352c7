"""Several vouchers in one redemption, against the rules of the real service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.money import Money
from merchant_app.till.live import LiveCounter
from merchant_app.till.results import (
    AcceptedOffline,
    Judged,
    Limit,
    OfflineRefused,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    Reversed,
    SameAgain,
)
from merchant_app.vouchers.split import Available, Part, Split, propose
from merchant_app.vouchers.verdicts import OtherCurrency, Reason, UsedUp, Valid
from tests.fakes.central import FakeCentral, FakeTill, Issued
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble


def euros(amount: float) -> Money:
    return Money(round(amount * 100), "EUR")


@dataclass
class Counter:
    """One till, its journal file, and the service."""

    central: FakeCentral
    copy: MemoryCopy
    enrolled: FakeTill
    journal: JournalOwner
    live: LiveCounter
    clock: FakeClock

    def part(self, issued: Issued, amount: float) -> Part:
        found = self.live.look_up(issued.token, purchase=None)
        assert isinstance(found, Judged)
        assert isinstance(found.verdict, Valid)
        return Part(found.verdict.voucher, euros(amount))

    def redeem(self, *parts: Part, again: bool = False) -> RedeemResult:
        return self.live.redeem_basket(parts, purchase=euros(87), again=again)

    def balances(self, *issued: Issued) -> list[int]:
        return [self.central.balance_minor(one) for one in issued]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    clock = FakeClock()
    central = FakeCentral(clock)
    enrolled, copy = central.new_till(), MemoryCopy()
    journal, live, _ = assemble(enrolled, enrolled, clock, tmp_path / "journal.sqlite", copy)
    yield Counter(central, copy, enrolled, journal, live, clock)
    journal.close()


def test_the_proposal_for_three_vouchers_is_debited_under_one_id(counter: Counter) -> None:
    issued = [counter.central.issue(minor) for minor in (5_000, 2_000, 5_000)]
    available = [Available(counter.part(one, 1).voucher) for one in issued]
    split = propose(available, euros(87))
    assert isinstance(split, Split)
    done = counter.redeem(*split.parts)
    assert isinstance(done, Redeemed)
    assert sum(line.amount.minor for line in done.lines) == 8_700
    assert sum(counter.balances(*issued)) == 12_000 - 8_700
    assert counter.live.booked([done.op_id]) == {done.op_id}
    undone = counter.live.reverse_last()
    assert isinstance(undone, Reversed)
    assert undone.op_id == done.op_id
    assert counter.balances(*issued) == [5_000, 2_000, 5_000]
    assert counter.live.booked([done.op_id]) == frozenset()


def test_all_or_nothing_and_the_refused_voucher_is_named(counter: Counter) -> None:
    good, used = counter.central.issue(5_000), counter.central.issue(2_000)
    parts = counter.part(good, 50), counter.part(used, 20)
    elsewhere = counter.redeem(counter.part(used, 20))
    assert isinstance(elsewhere, Redeemed)
    refused = counter.redeem(*parts, again=True)
    assert isinstance(refused, RedeemRefused)
    assert [(line.voucher_id, line.reason) for line in refused.lines] == [
        (used.voucher_id, Reason.USED_UP)
    ]
    assert isinstance(refused.verdict, UsedUp), "of the voucher that was refused, not of the first"
    assert counter.balances(good, used) == [5_000, 0]
    assert isinstance(counter.redeem(parts[0]), Redeemed)


def test_one_voucher_that_was_redeemed_a_moment_ago_is_enough_to_ask(counter: Counter) -> None:
    one, two = counter.central.issue(5_000), counter.central.issue(5_000)
    assert isinstance(counter.redeem(counter.part(two, 10)), Redeemed)
    asked = counter.redeem(counter.part(one, 10), counter.part(two, 10))
    assert isinstance(asked, SameAgain)
    assert asked.label == counter.part(two, 10).voucher.label
    assert counter.balances(one, two) == [5_000, 4_000]


def test_offline_the_limits_count_all_lines_together(counter: Counter) -> None:
    issued = [counter.central.issue(3_000) for _ in range(2)]
    parts = [counter.part(one, 30) for one in issued]
    counter.copy.put([(part.voucher, b"") for part in parts], at=counter.clock.now())
    counter.central.unreachable = NoAnswerKind.DOWN
    counter.live.contact()
    refused = counter.redeem(*parts)
    assert isinstance(refused, OfflineRefused)
    assert refused.limit is Limit.REDEMPTION
    smaller = [Part(parts[0].voucher, euros(30)), Part(parts[1].voucher, euros(20))]
    accepted = counter.redeem(*smaller)
    assert isinstance(accepted, AcceptedOffline)
    assert counter.live.booked([accepted.op_id]) == frozenset()
    over = counter.redeem(Part(parts[0].voucher, euros(5)), Part(parts[1].voucher, euros(15)))
    assert isinstance(over, OfflineRefused)
    assert (over.limit, over.voucher_id) == (Limit.VOUCHER, parts[0].voucher.voucher_id)
    counter.central.unreachable = None
    counter.live.contact()
    assert counter.live.booked([accepted.op_id]) == {accepted.op_id}
    assert counter.balances(*issued) == [0, 1_000]


def test_a_voucher_in_another_currency_is_declined(counter: Counter) -> None:
    issued = counter.central.issue(5_000, currency="CHF")
    for purchase in (None, euros(87)):
        found = counter.live.look_up(issued.token, purchase=purchase)
        assert isinstance(found, Judged)
        assert isinstance(found.verdict, OtherCurrency)
        assert found.verdict.wanted == "EUR"
