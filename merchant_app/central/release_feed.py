"""Where the release feed lies: one request, without a token, to whoever publishes Comptoir."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path

from merchant_app.central.address import ServiceAddress
from merchant_app.central.http import Limits, Reply, ServiceHttp
from merchant_app.central.port import NoAnswer
from merchant_app.clock import Clock
from merchant_app.contract import release_feed
from merchant_app.contract.release_feed import FEED_BYTES_MAX, Release
from merchant_app.contract.strict_json import Malformed

_OK = 200

_log = logging.getLogger(__name__)


class ReleaseFeed:
    """Any thread; blocks for ten seconds at most."""

    def __init__(
        self,
        address: ServiceAddress,
        *,
        keys: Sequence[str],
        clock: Clock,
        limits: Limits | None = None,
        ca_file: Path | None = None,
    ) -> None:
        """
        Args:
            address: of the feed itself.
            keys: the publisher's.
            clock: measures the call, and says what day it is.
            limits: of the call; None: the usual ones, and no more than a feed can have.
            ca_file: see `ServiceHttp`.
        """
        self._address = address
        self._keys = keys
        self._limits = limits or Limits(reply_bytes_max=FEED_BYTES_MAX)
        self._ca_file = ca_file
        self._clock = clock

    def newest(self) -> Release | None:
        """What the publisher says; None, and a line in the log, for anything else that comes."""
        try:
            reply = self._ask()
        except OSError as error:  # a file of certificates that somebody named and that is not there
            _log.info("release feed: not asked (%s)", type(error).__name__)
            return None
        if isinstance(reply, NoAnswer):
            _log.info("release feed: no answer (%s)", reply.kind.value)
            return None
        if reply.status != _OK:
            _log.info("release feed: status %d", reply.status)
            return None
        try:
            return release_feed.read(reply.body, keys=self._keys, today=self._clock.now().date())
        except Malformed as bad:
            _log.info("release feed: not believed (%s)", bad)
            return None

    def _ask(self) -> Reply | NoAnswer:
        # Once a day: no connection is kept, and no certificates are loaded before they are needed.
        http = ServiceHttp(
            self._address, clock=self._clock, limits=self._limits, ca_file=self._ca_file
        )
        with contextlib.closing(http):
            return http.call("GET", "")
