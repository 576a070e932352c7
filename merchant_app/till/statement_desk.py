"""Relevés: all that a screen can ask about statements."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Protocol

from merchant_app.till.statement_results import (
    BankResult,
    OutstandingResult,
    Statement,
    StatementResult,
)


class StatementDesk(Protocol):
    """Every method may block for some seconds: call them from worker threads.

    They raise Problems (a damaged journal), never network errors and nothing about a bank's file.
    """

    def statement(
        self,
        first_day: date,
        last_day: date,
        *,
        cancelled: threading.Event | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> StatementResult:
        """The service's statement of these days, line by line against this till's journal.

        Args:
            first_day: where the shop is.
            last_day: included; at most `ledger.statements.DAYS_MAX` days in all.
            cancelled: set it, and the answer is `Cancelled` after the call under way.
            on_progress: told how many lines have come, in the calling thread.
        """
        ...

    def match_bank(self, statement: Statement, source: Path | bytes) -> BankResult:
        """The payouts of a statement against the bank's file. Nothing of the file is kept."""
        ...

    def outstanding(self) -> OutstandingResult:
        """What customers can still spend; asks nobody."""
        ...
