"""What Relevés asks of the statement desk, as data; see `commands`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from merchant_app.till.statement_desk import StatementDesk
from merchant_app.till.statement_results import (
    BankResult,
    OutstandingResult,
    Statement,
    StatementResult,
)


@dataclass(frozen=True, slots=True)
class AskStatement:
    """What did the service sell, redeem and owe in these days, and does the journal agree?

    Attributes:
        cancelled: set it, and the answer is soon `Cancelled`.
        came: told how many lines have come, in the worker thread.
    """

    first_day: date
    last_day: date
    cancelled: threading.Event = field(compare=False, repr=False)
    came: Callable[[int], None] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AskBank:
    """Did the payouts of this statement arrive, as the bank's file has it?"""

    statement: Statement = field(repr=False)
    path: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskOutstanding:
    """What can customers still spend?"""


StatementCommand: TypeAlias = AskStatement | AskBank | AskOutstanding
StatementAnswer: TypeAlias = StatementResult | BankResult | OutstandingResult


def ask_desk(desk: StatementDesk, command: StatementCommand) -> StatementAnswer:
    """Ask, and wait for the answer: worker threads only.

    Raises:
        Problem: what the desk's own methods raise.
    """
    match command:
        case AskStatement(first_day=first_day, last_day=last_day):
            return desk.statement(
                first_day, last_day, cancelled=command.cancelled, on_progress=command.came
            )
        case AskBank(statement=statement, path=path):
            return desk.match_bank(statement, path)
        case AskOutstanding():
            return desk.outstanding()
