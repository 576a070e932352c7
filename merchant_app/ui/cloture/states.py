"""What the Clôture screen can be showing, as one value. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.till.closing_results import Blocking, Closed, ClosingPreview, KeptClosing
from merchant_app.ui.commands import Deed

EARLIER_MAX = 30
"""Earlier closings in the list."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Today's figures and the charts."""


@dataclass(frozen=True, slots=True)
class Offering:
    """A day was forgotten: it is offered before the first sale."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Something is still to settle."""

    deed: Deed
    blocking: Blocking


@dataclass(frozen=True, slots=True)
class Working:
    """It is being closed."""

    deed: Deed


@dataclass(frozen=True, slots=True)
class Done:
    """It is closed, for good."""

    closed: Closed


@dataclass(frozen=True, slots=True)
class Earlier:
    """The closings of before; the one to read is this one of the list."""

    chosen: int


Mode: TypeAlias = Overview | Offering | Asking | Working | Done | Earlier


class Paper(Enum):
    """What can be opened of a closing's papers."""

    A4 = "a4"
    ROLL = "80mm"
    FOLDER = "folder"


class Notice(Enum):
    """A soft word."""

    DEBIT_FIRST = "debit_first"
    """Money is in flight on another screen."""
    MAKING_PAPERS = "making_papers"
    PAPER_OPENED = "paper_opened"
    NOTHING_OPENS_IT = "nothing_opens_it"
    """This computer has no program for it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something is in the way.

    `closing`: of closing; nothing was closed then. Else of reading, or of making papers.
    """

    kind: ProblemKind
    closing: bool


News: TypeAlias = Trouble | Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The whole screen.

    Attributes:
        preview: None while it was never read.
        news: what the last deed came to.
        unsent_sales: what the central service does not have yet.
    """

    preview: ClosingPreview | None
    mode: Mode
    news: News | None
    unsent_sales: int

    @property
    def deed(self) -> Deed:
        """What the loud button closes: a forgotten day comes first."""
        if self.preview is not None and self.preview.open_days:
            return Deed.FORGOTTEN
        return Deed.TODAY

    @property
    def earlier(self) -> tuple[KeptClosing, ...]:
        """The list of earlier closings, newest first."""
        return () if self.preview is None else self.preview.recent[:EARLIER_MAX]

    @property
    def read(self) -> KeptClosing | None:
        """The closing whose papers can be opened now."""
        match self.mode:
            case Done(closed=closed):
                return closed.kept
            case Earlier(chosen=chosen) if chosen < len(self.earlier):
                return self.earlier[chosen]
            case _:
                return None
