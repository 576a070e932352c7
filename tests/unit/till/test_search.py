"""Finding a voucher by a name at the counter: who is shown, how little of her, what is recorded."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind
from merchant_app.errors import Bug
from merchant_app.ids import VoucherId
from merchant_app.journal.events import Event, EventKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.money import Money
from merchant_app.till.hits import HITS_MAX, Hit, Hits, NoList, TooManyHits
from merchant_app.till.live import LiveCounter
from merchant_app.till.results import Judged, Redeemed, RedeemRefused
from merchant_app.vouchers.holders import Holder, HolderField
from merchant_app.vouchers.terms import VoucherStatus
from merchant_app.vouchers.verdicts import Revoked, Valid
from tests.fakes.central import FakeCentral, FakeTill, Issued
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble

ZOE = Holder("Zoë Le Goff", "zoe@example.org", "SCA-104233", date(2026, 5, 3))


@dataclass
class Shop:
    """A till that has its shop's list."""

    central: FakeCentral
    enrolled: FakeTill
    clock: FakeClock
    copy: MemoryCopy
    journal: JournalOwner
    counter: LiveCounter
    holders: dict[VoucherId, Holder] = field(default_factory=dict)

    def issue(self, *holders: Holder, amount_minor: int = 5000) -> list[Issued]:
        """A voucher for each of them, and the list is fetched."""
        issued = [self.central.issue(amount_minor, bought_for=holder) for holder in holders]
        self.holders |= dict(zip((one.voucher_id for one in issued), holders, strict=True))
        vouchers = self.central.ledger.vouchers
        self.copy.put(
            [
                (vouchers[one], hmac.digest(b"", str(one).encode(), "sha256"))
                for one in self.holders
            ],
            at=self.clock.now(),
            holders=self.holders,
        )
        return issued

    def hits(self, text: str) -> tuple[Hit, ...]:
        found = self.counter.search(text)
        assert isinstance(found, Hits), found
        return found.hits

    def events(self) -> list[Event]:
        return list(self.journal.run(lambda journal: journal.events.since(0, limit=100)))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = FakeClock()
    central = FakeCentral(clock)
    enrolled, copy = central.new_till(), MemoryCopy()
    journal, counter, _ = assemble(enrolled, enrolled, clock, tmp_path / "journal.sqlite", copy)
    yield Shop(central, enrolled, clock, copy, journal, counter)
    journal.close()


def test_a_hit_tells_enough_to_ask_a_question_and_no_more(shop: Shop) -> None:
    (issued,) = shop.issue(ZOE)
    (hit,) = shop.hits("le goff")
    voucher = shop.central.ledger.vouchers[issued.voucher_id]
    assert hit == Hit(
        voucher_id=issued.voucher_id,
        name="Zoë G.",
        face=Money(5000, "EUR"),
        bought_on=date(2026, 5, 3),
        order_end="…233",
        label=voucher.label,
        field=HolderField.NAME,
    )
    for secret in ("Goff", "example", "SCA", "1042"):
        assert secret not in repr(hit)


def test_a_short_order_number_is_not_given_away(shop: Shop) -> None:
    shop.issue(Holder("Zoë", order_number="123"))
    assert shop.hits("zoe")[0].order_end == ""


def test_more_than_eight_are_not_listed(shop: Shop) -> None:
    shop.issue(*(Holder(f"Martin Dupont{n}") for n in "abcdefgh"))
    assert len(shop.hits("dupont")) == HITS_MAX
    shop.issue(Holder("Maude Dupont"))
    assert shop.counter.search("dupont") == TooManyHits()
    assert [hit.name for hit in shop.hits("dupont maude")] == ["Maude D."]


def test_who_comes_with_a_later_fetch_is_found(shop: Shop) -> None:
    shop.issue(Holder("Paul Martin"))
    assert shop.hits("le goff") == ()
    shop.issue(ZOE)
    assert [hit.name for hit in shop.hits("le goff")] == ["Zoë G."]


def test_without_a_list_nobody_is_looked_for(shop: Shop) -> None:
    assert shop.counter.search("dupont") == NoList()
    assert shop.events() == []


def test_too_little_is_never_asked_for(shop: Shop) -> None:
    with pytest.raises(Bug):
        shop.counter.search("zo")


