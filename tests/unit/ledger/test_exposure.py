"""How much may be accepted without asking: the limits, one by one, and the loss they allow."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.ids import VoucherId
from merchant_app.ledger.entries import Line
from merchant_app.ledger.exposure import (
    Allowed,
    Exposure,
    Limit,
    LimitReached,
    OfflineLimits,
    check,
    loss_bound_minor,
)
from merchant_app.money import Money

VOUCHER, OTHER = VoucherId(UUID(int=1)), VoucherId(UUID(int=2))
LIMITS = OfflineLimits()
HOUR_S = 3_600.0


def line(minor: int, voucher_id: VoucherId = VOUCHER) -> Line:
    return Line(voucher_id, Money(minor, "EUR"), "…H2M7")


def verdict(
    *lines: Line,
    limits: OfflineLimits = LIMITS,
    exposure: Exposure | None = None,
    balance: int | None = 10_000,
    age_s: float | None = HOUR_S,
) -> Allowed | LimitReached:
    return check(
        lines,
        limits=limits,
        exposure=exposure or Exposure(),
        balances={} if balance is None else {VOUCHER: balance, OTHER: balance},
        snapshot_age_s=age_s,
    )


def test_within_all_limits_it_is_allowed() -> None:
    assert verdict(line(5_000)) == Allowed()
    assert verdict(line(2_500), line(2_500, OTHER)) == Allowed()


def test_one_redemption_has_a_limit_and_what_would_do_is_told() -> None:
    assert verdict(line(5_001)) == LimitReached(Limit.REDEMPTION, 5_000)
    assert verdict(line(3_000), line(3_000, OTHER)) == LimitReached(Limit.REDEMPTION, 0)


def test_a_voucher_is_shared_among_the_tills_of_the_shop() -> None:
    three = replace(LIMITS, tills=3)
    assert verdict(line(3_333), limits=three) == Allowed()
    assert verdict(line(3_334), limits=three) == LimitReached(Limit.VOUCHER, 3_333)
    pending = Exposure(2_000, 1, {VOUCHER: 2_000})
    assert verdict(line(1_334), limits=three, exposure=pending) == LimitReached(
        Limit.VOUCHER, 1_333
    )


def test_a_fixed_limit_for_a_voucher_never_exceeds_its_balance() -> None:
    fixed = replace(LIMITS, voucher_max_minor=4_000)
    assert verdict(line(4_000), limits=fixed) == Allowed()
    assert verdict(line(4_001), limits=fixed) == LimitReached(Limit.VOUCHER, 4_000)
    assert verdict(line(1_001), limits=fixed, balance=1_000) == LimitReached(Limit.VOUCHER, 1_000)


def test_the_till_has_a_sum_and_a_count() -> None:
    nearly = Exposure(29_000, 8)
    assert verdict(line(1_001), exposure=nearly) == LimitReached(Limit.TILL_SUM, 1_000)
    assert verdict(line(1_000), exposure=nearly) == Allowed()
    assert verdict(line(1), exposure=Exposure(40, 40)) == LimitReached(Limit.TILL_COUNT, 0)


@pytest.mark.parametrize(
    ("age_s", "limit"),
    [
        (None, Limit.SNAPSHOT_AGE),
        (72 * HOUR_S + 1, Limit.SNAPSHOT_AGE),
        (-1.0, Limit.CLOCK),
        (72 * HOUR_S, None),
    ],
)
def test_an_old_list_or_a_clock_that_went_back_stops_it(
    age_s: float | None, limit: Limit | None
) -> None:
    expected = Allowed() if limit is None else LimitReached(limit, 0)
    assert verdict(line(100), age_s=age_s) == expected


def test_a_voucher_that_nobody_knows_is_worth_nothing_by_default() -> None:
    assert verdict(line(100), balance=None) == LimitReached(Limit.UNKNOWN_VOUCHER, 0)
    trusting = replace(LIMITS, unknown_max_minor=2_000)
    assert verdict(line(2_000), limits=trusting, balance=None) == Allowed()
    assert verdict(line(2_001), limits=trusting, balance=None) == LimitReached(
        Limit.UNKNOWN_VOUCHER, 2_000
    )


def test_nothing_is_accepted_where_it_is_switched_off() -> None:
    off = replace(LIMITS, redemption_max_minor=0)
    assert verdict(line(1), limits=off) == LimitReached(Limit.SWITCHED_OFF, 0)


def test_a_shop_may_only_make_it_tighter() -> None:
    assert LIMITS.tightened(redemption_max_minor=2_000).redemption_max_minor == 2_000
    assert LIMITS.tightened(redemption_max_minor=9_000) == LIMITS
    assert LIMITS.tightened(redemption_max_minor=None) == LIMITS


@given(
    wanted=st.integers(1, 20_000),
    balance=st.integers(0, 20_000),
    pending=st.integers(0, 20_000),
    elsewhere=st.integers(0, 20_000),
    tills=st.integers(1, 8),
)
def test_what_would_do_does_and_one_cent_more_does_not(
    wanted: int, balance: int, pending: int, elsewhere: int, tills: int
) -> None:
    limits = replace(LIMITS, tills=tills)
    exposure = Exposure(pending + elsewhere, 2, {VOUCHER: pending})
    answer = verdict(line(wanted), limits=limits, exposure=exposure, balance=balance)
    if isinstance(answer, LimitReached) and answer.most_minor:
        assert answer.most_minor < wanted
        most = verdict(line(answer.most_minor), limits=limits, exposure=exposure, balance=balance)
        assert most == Allowed()
        more = verdict(
            line(answer.most_minor + 1), limits=limits, exposure=exposure, balance=balance
        )
        assert isinstance(more, LimitReached)


@given(
    balance=st.integers(0, 20_000),
    fixed=st.none() | st.integers(0, 20_000),
    tills=st.integers(1, 8),
    wanted=st.lists(st.tuples(st.integers(0, 7), st.integers(1, 5_000)), max_size=60),
)
def test_the_loss_never_exceeds_its_bound_and_shares_lose_nothing(
    balance: int, fixed: int | None, tills: int, wanted: list[tuple[int, int]]
) -> None:
    """Every till is offline with the same list, and everybody brings the same voucher."""
    limits = replace(LIMITS, tills=tills, voucher_max_minor=fixed)
    taken = [0] * tills
    counts = [0] * tills
    for number, minor in wanted:
        till = number % tills
        exposure = Exposure(taken[till], counts[till], {VOUCHER: taken[till]})
        if verdict(line(minor), limits=limits, exposure=exposure, balance=balance) == Allowed():
            taken[till] += minor
            counts[till] += 1
    loss = max(0, sum(taken) - balance)
    each = balance // tills if fixed is None else fixed
    bound = loss_bound_minor(balance_minor=balance, voucher_max_minor=each, tills=tills)
    assert loss <= bound
    if fixed is None:
        assert loss == 0
