"""Statements: what every central service behind the port must say of a shop's weeks and months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from merchant_app.central.port import BookingsPage, CentralService, Rejected, Statement
from merchant_app.clock import SystemClock, business_date
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ledger import statements
from merchant_app.ledger.entries import Redemption
from merchant_app.ledger.statements import Booking, Cause, Payout, PeriodKind, RedemptionState, Sums
from tests.contract.test_central_service import Till, enrol
from tests.fakes.central_sites import Site

FEE_PPM = 25_000


@pytest.fixture
def till(site: Site) -> Till:
    return enrol(site, "Caisse 1")


def today() -> date:
    return business_date(SystemClock().now(), "Europe/Paris")


def statement(service: CentralService, *, back_days: int = 0) -> Statement:
    answer = service.statement(today() - timedelta(days=back_days), today())
    assert isinstance(answer, Statement), answer
    return answer


def bookings(service: CentralService, day: date | None = None) -> tuple[Booking, ...]:
    answer = service.bookings(day or today(), day or today(), cursor=0)
    assert isinstance(answer, BookingsPage), answer
    assert not answer.more
    return answer.bookings


def sums(service: CentralService) -> Sums:
    """Of today; the week and the month agree."""
    found = statement(service)
    of_week, of_month = found.periods
    assert (of_week.kind, of_month.kind) == (PeriodKind.WEEK, PeriodKind.MONTH)
    assert of_week.sums == of_month.sums
    return of_week.sums


def decide(till: Till, redemption: Redemption, *, handed_over: bool) -> None:
    till.journal.write(till.journal.decision(redemption, handed_over=handed_over))
    till.send()


def test_a_statement_says_what_was_sold_redeemed_and_owed(site: Site, till: Till) -> None:
    site.charge(FEE_PPM)
    voucher = site.issue(5000)
    site.issue(3000, in_other_shop=True)
    redemption = till.redeem((voucher, 2010))
    decide(till, redemption, handed_over=True)
    found = sums(till.service)
    assert (found.sold_count, found.sold_minor) == (1, 5000)
    assert (found.redeemed_count, found.redeemed_minor) == (1, 2010)
    assert found.fee_minor == 50  # 50.25
    assert found.owed_minor == 1960
    assert statement(till.service).fee_rate_ppm == FEE_PPM
    assert statement(till.service).currency == "EUR"


def test_each_booking_names_its_entry_its_vouchers_and_what_became_of_it(
    site: Site, till: Till
) -> None:
    first, second = site.issue(5000), site.issue(1000)
    redemption = till.redeem((first, 2000), (second, 1000))
    decide(till, redemption, handed_over=True)
    void = till.journal.void(redemption)
    till.journal.write(void)
    till.send()
    debit, credit = bookings(till.service)
    assert (debit.op_id, debit.cause) == (redemption.op_id, Cause.REDEMPTION)
    assert (credit.op_id, credit.cause) == (void.op_id, Cause.VOID)
    assert debit.redemption_id == credit.redemption_id == redemption.op_id
    assert (debit.redeemed_minor, debit.reversed_minor) == (3000, 0)
    assert (credit.redeemed_minor, credit.reversed_minor) == (0, 3000)
    assert {one.voucher_id for one in debit.vouchers} == {first.voucher_id, second.voucher_id}
    assert all(one.label for one in debit.vouchers)
    assert debit.till_name == "Caisse 1"
    assert debit.till_id == till.enrolled.facts.till_id
    assert debit.now == RedemptionState(OutcomeStatus.VOIDED, 3000, 0, 0)


def test_what_is_undone_gives_its_fee_back_whatever_the_rate_is_by_then(
    site: Site, till: Till
) -> None:
    site.charge(FEE_PPM)
    redemption = till.redeem((site.issue(5000), 2010))
    decide(till, redemption, handed_over=True)
    site.charge(2 * FEE_PPM)
    till.journal.write(till.journal.void(redemption))
    till.send()
    found = sums(till.service)
    assert (found.redeemed_minor, found.reversed_minor) == (2010, 2010)
    assert (found.fee_minor, found.owed_minor) == (0, 0)


def test_what_was_not_handed_over_was_not_redeemed(site: Site, till: Till) -> None:
    redemption = till.redeem((site.issue(5000), 2000))
    assert sums(till.service).redeemed_minor == 2000
    decide(till, redemption, handed_over=False)
    found = sums(till.service)
    assert (found.redeemed_count, found.redeemed_minor, found.reversed_minor) == (0, 0, 0)
    assert [one.cause for one in bookings(till.service)] == [Cause.REDEMPTION, Cause.DECISION]


def test_a_loss_is_told_and_not_owed(site: Site, till: Till) -> None:
    till.redeem((site.issue(1000), 3000), honoured=True)
    found = sums(till.service)
    assert (found.redeemed_minor, found.shortfall_minor, found.shortfall_count) == (1000, 2000, 1)
    assert found.owed_minor == 1000


def test_all_tills_of_the_shop_are_in_it_each_by_name(site: Site, till: Till) -> None:
    other = enrol(site, "Caisse 2")
    voucher = site.issue(5000)
    till.redeem((voucher, 1000))
    other.redeem((voucher, 2000))
    assert sums(till.service).redeemed_minor == 3000
    assert [one.till_name for one in bookings(till.service)] == ["Caisse 1", "Caisse 2"]


def test_payouts_are_listed_by_day_and_carried_over(site: Site, till: Till) -> None:
    till.redeem((site.issue(5000), 3000))
    site.pay_out(today(), 1000, "VIR 2")
    site.pay_out(today() - timedelta(days=9), 500, "VIR 1")
    site.pay_out(today(), -200, "VIR 3")
    found = statement(till.service)
    assert found.payouts == (Payout(today(), 1000, "VIR 2"), Payout(today(), -200, "VIR 3"))
    assert found.periods[0].sums.payout_minor == 800
    assert found.owed_before_minor == -500
    assert len(statement(till.service, back_days=9).payouts) == 3
    assert statement(till.service, back_days=9).owed_before_minor == 0


def test_bookings_add_up_to_the_statement(site: Site, till: Till) -> None:
    site.charge(FEE_PPM)
    voucher = site.issue(9000)
    for number in range(1, 5):
        redemption = till.redeem((voucher, 333 * number), honoured=number == 4)
        if number < 4:
            decide(till, redemption, handed_over=number != 2)
    found = Sums()
    for booking in bookings(till.service):
        found += statements.sums_of(booking)
    told = sums(till.service)
    assert found == Sums(
        **{name: getattr(told, name) for name in Sums.__slots__ if not name.startswith("sold")}
    )


def test_other_days_are_empty(site: Site, till: Till) -> None:
    till.redeem((site.issue(5000), 3000))
    assert bookings(till.service, date(2020, 6, 12)) == ()
    answer = till.service.statement(date(2020, 6, 1), date(2020, 6, 12))
    assert isinstance(answer, Statement)
    assert [period.name for period in answer.periods] == ["2020-W23", "2020-W24", "2020-06"]
    assert {period.sums for period in answer.periods} == {Sums()}
    assert answer.owed_before_minor == 0
    later = till.service.statement(today() + timedelta(days=1), today() + timedelta(days=2))
    assert isinstance(later, Statement)
    assert later.owed_before_minor == 3000


def test_bookings_are_read_on_from_a_cursor(site: Site, till: Till) -> None:
    voucher = site.issue(9000)
    first, second = (till.redeem((voucher, amount)).op_id for amount in (100, 200))
    page = till.service.bookings(today(), today(), cursor=0)
    assert isinstance(page, BookingsPage)
    assert [one.op_id for one in page.bookings] == [first, second]
    rest = till.service.bookings(today(), today(), cursor=page.next_cursor)
    assert isinstance(rest, BookingsPage)
    assert (rest.bookings, rest.more) == ((), False)


@pytest.mark.parametrize(("first", "days"), [(date(2026, 3, 1), -1), (date(2026, 3, 1), 400)])
def test_days_that_make_no_sense_are_refused(
    site: Site, till: Till, first: date, days: int
) -> None:
    answer = till.service.statement(first, first + timedelta(days=days))
    assert answer == Rejected(400, "to")
