"""Statements of the real service: strict about what it is asked, and paged without a gap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from merchant_app.clock import business_date
from merchant_app.contract import paths
from merchant_app.server import statements
from merchant_app.server.service import Service
from tests.fakes.http_till import HttpTill, problem
from tests.fakes.service_process import offer, sell, shop_of

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
