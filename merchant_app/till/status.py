"""The status of the till: the line, and what is unsent."""

from __future__ import annotations

from merchant_app.central.port import TillFacts
from merchant_app.sync.connectivity import LineState
from merchant_app.till.results import Line, Status
from merchant_app.till.till import Till

_LINES = {
    LineState.UNKNOWN: Line.UNKNOWN,
    LineState.ONLINE: Line.ONLINE,
    LineState.OFFLINE: Line.OFFLINE,
    LineState.NOT_ENTITLED: Line.NOT_ENTITLED,
    LineState.STOPPED: Line.STOPPED,
}


def status(till: Till) -> Status:
    """See `counter.Counter.status`."""
    facts = till.connectivity.facts()
    return Status(
        line=_LINES[facts.state],
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
