"""How several vouchers share one purchase: proposed, then changed by hand. Pure.

The customer puts her vouchers on the counter to pay with them. So, in this order:

1. as much of the purchase as can be is paid by vouchers: a voucher that must be used whole is used
   whole or not at all, which makes it a knapsack;
2. what ends sooner is used first: the last voucher should be the one that keeps longest;
3. few of the vouchers that are used keep a rest, and few are used at all;
4. of what is still equal, the one that was shown first.

There is never more than one rest: cents can be moved from the voucher that ends later to the one
that ends sooner until one of them is full or untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import reduce
from itertools import groupby
from operator import add

from merchant_app.errors import Bug
from merchant_app.ids import VoucherId
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import AmountAboveBalance, OtherCurrency, PartUseNotAllowed

BASKET_MAX = 20
"""Vouchers in one basket. The largest seen at a counter was six; a wire entry takes many more."""
SUMS_MAX = 1_024
"""Sums looked at while vouchers are combined: exact for any 10 that must be used whole (2^10), and
for 20 of the usual amounts, whose sums are multiples of 5 or 10 euros. Beyond it the sums nearest
to the total are followed: the proposal is then good, and perhaps not the best, and a cashier who
types an amount never waits for it."""


class Idle(Enum):
    """Why a voucher of the basket gives nothing."""

    NOT_NEEDED = "not_needed"
    """The others pay for everything."""
    WHOLE_TOO_MUCH = "whole_too_much"
    """It must be used whole, and that does not fit."""
    BELOW_MINIMUM = "below_minimum"
    """It asks for a larger purchase."""


@dataclass(frozen=True, slots=True)
class Available:
    """A voucher that may be used. `by_hand`: the amount the cashier wants on it, if she said so."""

    voucher: Voucher
    by_hand: Money | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one voucher of a redemption pays."""

    voucher: Voucher
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """One voucher's place in the split; `idle` says why when the amount is zero."""

    voucher: Voucher
    amount: Money
    by_hand: bool = False
    idle: Idle | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Who pays what.

    Attributes:
        shares: one for each voucher, in the order they were shown.
        total: what was to be paid.
        already_paid: of the same purchase, by earlier redemptions; it counts for a minimum.
    """

    shares: tuple[Share, ...]
    total: Money
    already_paid: Money

    @property
    def parts(self) -> tuple[Part, ...]:
        """The lines of the redemption: the vouchers that give something."""
        return tuple(Part(share.voucher, share.amount) for share in self.shares if share.amount)

    @property
    def debited(self) -> Money:
        return _sum((share.amount for share in self.shares), self.total.currency)

    @property
    def left_to_pay(self) -> Money:
        """In cash or by card."""
        return Money(max(0, self.total.minor - self.debited.minor), self.total.currency)

    @property
    def lost(self) -> Money:
        """What a voucher used whole by hand gives beyond the total: the customer does not get it
        back. debited + left_to_pay = total + lost."""
        return Money(max(0, self.debited.minor - self.total.minor), self.total.currency)


@dataclass(frozen=True, slots=True)
class AboveTotal:
    """More than the purchase leaves for this voucher; `most` would do, zero: none would."""

    voucher: Voucher
    amount: Money
    most: Money


Adjusted = Split | AboveTotal | AmountAboveBalance | PartUseNotAllowed | OtherCurrency


def total_of(parts: Iterable[Part]) -> Money:
    """What the lines of a redemption come to; there is at least one."""
    return reduce(add, (part.amount for part in parts))


def propose(
    available: Sequence[Available], total: Money, *, already_paid: Money | None = None
) -> Split | OtherCurrency:
    """Share `total` among these vouchers.

    What was set by hand stands as long as all of it fits into the total; otherwise (the total was
    lowered) everything is proposed anew.

    Args:
        available: each voucher once, with a balance above zero, in the order they were shown.
        total: what is to be paid now, not negative.
        already_paid: of the same purchase, by earlier redemptions.

    Raises:
        Bug: more than BASKET_MAX vouchers, one of them twice, or a negative total.
    """
    if len({one.voucher.voucher_id for one in available}) != len(available):
        raise Bug("a voucher is in the basket twice")
    if len(available) > BASKET_MAX or total.minor < 0:
        raise Bug("no such basket")
    for one in available:
        if one.voucher.balance.currency != total.currency:
            return OtherCurrency(one.voucher, total.currency)
    paid = Money(0, total.currency) if already_paid is None else already_paid
    if not _hand_fits(available, total):
        available = [Available(one.voucher) for one in available]
    set_minor = sum(one.by_hand.minor for one in available if one.by_hand is not None)
    rest_minor = max(0, total.minor - set_minor)
    free = [
        _Candidate(index, one.voucher, len(available))
        for index, one in enumerate(available)
        if one.by_hand is None and not _below_minimum(one.voucher, total + paid)
    ]
    amounts = _best(free, rest_minor)
    shares = tuple(
        _share(one, amounts.get(index, 0), rest_minor, total + paid)
        for index, one in enumerate(available)
    )
    return Split(shares, total, paid)


def adjust(split: Split, voucher_id: VoucherId, amount: Money) -> Adjusted:
    """The split with this amount on this voucher, set by hand, and the others proposed around it.

    Raises:
        Bug: the voucher is not in the basket, or the amount is not positive.
    """
    if amount.minor <= 0:
        raise Bug("an amount to debit is positive")
    share = next((one for one in split.shares if one.voucher.voucher_id == voucher_id), None)
    if share is None:
        raise Bug("the voucher is not in the basket")
    voucher = share.voucher
    if amount.currency != split.total.currency:
        return OtherCurrency(voucher, amount.currency)
    if amount > voucher.balance:
        return AmountAboveBalance(voucher, amount)
    if amount < voucher.balance and not voucher.terms.partial_allowed:
        return PartUseNotAllowed(voucher, amount)
    available = [
        Available(
            one.voucher,
            amount if one is share else one.amount if one.by_hand else None,
        )
        for one in split.shares
    ]
    if not _hand_fits(available, split.total):
        others = sum(one.amount.minor for one in split.shares if one.by_hand and one is not share)
        most = Money(max(0, split.total.minor - others), split.total.currency)
        return AboveTotal(voucher, amount, most)
    return propose(available, split.total, already_paid=split.already_paid)


def _hand_fits(available: Sequence[Available], total: Money) -> bool:
    """Whether what was set by hand is within the total. Vouchers used whole may go beyond it, when
    each is needed to get there; an amount that could be smaller never does."""
    by_hand = [(one.voucher, one.by_hand.minor) for one in available if one.by_hand is not None]
    sum_minor = sum(minor for _voucher, minor in by_hand)
    if sum_minor <= total.minor:
        return True
    if any(voucher.terms.partial_allowed for voucher, _minor in by_hand):
        return False
    return sum_minor - min(minor for _voucher, minor in by_hand) < total.minor


def _below_minimum(voucher: Voucher, purchase: Money) -> bool:
    minimum = voucher.terms.minimum_purchase
    return minimum is not None and purchase < minimum


def _share(one: Available, minor: int, rest_minor: int, purchase: Money) -> Share:
    voucher, currency = one.voucher, purchase.currency
    if one.by_hand is not None:
        return Share(voucher, one.by_hand, by_hand=True)
    if minor:
        return Share(voucher, Money(minor, currency))
    idle = Idle.NOT_NEEDED
    if _below_minimum(voucher, purchase):
        idle = Idle.BELOW_MINIMUM
    elif not voucher.terms.partial_allowed and voucher.balance.minor > rest_minor:
        idle = Idle.WHOLE_TOO_MUCH
    return Share(voucher, Money(0, currency), idle=idle)


# --- the search ----------------------------------------------------------------------------------


class _Candidate:
    """A voucher that the search may use.

    Attributes:
        place: a bit for each voucher, the one shown first highest: of equals it is preferred.
    """

    __slots__ = ("balance_minor", "ends", "index", "place", "whole")

    def __init__(self, index: int, voucher: Voucher, count: int) -> None:
        self.index = index
        self.balance_minor = voucher.balance.minor
        self.whole = not voucher.terms.partial_allowed
        self.ends = voucher.terms.expires_on or date.max
        self.place = 1 << (count - 1 - index)


@dataclass(frozen=True, slots=True, order=True)
class _Worth:
    """How good a choice is; every field counts only where those before are equal, and the worth of
    two choices together is the sum, so that the best halves make the best whole.

    Attributes:
        debited_minor: by vouchers.
        sooner: the amounts by day of expiry, as the digits of one number, the soonest first.
        no_rests, few: how many vouchers keep a rest, and are used, as negative numbers.
        places: which ones.
    """

    debited_minor: int = 0
    sooner: int = 0
    no_rests: int = 0
    few: int = 0
    places: int = 0

    def with_(self, other: _Worth) -> _Worth:
        return _Worth(
            self.debited_minor + other.debited_minor,
            self.sooner + other.sooner,
            self.no_rests + other.no_rests,
            self.few + other.few,
            self.places + other.places,
        )


@dataclass(frozen=True, slots=True)
class _Choice:
    """Amounts in minor units by index, and what they are worth."""

    worth: _Worth
    amounts: tuple[tuple[int, int], ...] = ()

    def with_(self, other: _Choice) -> _Choice:
        return _Choice(self.worth.with_(other.worth), self.amounts + other.amounts)


_NONE = _Choice(_Worth())


class _Scale:
    """Turns an amount on a day of expiry into the digits of `_Worth.sooner`."""

    def __init__(self, candidates: Sequence[_Candidate], rest_minor: int) -> None:
        days = sorted({one.ends for one in candidates}, reverse=True)
        self._weight = {day: (rest_minor + 1) ** power for power, day in enumerate(days)}

    def use(self, one: _Candidate, minor: int) -> _Choice:
        """This much of this voucher."""
        rest = -1 if minor < one.balance_minor else 0
        worth = _Worth(minor, minor * self._weight[one.ends], rest, -1, one.place)
        return _Choice(worth, ((one.index, minor),))


def _best(candidates: Sequence[_Candidate], rest_minor: int) -> dict[int, int]:
    """The best amounts, by index: each sum that vouchers used whole can come to, with the best way
    to fill up what it leaves."""
    scale = _Scale(candidates, rest_minor)
    wholes = [one for one in candidates if one.whole]
    divisible = sorted((one for one in candidates if not one.whole), key=lambda one: one.ends)
    choices = (
        choice.with_(_filled(divisible, rest_minor - minor, scale))
        for minor, choice in _sums(wholes, rest_minor, scale).items()
    )
    return dict(max(choices, key=lambda choice: choice.worth).amounts)


def _sums(candidates: Sequence[_Candidate], up_to: int, scale: _Scale) -> dict[int, _Choice]:
    """Every sum that these vouchers come to when each is used whole or not, and the best way to
    it; at most SUMS_MAX of them."""
    best: dict[int, _Choice] = {0: _NONE}
    for one in candidates:
        used = scale.use(one, one.balance_minor)
        for minor, choice in list(best.items()):
            reached = minor + one.balance_minor
            if reached > up_to:
                continue
            with_it = choice.with_(used)
            known = best.get(reached)
            if known is None or known.worth < with_it.worth:
                best[reached] = with_it
        if len(best) > SUMS_MAX:
            nearest = sorted(best, reverse=True)[: SUMS_MAX - 1]
            best = {0: _NONE} | {minor: best[minor] for minor in nearest}
    return best


def _filled(divisible: Sequence[_Candidate], minor: int, scale: _Scale) -> _Choice:
    """The best way to pay this much with vouchers that may be used in part, sorted by expiry."""
    choice = _NONE
    for _day, group in groupby(divisible, key=lambda one: one.ends):
        same_day = list(group)
        worth = sum(one.balance_minor for one in same_day)
        if worth <= minor:
            for one in same_day:
                choice = choice.with_(scale.use(one, one.balance_minor))
            minor -= worth
        elif minor:
            return choice.with_(_of_one_day(same_day, minor, scale))
    return choice


def _of_one_day(same_day: Sequence[_Candidate], minor: int, scale: _Scale) -> _Choice:
    """Part of what ends on one day: without a rest when that is possible; otherwise as few
    vouchers as can be, the largest first, the last of them in part."""
    exact = _sums(same_day, minor, scale).get(minor)
    if exact is not None:
        return exact
    choice = _NONE
    for one in sorted(same_day, key=lambda one: (-one.balance_minor, one.index)):
        used = min(minor, one.balance_minor)
        choice = choice.with_(scale.use(one, used))
        minor -= used
        if not minor:
            break
    return choice


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return reduce(add, amounts, Money(0, currency))
