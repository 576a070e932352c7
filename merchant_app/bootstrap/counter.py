"""Builds the counter of an enrolled till: journal, line, delivery, sign of life.

Heavy imports: a worker thread loads this module after the first paint.
"""

from __future__ import annotations

import os
import random
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from merchant_app.central.comptoir import ComptoirService
from merchant_app.central.http import ServiceHttp
from merchant_app.central.port import IssuerKey, Shop
from merchant_app.clock import Clock
from merchant_app.ids import uuid7
from merchant_app.journal.owner import JournalOwner
from merchant_app.settings.enrolment import EnrolledTill
from merchant_app.sync.connectivity import Connectivity
from merchant_app.sync.delivery import Courier
from merchant_app.sync.heartbeat import Heartbeat
from merchant_app.till.counter import CounterFacts
from merchant_app.till.live import LiveCounter
from merchant_app.till.till import KeyBook, Till


def build_counter(
    enrolled: EnrolledTill,
    *,
    facts: CounterFacts,
    http: ServiceHttp,
    journal_file: Path,
    clock: Clock,
    held: ExitStack,
) -> LiveCounter:
    """Open the journal and put the till together; its sign of life starts at once.

    `held` gets what must be closed at the end, in the order of opening.

    Raises:
        Problem: the journal cannot be opened (`journal.opening.open_file`).
    """
    central = ComptoirService(
        http, clock=clock, till_id=enrolled.till_id, service_key=enrolled.service_key
    )
    held.callback(central.close)
    journal = JournalOwner(journal_file, clock)
    held.callback(journal.close)
    journal.run(
        lambda opened: opened.begin_epoch(
            enrolled.epoch_id, till_id=enrolled.till_id, generation=enrolled.generation
        )
    )

    def new_id() -> UUID:
        return uuid7(clock.now(), os.urandom)

    connectivity = Connectivity(clock)
    courier = Courier(
        journal=journal,
        central=central,
        connectivity=connectivity,
        clock=clock,
        new_id=new_id,
        cashier=facts.cashier,
    )
    heartbeat = Heartbeat(
        lambda: counter.contact(),
        every_s=enrolled.contact_every_s,
        clock=clock,
        chance=random.random,
    )
    counter = LiveCounter(
        Till(
            facts=facts,
            shop=Shop(
                number=enrolled.shop_number,
                name=enrolled.shop_name,
                city=enrolled.shop_city,
                currency=enrolled.currency,
                time_zone=enrolled.time_zone,
            ),
            clock=clock,
            new_id=new_id,
            journal=journal,
            central=central,
            courier=courier,
            connectivity=connectivity,
            keys=KeyBook(tuple(IssuerKey(*key) for key in enrolled.issuer_keys)),
            answer_wait_s=enrolled.answer_wait_s,
            wake=heartbeat.wake,
        )
    )
    heartbeat.start()
    held.callback(heartbeat.stop)
    return counter
