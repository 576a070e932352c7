"""Entries evaluated together do what they would have done one by one."""

from __future__ import annotations

import itertools
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_app.contract.status import OutcomeStatus
from merchant_app.contract.wire import JournalReply, JournalRequest, WireOutcome
from merchant_app.ids import VoucherId
from merchant_app.ledger.entries import Entry, Redemption
from merchant_app.server.service import Service
from tests.fakes.http_till import wire
from tests.fakes.service_process import sell
from tests.integration.server.test_server_ledger import DirectTill, audited, balance

VOUCHERS = 3
SALES = 5
FACE_MINOR = 2_000

_BOTH = (False, True)
_NUMBERS = itertools.count(1)

Step = tuple[str, int, bool]
"""A redemption, its decision or its void; which of the sales; handed over, or honoured."""

steps = st.lists(
    st.tuples(st.sampled_from("RRRDDV"), st.integers(0, SALES - 1), st.booleans()),
    min_size=2,
    max_size=25,
)
amounts = st.lists(
    st.tuples(st.integers(0, VOUCHERS - 1), st.integers(1, 1_500)),
    min_size=SALES,
    max_size=SALES,
)


class Twin:
    """A till with vouchers of its own; it does what its twin does."""

    def __init__(self, service: Service, name: str) -> None:
        self.till = DirectTill(service, name)
        self.vouchers = [sell(service, FACE_MINOR)[0] for _ in range(VOUCHERS)]
        self._service = service

    def write(self, script: list[Step], sold: list[tuple[int, int]]) -> None:
        journal = self.till.journal
        sales: list[dict[bool, Redemption]] = []
        for which, minor in sold:
            named: tuple[VoucherId, int] = (self.vouchers[which].voucher_id, minor)
            sales.append(
                {honoured: journal.redemption(named, honoured=honoured) for honoured in _BOTH}
            )
        begun: dict[int, Redemption] = {}
        for kind, number, flag in script:
            sale = begun.setdefault(number, sales[number][flag])
            entry: Entry
            match kind:
                case "R":
                    entry = sale
                case "D":
                    entry = journal.decision(sale, handed_over=flag)
                case _:
                    entry = journal.void(sale)
            journal.write(entry)

    def send(self, *, at_once: int) -> list[WireOutcome]:
        """Everything, so many entries in a request; what the feed says of it in the end."""
        journal = self.till.journal
        for after in range(0, len(journal.chain), at_once):
            batch = journal.batch(after=after, up_to=after + at_once)
            request = JournalRequest.model_validate(wire(batch))
            assert isinstance(self._service.journal(self.till.new.till, request), JournalReply)
        return self.till.send(after=len(journal.chain)).outcomes

    def seen(self, outcomes: list[WireOutcome]) -> list[object]:
        """The feed without ids, so that twins can be compared."""
        numbers = {one.voucher_id: number for number, one in enumerate(self.vouchers)}
        return [
            (
                outcome.status,
                [
                    (
                        numbers[VoucherId(line.voucher_id)],
                        line.accepted_minor,
                        line.shortfall_minor,
                        line.reason,
                    )
                    for line in outcome.lines
                ],
            )
            for outcome in outcomes
        ]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=steps, sold=amounts)
def test_a_batch_says_what_one_by_one_says(
    service: Service, script: list[Step], sold: list[tuple[int, int]]
) -> None:
    # Names of their own: the feed of a till that is enrolled again goes on.
    number = next(_NUMBERS)
    together, apart = Twin(service, f"Ensemble {number}"), Twin(service, f"Un par un {number}")
    for twin in (together, apart):
        twin.write(script, sold)
    all_at_once = together.seen(together.send(at_once=len(together.till.journal.chain)))
    one_by_one = apart.seen(apart.send(at_once=1))
    assert sorted(map(repr, all_at_once)) == sorted(map(repr, one_by_one))
    assert [balance(service, one) for one in together.vouchers] == [
        balance(service, one) for one in apart.vouchers
    ]
    audited(service)


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_decision_that_came_before_its_redemption_counts_before_the_next_one(
    service: Service, at_once: int
) -> None:
    twin = Twin(service, "Devant")
    script: list[Step] = [("D", 4, False), ("R", 4, False), ("R", 0, False)]
    twin.write(script, [(0, 1_500), (1, 1), (1, 1), (1, 1), (0, 501)])
    seen = twin.seen(twin.send(at_once=at_once))
    assert sorted(map(repr, seen)) == sorted(
        map(
            repr,
            [
                (OutcomeStatus.CANCELLED, [(0, 0, 0, None)]),
                (OutcomeStatus.ACCEPTED, [(0, 1_500, 0, None)]),
            ],
        )
    )


def test_common_entries_go_through_together(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    twin = Twin(service, "Ensemble")
    sales: list[Step] = [("R", 0, True), ("R", 1, False), ("D", 1, True), ("V", 0, False)]
    twin.write(sales, [(0, 100), (1, 200), (2, 1), (2, 1), (2, 1)])
    with caplog.at_level(logging.INFO, logger="merchant_app.server.evaluating"):
        outcomes = twin.send(at_once=4)
    assert [record.message for record in caplog.records if "one by one" in record.message] == []
    assert len(outcomes) == 3
