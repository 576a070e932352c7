"""Builds the counter of an enrolled till: journal, copy of the vouchers, line, delivery.

Heavy imports: a worker thread loads this module after the first paint.
"""

from __future__ import annotations

import hmac
import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from merchant_app.bootstrap.journal import OpenedJournal, journal_path, open_journal
from merchant_app.bootstrap.remembering import Remembered
from merchant_app.central.comptoir import ComptoirService
from merchant_app.central.http import ServiceHttp
from merchant_app.central.port import IssuerKey, Policy, Shop
from merchant_app.clock import Clock
from merchant_app.ids import uuid7
from merchant_app.journal.owner import JournalOwner
from merchant_app.journal.sealing import Sealer
from merchant_app.journal.vouchers_copy import VouchersCopy, belonging
from merchant_app.settings.enrolment import EnrolledTill
from merchant_app.settings.options import OFFLINE_REDEMPTION_MAX, Options
from merchant_app.settings.secrets import OpenedSecrets
from merchant_app.sync.connectivity import Connectivity
from merchant_app.sync.delivery import Courier
from merchant_app.sync.heartbeat import Heartbeat
from merchant_app.sync.snapshot import SnapshotFetcher
from merchant_app.till.counter import CounterFacts
from merchant_app.till.live import LiveCounter
from merchant_app.till.offline import OfflineRules, PolicyBook
from merchant_app.till.pins import Pins
from merchant_app.till.till import KeyBook, Till, TillKey
from merchant_app.vouchers.code import ShortCode

