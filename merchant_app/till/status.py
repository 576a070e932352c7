"""The status of the till: the line, what is unsent, what is at risk, what waits for a person."""

from __future__ import annotations

from datetime import datetime

from merchant_app.central.port import TillFacts
from merchant_app.journal.journal import Journal
from merchant_app.ledger.exposure import Exposure
from merchant_app.sync.delivery import Delivered
from merchant_app.till import resolve
from merchant_app.till.results import Status
from merchant_app.till.till import Till


def status(till: Till) -> Status:
    """See `counter.Counter.status`."""
    facts = till.connectivity.facts()

    def read(journal: Journal) -> tuple[int, int, datetime | None, Exposure]:
        sales, oldest = journal.sales_after(journal.epoch_id(), journal.progress().acked_seq)
        return journal.unsent_count(), sales, oldest, journal.standing.exposure()

    unsent, sales, oldest, exposure = till.journal.run(read)
    return Status(
        line=facts.state,
        since=facts.since,
        contact_at=facts.contact_at,
        unsent=unsent,
        why=facts.why,
        unsent_sales=sales,
        unsent_at=oldest,
        offline=till.offline.standing(exposure),
        redemption_max=till.offline.redemption_max(),
        to_settle=resolve.count(till),
        snapshot_at=till.copy.fetched_at,
        copying=till.copying(),
        mirror_broken_since=till.journal.run(lambda journal: journal.mirror_broken_since()),
    )


def beat(till: Till) -> object:
    """A sign of life: send what is unsent, hear what became of it, then what the service asks.

    Returns:
        the outcome of the last call; NoAnswer is trouble.
    """
    delivery = till.courier.deliver(wait_s=till.answer_wait_s)
    if not isinstance(delivery, Delivered):
        return delivery
    began_s = till.clock.monotonic_s()
    answer = till.central.till_facts()
    till.connectivity.report(answer, took_s=till.clock.monotonic_s() - began_s)
    if isinstance(answer, TillFacts):
        till.take_facts(answer)
        till.wake_copy()
    return answer


def contact(till: Till) -> Status:
    """See `counter.Counter.contact`."""
    beat(till)
    return status(till)
