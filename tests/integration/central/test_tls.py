"""S1: every server that is not exactly the right one is refused, and the refusal is observed."""

from __future__ import annotations

import socket
import ssl
import warnings
from pathlib import Path

import pytest

from merchant_app.central.address import parse_address
from merchant_app.central.http import Limits, Reply, ServiceHttp
from merchant_app.central.port import NoAnswer, NoAnswerKind
from merchant_app.clock import SystemClock
from tests.fakes import bad_service as bad
from tests.fakes.bad_service import BadService
from tests.fakes.certificates import Certificates, make_certificates

TOKEN = "ct1_canary-of-the-tills-token"
OK = bad.answer(bad.http(200, b"{}"))
PATIENT = Limits(connect_s=20, read_s=20, total_s=30)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def call(url: str, ca_file: Path | None, environ: dict[str, str] | None = None) -> object:
    http = ServiceHttp(
        parse_address(url),
        clock=SystemClock(),
        token=TOKEN,
        limits=PATIENT,
        ca_file=ca_file,
        environ=environ or {},
    )
    try:
        return http.call("GET", "/v1/till")
    finally:
        http.close()


@pytest.mark.parametrize("name", ["good", "TLS 1.2", "TLS 1.3"])
def test_the_right_server_is_taken(certificates: Certificates, name: str) -> None:
    with BadService(OK, tls=certificates.contexts[name]) as service:
        assert call(service.url, certificates.ca_file) == Reply(200, b"{}")


@pytest.mark.parametrize("name", ["other CA", "self-signed", "expired", "wrong host", "TLS 1.1"])
def test_a_wrong_server_is_refused_and_learns_nothing(
    certificates: Certificates, name: str
) -> None:
    with BadService(OK, tls=certificates.contexts[name]) as service:
        assert call(service.url, certificates.ca_file) == NoAnswer(NoAnswerKind.INSECURE)
        with service.changed:
            service.changed.wait_for(lambda: service.handshake_failures == 1)
        assert service.requests == []


def test_the_tls_1_1_server_works_for_a_client_that_takes_it(certificates: Certificates) -> None:
    """The refusal above is ours, not a server that could not have answered."""
    context = ssl.create_default_context(cafile=str(certificates.ca_file))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        BadService(OK, tls=certificates.contexts["TLS 1.1"]) as service,
        socket.create_connection(("127.0.0.1", service.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
    ):
        assert sock.version() == "TLSv1.1"


def test_an_authority_nobody_told_us_of_is_refused(certificates: Certificates) -> None:
    with BadService(OK, tls=certificates.contexts["good"]) as service:
        assert call(service.url, None) == NoAnswer(NoAnswerKind.INSECURE)


def test_a_companys_own_authority_can_be_added(certificates: Certificates) -> None:
    environ = {"REQUESTS_CA_BUNDLE": str(certificates.ca_file)}
    with BadService(OK, tls=certificates.contexts["good"]) as service:
        assert call(service.url, None, environ) == Reply(200, b"{}")


def test_a_server_without_tls_is_refused(certificates: Certificates) -> None:
    def refuse_what_is_no_http(connection: bad.Connection) -> None:
        connection.sock.recv(65_536)
        connection.sock.sendall(bad.http(400))

    with BadService(refuse_what_is_no_http) as service:
        answer = call(f"https://127.0.0.1:{service.port}", certificates.ca_file)
    assert answer == NoAnswer(NoAnswerKind.INSECURE)


def test_a_server_that_hangs_up_in_the_handshake(certificates: Certificates) -> None:
    def hang_up(connection: bad.Connection) -> None:
        connection.sock.recv(1)

    with BadService(hang_up) as service:
        answer = call(f"https://127.0.0.1:{service.port}", certificates.ca_file)
    assert answer == NoAnswer(NoAnswerKind.BROKEN_OFF)


def test_a_server_that_is_silent_in_the_handshake(certificates: Certificates) -> None:
    http_limits = Limits(connect_s=0.2, read_s=0.2, total_s=0.3)
    with BadService(bad.never_read) as service:
        http = ServiceHttp(
            parse_address(f"https://127.0.0.1:{service.port}"),
            clock=SystemClock(),
            limits=http_limits,
            ca_file=certificates.ca_file,
        )
        assert http.call("GET", "/v1/till") == NoAnswer(NoAnswerKind.SLOW)
        http.close()


def test_connections_are_reused_and_dead_ones_replaced(certificates: Certificates) -> None:
    def behave(connection: bad.Connection) -> None:
        for _ in range(2):
            connection.read_request()
            connection.sock.sendall(bad.http(200, b"{}"))
        connection.read_request()

    with BadService(behave, tls=certificates.contexts["good"]) as service:
        http = ServiceHttp(
            parse_address(service.url),
            clock=SystemClock(),
            limits=PATIENT,
            ca_file=certificates.ca_file,
        )
        answers = [http.call("GET", "/v1/till") for _ in range(4)]
        http.close()
        assert answers == [Reply(200, b"{}")] * 4
        assert service.connections == 2
