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


Modules: TypeAlias = tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What the journal says. `modules`: the QR code of it, None where there is none; making it
    takes up to a tenth of a second, so it comes with the answer."""

    receipt: Receipt
    modules: Modules | None


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
    read: as the next paper will say it.
    said: how the last thing ended; None before the first.
    """

    read: Read
    doing: Doing = Doing.NOTHING
    said: Said = None

    @property
    def receipt(self) -> Receipt:
        return self.read.receipt


State: TypeAlias = Closed | Reading | NoReceipt | Shown
