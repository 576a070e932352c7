"""The sockets of a line: a door that can be shut and opened again, and connections that end.

The door belongs to one thread, which alone opens, closes and accepts; others ask it to.
"""

from __future__ import annotations

import contextlib
import math
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

from tests.fakes.waiting import LIMIT_S

HOST = "127.0.0.1"
CONNECTIONS_MAX = 64


class Door:
    """Accepts connections on one port of this computer; shut, nobody listens there.

    Attributes:
        port: kept while the door is shut, so that no other program gets it meanwhile.
    """

    def __init__(self, port: int, welcome: Callable[[socket.socket], None]) -> None:
        """`welcome` is called with each connection, in the door's thread."""
        self._welcome = welcome
        # Bound and never listening: it holds the port, and refuses while nobody else listens.
        self._holder = _bound(port)
        self.port: int = self._holder.getsockname()[1]
        self._bell, self._rung = socket.socketpair()
        self._changed = threading.Condition()
        self._shut_until_s = 0.0
        self._asked = 0
        self._done = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="fault-door", daemon=True)

    def start(self) -> None:
        """Open."""
        self._thread.start()
        self._ask(shut_until_s=0.0)

    def shut(self, *, for_s: float = math.inf) -> None:
        """Refuse every connection; returns when that is so. It opens again by itself."""
        self._ask(shut_until_s=max(self._shut_until_s, time.monotonic() + for_s))

    def open(self) -> None:
        """Accept again; returns when that is so."""
        self._ask(shut_until_s=0.0)

    def stop(self) -> None:
        """Shut for good; the port is free afterwards."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            self._ring()
        self._thread.join()
        for one in (self._holder, self._bell, self._rung):
            one.close()

    def _ask(self, *, shut_until_s: float) -> None:
        """Have the door's thread do it, and wait until it has."""
        with self._changed:
            self._shut_until_s = shut_until_s
            self._asked += 1
            mine = self._asked
            self._ring()
            done = self._changed.wait_for(lambda: self._stopping or self._done >= mine, LIMIT_S)
        assert done, "the door's thread hangs"

    def _ring(self) -> None:
        self._bell.send(b"!")

    def _run(self) -> None:
        listener: socket.socket | None = None
        try:
            while True:
                with self._changed:
                    if self._stopping:
                        return
                    asked, left_s = self._asked, self._shut_until_s - time.monotonic()
                if left_s > 0 and listener is not None:
                    listener.close()
                    listener = None
                elif left_s <= 0 and listener is None:
                    listener = _bound(self.port)
                    listener.listen(CONNECTIONS_MAX)
                    listener.setblocking(False)
                with self._changed:
                    self._done = asked
                    self._changed.notify_all()
                self._wait(listener, left_s)
        finally:
            if listener is not None:
                listener.close()

    def _wait(self, listener: socket.socket | None, left_s: float) -> None:
        watched = [self._rung] if listener is None else [self._rung, listener]
        timeout_s = left_s if 0 < left_s < math.inf else None
        ready, _, _ = select.select(watched, [], [], timeout_s)
        if self._rung in ready:
            self._rung.recv(64)
        if listener in ready and listener is not None:
            # The one who knocked may be gone again.
            with contextlib.suppress(OSError):
                self._welcome(listener.accept()[0])


def _bound(port: int) -> socket.socket:
    sock = socket.socket()
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
    except BaseException:
        sock.close()
        raise
    return sock


class OpenSockets:
    """All connections there are, so that they can be ended from another thread at any instant."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False

    def add(self, sock: socket.socket) -> None:
        """From now on it may be ended; `holding` closes it."""
        with self._guard:
            self._open.add(sock)
            if self._closed:
                _end(sock)

    @contextlib.contextmanager
    def holding(self, sock: socket.socket) -> Iterator[None]:
        """Close the socket at the end of the block, or make it useless earlier."""
        with sock:
            self.add(sock)
            try:
                yield
            finally:
                with self._guard:
                    self._open.discard(sock)

    def end_all(self, *, for_good: bool = False) -> None:
        """Whoever reads or writes one of them finds its end. `for_good`: later ones as well."""
        with self._guard:
            self._closed = self._closed or for_good
            for sock in self._open:
                _end(sock)


def _end(sock: socket.socket) -> None:
    # OSError: it never was connected, or the other side was first.
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def reset_at_close(sock: socket.socket) -> None:
    """Closing it will send a reset (RST) instead of a goodbye (FIN)."""
    # OSError: the other side was first.
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
