"""How much may be accepted without asking the service (ledger.md 2.6): pure arithmetic.

Everything accepted offline stays exposed until the service has said what became of it. The limits
come from the service, and a shop may only tighten them. With K tills that are all offline, a
voucher of balance B and at most L per voucher and till, the loss on it is at most
max(0, K * min(L, B) - B); the default L = B // K makes that zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from merchant_app.ids import VoucherId
from merchant_app.ledger.entries import Line

LIFTED_TIMES = 2
"""The hard limit of a till's sum and count, as a multiple of the soft one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineLimits:
    """What one till may accept offline. Amounts in minor units of the shop's currency.

    Attributes:
        redemption_max_minor: for one redemption, all its lines together; 0: nothing is accepted.
        voucher_max_minor: unconfirmed on one voucher; None: its balance divided by `tills`.
        till_max_minor: unconfirmed on this till, all vouchers together.
        count_max: unconfirmed redemptions on this till.
        snapshot_warn_s: from this age on the till says how old its vouchers are.
        snapshot_max_s: beyond this age nothing is accepted.
        unknown_max_minor: for a voucher whose signature is good and which the till does not know.
        tills: how many tills the shop has.
    """

    redemption_max_minor: int = 5_000
    voucher_max_minor: int | None = None
    till_max_minor: int = 30_000
    count_max: int = 40
    snapshot_warn_s: int = 86_400
    snapshot_max_s: int = 259_200
    unknown_max_minor: int = 0
    tills: int = 1

    def lifted(self) -> OfflineLimits:
        """As far as somebody responsible may go for one redemption: what bounds a till's sum and
        count, twice; what bounds the loss on a voucher stays."""
        return replace(
            self,
            till_max_minor=self.till_max_minor * LIFTED_TIMES,
            count_max=self.count_max * LIFTED_TIMES,
        )

    def tightened(self, *, redemption_max_minor: int | None) -> OfflineLimits:
        """With the shop's own limit, where that is the lower one."""
        if redemption_max_minor is None:
            return self
        lower = min(self.redemption_max_minor, redemption_max_minor)
        return replace(self, redemption_max_minor=lower)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What this till has accepted offline and the service has not confirmed."""

    sum_minor: int = 0
    count: int = 0
    by_voucher: Mapping[VoucherId, int] = field(default_factory=dict)


class Limit(Enum):
    """Why something cannot be accepted offline. Each has its sentence on the screen."""

    SWITCHED_OFF = "switched_off"
    REDEMPTION = "redemption"
    VOUCHER = "voucher"
    TILL_SUM = "till_sum"
    TILL_COUNT = "till_count"
    SNAPSHOT_AGE = "snapshot_age"
    CLOCK = "clock"
    """The computer's clock went back: nobody can say how old the snapshot is."""
    UNKNOWN_VOUCHER = "unknown_voucher"
    NOT_ENTITLED = "not_entitled"
    """The service does not accept this till (any more)."""


SOFT = (Limit.REDEMPTION, Limit.TILL_SUM, Limit.TILL_COUNT)
"""Those that somebody responsible may lift for one redemption, as far as the limits given for that
go: of a redemption, what the shop itself had tightened."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Within all limits."""


@dataclass(frozen=True, slots=True)
class LimitReached:
    """Beyond one.

    Attributes:
        most_minor: this would have been within all of them; 0: nothing would, or there are several
            lines and it depends on the others.
        voucher_id: of the line that is beyond its own voucher's limit.
        liftable: somebody responsible may take it all the same.
    """

    limit: Limit
    most_minor: int
    voucher_id: VoucherId | None = None
    liftable: bool = False


def check(
    lines: tuple[Line, ...],
    *,
    limits: OfflineLimits,
    exposure: Exposure,
    balances: Mapping[VoucherId, int],
    snapshot_age_s: float | None,
) -> Allowed | LimitReached:
    """Whether these lines may be accepted offline now.

    Args:
        lines: what would be debited.
        limits: what the service allows, and the shop.
        exposure: what is unconfirmed already.
        balances: of the vouchers in the till's snapshot; one that is missing there is not known.
        snapshot_age_s: how old the snapshot is; negative: the clock went back; None: there is none.
    """
    most = _most_for_all(limits, exposure)
    if limits.redemption_max_minor <= 0:
        return LimitReached(Limit.SWITCHED_OFF, 0)
    if snapshot_age_s is None or snapshot_age_s > limits.snapshot_max_s:
        return LimitReached(Limit.SNAPSHOT_AGE, 0)
    if snapshot_age_s < 0:
        return LimitReached(Limit.CLOCK, 0)
    if exposure.count >= limits.count_max:
        return LimitReached(Limit.TILL_COUNT, 0)
    for line in lines:
        known = line.voucher_id in balances
        left = _left_on(line.voucher_id, limits, exposure, balances)
        if line.amount.minor > left:
            limit = Limit.VOUCHER if known else Limit.UNKNOWN_VOUCHER
            alone = len(lines) == 1
            most = max(0, min(left, most)) if alone else 0
            return LimitReached(limit, most, None if alone else line.voucher_id)
    if len(lines) == 1:
        most = min(most, _left_on(lines[0].voucher_id, limits, exposure, balances))
    total = sum(line.amount.minor for line in lines)
    if total > limits.redemption_max_minor:
        return LimitReached(Limit.REDEMPTION, max(0, most) if len(lines) == 1 else 0)
    if exposure.sum_minor + total > limits.till_max_minor:
        return LimitReached(Limit.TILL_SUM, max(0, most) if len(lines) == 1 else 0)
    return Allowed()


def _most_for_all(limits: OfflineLimits, exposure: Exposure) -> int:
    return min(limits.redemption_max_minor, limits.till_max_minor - exposure.sum_minor)


def _left_on(
    voucher_id: VoucherId,
    limits: OfflineLimits,
    exposure: Exposure,
    balances: Mapping[VoucherId, int],
) -> int:
    """What may still be accepted on one voucher."""
    balance = balances.get(voucher_id)
    if balance is None:
        most = limits.unknown_max_minor
    elif limits.voucher_max_minor is None:
        most = balance // max(1, limits.tills)
    else:
        most = min(limits.voucher_max_minor, balance)
    return most - exposure.by_voucher.get(voucher_id, 0)


def loss_bound_minor(*, balance_minor: int, voucher_max_minor: int, tills: int) -> int:
    """The most that `tills` tills, all offline, can lose on one voucher (ledger.md 2.6)."""
    return max(0, tills * min(voucher_max_minor, balance_minor) - balance_minor)
