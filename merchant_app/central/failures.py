"""One table from what requests, urllib3, ssl and sockets raise to why there is no answer.

The most specific cause decides: a "connection error" of requests is looked into until the reason
is found (idea: httpx's map of httpcore's exceptions). Nothing of these libraries passes this point.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions

from merchant_app.central.port import NoAnswerKind
from merchant_app.errors import Bug

CAUGHT: tuple[type[Exception], ...] = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)
"""Everything the libraries may raise about the world; anything else is a Bug and passes."""

# Ours, although requests derives it from its own family: an address or header we made is wrong.
_BUGS: tuple[type[Exception], ...] = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
)

# Read from top to bottom: the first row that any exception of the chain belongs to.
_TABLE: tuple[tuple[tuple[type[BaseException], ...], NoAnswerKind], ...] = (
    ((urllib3.exceptions.NameResolutionError,), NoAnswerKind.NAME_NOT_FOUND),
    # The other side hung up in the middle of TLS: cut off, not insecure.
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), NoAnswerKind.BROKEN_OFF),
    # Not urllib3's TimeoutError: its "no connection" is one of those too.
    ((TimeoutError, requests.Timeout, urllib3.exceptions.ReadTimeoutError), NoAnswerKind.SLOW),
    (
        (ssl.SSLError, requests.exceptions.SSLError, urllib3.exceptions.SSLError),
        NoAnswerKind.INSECURE,
    ),
    ((ConnectionRefusedError, requests.exceptions.ProxyError), NoAnswerKind.DOWN),
    ((http.client.RemoteDisconnected, http.client.IncompleteRead), NoAnswerKind.BROKEN_OFF),
    (
        (ConnectionResetError, ConnectionAbortedError, BrokenPipeError),
        NoAnswerKind.BROKEN_OFF,
    ),
    # What came is no HTTP: another kind of server listens there.
    (
        (
            http.client.HTTPException,
            urllib3.exceptions.DecodeError,
            urllib3.exceptions.InvalidHeader,
        ),
        NoAnswerKind.NOT_UNDERSTOOD,
    ),
    (
        (urllib3.exceptions.NewConnectionError, requests.exceptions.InvalidSchema),
        NoAnswerKind.DOWN,
    ),
    (
        (urllib3.exceptions.ProtocolError, requests.exceptions.ChunkedEncodingError),
        NoAnswerKind.BROKEN_OFF,
    ),
    (CAUGHT, NoAnswerKind.DOWN),
)


def kind_of(error: Exception) -> NoAnswerKind:
    """Why there is no answer.

    Raises:
        Bug: the request itself was wrong; that is not the world's fault.
    """
    chain = tuple(_chain(error))
    if isinstance(error, _BUGS) and not isinstance(error, requests.exceptions.InvalidProxyURL):
        raise Bug(f"a request that cannot be sent: {type(error).__name__}") from error
    for classes, kind in _TABLE:
        if any(isinstance(link, classes) for link in chain):
            return kind
    raise Bug(f"not an error of the network: {type(error).__name__}") from error


def names_in(error: Exception) -> str:
    """The classes of the chain, for the log: messages may quote what was sent."""
    return " < ".join(dict.fromkeys(type(link).__name__ for link in _chain(error)))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all it carries: causes, contexts, `reason`, arguments; each once."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
