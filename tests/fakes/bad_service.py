"""A server that misbehaves on purpose: real sockets, one scripted behaviour a connection.

    with BadService(close_after(b"HTTP/1.1 200 OK\\r\\n")) as service:
        ...call service.url...

A behaviour is called with the accepted connection, in a thread of its own; when it returns, the
connection is closed. Behaviours that wait do so on `service.stopping`, so that a test ends at once.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from types import TracebackType

Behaviour = Callable[["Connection"], None]


class Connection:
    """One accepted connection.

    Attributes:
        sock: the socket, TLS done where there is TLS.
        stopping: set when the service is closed.
    """

    def __init__(self, sock: socket.socket, service: BadService) -> None:
        self.sock = sock
        self.service = service
        self.stopping = service.stopping
        self._pending = b""

    def read_request(self) -> bytes | None:
        """One whole request, head and body; None when the client closed instead."""
        data = self._pending
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(65_536)
            if not piece:
                return None
            data += piece
        head, _, rest = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(rest) < length:
            rest += self.sock.recv(65_536)
        self._pending = rest[length:]
        self.service.note(head + b"\r\n\r\n" + rest[:length])
        return head


class BadService:
    """Listens on a free port of this computer until it is left.

    Attributes:
        requests: every whole request that was read, in order.
        connections: how many were accepted.
        handshake_failures: how many clients broke the TLS handshake off.
    """

    def __init__(
        self, behave: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self._behave = behave
        self._tls = tls
        self._host = host
        self._listener = socket.create_server((host, 0))
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self.stopping = threading.Event()
        self.requests: list[bytes] = []
        self.connections = 0
        self.handshake_failures = 0
        self.changed = threading.Condition(self._guard)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"

    def note(self, request: bytes) -> None:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def __enter__(self) -> BadService:
        self._start(self._accept, "bad-service")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            waiting, threads = list(self._open), list(self._threads)
        for sock in waiting:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    def _start(self, run: Callable[..., None], name: str, *args: object) -> None:
        thread = threading.Thread(target=run, name=name, args=args, daemon=True)
        with self._guard:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                self.connections += 1
                self._open.add(sock)
            self._start(self._serve, "bad-connection", sock)

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.closing(plain):
            try:
                # OSError: the client left, which is half of what these tests are about.
                with contextlib.suppress(OSError):
                    if self._tls is None:
                        self._behave(Connection(plain, self))
                    else:
                        self._serve_tls(plain, self._tls)
            finally:
                with self._guard:
                    self._open.discard(plain)

    def _serve_tls(self, plain: socket.socket, tls: ssl.SSLContext) -> None:
        try:
            sock = tls.wrap_socket(plain.dup(), server_side=True)
        except OSError:  # ssl.SSLError among them
            with self.changed:
                self.handshake_failures += 1
                self.changed.notify_all()
            return
        with contextlib.closing(sock):
            self._behave(Connection(sock, self))


# --- behaviours --------------------------------------------------------------------------------


def http(
    status: int,
    body: bytes = b"",
    *,
    media_type: str | None = "application/json",
    headers: tuple[str, ...] = (),
    length: int | None = None,
) -> bytes:
    """A whole HTTP/1.1 reply. `length` lies about the body's length."""
    lines = [f"HTTP/1.1 {status} Whatever"]
    if media_type is not None:
        lines.append(f"Content-Type: {media_type}")
    lines += [f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def problem(status: int, name: str, *, headers: tuple[str, ...] = (), **more: object) -> bytes:
    """A reply with problem details of the contract."""
    fields = {"type": f"urn:comptoir:problem:{name}", "title": "No", "status": status, **more}
    body = json.dumps(fields).encode()
    return http(status, body, media_type="application/problem+json", headers=headers)


def answer(*replies: bytes) -> Behaviour:
    """Answer each request of a connection with the next reply (the last one for ever)."""

    def behave(connection: Connection) -> None:
        turn = 0
        while connection.read_request() is not None:
            connection.sock.sendall(replies[min(turn, len(replies) - 1)])
            turn += 1

    return behave


def close_after(data: bytes) -> Behaviour:
    """Read the request, send this, close."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.sock.sendall(data)

    return behave


def reset_after(data: bytes) -> Behaviour:
    """Read the request, send this, cut the line (RST instead of FIN)."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.sock.sendall(data)
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return behave


def stay_silent(connection: Connection) -> None:
    """Read the request and never answer."""
    connection.read_request()
    connection.stopping.wait()


def drip(head: bytes, *, every_s: float = 0.01) -> Behaviour:
    """Send `head`, then one byte at a time, for ever."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.sock.sendall(head)
        while not connection.stopping.wait(every_s):
            connection.sock.sendall(b"a")

    return behave


def endless(head: bytes) -> Behaviour:
    """Send `head`, then as much as the client takes."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.sock.sendall(head)
        while not connection.stopping.is_set():
            connection.sock.sendall(b" " * 65_536)

    return behave


def never_read(connection: Connection) -> None:
    """Accept, and take nothing of the request: the sender's buffers fill up."""
    connection.stopping.wait()


def gzip_bomb(unpacked_bytes: int) -> bytes:
    """A small reply that unpacks to this many bytes."""
    packed = gzip.compress(b" " * unpacked_bytes)
    return http(200, packed, headers=("Content-Encoding: gzip",))


@contextlib.contextmanager
def refusing_port() -> Iterator[int]:
    """A port of this computer where nobody listens, kept so while the block runs.

    Only who is told of it may listen there, as often as he likes; no other program gets it.
    """
    with socket.socket() as sock:
        if sys.platform != "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]
