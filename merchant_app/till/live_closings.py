"""The closing desk at work: `closing_desk.ClosingDesk`, over the till's own journal."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

from merchant_app.till import close_day
from merchant_app.till.closing_results import CloseResult, ClosingPreview, KeptClosing
from merchant_app.till.till import Till


class LiveClosingDesk:
    """See `ClosingDesk`."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._one_at_a_time = threading.Lock()

    def preview(self) -> ClosingPreview:
        return close_day.closing_preview(self._till)

    def close_day(self, *, leaving_open: bool = False) -> CloseResult:
        with self._one_at_a_time:
            return close_day.close_day(self._till, leaving_open=leaving_open)

    def forgotten_day(self) -> date | None:
        return close_day.forgotten_day(self._till)

    def close_forgotten_day(self, *, leaving_open: bool = False) -> CloseResult:
        with self._one_at_a_time:
            return close_day.close_forgotten_day(self._till, leaving_open=leaving_open)

    def postpone(self) -> None:
        close_day.postpone(self._till)

    def close_period(self) -> CloseResult:
        with self._one_at_a_time:
            return close_day.close_period(self._till)

    def newest(self, *, limit: int) -> tuple[KeptClosing, ...]:
        return close_day.newest(self._till, limit=limit)

    def print_again(self, number: int) -> tuple[Path, ...]:
        return close_day.print_again(self._till, number)
