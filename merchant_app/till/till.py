"""What the actions of a cashier share: one till, its parts, and what it remembers in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from merchant_app.central.port import (
    CentralService,
    IssuerKey,
    NoAnswer,
    NoAnswerKind,
    Shop,
    TillFacts,
)
from merchant_app.clock import Clock, business_date
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.journal.closings import Sign
from merchant_app.journal.journal import Journal
from merchant_app.journal.owner import JournalOwner
from merchant_app.settings.options import Options
from merchant_app.sync.connectivity import Connectivity, LineState
from merchant_app.sync.delivery import Courier, Delivery
from merchant_app.till.counter import CounterFacts
from merchant_app.till.offline import CopyOfVouchers, OfflineRules, PolicyBook
from merchant_app.till.pins import Pins
from merchant_app.till.results import Asked
from merchant_app.vouchers.code import ShortCode

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
    """By what the last few vouchers were looked up, in memory only: to look one up again."""

    def __init__(self) -> None:
        self._asked: OrderedDict[VoucherId, Asked] = OrderedDict()

    def remember(self, voucher_id: VoucherId, asked: Asked) -> None:
        self._asked[voucher_id] = asked
        self._asked.move_to_end(voucher_id)
        while len(self._asked) > SCANS_REMEMBERED_MAX:
            self._asked.popitem(last=False)

    def asked_for(self, voucher_id: VoucherId) -> Asked | None:
        return self._asked.get(voucher_id)


@dataclass(frozen=True, slots=True)
class TillKey:
    """The key of this till's enrolment: it signs closings. Ed25519, 32 bytes."""

    public_key: bytes
    sign: Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """One enrolled till at work. All parts may be used from any thread.

    Attributes:
        new_id: makes UUIDv7s.
        policies: what the platform asks of this till.
        offline: what may be done while nobody can be asked.
        copy: the till's own copy of its shop's vouchers.
        code_mac: what a typed code is found by in that copy.
        wake: asks for a delivery soon, without waiting for it.
        wake_copy: the same for the copy.
        copying: how many vouchers of a copy that is being fetched have come; None: none is.
        forget: ends the enrolment: its secrets and what is known of the shop.
        key: signs closings; None: the keyring has it no more.
        options: what the shop has chosen.
        closings_folder: where the papers of closings are kept; made when there is one.
        service_key: the service's public key, 32 bytes: what it signs can be verified with it.
        pins: the responsible person's code.
        journal_file: where the journal is; only `journal` may write it.
    """

    till_id: TillId
    facts: CounterFacts
    shop: Shop
    clock: Clock
    new_id: Callable[[], UUID]
    journal: JournalOwner
    central: CentralService
    courier: Courier
    connectivity: Connectivity
    keys: KeyBook
    policies: PolicyBook
    offline: OfflineRules
    copy: CopyOfVouchers
    code_mac: Callable[[ShortCode], bytes]
    wake: Callable[[], None]
    wake_copy: Callable[[], None]
    copying: Callable[[], int | None]
    forget: Callable[[], None]
    key: TillKey | None
    options: Options
    closings_folder: Path
    service_key: bytes
    journal_file: Path
    pins: Pins
    recent: RecentScans = field(default_factory=RecentScans)

    @property
    def answer_wait_s(self) -> float:
        """How long a cashier waits before the screen says "no answer"."""
        return self.policies.policy.answer_wait_s

    def new_op_id(self) -> OpId:
        return OpId(self.new_id())

    def deliver(self, until: Callable[[Journal], bool]) -> Delivery:
        """Send what is unsent and wait until the journal has it; offline nobody is kept waiting."""
        line = self.connectivity.facts()
        if line.state is LineState.OFFLINE:
            self.wake()
            return NoAnswer(line.why or NoAnswerKind.DOWN)
        return self.courier.deliver(wait_s=self.answer_wait_s, until=until)

    def take_facts(self, facts: TillFacts) -> None:
        """What the service says of keys and policy holds from now on."""
        self.keys.replace(facts.keys)
        self.policies.replace(facts.policy)

    def today(self) -> date:
        return business_date(self.clock.now(), self.shop.time_zone)
