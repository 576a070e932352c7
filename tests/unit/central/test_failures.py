"""The table of failures, the waits a service asks for, and what loading the port costs."""

from __future__ import annotations

import http.client
import itertools
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import requests
import urllib3.exceptions
from hypothesis import given
from hypothesis import strategies as st
from urllib3.connection import HTTPConnection

from merchant_app.central.connections import Exchange
from merchant_app.central.failures import CAUGHT, kind_of, names_in
from merchant_app.central.http import RETRY_AFTER_MAX_S, retry_after_s
from merchant_app.central.port import NoAnswerKind
from merchant_app.errors import Bug
from tests.fakes.clock import FakeClock

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CONNECTION = HTTPConnection("example.invalid")


def wrapped(*chain: Exception) -> Exception:
    """The last one, raised from the one before, and so on: as the libraries do it."""
    for cause, error in itertools.pairwise(chain):
        error.__cause__ = cause
    return chain[-1]


def protocol(cause: Exception) -> Exception:
    return requests.ConnectionError(urllib3.exceptions.ProtocolError("aborted", cause))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            wrapped(
                socket.gaierror(socket.EAI_NONAME, "x"),
                urllib3.exceptions.NameResolutionError("h", CONNECTION, socket.gaierror()),
                requests.ConnectionError("x"),
            ),
            NoAnswerKind.NAME_NOT_FOUND,
        ),
        (
            wrapped(
                socket.gaierror(socket.EAI_AGAIN, "x"),
                urllib3.exceptions.NewConnectionError(CONNECTION, "x"),
            ),
            NoAnswerKind.DOWN,
        ),
        (wrapped(ConnectionRefusedError(), requests.ConnectionError()), NoAnswerKind.DOWN),
        (wrapped(OSError(113, "No route"), requests.ConnectionError()), NoAnswerKind.DOWN),
        (requests.exceptions.ProxyError("x"), NoAnswerKind.DOWN),
        (requests.exceptions.InvalidSchema("socks"), NoAnswerKind.DOWN),
        (requests.exceptions.InvalidProxyURL("x"), NoAnswerKind.DOWN),
        (requests.ConnectTimeout("x"), NoAnswerKind.SLOW),
        (requests.ReadTimeout("x"), NoAnswerKind.SLOW),
        (protocol(TimeoutError("timed out")), NoAnswerKind.SLOW),
        (
            wrapped(ssl.SSLCertVerificationError(), requests.ConnectionError()),
            NoAnswerKind.INSECURE,
        ),
        (requests.exceptions.SSLError("x"), NoAnswerKind.INSECURE),
        (wrapped(ssl.SSLEOFError(), requests.exceptions.SSLError()), NoAnswerKind.BROKEN_OFF),
        (protocol(http.client.RemoteDisconnected("x")), NoAnswerKind.BROKEN_OFF),
        (protocol(ConnectionResetError()), NoAnswerKind.BROKEN_OFF),
        (protocol(BrokenPipeError()), NoAnswerKind.BROKEN_OFF),
        (protocol(ConnectionAbortedError()), NoAnswerKind.BROKEN_OFF),
        (urllib3.exceptions.IncompleteRead(1, 2), NoAnswerKind.BROKEN_OFF),
        (protocol(http.client.BadStatusLine("x")), NoAnswerKind.NOT_UNDERSTOOD),
        (protocol(http.client.LineTooLong("x")), NoAnswerKind.NOT_UNDERSTOOD),
        (urllib3.exceptions.DecodeError("x"), NoAnswerKind.NOT_UNDERSTOOD),
        (OSError("anything else"), NoAnswerKind.DOWN),
    ],
)
def test_each_failure_has_its_kind(error: Exception, kind: NoAnswerKind) -> None:
    assert isinstance(error, CAUGHT)
    assert kind_of(error) is kind


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidURL("x"),
        requests.exceptions.MissingSchema("x"),
        requests.exceptions.InvalidHeader("x"),
        ValueError("x"),
    ],
)
def test_what_is_our_own_fault_is_a_bug(error: Exception) -> None:
    with pytest.raises(Bug):
        kind_of(error)


def test_the_log_gets_classes_never_messages() -> None:
    error = wrapped(ValueError("secret"), requests.ConnectionError(OSError("secret")))
    assert names_in(error) == "ConnectionError < ValueError < OSError"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("30", 30.0),
        (" 30 ", 30.0),
        ("99999999999999999999", RETRY_AFTER_MAX_S),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 23 Nov 2026 09:31:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 09:31:00 -0000", 60.0),
        ("Monday, 23-Nov-26 09:31:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0),
        ("Thu, 23 Nov 2028 09:00:00 GMT", RETRY_AFTER_MAX_S),
        ("soon", None),
    ],
)
def test_how_long_the_service_asks_to_wait(value: str | None, expected: float | None) -> None:
    assert retry_after_s(value, now=NOW) == expected


@given(st.text(max_size=60))
def test_any_retry_after_is_bounded(value: str) -> None:
    wait_s = retry_after_s(value, now=NOW)
    assert wait_s is None or 0 <= wait_s <= RETRY_AFTER_MAX_S


def test_each_wait_is_cut_to_what_is_left_of_the_call() -> None:
    clock = FakeClock()
    exchange = Exchange(total_s=10, step_s=4, connect_s=2, monotonic_s=clock.monotonic_s)
    assert exchange.next_wait_s() == 4
    clock.advance(seconds=7)
    assert exchange.next_wait_s() == 3
    clock.jump(days=-1)  # somebody sets the clock: durations do not care
    assert exchange.next_wait_s() == 3
    clock.advance(seconds=3)
    with pytest.raises(TimeoutError):
        exchange.next_wait_s()


def test_the_port_loads_without_the_libraries_of_the_wire() -> None:
    """The window comes first; requests and pydantic are loaded when a call is made."""
    program = (
        "import sys, merchant_app.central.port, merchant_app.settings.secrets;"
        "print(sorted({'requests', 'urllib3', 'pydantic', 'keyring'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
