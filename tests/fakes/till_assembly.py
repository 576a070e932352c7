"""A till put together as the program does it, over a real journal file and a service in memory."""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from uuid import UUID

from merchant_app.central.port import CentralService
from merchant_app.ids import uuid7
from merchant_app.journal.owner import JournalOwner
from merchant_app.settings.options import Options
from merchant_app.settings.secrets import Secrets, SessionSecrets
from merchant_app.sync.connectivity import Connectivity
from merchant_app.sync.delivery import Courier
from merchant_app.till.counter import CounterFacts
from merchant_app.till.live import LiveCounter
from merchant_app.till.offline import OfflineRules, PolicyBook
from merchant_app.till.pins import Pins
from merchant_app.till.till import KeyBook, Till, TillKey
from tests.fakes import till_key
from tests.fakes.central import FakeTill
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy

CHEAP = 2
"""What a code's hash costs in tests: a real one takes a tenth of a second."""


def assemble(
    enrolled: FakeTill,
    central: CentralService,
    clock: FakeClock,
    path: Path,
    copy: MemoryCopy | None = None,
    *,
    pepper: bytes = b"",
    mirror: Path | None = None,
    secrets: Secrets | None = None,
    training: bool = False,
) -> tuple[JournalOwner, LiveCounter, Connectivity]:
    """The till of `enrolled` over the journal at `path`; its calls go through `central`.

    `copy`: its copy of the vouchers, its codes hashed with `pepper`; there is none otherwise.
    `mirror`: where the journal's second copy goes. `secrets`: a keyring that outlives the till.
    `training`: it is one for practising.
    """
    facts = enrolled.facts
    copy = copy or MemoryCopy()
    journal = JournalOwner(path, clock, mirror=mirror)
    journal.run(
        lambda opened: opened.begin_epoch(
            enrolled.epoch_id,
            till_id=enrolled.till_id,
            generation=facts.generation,
            previous_head=enrolled.previous_head,
        )
    )

    def new_id() -> UUID:
        return uuid7(clock.now())

    connectivity = Connectivity(clock)
    courier = Courier(
        journal=journal,
        central=central,
        connectivity=connectivity,
        clock=clock,
        new_id=new_id,
        cashier="Claire",
        told=lambda: None,
    )
    policies = PolicyBook(facts.policy)
    till = Till(
        till_id=enrolled.till_id,
        facts=CounterFacts(
            shop_name=facts.shop.name,
            shop_city=facts.shop.city,
            till_name=facts.till_name,
            cashier="Claire",
            currency="EUR",
            time_zone=facts.shop.time_zone,
            training=training,
            secrets_for_session_only=False,
        ),
        shop=facts.shop,
        clock=clock,
        new_id=new_id,
        journal=journal,
        central=central,
        courier=courier,
        connectivity=connectivity,
        keys=KeyBook(facts.keys),
        policies=policies,
        offline=OfflineRules(
            policies=policies, copy=copy, journal=journal, clock=clock, currency="EUR"
        ),
        copy=copy,
        code_mac=lambda code: hmac.digest(pepper, code.encode("ascii"), "sha256"),
        wake=lambda: None,
        wake_copy=lambda: None,
        copying=lambda: None,
        forget=lambda: None,
        key=TillKey(till_key.PUBLIC_KEY, till_key.sign),
        options=Options(path.parent / "options.json"),
        closings_folder=path.parent / "closings",
        service_key=facts.service_key,
        journal_file=path,
        pins=Pins(
            SessionSecrets() if secrets is None else secrets,
            journal,
            clock,
            cashier="Claire",
            random_bytes=os.urandom,
            cost=CHEAP,
        ),
    )
    return journal, LiveCounter(till), connectivity


def die(journal: JournalOwner) -> None:
    """The process is gone from one instant to the next: nothing says goodbye to the file."""
    journal.run(lambda opened: opened._connection.close())
    journal._thread.shutdown()
