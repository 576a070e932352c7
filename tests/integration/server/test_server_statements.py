"""Statements of the real service: strict about what it is asked, and paged without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from merchant_app.clock import business_date, start_of
from merchant_app.contract import paths
from merchant_app.ledger.statements import Booking, Statement, Sums
from merchant_app.server import catalogue, payouts, statements
from merchant_app.server.service import Service
from tests.fakes.clock import FakeClock
from tests.fakes.http_till import HttpTill, problem
from tests.fakes.service_process import OTHER_SHOP as OTHER
from tests.fakes.service_process import SHOP, Sold, offer, sell, shop_of

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
def till(service: Service, url: str) -> HttpTill:
    return HttpTill(url, offer(service, "Caisse 1"))


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({}, "from"),
        ({"from": "2026-11-01"}, "to"),
        ({"from": "2026-11-31", "to": "2026-11-30"}, "from"),
        ({"from": "20261101", "to": "2026-11-30"}, "from"),
        ({"from": "2026-11-01T00:00", "to": "2026-11-30"}, "from"),
        ({"from": "1026-11-01", "to": "2026-11-30"}, "from"),
        ({"from": "2026-11-30", "to": "2026-11-01"}, "to"),
        ({"from": "2026-11-01", "to": "9999-12-31"}, "to"),
        ({"from": "٢٠٢٦-11-01", "to": "2026-11-30"}, "from"),
    ],
)
def test_days_are_parsed_strictly(till: HttpTill, days: dict[str, str], field: str) -> None:
    for path in (paths.STATEMENTS, paths.STATEMENT_BOOKINGS):
        reply = till.get(path, **days)
        assert problem(reply) == "malformed"
        assert reply.json()["path"] == field


def test_cursors_and_lengths_are_parsed_strictly(till: HttpTill) -> None:
    for cursor in ("-1", "x", "1.0", "9" * 20):
        reply = till.get(paths.STATEMENT_BOOKINGS, **NOVEMBER, cursor=cursor)
        assert (problem(reply), reply.json()["path"]) == ("malformed", "cursor")
    long = {"from": "2024-11-01", "to": "2026-11-30"}
    assert problem(till.get(paths.STATEMENTS, **long)) == "malformed"
    assert till.get(paths.STATEMENT_BOOKINGS, **long).status_code == 200


def test_a_till_must_say_who_it_is(till: HttpTill) -> None:
    till.headers = {}
    for path in (paths.STATEMENTS, paths.STATEMENT_BOOKINGS):
        assert problem(till.get(path, **NOVEMBER)) == "not-authenticated"


def test_a_recovering_service_tells_no_figures(service: Service, till: HttpTill) -> None:
    service.begin_new_generation()
    for path in (paths.STATEMENTS, paths.STATEMENT_BOOKINGS):
        assert problem(till.get(path, **NOVEMBER)) == "being-restored"


def test_pages_leave_no_booking_out_and_none_twice(
    service: Service, till: HttpTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, second) = sell(service, 100_000, count=2)
    ops = []
    for number in range(7):
        vouchers = ((first.voucher_id, 100 + number), (second.voucher_id, 50))
        redemption = till.journal.redemption(*vouchers, honoured=True)
        till.journal.write(redemption)
        ops.append(redemption.op_id)
    assert till.send().status_code == 200
    today = business_date(service.clock.now(), "Europe/Paris")
    # So few rows at a time that entries with two movements are cut in the middle.
    monkeypatch.setattr(statements, "_ROWS_PER_QUERY", 5)
    found, cursor, more, pages = [], 0, True, 0
    with service.database.reading() as connection:
        while more:
            page = statements.bookings_page(
                connection, shop_of(service), first_day=today, last_day=today, cursor=cursor
            )
            found += [(one.op_id, one.redeemed_minor) for one in page.bookings]
            cursor, more, pages = page.next_cursor, page.more, pages + 1
        whole = statements.statement(
            connection,
            shop_of(service),
            first_day=today - timedelta(days=1),
            last_day=today,
            now=service.clock.now(),
        )
    assert found == [(op_id, 150 + number) for number, op_id in enumerate(ops)]
    assert pages > 2
    assert sum(one.sums.redeemed_minor for one in whole.periods) == 2 * sum(one for _, one in found)


def told(service: Service, first_day: date, last_day: date) -> Statement:
    with service.database.reading() as connection:
        return statements.statement(
            connection,
            shop_of(service),
            first_day=first_day,
            last_day=last_day,
            now=service.clock.now(),
        )


def listed(service: Service, day: date) -> Sequence[Booking]:
    with service.database.reading() as connection:
        return statements.bookings_page(
            connection, shop_of(service), first_day=day, last_day=day, cursor=0
        ).bookings


def redeem(till: HttpTill, sold: Sold, amount_minor: int) -> None:
    till.journal.write(till.journal.redemption((sold.voucher_id, amount_minor), honoured=True))
    assert till.send().status_code == 200


def test_a_statement_is_of_one_shop(service: Service, till: HttpTill, url: str) -> None:
    other = HttpTill(url, offer(service, "Caisse 9", slug=OTHER))
    (ours,), (theirs,) = sell(service, 5_000), sell(service, 9_000, slug=OTHER)
    redeem(till, ours, 2_000)
    redeem(other, theirs, 4_000)
    today = business_date(service.clock.now(), "Europe/Paris")
    with service.database.writing() as connection:
        for slug, amount_minor in ((SHOP, 300), (OTHER, 700)):
            payouts.record(
                connection,
                shop_number=shop_of(service, slug).number,
                day=today,
                amount_minor=amount_minor,
                reference="VIR 1",
                now=service.clock.now(),
            )
    week, month = told(service, today, today).periods
    assert week.sums == month.sums
    assert week.sums == Sums(
        sold_count=1,
        sold_minor=5_000,
        redeemed_count=1,
        redeemed_minor=2_000,
        payout_minor=300,
    )
    assert [one.till_name for one in listed(service, today)] == ["Caisse 1"]


def test_what_was_issued_by_mistake_or_in_another_currency_was_not_sold(service: Service) -> None:
    mistake, _good = sell(service, 5_000, count=2)
    sell(service, 700, currency="XPF")
    with service.database.writing() as connection:
        catalogue.withdraw_voucher(connection, mistake.voucher_id)
    today = business_date(service.clock.now(), "Europe/Paris")
    for period in told(service, today, today).periods:
        assert (period.sums.sold_count, period.sums.sold_minor) == (1, 5_000)


def test_midnight_belongs_to_the_day_that_begins(
    service: Service, clock: FakeClock, till: HttpTill
) -> None:
    (sold,) = sell(service, 5_000)
    day = business_date(clock.now(), "Europe/Paris") + timedelta(days=1)
    clock.advance(seconds=(start_of(day, "Europe/Paris") - clock.now()).total_seconds())
    redeem(till, sold, 2_000)
    sell(service, 700)
    before, after = (told(service, one, one).periods[0].sums for one in (day - timedelta(1), day))
    assert (before.redeemed_minor, before.sold_minor) == (0, 5_000)
    assert (after.redeemed_minor, after.sold_minor) == (2_000, 700)
    assert [len(listed(service, one)) for one in (day - timedelta(1), day)] == [0, 1]
    assert told(service, day, day).owed_before_minor == 0
    assert told(service, day + timedelta(1), day + timedelta(1)).owed_before_minor == 2_000
