"""What looks for newer versions; nothing does unless somebody names a feed and signs it.

A worker thread loads this module after the first paint.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from merchant_app import __version__
from merchant_app.central.address import parse_address
from merchant_app.central.release_feed import ReleaseFeed
from merchant_app.clock import Clock
from merchant_app.contract.release_feed import RELEASE_KEYS
from merchant_app.errors import Problem
from merchant_app.settings.options import UPDATE_FEED, Options
from merchant_app.settings.paths import Profile, ProfileName
from merchant_app.settings.update_memory import UpdateMemory
from merchant_app.till.results import Status
from merchant_app.till.updates import UpdateDesk

_log = logging.getLogger(__name__)


def build_updates(
    status: Callable[[], Status],
    options: Options | None,
    profile: Profile,
    clock: Clock,
    *,
    keys: Sequence[str] = RELEASE_KEYS,
) -> UpdateDesk | None:
    """None where no feed is named, no publisher known, or nothing is real.

    `status`: the till's. `keys`: the publisher's.
    """
    address = "" if options is None else options.get(UPDATE_FEED).strip()
    if not address or not keys or profile.name is ProfileName.TRAINING:
        return None
    try:
        feed = parse_address(address)
    except Problem as problem:
        _log.info("release feed: %s", problem)
        return None
    return UpdateDesk(
        ReleaseFeed(feed, keys=keys, clock=clock).newest,
        status=status,
        memory=UpdateMemory(profile.config / "updates.json"),
        version=__version__,
        clock=clock,
    )
