"""What the actions of a cashier share: one till, its parts, and what it remembers in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from merchant_app.central.port import CentralService, IssuerKey, Shop
from merchant_app.clock import Clock, business_date
from merchant_app.ids import OpId, VoucherId
from merchant_app.journal.owner import JournalOwner
from merchant_app.sync.connectivity import Connectivity
from merchant_app.sync.delivery import Courier
from merchant_app.till.counter import CounterFacts

if TYPE_CHECKING:
    from merchant_app.vouchers.token import Keys

SCANS_REMEMBERED_MAX = 20


class KeyBook:
    """The issuers' public keys; replaced as a whole whenever the service sends them."""

    def __init__(self, keys: tuple[IssuerKey, ...]) -> None:
        self.replace(keys)

    def replace(self, keys: tuple[IssuerKey, ...]) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self._keys: Keys = {
            key.key_id: Ed25519PublicKey.from_public_bytes(key.public_key) for key in keys
        }

    def keys(self) -> Keys:
        return self._keys


class RecentScans:
    """What was scanned for the last few vouchers, in memory only: to look one up again."""

    def __init__(self) -> None:
        self._texts: OrderedDict[VoucherId, str] = OrderedDict()

    def remember(self, voucher_id: VoucherId, text: str) -> None:
        self._texts[voucher_id] = text
        self._texts.move_to_end(voucher_id)
        while len(self._texts) > SCANS_REMEMBERED_MAX:
            self._texts.popitem(last=False)

    def text_of(self, voucher_id: VoucherId) -> str | None:
        return self._texts.get(voucher_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """One enrolled till at work. All parts may be used from any thread.

    Attributes:
        new_id: makes UUIDv7s.
        answer_wait_s: how long a cashier waits before the screen says "no answer".
        wake: asks for a delivery soon, without waiting for it.
    """

    facts: CounterFacts
    shop: Shop
    clock: Clock
    new_id: Callable[[], UUID]
    journal: JournalOwner
    central: CentralService
    courier: Courier
    connectivity: Connectivity
    keys: KeyBook
    answer_wait_s: float
    wake: Callable[[], None]
    recent: RecentScans = field(default_factory=RecentScans)

    def new_op_id(self) -> OpId:
        return OpId(self.new_id())

    def today(self) -> date:
        return business_date(self.clock.now(), self.shop.time_zone)
