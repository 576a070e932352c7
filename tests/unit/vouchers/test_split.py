"""The proposal for several vouchers: against every other one there is, and by its promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from merchant_app.errors import Bug
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import Money
from merchant_app.vouchers.split import (
    BASKET_MAX,
    AboveTotal,
    Available,
    Idle,
    Split,
    adjust,
    propose,
    total_of,
)
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from merchant_app.vouchers.verdicts import AmountAboveBalance, OtherCurrency, PartUseNotAllowed

NEW_YEAR = date(2027, 1, 1)


def euros(amount: float) -> Money:
    return Money(round(amount * 100), "EUR")


def cents(minor: int) -> Money:
    return Money(minor, "EUR")


def voucher(
    number: int,
    balance: Money,
    *,
    ends: int | None = None,
    whole: bool = False,
    minimum: Money | None = None,
) -> Voucher:
    """`ends`: in so many days from the new year; None: never."""
    return Voucher(
        voucher_id=VoucherId(UUID(int=number)),
        shop_number=ShopNumber(7),
        face=balance,
        balance=balance,
        terms=Terms(
            partial_allowed=not whole,
            expires_on=None if ends is None else NEW_YEAR + timedelta(days=ends),
            minimum_purchase=minimum,
        ),
        status=VoucherStatus.ACTIVE,
        label=f"…{number}",
    )


def split_of(vouchers: Sequence[Voucher], total: Money) -> Split:
    split = propose([Available(one) for one in vouchers], total)
    assert isinstance(split, Split)
    return split


def amounts(split: object) -> list[float]:
    assert isinstance(split, Split)
    return [share.amount.minor / 100 for share in split.shares]


def adjusted(split: Split, number: int, amount: Money) -> Split:
    result = adjust(split, VoucherId(UUID(int=number)), amount)
    assert isinstance(result, Split)
    return result


# --- examples ------------------------------------------------------------------------------------


def test_three_vouchers_against_87_euros() -> None:
    three = [
        voucher(1, euros(50), ends=300),
        voucher(2, euros(20), ends=10),
        voucher(3, euros(50), ends=100),
    ]
    split = split_of(three, euros(87))
    assert amounts(split) == [17, 20, 50], "what ends last keeps the rest"
    assert split.debited == euros(87)
    assert split.left_to_pay == euros(0)
    assert total_of(split.parts) == euros(87)


def test_what_the_vouchers_cannot_pay_is_left() -> None:
    split = split_of([voucher(1, euros(50)), voucher(2, euros(20))], euros(87))
    assert amounts(split) == [50, 20]
    assert split.left_to_pay == euros(17)


def test_a_voucher_used_whole_makes_room_for_itself() -> None:
    """Sooner first would leave 17 euros to pay beside a voucher of 50 that does not fit."""
    split = split_of(
        [voucher(1, euros(50), ends=1), voucher(2, euros(50), ends=9, whole=True)], euros(87)
    )
    assert amounts(split) == [37, 50]


def test_a_voucher_used_whole_that_does_not_fit_is_not_used() -> None:
    split = split_of(
        [voucher(1, euros(50), ends=1, whole=True), voucher(2, euros(20), ends=9)], euros(40)
    )
    assert amounts(split) == [0, 20]
    assert split.shares[0].idle is Idle.WHOLE_TOO_MUCH
    assert split.left_to_pay == euros(20)


def test_of_one_day_no_rest_is_better_than_one() -> None:
    same_day = [voucher(1, euros(50)), voucher(2, euros(50)), voucher(3, euros(20))]
    split = split_of(same_day, euros(70))
    assert amounts(split) == [50, 0, 20]
    assert split.shares[1].idle is Idle.NOT_NEEDED


def test_of_one_day_few_vouchers_are_used() -> None:
    assert amounts(split_of([voucher(1, euros(20)), voucher(2, euros(50))], euros(40))) == [0, 40]


def test_a_minimum_is_of_the_whole_purchase() -> None:
    least = [voucher(1, euros(50), minimum=euros(60)), voucher(2, euros(50))]
    refused = split_of(least, euros(40))
    assert amounts(refused) == [0, 40]
    assert refused.shares[0].idle is Idle.BELOW_MINIMUM
    with_more = propose([Available(one) for one in least], euros(40), already_paid=euros(20))
    assert amounts(with_more) == [40, 0]


def test_another_currency_is_an_outcome() -> None:
    francs = voucher(2, Money(5_000, "CHF"))
    found = propose([Available(voucher(1, euros(50))), Available(francs)], euros(87))
    assert found == OtherCurrency(francs, "EUR")
    split = split_of([voucher(1, euros(50))], euros(87))
    assert adjust(split, VoucherId(UUID(int=1)), Money(100, "CHF")) == OtherCurrency(
        split.shares[0].voucher, "CHF"
    )


def test_what_is_set_by_hand_stays_and_the_others_follow() -> None:
    split = split_of([voucher(1, euros(50), ends=1), voucher(2, euros(50), ends=2)], euros(87))
    by_hand = adjusted(split, 1, euros(40))
    assert amounts(by_hand) == [40, 47]
    assert [share.by_hand for share in by_hand.shares] == [True, False]
    both = adjusted(by_hand, 2, euros(20))
    assert amounts(both) == [40, 20]
    assert both.left_to_pay == euros(27)


def test_what_cannot_be_set_by_hand() -> None:
    one, whole = voucher(1, euros(50)), voucher(2, euros(50), whole=True)
    split = split_of([one, whole], euros(60))
    assert adjust(split, one.voucher_id, euros(51)) == AmountAboveBalance(one, euros(51))
    assert adjust(split, whole.voucher_id, euros(30)) == PartUseNotAllowed(whole, euros(30))
    some_of_it = adjusted(split, 2, euros(50))
    assert adjust(some_of_it, one.voucher_id, euros(11)) == AboveTotal(one, euros(11), euros(10))


def test_by_hand_a_voucher_may_be_used_whole_beyond_the_total() -> None:
    split = split_of([voucher(1, euros(50), whole=True), voucher(2, euros(20))], euros(40))
    assert amounts(split) == [0, 20]
    by_hand = adjusted(split, 1, euros(50))
    assert amounts(by_hand) == [50, 0]
    assert (by_hand.left_to_pay, by_hand.lost) == (euros(0), euros(10))


def test_a_total_that_was_lowered_forgets_what_was_set_by_hand() -> None:
    one, two = voucher(1, euros(50), ends=1), voucher(2, euros(50), ends=2)
    again = propose([Available(one), Available(two, euros(40))], euros(30))
    assert amounts(again) == [30, 0]


ONE = Available(voucher(1, euros(50)))
MANY = [Available(voucher(number, euros(5))) for number in range(BASKET_MAX + 1)]


@pytest.mark.parametrize(
    ("available", "total"), [([ONE, ONE], euros(10)), (MANY, euros(10)), ([ONE], euros(-1))]
)
def test_baskets_that_there_are_not(available: list[Available], total: Money) -> None:
    with pytest.raises(Bug):
        propose(available, total)


@pytest.mark.parametrize(("number", "amount"), [(1, euros(0)), (99, euros(1))])
def test_amounts_that_there_are_not(number: int, amount: Money) -> None:
    split = split_of([ONE.voucher], euros(50))
    with pytest.raises(Bug):
        adjust(split, VoucherId(UUID(int=number)), amount)


# --- promises ------------------------------------------------------------------------------------


def baskets(*, size: int, most: int) -> some.SearchStrategy[list[Voucher]]:
    """Small amounts and few days, so that much is equal."""
    details = some.tuples(
        some.integers(1, most),
        some.sampled_from([None, 1, 1, 2]),
        some.booleans(),
        some.sampled_from([None, None, None, 4]),
    )
    return some.lists(details, min_size=1, max_size=size).map(
        lambda rows: [
            voucher(
                number,
                cents(minor),
                ends=ends,
                whole=whole,
                minimum=None if minimum is None else cents(minimum),
            )
            for number, (minor, ends, whole, minimum) in enumerate(rows, start=1)
        ]
    )


totals = some.integers(1, 20).map(cents)


def every_split(vouchers: Sequence[Voucher], total: Money) -> Iterator[tuple[int, ...]]:
    """All that the terms allow, cent by cent."""
    ways: list[tuple[int, ...]] = []
    for one in vouchers:
        minimum = one.terms.minimum_purchase
        if minimum is not None and total < minimum:
            ways.append((0,))
        elif one.terms.partial_allowed:
            ways.append(tuple(range(one.balance.minor + 1)))
        else:
            ways.append((0, one.balance.minor))
    for choice in product(*ways):
        if sum(choice) <= total.minor:
            yield choice


def worth(vouchers: Sequence[Voucher], choice: Sequence[int]) -> tuple[object, ...]:
    """What the split promises, in order, said in another way than the code does."""
    days = sorted({one.terms.expires_on or date.max for one in vouchers})
    by_day = [
        sum(
            minor
            for one, minor in zip(vouchers, choice, strict=True)
            if (one.terms.expires_on or date.max) == day
        )
        for day in days
    ]
    used = [(one, minor) for one, minor in zip(vouchers, choice, strict=True) if minor]
    rests = sum(minor < one.balance.minor for one, minor in used)
    return sum(choice), by_day, -rests, -len(used)


@given(vouchers=some.one_of(baskets(size=4, most=5), baskets(size=8, most=2)), total=totals)
def test_nothing_is_better_than_the_proposal(vouchers: list[Voucher], total: Money) -> None:
    split = split_of(vouchers, total)
    ours = worth(vouchers, [share.amount.minor for share in split.shares])
    assert ours == max(worth(vouchers, choice) for choice in every_split(vouchers, total))


@given(vouchers=baskets(size=BASKET_MAX, most=9_000), total=some.integers(1, 99_999).map(cents))
def test_the_terms_are_kept_and_the_sums_are_right(vouchers: list[Voucher], total: Money) -> None:
    split = split_of(vouchers, total)
    assert split.debited + split.left_to_pay == total
    assert split.lost == cents(0)
    for one, share in zip(vouchers, split.shares, strict=True):
        assert share.voucher == one
        assert cents(0) <= share.amount <= one.balance
        assert (share.idle is None) == bool(share.amount)
        if not one.terms.partial_allowed:
            assert share.amount in (cents(0), one.balance)
    rests = [part for part in split.parts if part.amount < part.voucher.balance]
    assert len(rests) <= 1


@given(vouchers=baskets(size=8, most=9_000), total=some.integers(1, 99_999).map(cents))
def test_no_cent_of_a_later_voucher_could_be_a_sooner_ones(
    vouchers: list[Voucher], total: Money
) -> None:
    divisible = [one for one in vouchers if one.terms.partial_allowed]
    shares = split_of(divisible, total).shares if divisible else ()
    for sooner, later in product(shares, shares):
        first = sooner.voucher.terms.expires_on or date.max
        if first < (later.voucher.terms.expires_on or date.max) and later.amount:
            assert sooner.idle is Idle.BELOW_MINIMUM or sooner.amount == sooner.voucher.balance


@given(vouchers=baskets(size=8, most=50), total=totals, data=some.data())
def test_what_is_set_by_hand_is_never_changed(
    vouchers: list[Voucher], total: Money, data: some.DataObject
) -> None:
    split = split_of(vouchers, total)
    one = data.draw(some.sampled_from(vouchers))
    amount = data.draw(some.integers(1, one.balance.minor).map(cents))
    by_hand = adjust(split, one.voucher_id, amount)
    assume(isinstance(by_hand, Split))
    assert isinstance(by_hand, Split)
    share = next(share for share in by_hand.shares if share.voucher == one)
    assert (share.amount, share.by_hand) == (amount, True)
    assert by_hand.debited + by_hand.left_to_pay == total + by_hand.lost
    assert adjust(by_hand, one.voucher_id, amount) == by_hand, "twice is once"


@given(vouchers=baskets(size=8, most=50), total=totals)
def test_the_same_again_is_the_same(vouchers: list[Voucher], total: Money) -> None:
    assert split_of(vouchers, total) == split_of(vouchers, total)
