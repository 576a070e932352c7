"""The real client, the real service, and a real line between them that is cut and comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.central.address import parse_address
from merchant_app.central.comptoir import ComptoirService
from merchant_app.central.http import Limits, ServiceHttp
from merchant_app.central.port import Enrolled
from merchant_app.clock import SystemClock
from merchant_app.journal.vouchers_copy import VouchersCopy, belonging
from merchant_app.sync.connectivity import Connectivity, LineState
from merchant_app.sync.heartbeat import Heartbeat
from merchant_app.sync.snapshot import SnapshotFetcher
from tests.fakes.fault_kinds import BlackHole, CutAnswer, CutBeforeAnswer, HalfJson
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import ServiceSite, sell, service_site
from tests.fakes.waiting import LIMIT_S, until

PATIENT = Limits(connect_s=LIMIT_S, read_s=LIMIT_S, total_s=LIMIT_S)
HASTY = Limits(connect_s=1, read_s=1, total_s=1)
"""For tests in which nothing comes; what does come may be too late, and is asked for again."""
BASE_S = 0.02
CLOCK = SystemClock()


class LinedTill:
    """What of a till knows about its line.

    Attributes:
        heard: every state, in order.
    """

    def __init__(
        self, site: ServiceSite, line: FaultProxy, folder: Path, *, limits: Limits
    ) -> None:
        enrolled = site.enrolment().enrol(
            site.offer(), public_key=os.urandom(32), program_version="test"
        )
        assert isinstance(enrolled, Enrolled)
        http = ServiceHttp(
            parse_address(line.url), clock=CLOCK, token=enrolled.token, limits=limits
        )
        self.central = ComptoirService(
            http,
            clock=CLOCK,
            till_id=enrolled.facts.till_id,
            service_key=enrolled.facts.service_key,
        )
        self.copy = VouchersCopy(
            folder / "vouchers.sqlite",
            CLOCK,
            belongs_to=belonging(enrolled.facts.shop.number, enrolled.pepper),
        )
        self.heard: list[LineState] = []
        self.connectivity = Connectivity(CLOCK)
        self.connectivity.listen(lambda: self.heard.append(self.connectivity.facts().state))
        self.heartbeat = Heartbeat(
            self._beat, every_s=BASE_S, clock=CLOCK, chance=lambda: 0.5, base_s=BASE_S
        )
        self.fetcher = SnapshotFetcher(
            central=self.central,
            copy=self.copy,
            connectivity=self.connectivity,
            clock=CLOCK,
            chance=lambda: 0.5,
            base_s=BASE_S,
        )

    def _beat(self) -> object:
        began_s = CLOCK.monotonic_s()
        answer = self.central.till_facts()
        self.connectivity.report(answer, took_s=CLOCK.monotonic_s() - began_s)
        return answer

    def comes_to(self, state: LineState) -> None:
        def is_there() -> bool | None:
            return self.connectivity.facts().state is state or None

        until(is_there, what=str(state))

    def close(self) -> None:
        self.heartbeat.stop()
        self.fetcher.stop()
        self.copy.close()
        self.central.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceSite]:
    folder = tmp_path_factory.mktemp("service")
    with service_site(f"sqlite:///{folder / 'central.db'}") as site:
        yield site


@pytest.fixture
def line(site: ServiceSite) -> Iterator[FaultProxy]:
    with FaultProxy(site.url) as line:
        yield line


@pytest.fixture
def till(
    request: pytest.FixtureRequest, site: ServiceSite, line: FaultProxy, tmp_path: Path
) -> Iterator[LinedTill]:
    till = LinedTill(site, line, tmp_path, limits=getattr(request, "param", PATIENT))
    yield till
    till.close()


hasty = pytest.mark.parametrize("till", [HASTY], indirect=True, ids=["hasty"])


@hasty
@pytest.mark.parametrize("silent", [False, True], ids=["cut", "silent"])
def test_the_line_goes_and_comes_and_nobody_has_to_do_anything(
    till: LinedTill, line: FaultProxy, *, silent: bool
) -> None:
    till.heartbeat.start()
    for _ in range(2):
        till.comes_to(LineState.ONLINE)
        line.line_down(silent=silent)
        till.comes_to(LineState.OFFLINE)
        line.line_up()
    till.comes_to(LineState.ONLINE)


def test_one_answer_lost_on_the_way_is_no_outage(till: LinedTill, line: FaultProxy) -> None:
    till.heartbeat.start()
    till.comes_to(LineState.ONLINE)
    line.script.append(CutAnswer(0.5))
    until(lambda: LineState.DEGRADED in till.heard or None, what="degraded")
    till.comes_to(LineState.ONLINE)
    assert LineState.OFFLINE not in till.heard


@hasty
def test_the_whole_list_comes_through_a_bad_line(
    till: LinedTill, line: FaultProxy, site: ServiceSite
) -> None:
    sold = sell(site.service_, 5000, count=1_200)
    line.script.extend(
        [CutBeforeAnswer(), HalfJson(), CutAnswer(0.5), BlackHole(), CutBeforeAnswer()]
    )
    till.fetcher.start()
    until(lambda: till.copy.fetched_at, what="the whole list")
    assert till.copy.count >= len(sold)
    for one in (sold[0], sold[600], sold[-1]):
        found = till.copy.by_id(one.voucher_id)
        assert found is not None
        assert found == one.issued.voucher
    till.comes_to(LineState.ONLINE)


def test_what_is_sold_later_comes_as_a_delta(
    till: LinedTill, line: FaultProxy, site: ServiceSite
) -> None:
    till.fetcher.start()
    until(lambda: till.copy.fetched_at, what="the whole list")
    before = till.copy.count
    later = sell(site.service_, 3000)[0]
    requests = line.counts["requests"]
    till.fetcher.wake()
    until(lambda: till.copy.by_id(later.voucher_id), what="the new voucher")
    assert till.copy.count == before + 1
    assert line.counts["requests"] == requests + 1


@hasty
def test_a_download_that_hangs_keeps_nobody_else_waiting(till: LinedTill, line: FaultProxy) -> None:
    line.script.append(BlackHole())
    till.fetcher.start()
    until(lambda: line.counts.get("requests"), what="the download")
    till.heartbeat.start()
    till.comes_to(LineState.ONLINE)
