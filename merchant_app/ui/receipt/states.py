"""What the receipt panel can be showing. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.printing.ticket import PrintResult
from merchant_app.reports.receipts import Receipt


class Doing(Enum):
    """What is under way."""

    NOTHING = "nothing"
    PRINTING = "printing"
    DRAWING = "drawing"
    """The PDF."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The PDF is there, under this name."""

    name: str


Said: TypeAlias = PrintResult | Kept | ProblemKind | None
"""How the last thing ended."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Not seen."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The journal is being asked."""


@dataclass(frozen=True, slots=True)
class NoReceipt:
    """There is none: nothing was handed over; or the journal could not be read (`why`)."""

    why: ProblemKind | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Attributes:
    receipt: as the next paper will say it.
    said: how the last thing ended; None before the first.
    """

    receipt: Receipt
    doing: Doing = Doing.NOTHING
    said: Said = None


State: TypeAlias = Closed | Reading | NoReceipt | Shown
EVERY = (Closed, Reading, NoReceipt, Shown)
