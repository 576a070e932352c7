"""What the contract suite needs of a central service besides its port: people to arrange things."""

from __future__ import annotations

from typing import Protocol

from merchant_app.central.port import CentralService, Enrolled, Enrolment, NotAuthorisedKind
from merchant_app.ids import VoucherId
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

    def issue(self, amount_minor: int, *, in_other_shop: bool = False) -> Voucher: ...

    def revoke_till(self, enrolled: Enrolled) -> None: ...

    def begin_new_generation(self) -> None: ...


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

    def issue(self, amount_minor: int, *, in_other_shop: bool = False) -> Voucher:
        return self._central.issue(amount_minor, shop=OTHER_SHOP if in_other_shop else SHOP)

    def revoke_till(self, enrolled: Enrolled) -> None:
        self._central.till_of(enrolled).refused = NotAuthorisedKind.TILL_REVOKED

    def begin_new_generation(self) -> None:
        self._central.restore_from_backup()
