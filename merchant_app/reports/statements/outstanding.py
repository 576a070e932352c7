"""What customers can still spend, from the till's own copy of the vouchers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from merchant_app.vouchers.terms import Voucher, VoucherStatus

EXPIRING_DAYS = 30


@dataclass(frozen=True, slots=True)
class ExpiryMonth:
    """`month`: its first day; None: vouchers that do not expire."""

    month: date | None
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Expiring:
    """A voucher that can be spent for 30 more days at most.

    Attributes:
        label: the last characters of its code.
        holder: first name and initial, "Claire D."; may be empty.
        days_left: 0: today is the last day.
    """

    label: str
    holder: str
    amount_minor: int
    expires_on: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What is outstanding.

    Attributes:
        months: in order, those that do not expire last.
        expiring: the soonest first.
    """

    count: int
    amount_minor: int
    months: tuple[ExpiryMonth, ...]
    expiring: tuple[Expiring, ...]


def outstanding(vouchers: Iterable[tuple[Voucher, int]], *, today: date, currency: str) -> Totals:
    """What is left on vouchers that are good today, or will be.

    Args:
        vouchers: each with what is left on it, minor units.
        today: where the shop is.
        currency: of the shop; a voucher in another one cannot be spent here.
    """
    months: dict[date | None, ExpiryMonth] = {}
    expiring: list[Expiring] = []
    for voucher, left_minor in vouchers:
        last = voucher.terms.expires_on
        if not _is_good(voucher, left_minor, today=today, currency=currency):
            continue
        month = None if last is None else last.replace(day=1)
        before = months.get(month, ExpiryMonth(month, 0, 0))
        months[month] = ExpiryMonth(month, before.count + 1, before.amount_minor + left_minor)
        if last is not None and last <= today + timedelta(days=EXPIRING_DAYS):
            days_left = (last - today).days
            expiring.append(Expiring(voucher.label, voucher.holder, left_minor, last, days_left))
    in_order = sorted(months.values(), key=lambda one: one.month or date.max)
    return Totals(
        count=sum(one.count for one in in_order),
        amount_minor=sum(one.amount_minor for one in in_order),
        months=tuple(in_order),
        expiring=tuple(sorted(expiring, key=lambda one: (one.expires_on, one.label))),
    )


def _is_good(voucher: Voucher, left_minor: int, *, today: date, currency: str) -> bool:
    last = voucher.terms.expires_on
    return (
        left_minor > 0
        and voucher.status is VoucherStatus.ACTIVE
        and voucher.balance.currency == currency
        and (last is None or last >= today)
    )
