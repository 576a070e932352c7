"""Listening: one port, TLS unless it is this computer alone, a file that says when it is ready.

Without uvicorn, which is slow to load: whoever cannot listen hears so before.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind

BACKLOG = 128


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


def write_ready_file(path: Path, content: Mapping[str, object]) -> None:
    """Write JSON so that a reader sees all of it or nothing; readable by this user alone."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
