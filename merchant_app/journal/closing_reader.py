"""What closings are computed from, read beside the till that writes it.

A preview of a busy day takes half a second: on the journal's own thread a sale would wait for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from merchant_app.journal.checking import world_errors
from merchant_app.journal.closing_ranges import ClosingRanges
from merchant_app.journal.closings import Closings
from merchant_app.journal.events import Events

_BUSY_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A journal as it stood at one moment: ranges, events, closings, to be read only."""

    ranges: ClosingRanges
    events: Events
    closings: Closings


@contextmanager
def closing_view(path: Path) -> Iterator[ClosingView]:
    """Read a journal file over a connection of its own, for the thread that asks, for a moment: a
    transaction that stays open would hold back the journal's log.

    Raises:
        Problem: the file is damaged, locked, or cannot be read; what is read inside raises it too.
    """
    with world_errors():
        # As a URI, for a file that is there: this never makes one.
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(address, uri=True, timeout=_BUSY_WAIT_S, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA query_only = ON")
            # One snapshot for all that is asked: a sale meanwhile is not half in it.
            connection.execute("BEGIN")
            yield ClosingView(ClosingRanges(connection), Events(connection), Closings(connection))
