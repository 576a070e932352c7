"""HTTP to the central service: one session, pooled; a limit on everything; closed outcomes.

Importing this module loads requests, so it is imported off the GUI thread. A `ServiceHttp` may be
used by several threads at once; each call blocks no longer than its `total_s`.

What the surroundings of the program may change, and what not:

- Proxies of the system and its certificates (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE,
  SSL_CERT_FILE) are honoured: shops inside a company's network have no other way out. A service on
  this computer is never reached through a proxy.
- `~/.netrc` is never read: a password of another program must not travel in our requests. This is
  why the session's `trust_env` is off and proxies are asked for one by one.
- Cookies are neither kept nor sent, redirects are not followed: the token would go with them.
"""

from __future__ import annotations

import email.utils
import logging
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from merchant_app import __version__
from merchant_app.central import failures
from merchant_app.central.address import ServiceAddress
from merchant_app.central.connections import POOL_CLASSES, Exchange, in_exchange
from merchant_app.central.port import NoAnswer, NoAnswerKind
from merchant_app.clock import Clock
from merchant_app.contract.strict_json import REPLY_BYTES_MAX

POOL_SIZE = 4
"""Connections kept open: as many as there are threads that call (delivery, look-up, snapshot)."""
RETRY_AFTER_MAX_S = 3600.0
"""A service may ask for an hour of silence, not for a year of it by mistake."""
_READ_BYTES = 65_536
_PROBLEM_TYPE = "application/problem+json"
_JSON_TYPES = frozenset({"application/json", _PROBLEM_TYPE})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one call may take.

    Attributes:
        connect_s: until one address of the service accepts a connection.
        read_s: between two pieces of an answer.
        total_s: for the whole call, name look-up and every byte included.
        reply_bytes_max: of the body, unpacked.
    """

    connect_s: float = 4.0
    read_s: float = 10.0
    total_s: float = 10.0
    reply_bytes_max: int = REPLY_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Reply:
    """JSON of some kind, not parsed: a 2xx, a 4xx that is not about waiting, a 503 that says why.

    `retry_after_s` is what such a 503 asked for.
    """

    status: int
    body: bytes
    retry_after_s: float | None = None


class ServiceHttp:
    """Calls to one central service."""

    def __init__(
        self,
        address: ServiceAddress,
        *,
        clock: Clock,
        token: str | None = None,
        limits: Limits | None = None,
        ca_file: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            address: from `parse_address`.
            clock: measures the calls; its wall time reads Retry-After.
            token: the till's bearer token; None for enrolment.
            limits: time and size of a call.
            ca_file: trust the certificates in this PEM file and no others.
            environ: where REQUESTS_CA_BUNDLE is looked for.

        Raises:
            OSError: a file of certificates cannot be read.
        """
        self._address = address
        self._clock = clock
        self._limits = limits or Limits()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca_file) if ca_file is not None else True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers = _headers(token)
        # Loading a system's certificates takes tens of milliseconds; training has no use for them.
        is_tls = address.base_url.lower().startswith("https:")
        adapter = _Adapter(_tls_context(ca_file, environ) if is_tls else None)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def call(
        self, method: str, path: str, *, body: bytes | None = None, total_s: float | None = None
    ) -> Reply | NoAnswer:
        """One request, at most `total_s` seconds long. Raises nothing but Bugs.

        No request is repeated because it failed; when to try again is the delivery's business.
        One case is no failure: the server closed a pooled connection while it was idle, which
        shows when the next request is written to it. If the connection came from the pool and not
        one byte of a reply was received, the request goes out again at once, on another
        connection. This is safe even if the server did act on it: every call of the contract may
        be sent any number of times (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
        """
        total_s = self._limits.total_s if total_s is None else min(total_s, self._limits.total_s)
        exchange = Exchange(
            total_s=total_s,
            step_s=self._limits.read_s,
            connect_s=self._limits.connect_s,
            monotonic_s=self._clock.monotonic_s,
        )
        with in_exchange(exchange):
            # Each turn uses up one dead connection of the pool; the last one has a fresh one.
            for _ in range(POOL_SIZE):
                answer = self._attempt(exchange, method, path, body)
                if answer is not None:
                    return answer
            return self._attempt(exchange, method, path, body) or NoAnswer(NoAnswerKind.BROKEN_OFF)

    def _attempt(
        self, exchange: Exchange, method: str, path: str, body: bytes | None
    ) -> Reply | NoAnswer | None:
        """One try; None when a pooled connection turned out to be dead."""
        exchange.begin_attempt()
        url = self._address.base_url + path
        proxies = {} if self._address.is_loopback else get_environ_proxies(url, no_proxy=None)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            with self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                # Only upper bounds here: the connections cut every wait to the deadline.
                timeout=(self._limits.connect_s, self._limits.read_s),
                allow_redirects=False,
                proxies=proxies,
                stream=True,
            ) as response:
                return self._read(response)
        except failures.CAUGHT as error:
            kind = failures.kind_of(error)
            dead = not exchange.opened and not exchange.received_bytes
            if kind is NoAnswerKind.BROKEN_OFF and dead:
                return None
            _log.info("no answer: %s (%s)", kind.value, failures.names_in(error))
            return NoAnswer(kind)

    def _read(self, response: requests.Response) -> Reply | NoAnswer:
        """What a reply's head means, and its body if that matters."""
        status = response.status_code
        if 300 <= status < 400:
            return NoAnswer(NoAnswerKind.REDIRECTED)
        wait_s = retry_after_s(response.headers.get("Retry-After"), now=self._clock.now())
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if status >= 500 and (status, media_type) != (503, _PROBLEM_TYPE):
            return NoAnswer(NoAnswerKind.SERVICE_FAILED, wait_s)
        if status == 429:
            return NoAnswer(NoAnswerKind.TOO_MANY_REQUESTS, wait_s)
        if media_type not in _JSON_TYPES:
            return NoAnswer(NoAnswerKind.NOT_UNDERSTOOD)
        body = self._body(response.raw)
        return NoAnswer(NoAnswerKind.TOO_LARGE) if body is None else Reply(status, body, wait_s)

    def _body(self, raw: Any) -> bytes | None:
        """The unpacked body; None as soon as it is too large, without unpacking the rest."""
        pieces = bytearray()
        while piece := raw.read(_READ_BYTES, decode_content=True):
            pieces += piece
            if len(pieces) > self._limits.reply_bytes_max:
                return None
        return bytes(pieces)


