"""Verdicts: each can be reached, and where several apply the documented one wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.errors import Bug
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import Money
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    Expired,
    NotYetValid,
    OtherShop,
    PartUseNotAllowed,
    Reason,
    Revoked,
    Use,
    UsedUp,
    Valid,
    Verdict,
    judge,
    reason_of,
)

TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 24)
SHOP = ShopNumber(7)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


GOOD = Voucher(
    voucher_id=VoucherId(UUID(int=1)),
    shop_number=SHOP,
    face=euros(5000),
    balance=euros(5000),
    terms=Terms(),
    status=VoucherStatus.ACTIVE,
    label="…TEST",
)
# Every way of being bad, in the order in which a verdict looks for them.
FLAWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("OtherShop", {"shop_number": ShopNumber(8)}, {}),
    ("Revoked", {"status": VoucherStatus.REVOKED}, {}),
    ("NotYetValid", {}, {"valid_from": TOMORROW}),
    ("UsedUp", {"balance": euros(0)}, {}),
    ("Expired", {}, {"expires_on": YESTERDAY}),
    ("BelowMinimumPurchase", {}, {"minimum_purchase": euros(9000)}),
    ("PartUseNotAllowed", {}, {"partial_allowed": False}),
]


def ask(voucher: Voucher, *, purchase: Money | None = None, amount: Money | None = None) -> Verdict:
    return judge(
        voucher,
        shop_number=SHOP,
        shop_name_of_voucher="Librairie Obliques, Auxerre",
        today=TODAY,
        purchase=purchase,
        amount=amount,
    )


def test_a_good_voucher_is_valid_and_suggests_what_it_can_pay() -> None:
    assert ask(GOOD) == Valid(GOOD, euros(5000))
    assert ask(GOOD, purchase=euros(8700)) == Valid(GOOD, euros(5000))
    assert ask(GOOD, purchase=euros(3700)) == Valid(GOOD, euros(3700))
    assert ask(GOOD, purchase=euros(3700), amount=euros(1000)) == Valid(GOOD, euros(5000))


@pytest.mark.parametrize("place", range(len(FLAWS)))
def test_of_several_flaws_the_first_is_told(place: int) -> None:
    voucher, terms = GOOD, GOOD.terms
    # All the flaws from this one on, together.
    for _, facts, term in FLAWS[place:]:
        voucher, terms = replace(voucher, **facts), replace(terms, **term)
    verdict = ask(replace(voucher, terms=terms), purchase=euros(1000))
    assert type(verdict).__name__ == FLAWS[place][0]


def test_each_refusal_says_what_it_is_about() -> None:
    used = Use(datetime(2026, 3, 3, 13, 12, tzinfo=UTC), "Caisse 2", euros(5000))
    empty = replace(GOOD, balance=euros(0))
    assert judge(
        empty,
        shop_number=SHOP,
        shop_name_of_voucher="",
        today=TODAY,
        purchase=None,
        history=(used,),
    ) == UsedUp(empty, (used,))
    foreign = replace(GOOD, shop_number=ShopNumber(8))
    assert ask(foreign) == OtherShop("Librairie Obliques, Auxerre")
    early = replace(GOOD, terms=Terms(valid_from=TOMORROW))
    assert ask(early) == NotYetValid(early, TOMORROW)
    late = replace(GOOD, terms=Terms(expires_on=YESTERDAY))
    assert ask(late) == Expired(late, YESTERDAY)
    revoked = replace(GOOD, status=VoucherStatus.REVOKED)
    assert ask(revoked) == Revoked(revoked)
    above = ask(GOOD, amount=euros(5001))
    assert above == AmountAboveBalance(GOOD, euros(5001))
    whole = replace(GOOD, terms=Terms(partial_allowed=False))
    assert ask(whole, amount=euros(4999)) == PartUseNotAllowed(whole, euros(4999))
    assert ask(whole, amount=euros(5000)) == Valid(whole, euros(5000))


def test_the_first_and_the_last_day_count() -> None:
    one_day = replace(GOOD, terms=Terms(valid_from=TODAY, expires_on=TODAY))
    assert isinstance(ask(one_day), Valid)


def test_a_minimum_purchase_wants_to_know_the_purchase() -> None:
    voucher = replace(GOOD, terms=Terms(minimum_purchase=euros(2000)))
    assert ask(voucher) == BelowMinimumPurchase(voucher, euros(2000), None)
    low = ask(voucher, purchase=euros(1999))
    assert low == BelowMinimumPurchase(voucher, euros(2000), euros(1999))
    assert isinstance(ask(voucher, purchase=euros(2000)), Valid)


@given(
    st.integers(0, 10_000),
    st.none() | st.integers(1, 20_000),
    st.none() | st.integers(1, 20_000),
    st.booleans(),
)
def test_what_is_valid_never_asks_for_more_than_is_left(
    balance: int, purchase: int | None, amount: int | None, partial_allowed: bool
) -> None:
    voucher = replace(
        GOOD,
        face=euros(10_000),
        balance=euros(balance),
        terms=Terms(partial_allowed=partial_allowed),
    )
    verdict = ask(
        voucher,
        purchase=None if purchase is None else euros(purchase),
        amount=None if amount is None else euros(amount),
    )
    if isinstance(verdict, Valid):
        assert 0 < verdict.suggested.minor <= balance
        assert amount is None or amount <= balance
        assert partial_allowed or amount in (None, balance)


@pytest.mark.parametrize("minor", [0, -1])
def test_an_amount_that_is_not_positive_is_a_bug(minor: int) -> None:
    with pytest.raises(Bug):
        ask(GOOD, amount=euros(minor))


def test_every_refusal_has_a_name_of_its_own() -> None:
    names = [verdicts._REASONS[kind] for kind in verdicts.Refusal.__args__]
    assert set(names) == set(Reason)
    assert reason_of(OtherShop("x")) is Reason.OTHER_SHOP
