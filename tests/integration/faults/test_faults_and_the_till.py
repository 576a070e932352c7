"""What the till's own client makes of each fault: a name for it, and never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from merchant_app.central.address import parse_address
from merchant_app.central.http import Limits, Reply, ServiceHttp
from merchant_app.central.port import NoAnswer, NoAnswerKind
from merchant_app.clock import SystemClock
from tests.fakes.bad_service import BadService, answer, http
from tests.fakes.fault_kinds import (
    BlackHole,
    CutAnswer,
    CutBefore,
    CutBeforeAnswer,
    CutRequest,
    DelayAnswer,
    DelayRequest,
    Drip,
    Duplicate,
    DuplicateLater,
    Fault,
    FlipBits,
    HalfJson,
    Instead,
    Pass,
    Refuse,
    Replay,
    html_page,
)
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import PATIENT

BODY = b'{"balance_minor": 5000}'
LONG_S = 100.0
HASTY = Limits(total_s=0.5)

NO_ANSWER: tuple[tuple[Fault, NoAnswerKind], ...] = (
    (CutBefore(), NoAnswerKind.BROKEN_OFF),
    (CutRequest(0.5), NoAnswerKind.BROKEN_OFF),
    (CutRequest(0.0), NoAnswerKind.BROKEN_OFF),
    (CutBeforeAnswer(), NoAnswerKind.BROKEN_OFF),
    (CutAnswer(0.5), NoAnswerKind.BROKEN_OFF),
    (Refuse(LONG_S), NoAnswerKind.BROKEN_OFF),
    (DelayRequest(LONG_S), NoAnswerKind.SLOW),
    (DelayAnswer(LONG_S), NoAnswerKind.SLOW),
    (Drip(1, LONG_S), NoAnswerKind.SLOW),
    (BlackHole(), NoAnswerKind.SLOW),
    (Instead(html_page(200)), NoAnswerKind.NOT_UNDERSTOOD),
    (Instead(html_page(502)), NoAnswerKind.SERVICE_FAILED),
    (Instead(html_page(302)), NoAnswerKind.REDIRECTED),
    (Instead(html_page(429)), NoAnswerKind.TOO_MANY_REQUESTS),
    (Instead(b"SSH-2.0-OpenSSH_9.2\r\n"), NoAnswerKind.NOT_UNDERSTOOD),
)
ANSWERED: tuple[tuple[Fault, bytes], ...] = (
    (Pass(), BODY),
    (DelayRequest(0.01), BODY),
    (DelayAnswer(0.01), BODY),
    (Drip(50, 0.001), BODY),
    (Duplicate(), BODY),
    (DuplicateLater(3), BODY),
    (Replay(5), BODY),
    (HalfJson(), BODY[: len(BODY) // 2]),
    (FlipBits((0.0,)), bytes([BODY[0] ^ 0x80]) + BODY[1:]),
)


@pytest.fixture
def line() -> Iterator[FaultProxy]:
    with BadService(answer(http(200, BODY))) as service, FaultProxy(service.url) as made:
        yield made


@contextmanager
def till_on(line: FaultProxy, limits: Limits) -> Iterator[ServiceHttp]:
    made = ServiceHttp(parse_address(line.url), clock=SystemClock(), token="t", limits=limits)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def till(line: FaultProxy) -> Iterator[ServiceHttp]:
    """It waits for whatever comes."""
    with till_on(line, PATIENT) as made:
        yield made


@pytest.fixture
def hasty(line: FaultProxy) -> Iterator[ServiceHttp]:
    """It gives up soon, for tests in which nothing comes."""
    with till_on(line, HASTY) as made:
        yield made


@pytest.mark.parametrize(("fault", "kind"), NO_ANSWER, ids=lambda it: type(it).__name__)
def test_a_fault_on_a_new_connection_has_its_name(
    line: FaultProxy, fault: Fault, kind: NoAnswerKind
) -> None:
    line.script.append(fault)
    with till_on(line, HASTY if kind is NoAnswerKind.SLOW else PATIENT) as till:
        assert till.call("POST", "/x", body=b"{}") == NoAnswer(kind)


@pytest.mark.parametrize(("fault", "body"), ANSWERED, ids=lambda it: type(it).__name__)
def test_an_answer_comes_all_the_same(
    line: FaultProxy, till: ServiceHttp, fault: Fault, body: bytes
) -> None:
    line.script.append(fault)
    assert till.call("POST", "/x", body=b"{}") == Reply(200, body)
    assert till.call("POST", "/x", body=b"{}") == Reply(200, BODY)


def test_a_kept_connection_that_is_cut_is_replaced_at_once(
    line: FaultProxy, till: ServiceHttp
) -> None:
    assert till.call("POST", "/x", body=b"{}") == Reply(200, BODY)
    line.script.append(CutBefore())
    assert till.call("POST", "/x", body=b"{}") == Reply(200, BODY)
    assert line.counts["connections"] == 2


def test_a_cut_line_is_down_and_comes_back(line: FaultProxy, till: ServiceHttp) -> None:
    assert till.call("POST", "/x", body=b"{}") == Reply(200, BODY)
    line.line_down()
    assert till.call("POST", "/x", body=b"{}") == NoAnswer(NoAnswerKind.DOWN)
    line.line_up()
    assert till.call("POST", "/x", body=b"{}") == Reply(200, BODY)


def test_a_silent_line_is_slow(line: FaultProxy, hasty: ServiceHttp) -> None:
    line.line_down(silent=True)
    assert hasty.call("POST", "/x", body=b"{}") == NoAnswer(NoAnswerKind.SLOW)
