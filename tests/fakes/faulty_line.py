"""The line between a till and the real central service, with faults that a test turns on and off.

with faulty_line(service_port) as line:
    line.fault = answer_with(http(500))     # every call, until it is None again
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.fakes.bad_service import BadService, Connection

Fault = Callable[[Connection], None]
"""Called for each request instead of the service; whatever it sends is the answer."""
_PIECE_BYTES = 65_536


class FaultyLine:
    """Attributes:
    fault: what happens to each call; None: it reaches the service.
    met: how many calls met a fault.
    """

    def __init__(self, upstream_port: int) -> None:
        self._upstream_port = upstream_port
        self.fault: Fault | None = None
        self.met = 0
        self.url = ""

    def behave(self, connection: Connection) -> None:
        """One connection; see `BadService`. Its request counts as read only by whoever gets it."""
        while (request := _request(connection.sock)) is not None:
            fault = self.fault
            if fault is not None:
                self.met += 1
                fault(connection)
            else:
                connection.sock.sendall(self._asked(request))
            return  # one request a connection: the client opens the next

    def _asked(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [
            line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        whole = b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body
        with socket.create_connection(("127.0.0.1", self._upstream_port)) as upstream:
            upstream.sendall(whole)
            return _all_of(upstream)


def answer_with(reply: bytes) -> Fault:
    """Always the same bytes; then the connection is closed."""
    return lambda connection: connection.sock.sendall(reply)


def stay_silent(connection: Connection) -> None:
    """Take the request, never answer."""
    connection.stopping.wait()


@contextmanager
def faulty_line(upstream_url: str) -> Iterator[FaultyLine]:
    """A line to the service at this address, without faults yet."""
    line = FaultyLine(int(upstream_url.rpartition(":")[2]))
    with BadService(line.behave) as service:
        line.url = service.url
        yield line


def _request(sock: socket.socket) -> bytes | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(_PIECE_BYTES)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += sock.recv(_PIECE_BYTES)
    return head + b"\r\n\r\n" + body


def _all_of(sock: socket.socket) -> bytes:
    pieces = []
    while piece := sock.recv(_PIECE_BYTES):
        pieces.append(piece)
    return b"".join(pieces)
