"""What the contract suite needs of a central service besides its port: people to arrange things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Protocol

from merchant_app.central.port import CentralService, Enrolled, Enrolment
from merchant_app.ids import VoucherId
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.ledger.statements import Payout
from merchant_app.vouchers.holders import Holder
from tests.fakes.central import OTHER_SHOP, SHOP, FakeCentral


class Voucher(Protocol):
    """A voucher with what its owner holds."""

    @property
    def voucher_id(self) -> VoucherId: ...

    @property
    def code(self) -> str: ...

    @property
    def token(self) -> str: ...


class Site(Protocol):
    """One central service with two shops; the tills are the first one's."""

    def enrolment(self) -> Enrolment: ...

    def offer(self, till_name: str | None = None) -> str:
        """A one-time enrolment code of the first shop."""
        ...

    def service(self, enrolled: Enrolled) -> CentralService: ...

    def issue(
        self, amount_minor: int, *, in_other_shop: bool = False, bought_for: Holder | None = None
    ) -> Voucher: ...

    def revoke_till(self, enrolled: Enrolled) -> None: ...

    def begin_new_generation(self) -> None: ...

    def back_up(self) -> Callable[[], None]:
        """Take a backup; calling what is returned restores it and begins a new generation."""
        ...

    def close_recovery(self) -> None:
        """Finish the recovery without the tills that are missing."""
        ...

    def limit_offline(self, limits: OfflineLimits) -> None:
        """What the platform allows tills offline; `tills` is not the platform's to say."""
        ...

    def charge(self, rate_ppm: int) -> None:
        """The platform's fee from now on."""
        ...

    def pay_out(self, day: date, amount_minor: int, reference: str) -> None:
        """Record a payout to the first shop."""
        ...


class FakeSite:
    """`FakeCentral` as a site."""

    def __init__(self, central: FakeCentral) -> None:
        self._central = central

    def enrolment(self) -> Enrolment:
        return self._central

    def offer(self, till_name: str | None = None) -> str:
        return self._central.offer_enrolment(till_name)

    def service(self, enrolled: Enrolled) -> CentralService:
        return self._central.till_of(enrolled)

    def issue(
        self, amount_minor: int, *, in_other_shop: bool = False, bought_for: Holder | None = None
    ) -> Voucher:
        shop = OTHER_SHOP if in_other_shop else SHOP
        return self._central.issue(amount_minor, shop=shop, bought_for=bought_for)

    def revoke_till(self, enrolled: Enrolled) -> None:
        self._central.revoke(self._central.till_of(enrolled))

    def begin_new_generation(self) -> None:
        self._central.restore_from_backup()

    def back_up(self) -> Callable[[], None]:
        backup = self._central.backup()
        return lambda: self._central.restore(backup)

    def close_recovery(self) -> None:
        self._central.close_recovery()

    def limit_offline(self, limits: OfflineLimits) -> None:
        self._central.policy = replace(self._central.policy, offline=limits)

    def charge(self, rate_ppm: int) -> None:
        self._central.statements.charge(rate_ppm)

    def pay_out(self, day: date, amount_minor: int, reference: str) -> None:
        self._central.statements.payouts.append(Payout(day, amount_minor, reference))
