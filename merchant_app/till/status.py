"""The status of the till: the line, and what is unsent."""

from __future__ import annotations

from merchant_app.central.port import TillFacts
from merchant_app.till.results import Status
from merchant_app.till.till import Till


def status(till: Till) -> Status:
    """See `counter.Counter.status`."""
    facts = till.connectivity.facts()
    return Status(
        line=facts.state,
        since=facts.since,
        contact_at=facts.contact_at,
        unsent=till.journal.run(lambda journal: journal.unsent_count()),
        why=facts.why,
    )


def contact(till: Till) -> Status:
    """See `counter.Counter.contact`."""
    answer = till.central.till_facts()
    till.connectivity.report(answer)
    if isinstance(answer, TillFacts):
        till.keys.replace(answer.keys)
        till.courier.deliver(wait_s=till.answer_wait_s)
    return status(till)
