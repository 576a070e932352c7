"""What the till may do by itself while nobody can be asked: limits, and its copy of vouchers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from merchant_app.central.port import Policy
from merchant_app.clock import Clock
from merchant_app.ids import VoucherId
from merchant_app.journal.owner import JournalOwner
from merchant_app.journal.vouchers_copy import HolderNews, HoldersMark
from merchant_app.ledger.desk import Offline
from merchant_app.ledger.exposure import Exposure, OfflineLimits
from merchant_app.money import Money
from merchant_app.till.results import OfflineStanding
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.terms import Voucher

CLOCK_SLACK_S = 300.0
"""A clock that was set right by a few minutes has not lied."""


class CopyOfVouchers(Protocol):
    """The till's own copy of its shop's vouchers. Any thread."""

    def by_code_mac(self, mac: bytes) -> Voucher | None: ...

    def by_id(self, voucher_id: VoucherId) -> Voucher | None: ...

    def all(self) -> Sequence[Voucher]:
        """Every voucher of the shop."""
        ...

    def holder(self, voucher_id: VoucherId) -> Holder | None: ...

    def holders_since(self, mark: HoldersMark | None) -> HolderNews:
        """Whom vouchers were bought for: those that are new since the mark, or all of them."""
        ...

    def balances(self, ids: Iterable[VoucherId]) -> Mapping[VoucherId, int]:
        """Minor units, of those that are there."""
        ...

    @property
    def fetched_at(self) -> datetime | None:
        """The copy says what the service held at this moment, UTC; None: there is none."""
        ...


class PolicyBook:
    """What the platform asks of its tills; replaced as a whole whenever the service says it."""

    def __init__(
        self,
        policy: Policy,
        *,
        shop_redemption_max_minor: int | None = None,
        keep: Callable[[Policy], None] = lambda policy: None,  # noqa: ARG005 - a test keeps nothing
    ) -> None:
        """Begin with the policy of before.

        Args:
            policy: what the service said last.
            shop_redemption_max_minor: the shop's own limit; it can only make things tighter.
            keep: remembers a new policy for the next start.
        """
        self._shop_max_minor = shop_redemption_max_minor
        self._policy = policy
        self._keep = keep

    def replace(self, policy: Policy) -> None:
        """The service says this now."""
        if policy != self._policy:
            self._policy = policy
            self._keep(policy)

    @property
    def policy(self) -> Policy:
        return self._policy

    def limits(self) -> OfflineLimits:
        """What may be accepted offline."""
        return self._policy.offline.tightened(redemption_max_minor=self._shop_max_minor)

    def lifted_limits(self) -> OfflineLimits:
        """What somebody responsible may take offline: the service's word for one redemption, not
        the shop's own."""
        return self._policy.offline.lifted()


class CopyAge:
    """How old the copy is, by a clock that may lie. Any thread.

    The wall clock tells across restarts, the monotonic one while the program runs; the older
    answer counts, so that nobody makes the copy younger by setting the clock.
    """

    def __init__(self, copy: CopyOfVouchers, clock: Clock) -> None:
        self._copy = copy
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[datetime, float] | None = None

    def age_s(self) -> float | None:
        """Seconds; negative: the clock went back; None: there is no copy."""
        fetched_at = self._copy.fetched_at
        if fetched_at is None:
            return None
        now_s = self._clock.monotonic_s()
        with self._lock:
            if self._seen is None or self._seen[0] != fetched_at:
                self._seen = (fetched_at, now_s)
            here_s = now_s - self._seen[1]
        wall_s = (self._clock.now() - fetched_at).total_seconds()
        if -CLOCK_SLACK_S <= wall_s < 0:
            wall_s = 0
        return wall_s if wall_s < 0 else max(wall_s, here_s)


class OfflineRules:
    """The limits, and what they are measured against. Any thread."""

    def __init__(
        self,
        *,
        policies: PolicyBook,
        copy: CopyOfVouchers,
        journal: JournalOwner,
        clock: Clock,
        currency: str,
    ) -> None:
        self._policies = policies
        self._journal = journal
        self._copy = copy
        self._age = CopyAge(copy, clock)
        self._currency = currency

    def now(self, voucher_ids: Collection[VoucherId]) -> Offline:
        """What the till knows at this moment about these vouchers."""
        return Offline(
            limits=self._policies.limits(),
            lifted=self._policies.lifted_limits(),
            balances=self.balances(voucher_ids),
            snapshot_age_s=self._age.age_s(),
        )

    def balances(self, voucher_ids: Collection[VoucherId]) -> dict[VoucherId, int]:
        """Minor units: what the copy says, less what was booked here since it was made.

        What is not booked yet is counted elsewhere, as exposure.
        """
        balances = dict(self._copy.balances(voucher_ids))
        since = self._copy.fetched_at
        if since is None or not balances:
            return balances
        booked = self._journal.run(lambda journal: journal.booked_since(list(balances), since))
        return {
            voucher_id: max(0, minor - booked.get(voucher_id, 0))
            for voucher_id, minor in balances.items()
        }

    def standing(self, exposure: Exposure) -> OfflineStanding:
        """What is unconfirmed, out of how much may be."""
        limits = self._policies.limits()
        return OfflineStanding(
            count=exposure.count,
            count_max=limits.count_max,
            sum=Money(exposure.sum_minor, self._currency),
            sum_max=Money(limits.till_max_minor, self._currency),
        )

    def redemption_max(self) -> Money | None:
        """What one redemption may amount to now; None: nothing is accepted offline."""
        limits, age_s = self._policies.limits(), self._age.age_s()
        if age_s is None or not 0 <= age_s <= limits.snapshot_max_s:
            return None
        most = limits.redemption_max_minor
        return Money(most, self._currency) if most > 0 else None
