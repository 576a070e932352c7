"""The bad line does what it says, and nothing else: seen from both of its ends."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, IncompleteRead

import pytest

from tests.fakes.bad_service import BadService, Connection, answer, close_after, http, refusing_port
from tests.fakes.fault_http import HEAD_BYTES_MAX
from tests.fakes.fault_kinds import (
    STORM,
    BlackHole,
    CutAnswer,
    CutBefore,
    CutBeforeAnswer,
    CutRequest,
    DelayAnswer,
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
    Weather,
    html_page,
)
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import environment
from tests.fakes.waiting import LIMIT_S, until

BODY = b'{"balance_minor": 5000}'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n12345\r\n3;x=y\r\n678\r\n0\r\nTrailer: 1\r\n\r\n"
)


class Client:
    """A program that keeps its connection, as a till does."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)

    def call(self, body: bytes = b"{}") -> bytes:
        """POST; the answer's body."""
        self._connection.request("POST", "/v1/x", body)
        return self._connection.getresponse().read()

    def close(self) -> None:
        self._connection.close()


@contextlib.contextmanager
def line_to(service: BadService, *script: Fault) -> Iterator[tuple[FaultProxy, Client]]:
    with FaultProxy(service.url, script=script) as line:
        client = Client(line.port)
        try:
            yield line, client
        finally:
            client.close()


@pytest.fixture
def service() -> Iterator[BadService]:
    with BadService(answer(http(200, BODY))) as made:
        yield made


def bodies(service: BadService) -> list[bytes]:
    return [request.partition(b"\r\n\r\n")[2] for request in service.requests]


def test_without_faults_every_byte_passes_and_the_connection_is_kept(service: BadService) -> None:
    with line_to(service) as (line, client):
        assert [client.call(b"one"), client.call(b"two")] == [BODY, BODY]
        assert bodies(service) == [b"one", b"two"]
        assert line.counts == {"connections": 1, "requests": 2, "Pass": 2}
        assert line.met == 0


def test_an_answer_in_chunks_passes_as_it_is() -> None:
    with BadService(answer(CHUNKED)) as service, line_to(service) as (_, client):
        assert [client.call(), client.call()] == [b"12345678", b"12345678"]


def test_a_request_in_chunks_is_understood() -> None:
    with BadService(close_after(http(200, BODY))) as service, FaultProxy(service.url) as line:
        connection = HTTPConnection("127.0.0.1", line.port, timeout=LIMIT_S)
        with contextlib.closing(connection):
            connection.request("POST", "/", iter([b"abc", b"de"]), encode_chunked=True)
            assert connection.getresponse().read() == BODY


