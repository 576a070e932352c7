"""What the Relevés screen can be showing, as one value. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.reports.statements.words import Weight
from merchant_app.till.statement_results import (
    BankFileRefused,
    BankMatch,
    Cancelled,
    Difference,
    NoStatement,
    OutstandingResult,
    PayoutMatch,
    Period,
    PeriodKind,
    Reconciled,
    StatementRefused,
)
from merchant_app.ui.releves.days import Span, is_whole

DIFFERENCES_MAX = 200
"""In the list; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All days together: whether everything agrees, and what the platform owes."""


@dataclass(frozen=True, slots=True)
class Different:
    """A difference, with what to do about it."""

    difference: Difference


@dataclass(frozen=True, slots=True)
class Paid:
    """A payout, at the bank or not."""

    match: PayoutMatch


@dataclass(frozen=True, slots=True)
class Figures:
    """What a week or a month comes to."""

    period: Period


Item: TypeAlias = Summary | Different | Paid | Figures


class Page(Enum):
    """What fills the screen."""

    STATEMENT = "statement"
    LINES = "lines"
    """The sales behind the chosen figures."""
    OUTSTANDING = "outstanding"


class Notice(Enum):
    """A soft word."""

    STATEMENT_FIRST = "statement_first"
    """A bank's file is compared with a statement, and there is none yet."""
    ONE_FILE = "one_file"
    """Several were dropped, or none."""
    COPIED = "copied"
    """The number to tell the platform."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The service is being asked; so many lines have come."""

    lines: int


Failure: TypeAlias = NoStatement | StatementRefused | Cancelled | ProblemKind
News: TypeAlias = Notice | BankMatch | BankFileRefused | ProblemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The whole screen.

    Attributes:
        now: when it was made, UTC; `today` is that day where the shop is.
        found: the last statement of this span; None while there was none.
        asking: None: nobody is asked now.
        failure: why the last time gave none.
        bank: the payouts of `found` in the bank's file, since one was read.
        reading_bank: a file is being read.
        outstanding: None while it was never counted.
    """

    now: datetime
    today: date
    time_zone: str
    training: bool
    page: Page
    span: Span
    found: Reconciled | None
    asking: Asking | None
    failure: Failure | None
    bank: BankMatch | None
    reading_bank: bool
    outstanding: OutstandingResult | None
    items: tuple[Item, ...]
    chosen: int
    news: News | None

    @property
    def item(self) -> Item | None:
        """The one that is read."""
        return self.items[self.chosen] if self.chosen < len(self.items) else None


def items_of(found: Reconciled, bank: BankMatch | None, span: Span) -> tuple[Item, ...]:
    """The list: what differs before everything, then months and weeks, the newest first."""
    differences = found.reconciliation.differences[:DIFFERENCES_MAX]
    of_bank = () if bank is None else bank.matches
    whole = [one for one in found.statement.periods if is_whole(one, span)]
    newest = sorted(whole, key=lambda one: one.first_day, reverse=True)
    return (
        Summary(),
        *(Different(one) for one in differences),
        *(Paid(one) for one in of_bank),
        *(Figures(one) for one in newest if one.kind is PeriodKind.MONTH),
        *(Figures(one) for one in newest if one.kind is PeriodKind.WEEK),
    )


def name_of(item: Item) -> tuple[object, ...]:
    """What stays when the figures of it change."""
    match item:
        case Summary():
            return ("summary",)
        case Different(difference=difference):
            return ("difference", difference)
        case Paid(match=match_):
            return ("payout", match_.payout)
        case Figures(period=period):
            return ("period", period.kind, period.name)


def heaviest(weights: list[Weight]) -> Weight:
    """The one that is told first; FINE of none."""
    order = (Weight.WRONG, Weight.OPEN, Weight.PENDING)
    return next((one for one in order if one in weights), Weight.FINE)
