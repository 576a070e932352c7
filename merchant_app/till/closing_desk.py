"""Clôture: all that a screen can ask about closings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Protocol

from merchant_app.till import close_day
from merchant_app.till.closing_results import CloseResult, ClosingPreview, KeptClosing
from merchant_app.till.till import Till


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


class LiveClosingDesk:
    """See `ClosingDesk`."""

    def __init__(self, till: Till) -> None:
        self._till = till

    def preview(self) -> ClosingPreview:
        return close_day.closing_preview(self._till)

    def close_day(self, *, leaving_open: bool = False) -> CloseResult:
        return close_day.close_day(self._till, leaving_open=leaving_open)

    def forgotten_day(self) -> date | None:
        return close_day.forgotten_day(self._till)

    def close_forgotten_day(self, *, leaving_open: bool = False) -> CloseResult:
        return close_day.close_forgotten_day(self._till, leaving_open=leaving_open)

    def postpone(self) -> None:
        close_day.postpone(self._till)

    def close_period(self) -> CloseResult:
        return close_day.close_period(self._till)

    def newest(self, *, limit: int) -> tuple[KeptClosing, ...]:
        return close_day.newest(self._till, limit=limit)

    def print_again(self, number: int) -> tuple[Path, ...]:
        return close_day.print_again(self._till, number)


def _assert_protocol(live: LiveClosingDesk) -> ClosingDesk:
    return live