def test_an_answer_that_ends_with_the_connection_passes() -> None:
    with (
        BadService(close_after(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")) as service,
        line_to(service) as (_, client),
    ):
        assert client.call() == b"until the end"


@pytest.mark.parametrize("fault", [CutBefore(), CutRequest(0.5), Refuse(0.0)])
def test_cut_on_its_way_there_the_service_has_no_whole_request(
    service: BadService, fault: Fault
) -> None:
    with line_to(service, fault) as (line, client):
        with pytest.raises(ConnectionError):
            client.call(b"x" * 100_000)
        assert service.requests == []
        assert line.met == 1


def test_cut_in_the_middle_the_service_gets_the_head_and_a_part() -> None:
    seen: list[int] = []
    done = threading.Event()

    def count(sock: socket.socket) -> None:
        total = 0
        # The reset at the end takes with it what was not read yet: at least the head is there.
        with contextlib.suppress(OSError):
            while piece := sock.recv(65_536):
                total += len(piece)
        seen.append(total)
        done.set()

    with BadService(lambda connection: count(connection.sock)) as service:
        with line_to(service, CutRequest(0.5)) as (_, client), pytest.raises(ConnectionError):
            client.call(b"x" * 1000)
        assert done.wait(LIMIT_S)
    assert 0 < seen[0] < 1000


@pytest.mark.parametrize("fault", [CutBeforeAnswer(), CutAnswer(0.5), CutAnswer(1.0)])
def test_cut_on_its_way_back_the_service_has_acted(service: BadService, fault: Fault) -> None:
    with line_to(service, fault) as (_, client):
        with pytest.raises((ConnectionError, IncompleteRead)):
            client.call(b"one")
        assert bodies(service) == [b"one"]


def test_a_duplicate_reaches_the_service_twice_and_one_answer_returns(
    service: BadService,
) -> None:
    with line_to(service, Duplicate()) as (_, client):
        assert client.call(b"one") == BODY
        assert client.call(b"two") == BODY
        assert bodies(service) == [b"one", b"one", b"two"]


def test_a_late_duplicate_comes_after_later_requests(service: BadService) -> None:
    with line_to(service, DuplicateLater(2)) as (line, client):
        for body in (b"one", b"two", b"three", b"four"):
            assert client.call(body) == BODY
        until(lambda: line.counts.get("late"), what="the late duplicate")
        assert sorted(bodies(service)) == sorted([b"one", b"two", b"three", b"one", b"four"])
        assert bodies(service)[:3] == [b"one", b"two", b"three"]


def test_bits_are_flipped_in_the_body_alone(service: BadService) -> None:
    with line_to(service, FlipBits((0.0, 1.0))) as (_, client):
        got = client.call()
        assert got[1:-1] == BODY[1:-1]
        assert (got[0] ^ BODY[0], got[-1] ^ BODY[-1]) == (0x80, 0x80)


def test_half_a_json_is_a_whole_answer(service: BadService) -> None:
    with line_to(service, HalfJson()) as (_, client):
        assert client.call() == BODY[: len(BODY) // 2]
        assert client.call() == BODY  # on the same connection


@pytest.mark.parametrize("forwarded", [True, False])
def test_something_else_answers_instead(service: BadService, forwarded: bool) -> None:
    with line_to(service, Instead(html_page(502), forwarded=forwarded)) as (_, client):
        assert b"<html>" in client.call(b"one")
        assert bodies(service) == ([b"one"] if forwarded else [])


def test_a_replay_is_an_earlier_answer() -> None:
    replies = iter([http(200, b"first"), http(200, b"second"), http(200, b"third")])

    def next_reply(connection: Connection) -> None:
        connection.read_request()
        connection.sock.sendall(next(replies))

    with (
        BadService(next_reply) as service,
        line_to(service, Replay(1), Pass(), Replay(9)) as (_, client),
    ):
        # Nothing to replay yet; then the oldest that is remembered.
        assert [client.call(), client.call(), client.call()] == [b"first", b"second", b"first"]
        assert len(service.requests) == 3


def test_a_drip_comes_whole_in_the_end(service: BadService) -> None:
    with line_to(service, Drip(7, 0.001), DelayAnswer(0.01)) as (_, client):
        assert [client.call(), client.call()] == [BODY, BODY]


def test_a_black_hole_says_nothing_until_the_caller_gives_up(service: BadService) -> None:
    with FaultProxy(service.url, script=[BlackHole()]) as line:
        with socket.create_connection(("127.0.0.1", line.port), timeout=0.2) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            with pytest.raises(TimeoutError):
                sock.recv(1)
        assert service.requests == []


def test_refused_for_a_while(service: BadService) -> None:
    with line_to(service, Refuse(3_600)) as (line, client):
        with pytest.raises(ConnectionError):
            client.call()
        for _ in range(3):
            client.close()
            with pytest.raises(ConnectionRefusedError):
                client.call()
        client.close()
        line.line_up()
        assert client.call() == BODY


def test_after_a_while_it_is_welcome_again(service: BadService) -> None:
    with FaultProxy(service.url, script=[Refuse(0.3)]) as line:
        first = Client(line.port)
        with pytest.raises(ConnectionError):
            first.call()
        first.close()

        def answered() -> bool:
            client = Client(line.port)
            try:
                return client.call() == BODY
            except ConnectionRefusedError:
                return False
            finally:
                client.close()

        until(answered, what="the line to come back")


def test_a_cut_line_refuses_and_breaks_what_is_open_and_comes_back_on_its_port(
    service: BadService,
) -> None:
    with line_to(service) as (line, client):
        assert client.call() == BODY
        for _ in range(3):
            line.line_down()
            with pytest.raises((ConnectionError, HTTPException)):
                client.call()
            client.close()
            with pytest.raises(ConnectionRefusedError):
                client.call()
            client.close()
            line.line_up()
            assert client.call() == BODY


def test_a_silent_line_takes_everything_and_answers_nothing(service: BadService) -> None:
    with FaultProxy(service.url) as line:
        line.line_down(silent=True)
        with socket.create_connection(("127.0.0.1", line.port), timeout=0.2) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with pytest.raises(TimeoutError):
                sock.recv(1)
        line.line_up()
        client = Client(line.port)
        assert client.call() == BODY
        client.close()
        assert len(service.requests) == 1


def test_the_service_may_die_and_come_back_elsewhere() -> None:
    with BadService(answer(http(200, b"old"))) as old, line_to(old) as (line, client):
        assert client.call() == b"old"
        with refusing_port() as nobody:
            line.upstream = f"http://127.0.0.1:{nobody}"
            with pytest.raises(ConnectionError):
                client.call()
            assert line.counts["unreachable"] == 1
        with BadService(answer(http(200, b"new"))) as new:
            line.upstream = new.url
            client.close()
            assert client.call() == b"new"


def test_what_always_happens_goes_before_the_script(service: BadService) -> None:
    with line_to(service, HalfJson()) as (line, client):
        line.always = Instead(http(503, b"busy"))
        for _ in range(2):
            assert client.call() == b"busy"
            client.close()  # as the line does
        line.always = None
        assert client.call() == BODY[: len(BODY) // 2]
        assert client.call() == BODY


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"a" * (HEAD_BYTES_MAX + 10),
    ],
)
def test_what_is_no_request_ends_the_connection(service: BadService, nonsense: bytes) -> None:
    with FaultProxy(service.url) as line:
        with (
            socket.create_connection(("127.0.0.1", line.port), timeout=LIMIT_S) as sock,
            contextlib.suppress(ConnectionError),
        ):
            sock.sendall(nonsense)
            assert sock.recv(1) == b""
        client = Client(line.port)
        assert client.call() == BODY
        client.close()
        assert len(service.requests) == 1


@pytest.mark.parametrize("fault", [BlackHole(), DelayAnswer(100.0), Drip(1, 100.0)])
def test_stopped_in_the_middle_of_anything_it_leaves_nothing_behind(
    service: BadService, fault: Fault
) -> None:
    before = threading.active_count()
    sock = socket.socket()
    with sock:
        with FaultProxy(service.url, script=[fault]) as line:
            sock.connect(("127.0.0.1", line.port))
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            until(lambda: line.met, what="the request")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", line.port))
    until(lambda: threading.active_count() <= before + 1, what="the threads to end")


def test_the_same_seed_brings_the_same_weather() -> None:
    one, two = (Weather(STORM, random.Random(7)) for _ in range(2))
    drawn = [one.draw() for _ in range(2000)]
    assert drawn == [two.draw() for _ in range(2000)]
    assert {type(fault) for fault in drawn} == {Pass, *STORM}


def test_weather_more_than_certain_is_refused() -> None:
    with pytest.raises(ValueError, match="certain"):
        Weather({CutBefore: 0.6, Duplicate: 0.6}, random.Random(1))


def test_in_a_storm_many_callers_get_the_truth_or_nothing(service: BadService) -> None:
    with FaultProxy(service.url, weather=Weather(STORM, random.Random(3), longest_s=0.01)) as line:
        got: list[bytes] = []
        deadline = time.monotonic() + LIMIT_S

        def call_often() -> None:
            # Until it was told often enough: a line that is down refuses dozens in no time.
            told = 0
            while told < 40 and time.monotonic() < deadline:
                client = Client(line.port)
                client._connection.timeout = 0.5
                with contextlib.suppress(OSError, HTTPException):
                    got.append(client.call())
                    told += got[-1] == BODY
                client.close()

        threads = [threading.Thread(target=call_often) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got.count(BODY) == 160
        assert line.met > 20


def test_a_person_can_run_it(service: BadService) -> None:
    command = [sys.executable, "-m", "tests.fakes.fault_proxy", "--upstream", service.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as program:
        assert program.stdout is not None
        port = int(program.stdout.readline().split(" ")[0].rpartition(":")[2])
        client = Client(port)
        assert client.call() == BODY
        client.close()
        program.terminate()
        said, _ = program.communicate(timeout=LIMIT_S)
    assert program.returncode == 0
    assert "1 Pass" in said
