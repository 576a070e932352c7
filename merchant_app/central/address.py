"""Where a central service lives: an address is checked before anything is sent to it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from merchant_app.errors import Problem, ProblemKind

ADDRESS_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """A checked address.

    Attributes:
        base_url: without a slash at the end; paths of the contract are appended to it.
        is_loopback: the service runs on this computer (training mode, tests).
    """

    base_url: str
    is_loopback: bool


def parse_address(text: str) -> ServiceAddress:
    """The address of a central service, as it was typed or scanned.

    Only https is taken: the till's token travels in every request. The one exception is this
    computer itself, where nobody can listen in between.

    Raises:
        Problem: SERVICE_ADDRESS_INSECURE; not https, or not a plain address (user name and
            password, query and fragment have no business in it).
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _insecure("not an address") from None
    if len(text) > ADDRESS_LENGTH_MAX or not text.isascii() or not text.isprintable():
        raise _insecure("not an address")
    if host is None or " " in text or "\\" in text or port == 0:
        raise _insecure("not an address")
    if parts.username is not None or parts.password is not None:
        raise _insecure("a user name or password in the address")
    if "?" in text or "#" in text:
        raise _insecure("a query or a fragment in the address")
    is_loopback = _is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
        raise _insecure(f"{parts.scheme or 'no scheme'} instead of https")
    return ServiceAddress(text.rstrip("/"), is_loopback)


def _is_loopback(host: str) -> bool:
    if host == "localhost":  # RFC 6761, 6.3: never leaves this computer
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _insecure(detail: str) -> Problem:
    return Problem(ProblemKind.SERVICE_ADDRESS_INSECURE, detail)