_chance = random.SystemRandom().random


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What an enrolled till has, besides what the service told.

    Attributes:
        data: the folder of the journal and of the copy of the vouchers.
        mirror_folder: where the journal's second copy goes; empty: beside the journal.
        pepper: keys the hashes that typed codes are found by; empty: none is found here.
        holders_key: seals whom vouchers were bought for.
        device_key: the till's private key; empty: the keyring has it no more.
        options: what the shop has chosen.
        secrets: where the responsible person's code is kept.
        remembered: keeps what the service said last.
        forget: ends the enrolment, its secrets with it.
    """

    data: Path
    mirror_folder: str
    pepper: bytes
    holders_key: bytes
    device_key: bytes
    options: Options
    secrets: OpenedSecrets
    remembered: Remembered
    forget: Callable[[], None]


def build_counter(
    enrolled: EnrolledTill,
    *,
    facts: CounterFacts,
    http: ServiceHttp,
    belongings: Belongings,
    clock: Clock,
    held: ExitStack,
) -> LiveCounter:
    """Open the journal and put the till together; its sign of life starts at once.

    `held` gets what must be closed at the end, in the order of opening.

    Raises:
        Problem: the journal cannot be opened (`journal.opening.open_file`).
    """
    central = _central(enrolled, http, clock=clock, held=held)
    opened = _journal(enrolled, belongings, central, clock=clock, held=held)
    connectivity = _connectivity(belongings, clock)
    copy, fetcher = _copy(enrolled, belongings, central, connectivity, clock=clock, held=held)
    policies = _policies(enrolled, belongings)
    new_id = _ids(clock)
    courier = Courier(
        journal=opened.owner,
        central=central,
        connectivity=connectivity,
        clock=clock,
        new_id=new_id,
        cashier=facts.cashier,
        told=fetcher.wake,
    )
    heartbeat = _heartbeat(lambda: counter.beat(), enrolled, clock)
    till = Till(
        till_id=enrolled.till_id,
        facts=replace(facts, salvaged_entries=opened.salvaged),
        shop=_shop(enrolled),
        clock=clock,
        new_id=new_id,
        journal=opened.owner,
        central=central,
        courier=courier,
        connectivity=connectivity,
        keys=KeyBook(tuple(IssuerKey(*key) for key in enrolled.issuer_keys)),
        policies=policies,
        offline=_offline(policies, copy, opened.owner, clock=clock, currency=enrolled.currency),
        copy=copy,
        code_mac=_code_mac(belongings.pepper),
        wake=heartbeat.wake,
        wake_copy=fetcher.wake,
        copying=fetcher.copied,
        forget=belongings.forget,
        key=_till_key(belongings.device_key),
        closings_folder=belongings.data / "closings",
        service_key=enrolled.service_key,
        options=belongings.options,
        journal_file=journal_path(belongings.data),
        pins=Pins(
            belongings.secrets.secrets,
            opened.owner,
            clock,
            cashier=facts.cashier,
            random_bytes=os.urandom,
            session_only=belongings.secrets.session_only is not None,
        ),
    )
    counter = LiveCounter(till)
    for worker in (heartbeat, fetcher):
        worker.start()
        held.callback(worker.stop)
    return counter


def _connectivity(belongings: Belongings, clock: Clock) -> Connectivity:
    connectivity = Connectivity(clock)
    belongings.remembered.watch(connectivity)
    return connectivity


def _central(
    enrolled: EnrolledTill, http: ServiceHttp, *, clock: Clock, held: ExitStack
) -> ComptoirService:
    central = ComptoirService(
        http, clock=clock, till_id=enrolled.till_id, service_key=enrolled.service_key
    )
    held.callback(central.close)
    return central


def _journal(
    enrolled: EnrolledTill,
    belongings: Belongings,
    central: ComptoirService,
    *,
    clock: Clock,
    held: ExitStack,
) -> OpenedJournal:
    opened = open_journal(
        enrolled,
        belongings.data,
        mirror_folder=belongings.mirror_folder,
        central=central,
        clock=clock,
    )
    held.callback(opened.owner.close)
    return opened


def _copy(
    enrolled: EnrolledTill,
    belongings: Belongings,
    central: ComptoirService,
    connectivity: Connectivity,
    *,
    clock: Clock,
    held: ExitStack,
) -> tuple[VouchersCopy, SnapshotFetcher]:
    copy = VouchersCopy(
        belongings.data / "vouchers.sqlite",
        clock,
        belongs_to=belonging(enrolled.shop_number, belongings.pepper),
        sealer=Sealer(belongings.holders_key),
    )
    held.callback(copy.close)
    fetcher = SnapshotFetcher(
        central=central, copy=copy, connectivity=connectivity, clock=clock, chance=_chance
    )
    return copy, fetcher


def _heartbeat(beat: Callable[[], object], enrolled: EnrolledTill, clock: Clock) -> Heartbeat:
    return Heartbeat(beat, every_s=enrolled.contact_every_s, clock=clock, chance=_chance)


def _policies(enrolled: EnrolledTill, belongings: Belongings) -> PolicyBook:
    return PolicyBook(
        Policy(enrolled.answer_wait_s, enrolled.contact_every_s, enrolled.offline),
        shop_redemption_max_minor=belongings.options.get(OFFLINE_REDEMPTION_MAX),
        keep=belongings.remembered.policy,
    )


def _offline(
    policies: PolicyBook, copy: VouchersCopy, journal: JournalOwner, *, clock: Clock, currency: str
) -> OfflineRules:
    return OfflineRules(
        policies=policies, copy=copy, journal=journal, clock=clock, currency=currency
    )


def _shop(enrolled: EnrolledTill) -> Shop:
    return Shop(
        number=enrolled.shop_number,
        name=enrolled.shop_name,
        city=enrolled.shop_city,
        currency=enrolled.currency,
        time_zone=enrolled.time_zone,
    )


def _ids(clock: Clock) -> Callable[[], UUID]:
    def new_id() -> UUID:
        return uuid7(clock.now(), os.urandom)

    return new_id


def _till_key(private_key: bytes) -> TillKey | None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not private_key:
        return None
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return TillKey(key.public_key().public_bytes_raw(), key.sign)


def _code_mac(pepper: bytes) -> Callable[[ShortCode], bytes]:
    def code_mac(code: ShortCode) -> bytes:
        return hmac.digest(pepper, code.encode("ascii"), "sha256")

    return code_mac
