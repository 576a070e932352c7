"""Connections that keep to one deadline for a whole call, whatever the other side does.

requests knows a time limit for connecting and one for each read; a server that sends one byte a
second keeps within both for ever, and the name of the server is looked up with no limit at all.
Here every single wait of a call (name, connection, handshake, each piece sent or received) is cut
to what is left of the call's time. No thread watches, no socket is closed behind anybody's back.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from merchant_app.errors import Bug

PIECE_BYTES = 16_384
"""Sent at a time; between two pieces the deadline is looked at."""
LOOKUPS_AT_ONCE_MAX = 8
"""Threads that may hang in the system's resolver; more calls wait, within their own time."""

MonotonicS = Callable[[], float]
_lookups = threading.BoundedSemaphore(LOOKUPS_AT_ONCE_MAX)
_Addresses = Sequence[tuple[int, int, int, str, Any]]


class Exchange:
    """One call on its way: how long it may still take, and what happened on the wire so far.

    Attributes:
        connect_s: until one address of the service accepts; then its next one is tried.
        opened: a new connection was opened for this attempt (it was not taken from the pool).
        received_bytes: of the reply to this attempt, head included.
    """

    def __init__(
        self, *, total_s: float, step_s: float, connect_s: float, monotonic_s: MonotonicS
    ) -> None:
        self._monotonic_s = monotonic_s
        self._ends_at_s = monotonic_s() + total_s
        self._step_s = step_s
        self.connect_s = connect_s
        self.opened = False
        self.received_bytes = 0

    def begin_attempt(self) -> None:
        self.opened, self.received_bytes = False, 0

    def next_wait_s(self) -> float:
        """How long the next single wait may take.

        Raises:
            TimeoutError: the call's time is up.
        """
        left_s = self._ends_at_s - self._monotonic_s()
        if left_s <= 0:
            raise TimeoutError("the time of the whole call is up")
        return min(left_s, self._step_s)


_current: ContextVar[Exchange] = ContextVar("_current")


@contextmanager
def in_exchange(exchange: Exchange) -> Iterator[None]:
    """Let the connections of this thread keep to the deadline of `exchange`."""
    before = _current.set(exchange)
    try:
        yield
    finally:
        _current.reset(before)


def _exchange() -> Exchange:
    try:
        return _current.get()
    except LookupError:
        raise Bug("a connection is used outside of a call") from None


class _TimedReader(io.RawIOBase):
    """The receiving side of a socket; each wait is cut to what is left of the call."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # The socket's own file object: it keeps the socket open until the reply has been read.
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        exchange = _exchange()
        self._sock.settimeout(exchange.next_wait_s())
        count = self._raw.readinto(buffer)
        exchange.received_bytes += count or 0
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedSocket:
    """What `http.client` needs of a socket to read a reply from it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock))


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_TimedSocket(sock), *args, **kwargs)  # type: ignore[arg-type]


class _Timed(HTTPConnection):
    """What plain and TLS connections share."""

    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        exchange = _exchange()
        exchange.opened = True
        try:
            addresses = _look_up(self._dns_host, self.port, exchange)
            sock = self._connect_to_one_of(addresses, exchange)
            sock.settimeout(exchange.next_wait_s())  # for the TLS handshake
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:  # no resolver answers: the line, not the name
                raise NewConnectionError(self, "no name can be looked up") from error
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"connecting to {self.host} took too long") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error
        return sock

    def _connect_to_one_of(self, addresses: _Addresses, exchange: Exchange) -> socket.socket:
        failure: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in addresses:
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(min(exchange.next_wait_s(), exchange.connect_s))
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        raise failure

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not isinstance(data, bytes):
            raise Bug("a request is sent as bytes")
        for start in range(0, len(data), PIECE_BYTES):
            self.sock.settimeout(_exchange().next_wait_s())
            super().send(data[start : start + PIECE_BYTES])


def _look_up(host: str, port: int, exchange: Exchange) -> _Addresses:
    """The addresses of a host, within the call's time.

    The system's resolver knows no time limit: with Wi-Fi up and the internet gone, the commonest
    trouble of a shop, it takes 10 to 30 s. So it is asked in a thread that may be left behind.
    """
    found: Future[_Addresses] = Future()

    def ask() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except BaseException as error:
            found.set_exception(error)
        finally:
            _lookups.release()

    if not _lookups.acquire(timeout=exchange.next_wait_s()):
        raise TimeoutError("too many names are being looked up")
    try:
        threading.Thread(target=ask, name="name-lookup", daemon=True).start()
    except RuntimeError:
        _lookups.release()
        raise
    return found.result(timeout=exchange.next_wait_s())


class TimedHTTPConnection(_Timed):
    """Plain HTTP: this computer only."""


class TimedHTTPSConnection(_Timed, HTTPSConnection):
    """TLS; the name and the certificate are checked by urllib3 and the pool's SSL context."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = TimedHTTPConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = TimedHTTPSConnection


POOL_CLASSES = {"http": _PlainPool, "https": _TLSPool}
"""For `PoolManager.pool_classes_by_scheme`."""
