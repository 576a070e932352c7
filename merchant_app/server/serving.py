"""Listening: one port, TLS unless it is this computer alone, a file that says when it is ready."""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import uvicorn
from fastapi import FastAPI

from merchant_app.errors import Problem, ProblemKind

BACKLOG = 128
STOP_WAIT_S = 10
"""How long calls under way may take to end once the service was asked to stop."""


class NotSafe(Exception):
    """Listening like this would send codes and tokens in clear; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen. `certificate` and `key` are files (PEM)."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


def bind(listening: Listening) -> socket.socket:
    """The listening socket; port 0 takes a free one.

    Raises:
        NotSafe: other computers could reach it, and there is no certificate.
        Problem: PORT_IN_USE.
        OSError: the address is not of this computer, or may not be used.
    """
    if (listening.certificate is None) != (listening.key is None):
        raise NotSafe("A certificate and its key belong together: give both files.")
    if listening.certificate is None and not _is_loopback(listening.host):
        raise NotSafe(
            f"{listening.host} can be reached from other computers: that needs TLS."
            " Give --tls-cert and --tls-key, or listen on 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    # With its protocol named: asyncio turns Nagle's algorithm off only for sockets that say TCP,
    # and every reply would wait 40 ms for the till's delayed acknowledgement.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":  # there SO_REUSEADDR would let two services share the port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((listening.host, listening.port))
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            detail = f"{listening.host}:{listening.port}"
            raise Problem(ProblemKind.PORT_IN_USE, detail) from error
        raise
    return bound


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Server(uvicorn.Server):
    """uvicorn that says when it listens, and stops like a program that was asked to."""

    def __init__(self, app: FastAPI, listening: Listening, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,  # the program's own log
            access_log=False,  # it would write query strings, and every call every ten seconds
            server_header=False,
            lifespan="off",
            ssl_certfile=listening.certificate,
            ssl_keyfile=None if listening.key is None else str(listening.key),
            timeout_graceful_shutdown=STOP_WAIT_S,
        )
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's, then the news."""
        if self.config.ssl is not None:
            self.config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    def stop(self) -> None:
        """Finish the calls under way, then return from `run`. Any thread may call it."""
        self.should_exit = True


def serve(
    app: FastAPI,
    bound: socket.socket,
    listening: Listening,
    *,
    on_ready: Callable[[str], None],
    until_closes: IO[bytes] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until `until_closes` ends. Main thread only.

    `on_ready` is given the URL when calls are answered. A parent that keeps the other end of
    `until_closes` takes this service with it, however it ends.
    """
    scheme = "http" if listening.certificate is None else "https"
    port = bound.getsockname()[1]
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    server = Server(app, listening, lambda: on_ready(f"{scheme}://{host}:{port}"))

    # uvicorn puts these back at its end and raises the signal again, which would end the program
    # with the signal's code although it stopped in good order.
    def stop(_signal: int, _frame: object) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if until_closes is not None:
        threading.Thread(
            target=_stop_at_end, args=(until_closes, server), name="stdin", daemon=True
        ).start()
    server.run(sockets=[bound])


def _stop_at_end(stream: IO[bytes], server: Server) -> None:
    while stream.read(4096):
        pass
    server.stop()


def write_ready_file(path: Path, content: Mapping[str, object]) -> None:
    """Write JSON so that a reader sees all of it or nothing; readable by this user alone."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
