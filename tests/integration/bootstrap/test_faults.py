"""A service that is down, slow or talks nonsense: the till says so, and the next voucher works."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.bootstrap.opening import TillOpener
from merchant_app.central.port import NoAnswerKind, NotAuthorisedKind
from merchant_app.till.counter import Counter
from merchant_app.till.results import (
    Limit,
    LineState,
    NoAnswerYet,
    NotEntitled,
    OfflineRefused,
    Redeemed,
    RedeemResult,
    RedeemUnknown,
    Status,
)
from tests.fakes.at_the_counter import debited, euros, valid
from tests.fakes.bad_service import http, problem, refusing_port
from tests.fakes.fault_kinds import BlackHole, CutBefore, Fault, Instead, html_page
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import ServiceSite, run, serving
from tests.fakes.waiting import LIMIT_S, until
from tests.integration.bootstrap.conftest import Place, counter_of

OpenTill = Callable[[], tuple[TillOpener, Counter]]
FAULTS: dict[str, tuple[Fault, NoAnswerKind]] = {
    "500": (Instead(http(500, b"oops", media_type="text/plain")), NoAnswerKind.SERVICE_FAILED),
    "503 in HTML": (Instead(html_page(503)), NoAnswerKind.SERVICE_FAILED),
    "HTML": (Instead(html_page(200)), NoAnswerKind.NOT_UNDERSTOOD),
    "half JSON": (Instead(http(200, b'{"voucher": {"balan')), NoAnswerKind.NOT_UNDERSTOOD),
    "cut off": (Instead(http(200, b"{", length=100)), NoAnswerKind.BROKEN_OFF),
    "silence": (BlackHole(), NoAnswerKind.SLOW),
    "hangs up": (CutBefore(), NoAnswerKind.BROKEN_OFF),
}


def is_offline(status: Status) -> Status | None:
    return status if status.line is LineState.OFFLINE else None


def is_redeemed(result: RedeemResult) -> Redeemed | None:
    return result if isinstance(result, Redeemed) else None


@pytest.fixture
def line(central: ServiceSite, place: Place, open_till: OpenTill) -> Iterator[FaultProxy]:
    """The till's way to the service; the till is enrolled and closed."""
    open_till()[0].close()
    with FaultProxy(central.url) as made:
        place.enrolment.save(
            replace(place.enrolled(), service_url=made.url, answer_wait_s=30, contact_every_s=3600)
        )
        yield made
        place.close()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_name_and_the_next_voucher_works(
    line: FaultProxy, place: Place, open_till: OpenTill, central: ServiceSite, name: str
) -> None:
    fault, kind = FAULTS[name]
    if kind is NoAnswerKind.SLOW:
        place.enrolment.save(replace(place.enrolled(), answer_wait_s=1))
    one, two = central.issue(5000), central.issue(2000)
    _, counter = open_till()
    found = valid(counter, one.token)
    line.always = fault
    unknown = counter.redeem(found, amount=euros(50), purchase=None)
    assert isinstance(unknown, RedeemUnknown), unknown
    assert unknown.why is kind
    if name == "silence":  # a look-up waits longer than this test wants to
        assert isinstance(counter.wait(unknown.op_id), RedeemUnknown)
    else:
        assert counter.confirm(two.token, purchase=None) == NoAnswerYet(kind)
    status = until(lambda: is_offline(counter.status()), what="offline")
    assert (status.why, status.unsent) == (kind, 1)
    line.always = None
    # The same redemption, not a second one; then the next voucher.
    until(lambda: is_redeemed(counter.wait(unknown.op_id)), what="the answer at last")
    assert debited(counter, two.token, 20).lines[0].balance == euros(0)
    assert counter.contact().line is LineState.ONLINE
    assert counter.status().unsent == 0


def test_a_token_that_is_refused_keeps_what_was_recorded(
    line: FaultProxy, open_till: OpenTill, central: ServiceSite
) -> None:
    voucher = central.issue(5000)
    _, counter = open_till()
    found = valid(counter, voucher.token)
    line.always = CutBefore()
    unknown = counter.redeem(found, amount=euros(30), purchase=None)
    assert isinstance(unknown, RedeemUnknown)
    line.always = Instead(problem(401, "not-authenticated"))
    looked_up = counter.confirm(voucher.token, purchase=None)
    assert looked_up == NotEntitled(NotAuthorisedKind.TOKEN_REFUSED)
    refused = counter.redeem(found, amount=euros(20), purchase=None)
    assert isinstance(refused, OfflineRefused)
    assert refused.limit is Limit.NOT_ENTITLED
    assert counter.status().unsent == 1
    line.always = None
    until(lambda: is_redeemed(counter.wait(unknown.op_id)), what="the answer")


def test_a_revoked_till_is_told_and_keeps_its_journal(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    voucher = central.issue(5000)
    _, counter = open_till()
    debited(counter, voucher.token, 20)
    with central.service_.database.writing() as connection:
        from merchant_app.server import enrolling

        enrolling.revoke_till(connection, place.enrolled().till_id)
    refused = counter.confirm(voucher.token, purchase=None)
    assert refused == NotEntitled(NotAuthorisedKind.TILL_REVOKED)
    assert counter.status().line is LineState.NOT_ENTITLED
    # Nor does it become a till again by pulling the cable and starting anew.
    place.close()
    with refusing_port() as port:
        url = f"http://127.0.0.1:{port}"
        place.enrolment.save(replace(place.enrolled(), service_url=url))
        again = counter_of(place.till())
        found = valid(again, voucher.token)
        refused_here = again.redeem(found, amount=euros(10), purchase=None)
        assert isinstance(refused_here, OfflineRefused)
        assert refused_here.limit is Limit.NOT_ENTITLED
        place.close()


class Watch:
    """The status, as the window hears it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._last: Status | None = None

    def __call__(self, status: Status) -> None:
        with self._changed:
            self._last = status
            self._changed.notify_all()

    def comes_to(self, line: LineState, *, unsent: int) -> None:
        def there() -> bool:
            last = self._last
            return last is not None and (last.line, last.unsent) == (line, unsent)

        with self._changed:
            assert self._changed.wait_for(there, LIMIT_S), self._last


def test_the_till_comes_back_by_itself_when_the_service_does(place: Place, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'central.db'}"
    assert run("sample", "--database", database).returncode == 0
    with refusing_port() as port:
        come_back_by_itself(place, tmp_path, database, port)
    with socket.create_server(("127.0.0.1", port)):
        pass  # and the port is free again


def come_back_by_itself(place: Place, tmp_path: Path, database: str, port: int) -> None:
    with serving(database, tmp_path, "--port", str(port)) as process:
        offered = run("enrol", "--database", database, "--shop", "librairie-cassiopee", "--json")
        code = offered.stdout.partition('"code": "')[2].partition('"')[0]
        till = place.till()
        assert till.enrol(address=process.url, code=code) is None
        till.close()
    # Nobody there: the till opens all the same, and says so.
    place.enrolment.save(replace(place.enrolled(), contact_every_s=1))
    counter, watch = counter_of(place.till()), Watch()
    counter.on_status(watch)
    watch.comes_to(LineState.OFFLINE, unsent=0)
    with serving(database, tmp_path, "--port", str(port)):
        watch.comes_to(LineState.ONLINE, unsent=0)
    watch.comes_to(LineState.OFFLINE, unsent=0)
