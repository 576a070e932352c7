"""What closings are computed from, read beside the till that writes it.

A busy day takes half a second, and seconds on a busy computer: on the journal's own thread a sale
would wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from merchant_app.journal.closing_ranges import ClosingRanges
from merchant_app.journal.closings import Closings
from merchant_app.journal.events import Events
from merchant_app.journal.purging import Purges
from merchant_app.journal.reading import reading


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A journal as it stood at one moment: to be read only."""

    ranges: ClosingRanges
    events: Events
    closings: Closings
    purges: Purges


@contextmanager
def closing_view(path: Path) -> Iterator[ClosingView]:
    """Read a journal file over a connection of its own, for the thread that asks, for a moment: a
    transaction that stays open would hold back the journal's log.

    Raises:
        Problem: the file is damaged, locked, or cannot be read; what is read inside raises it too.
    """
    with reading(path) as connection:
        # One snapshot for all that is asked: a sale meanwhile is not half in it.
        connection.execute("BEGIN")
        yield ClosingView(
            ClosingRanges(connection),
            Events(connection),
            Closings(connection),
            Purges(connection),
        )
