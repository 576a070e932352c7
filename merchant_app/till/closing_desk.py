"""Clôture: all that a screen can ask about closings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Protocol

from merchant_app.till.closing_results import CloseResult, ClosingPreview, KeptClosing


class ClosingDesk(Protocol):
    """Every method may block for a second: call them from worker threads.

    They raise Problems: a full disk, a damaged journal, a keyring without the till's key. After
    one, nothing was closed.
    """

    def preview(self) -> ClosingPreview:
        """What a closing made now would say, what is in its way, what comes before it."""
        ...

    def close_day(self, *, leaving_open: bool = False) -> CloseResult:
        """Close everything up to now, for today; a day without a sale closes too.

        `leaving_open`: somebody saw what is still to settle, and closes all the same; it is named
        in the closing. Questions after a crash are always answered first.
        """
        ...

    def forgotten_day(self) -> date | None:
        """An earlier day that has entries and no closing, the oldest; to be offered before the
        first sale. None: nothing was forgotten."""
        ...

    def close_forgotten_day(self, *, leaving_open: bool = False) -> CloseResult:
        """Close it: up to its last entry, and no further."""
        ...

    def postpone(self) -> None:
        """Not now. It is recorded that somebody was asked; nothing else happens."""
        ...

    def close_period(self) -> CloseResult:
        """Close the month or the year that `preview` says is due."""
        ...

    def newest(self, *, limit: int) -> tuple[KeptClosing, ...]:
        """The last closings of days, newest first."""
        ...

    def print_again(self, number: int) -> tuple[Path, ...]:
        """The papers of a closing once more, where they should be; the same bytes."""
        ...