class _Adapter(HTTPAdapter):
    """requests' adapter with our connections and our TLS settings, for proxied calls too."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        super().__init__(pool_connections=2, pool_maxsize=POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOL_CLASSES

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs)
        manager.pool_classes_by_scheme = POOL_CLASSES
        return manager


def _headers(token: str | None) -> requests.structures.CaseInsensitiveDict[str | bytes]:
    headers: dict[str, str | bytes] = {
        "Accept": "application/json, application/problem+json",
        "Accept-Encoding": "gzip",
        "User-Agent": f"Comptoir/{__version__}",
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return requests.structures.CaseInsensitiveDict(headers)


def _tls_context(ca_file: Path | None, environ: Mapping[str, str]) -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and name verified (ASVS 5.0, V12.1.1 and V12.3.2).

    Trusted are: the certificates of `ca_file` alone; or those of the system (a company's own
    among them), of REQUESTS_CA_BUNDLE, and certifi's, which requests adds.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file is not None else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    bundle = environ.get("REQUESTS_CA_BUNDLE")
    if ca_file is None and bundle:
        context.load_verify_locations(cafile=bundle)
    return context


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """How long the service asks to wait: seconds or an HTTP date (RFC 9110, 10.2.3).

    Never below zero or above `RETRY_AFTER_MAX_S`; None when it asks for nothing one can read.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), RETRY_AFTER_MAX_S)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC, by RFC 5322, 3.3
        moment = moment.replace(tzinfo=UTC)
    try:
        wait_s = (moment - now).total_seconds()
    except OverflowError:
        return None
    return min(max(0.0, wait_s), RETRY_AFTER_MAX_S)