def test_the_hit_that_was_chosen_is_looked_up_like_a_scan(shop: Shop) -> None:
    shop.issue(ZOE)
    (hit,) = shop.hits("zoe")
    found = shop.counter.look_up_hit(hit, purchase=None)
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, Valid)
    assert found.local_from == shop.clock.now()
    assert found.verdict.voucher.holder == "Zoë Le Goff", "the whole name, now"
    confirmed = shop.counter.confirm(hit.voucher_id, purchase=None)
    assert isinstance(confirmed, Judged)
    assert confirmed.verdict == found.verdict
    debited = shop.counter.redeem(found.verdict.voucher, amount=Money(5000, "EUR"), purchase=None)
    assert isinstance(debited, Redeemed)


def test_what_the_list_does_not_know_yet_the_service_does(shop: Shop) -> None:
    """Spent elsewhere a minute ago: the confirmation says so; a debit is refused, and says why."""
    (issued,) = shop.issue(ZOE)
    (hit,) = shop.hits("zoe")
    found = shop.counter.look_up_hit(hit, purchase=None)
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, Valid)
    shop.central.ledger.change(issued.voucher_id, status=VoucherStatus.REVOKED)
    confirmed = shop.counter.confirm(hit.voucher_id, purchase=None)
    assert isinstance(confirmed, Judged)
    assert isinstance(confirmed.verdict, Revoked)
    voucher = found.verdict.voucher
    refused = shop.counter.redeem(voucher, amount=Money(5000, "EUR"), purchase=None)
    assert isinstance(refused, RedeemRefused)
    assert isinstance(refused.verdict, Revoked)


def test_offline_the_chosen_one_is_found_all_the_same(shop: Shop) -> None:
    shop.issue(ZOE)
    shop.central.unreachable = NoAnswerKind.DOWN
    (hit,) = shop.hits("zoe")
    found = shop.counter.look_up_hit(hit, purchase=None)
    assert isinstance(found, Judged)
    assert found.local_from is not None


def test_a_hit_that_is_gone_meanwhile_is_asked_of_the_service(shop: Shop) -> None:
    shop.issue(ZOE)
    (hit,) = shop.hits("zoe")
    shop.holders.clear()
    shop.issue()
    found = shop.counter.look_up_hit(hit, purchase=None)
    assert isinstance(found, Judged)
    assert found.local_from is None
    assert shop.central.calls[-1] == "look_up_voucher"


def test_every_search_is_recorded_and_nobodys_name(shop: Shop) -> None:
    shop.issue(ZOE)
    shop.hits("nobody")
    (hit,) = shop.hits(" Goff ")
    shop.hits("zoe@example.org")
    shop.hits("104233")
    shop.counter.look_up_hit(hit, purchase=None)
    searches = [(event.kind, dict(event.detail)) for event in shop.events()]
    assert searches == [
        (
            EventKind.SEARCHED,
            {"characters": 6, "fields": "name email", "hits": 0, "more": 0},
        ),
        (
            EventKind.SEARCHED,
            {"characters": 4, "fields": "name email", "hits": 1, "more": 0},
        ),
        (EventKind.SEARCHED, {"characters": 15, "fields": "email", "hits": 1, "more": 0}),
        (
            EventKind.SEARCHED,
            {"characters": 6, "fields": "email order", "hits": 1, "more": 0},
        ),
        (EventKind.SEARCH_CHOSEN, {"field": "name", "voucher_id": str(hit.voucher_id)}),
    ]
    assert {event.cashier for event in shop.events()} == {"Claire"}
    assert "off" not in repr(searches)


def test_a_code_that_is_being_typed_is_no_search_unless_it_finds_somebody(shop: Shop) -> None:
    shop.issue(ZOE)
    assert shop.hits("K7QF-9X") == ()
    assert shop.events() == []
    assert len(shop.hits("SCA1-0")) == 1
    assert len(shop.events()) == 1


def test_more_than_can_be_shown_is_recorded_as_such(shop: Shop) -> None:
    shop.issue(*(Holder(f"Martin Dupont{n}") for n in "abcdefghij"))
    shop.counter.search("dupont")
    (event,) = shop.events()
    assert event.detail["hits"] == HITS_MAX
    assert event.detail["more"] == 1
