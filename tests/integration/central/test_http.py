"""Every way in which a service can fail to answer, each from a real socket."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from merchant_app.central.address import parse_address
from merchant_app.central.http import POOL_SIZE, Limits, Reply, ServiceHttp
from merchant_app.central.port import NoAnswer, NoAnswerKind
from merchant_app.clock import SystemClock
from tests.fakes import bad_service as bad
from tests.fakes.bad_service import BadService, Behaviour

TOKEN = "ct1_canary-of-the-tills-token"
PATIENT = Limits(connect_s=20, read_s=20, total_s=30)
HASTY = Limits(connect_s=0.2, read_s=0.2, total_s=0.4)
OK = bad.http(200, b'{"a":1}')


@contextmanager
def calling(url: str, limits: Limits = PATIENT, **more: object) -> Iterator[ServiceHttp]:
    http = ServiceHttp(parse_address(url), clock=SystemClock(), token=TOKEN, limits=limits)
    try:
        yield http
    finally:
        http.close()


def outcome(behave: Behaviour, limits: Limits = PATIENT) -> Reply | NoAnswer:
    with BadService(behave) as service, calling(service.url, limits) as http:
        return http.call("POST", "/v1/journal", body=b"{}")


def no(kind: NoAnswerKind, retry_after_s: float | None = None) -> NoAnswer:
    return NoAnswer(kind, retry_after_s)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CASES: dict[str, tuple[Behaviour, NoAnswer]] = {
    "closes at once": (bad.close_after(b""), no(NoAnswerKind.BROKEN_OFF)),
    "cuts the line at once": (bad.reset_after(b""), no(NoAnswerKind.BROKEN_OFF)),
    "closes in the head": (
        bad.close_after(b"HTTP/1.1 200 OK\r\nContent-"),
        no(NoAnswerKind.NOT_UNDERSTOOD),  # a head without a type: not a reply of the contract
    ),
    "closes in the body": (
        bad.close_after(bad.http(200, b'{"a":', length=500)),
        no(NoAnswerKind.BROKEN_OFF),
    ),
    "closes in a chunk": (
        bad.close_after(HEAD + b'Transfer-Encoding: chunked\r\n\r\n20\r\n{"a"'),
        no(NoAnswerKind.BROKEN_OFF),
    ),
    "a chunk of no length": (
        bad.close_after(HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}"),
        no(NoAnswerKind.BROKEN_OFF),
    ),
    "speaks no HTTP": (
        bad.close_after(b"220 mail.example ESMTP ready\r\n"),
        no(NoAnswerKind.NOT_UNDERSTOOD),
    ),
    "an endless header line": (
        bad.endless(b"HTTP/1.1 200 OK\r\nX: "),
        no(NoAnswerKind.NOT_UNDERSTOOD),
    ),
    "a page": (
        bad.answer(bad.http(200, b"<html>", media_type="text/html; charset=utf-8")),
        no(NoAnswerKind.NOT_UNDERSTOOD),
    ),
    "no content": (bad.answer(bad.http(204, media_type=None)), no(NoAnswerKind.NOT_UNDERSTOOD)),
    "an error page 404": (
        bad.answer(bad.http(404, b"<html>", media_type="text/html")),
        no(NoAnswerKind.NOT_UNDERSTOOD),
    ),
    "an error page 500": (
        bad.answer(bad.http(500, b"<html>", media_type="text/html")),
        no(NoAnswerKind.SERVICE_FAILED),
    ),
    "500 in JSON": (bad.answer(bad.problem(500, "internal")), no(NoAnswerKind.SERVICE_FAILED)),
    "503 with a time": (
        bad.answer(bad.http(503, b"{}", headers=("Retry-After: 7",))),
        no(NoAnswerKind.SERVICE_FAILED, 7.0),
    ),
    "429 with seconds": (
        bad.answer(bad.problem(429, "too-many-requests", headers=("Retry-After: 30",))),
        no(NoAnswerKind.TOO_MANY_REQUESTS, 30.0),
    ),
    "429 with a date gone by": (
        bad.answer(bad.http(429, headers=("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT",))),
        no(NoAnswerKind.TOO_MANY_REQUESTS, 0.0),
    ),
    "429 with nonsense": (
        bad.answer(bad.http(429, headers=("Retry-After: soon",))),
        no(NoAnswerKind.TOO_MANY_REQUESTS),
    ),
    "too large, and says so": (
        bad.answer(bad.http(200, b" " * 8_000_001)),
        no(NoAnswerKind.TOO_LARGE),
    ),
    "endless": (bad.endless(HEAD + b"\r\n"), no(NoAnswerKind.TOO_LARGE)),
    "a gzip bomb": (bad.answer(bad.gzip_bomb(60_000_000)), no(NoAnswerKind.TOO_LARGE)),
    "broken gzip": (
        bad.answer(bad.http(200, b"no gzip at all", headers=("Content-Encoding: gzip",))),
        no(NoAnswerKind.NOT_UNDERSTOOD),
    ),
}


@pytest.mark.expects_log("Failed to parse headers")  # urllib3, of the head that is cut off
@pytest.mark.parametrize("case", CASES)
def test_each_failure_has_its_name(case: str) -> None:
    behave, expected = CASES[case]
    assert outcome(behave) == expected


SLOW: dict[str, Behaviour] = {
    "never answers": bad.stay_silent,
    "drips the head": bad.drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "drips the body": bad.drip(HEAD + b"\r\n"),
    "drips a body of known length": bad.drip(HEAD + b"Content-Length: 1000000\r\n\r\n"),
    "drips interim answers": bad.drip(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 "),
}


@pytest.mark.parametrize("case", SLOW)
def test_no_server_holds_a_call_beyond_its_time(case: str) -> None:
    """Each of these would go on for ever; that the call returns is the test."""
    assert outcome(SLOW[case], HASTY) == no(NoAnswerKind.SLOW)


def test_a_server_that_takes_nothing_does_not_hold_a_call() -> None:
    with BadService(bad.never_read) as service, calling(service.url, HASTY) as http:
        answer = http.call("POST", "/v1/journal", body=b" " * 30_000_000)
    assert answer == no(NoAnswerKind.SLOW)


def test_a_call_can_be_given_less_time() -> None:
    with BadService(bad.stay_silent) as service, calling(service.url) as http:
        assert http.call("GET", "/v1/till", total_s=0.05) == no(NoAnswerKind.SLOW)
        assert http.call("GET", "/v1/till", total_s=0.0) == no(NoAnswerKind.SLOW)


def test_nobody_listens() -> None:
    with bad.refusing_port() as port, calling(f"http://127.0.0.1:{port}") as http:
        assert http.call("GET", "/v1/till") == no(NoAnswerKind.DOWN)


def test_a_name_that_does_not_exist() -> None:
    with calling("https://central.invalid") as http:
        assert http.call("GET", "/v1/till") == no(NoAnswerKind.NAME_NOT_FOUND)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with BadService(bad.answer(OK)) as elsewhere:
        to = (f"Location: {elsewhere.url}/v1/journal",)
        assert outcome(bad.answer(bad.http(status, headers=to))) == no(NoAnswerKind.REDIRECTED)
        assert elsewhere.connections == 0


def test_a_good_reply_comes_through_as_it_is() -> None:
    assert outcome(bad.answer(OK)) == Reply(200, b'{"a":1}')


def test_a_packed_reply_is_unpacked() -> None:
    packed = gzip.compress(b'{"a":2}')
    behave = bad.answer(bad.http(200, packed, headers=("Content-Encoding: gzip",)))
    assert outcome(behave) == Reply(200, b'{"a":2}')


def test_a_reply_of_the_largest_size_is_taken() -> None:
    limits = Limits(connect_s=20, read_s=20, total_s=30, reply_bytes_max=100_000)
    body = b"[" + b" " * 99_998 + b"]"
    assert outcome(bad.answer(bad.http(200, body)), limits) == Reply(200, body)
    larger = bad.answer(bad.http(200, body + b" "))
    assert outcome(larger, limits) == no(NoAnswerKind.TOO_LARGE)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422])
def test_a_refusal_comes_through_with_its_body(status: int) -> None:
    answer = outcome(bad.answer(bad.problem(status, "some-type")))
    assert isinstance(answer, Reply)
    assert answer.status == status
    assert b"some-type" in answer.body


def test_what_is_sent() -> None:
    with BadService(bad.answer(OK)) as service, calling(service.url) as http:
        http.call("POST", "/v1/journal", body=b'{"x":1}')
        http.call("GET", "/v1/till")
    post, get = (request.decode().lower() for request in service.requests)
    assert post.startswith("post /v1/journal http/1.1\r\n")
    assert f"authorization: bearer {TOKEN}" in post
    assert "user-agent: comptoir/" in post
    assert "accept: application/json" in post
    assert "content-type: application/json" in post
    assert post.endswith('{"x":1}')
    assert get.startswith("get /v1/till http/1.1\r\n")
    assert "content-type" not in get


def test_connections_are_reused() -> None:
    with BadService(bad.answer(OK)) as service, calling(service.url) as http:
        for _ in range(20):
            assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')
        assert service.connections == 1


def test_threads_share_the_pool() -> None:
    barrier = threading.Barrier(POOL_SIZE)

    def several(http: ServiceHttp) -> None:
        barrier.wait()
        for _ in range(10):
            assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')

    with (
        BadService(bad.answer(OK)) as service,
        calling(service.url) as http,
        ThreadPoolExecutor(POOL_SIZE) as threads,
    ):
        for done in [threads.submit(several, http) for _ in range(POOL_SIZE)]:
            done.result()
        assert service.connections <= POOL_SIZE


def hangs_up_on_the_second(connection: bad.Connection) -> None:
    """Answers once; reads the next request, then closes without a word (a race with idleness)."""
    connection.read_request()
    connection.sock.sendall(OK)
    connection.read_request()


def test_a_pooled_connection_that_was_closed_while_idle_is_no_failure() -> None:
    with BadService(hangs_up_on_the_second) as service, calling(service.url) as http:
        assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')
        assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')
        assert service.connections == 2


def test_several_dead_connections_in_the_pool_are_no_failure() -> None:
    everybody_in = threading.Barrier(POOL_SIZE)

    def together(connection: bad.Connection) -> None:
        connection.read_request()
        if connection.service.connections <= POOL_SIZE:
            everybody_in.wait()
        connection.sock.sendall(OK)
        connection.read_request()

    with (
        BadService(together) as service,
        calling(service.url) as http,
        ThreadPoolExecutor(POOL_SIZE) as threads,
    ):
        calls = [threads.submit(http.call, "GET", "/v1/till") for _ in range(POOL_SIZE)]
        assert all(call.result() == Reply(200, b'{"a":1}') for call in calls)
        assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')
        assert service.connections == POOL_SIZE + 1


def test_a_fresh_connection_that_breaks_is_not_tried_again() -> None:
    with BadService(bad.close_after(b"")) as service, calling(service.url) as http:
        assert http.call("POST", "/v1/journal", body=b"{}") == no(NoAnswerKind.BROKEN_OFF)
        assert service.connections == 1


def test_a_reply_broken_off_on_a_pooled_connection_is_not_tried_again() -> None:
    half = bad.http(200, b'{"a":', length=500)

    def behave(connection: bad.Connection) -> None:
        connection.read_request()
        connection.sock.sendall(OK)
        connection.read_request()
        connection.sock.sendall(half)

    with BadService(behave) as service, calling(service.url) as http:
        assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')
        assert http.call("GET", "/v1/till") == no(NoAnswerKind.BROKEN_OFF)
        assert service.connections == 1


def test_after_each_failure_the_next_call_works() -> None:
    turns = iter([bad.close_after(b"nonsense\r\n"), bad.stay_silent, bad.answer(OK)])

    def behave(connection: bad.Connection) -> None:
        next(turns)(connection)

    limits = Limits(connect_s=20, read_s=20, total_s=20)
    with BadService(behave) as service, calling(service.url, limits) as http:
        assert http.call("GET", "/v1/till") == no(NoAnswerKind.NOT_UNDERSTOOD)
        assert http.call("GET", "/v1/till", total_s=0.1) == no(NoAnswerKind.SLOW)
        assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')


def test_cookies_are_neither_kept_nor_sent() -> None:
    cookie = bad.http(200, b"{}", headers=("Set-Cookie: spy=1; Path=/",))
    with BadService(bad.answer(cookie)) as service, calling(service.url) as http:
        http.call("GET", "/v1/till")
        http.call("GET", "/v1/till")
    assert all(b"cookie" not in request.lower() for request in service.requests)


def test_a_netrc_is_never_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with BadService(bad.answer(OK)) as service:
        http = ServiceHttp(parse_address(service.url), clock=SystemClock(), limits=PATIENT)
        http.call("GET", "/v1/till")
        http.close()
    assert b"authorization" not in service.requests[0].lower()


def test_a_service_on_this_computer_is_not_reached_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with BadService(bad.answer(OK)) as proxy, BadService(bad.answer(OK)) as service:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with calling(service.url) as http:
            assert http.call("GET", "/v1/till") == Reply(200, b'{"a":1}')
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", NoAnswerKind.DOWN),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", NoAnswerKind.DOWN),
    ],
)
def test_a_proxy_of_the_system_is_used_for_https_and_its_refusal_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, reply: bytes, expected: NoAnswerKind
) -> None:
    with BadService(bad.close_after(reply)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with calling("https://central.invalid") as http:
            assert http.call("GET", "/v1/till") == no(expected)
        (request,) = proxy.requests
        assert request.startswith(b"CONNECT central.invalid:443 ")
        assert TOKEN.encode() not in request  # the proxy learns where to, and nothing else


def test_a_proxy_that_drips_does_not_hold_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with BadService(bad.drip(b"HTTP/1.1 200 ")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with calling("https://central.invalid", HASTY) as http:
            assert http.call("GET", "/v1/till") == no(NoAnswerKind.SLOW)


def test_a_kind_of_proxy_we_cannot_use_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    with calling("https://central.invalid") as http:
        assert http.call("GET", "/v1/till") == no(NoAnswerKind.DOWN)
