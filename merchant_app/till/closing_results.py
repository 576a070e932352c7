"""What the closing of a day can come to, and what a screen shows before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.journal.closings import ClosingKind as ClosingKind
from merchant_app.reports.closing import Closing as Closing
from merchant_app.reports.closing import KeptClosing as KeptClosing
from merchant_app.reports.periods import DuePeriod as DuePeriod


@dataclass(frozen=True, slots=True)
class Blocking:
    """What is still to settle.

    Attributes:
        questions: sales of which nobody has said whether the goods were handed over. There is no
            closing before that: its figures would be a guess.
        cards: what ended badly and waits for a decision. The closing asks for it, and names what is
            left open.
        unsent: entries that the service does not have yet; told, and in nobody's way.
    """

    questions: int
    cards: int
    unsent: int


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """What a closing made now would say.

    Attributes:
        closing: today's figures, unsigned and not kept.
        last: the closing of the day before it; None: this would be the first.
        open_days: what the closings of earlier days that have sales and no closing would say; the
            oldest first, and they come before today's.
        due: a month or a year whose days are all closed.
        recent: the last closings of days, newest first.
    """

    closing: Closing
    blocking: Blocking
    last: KeptClosing | None
    open_days: tuple[Closing, ...]
    due: DuePeriod | None
    recent: tuple[KeptClosing, ...]

    @property
    def forgotten(self) -> date | None:
        """The day that comes first."""
        return self.open_days[0].business_date if self.open_days else None


@dataclass(frozen=True, slots=True)
class Closed:
    """The closing is on disk, signed, for good.

    Attributes:
        papers: its PDFs, A4 and 80 mm; empty where they could not be written. They can be made
            again at any time: `print_again`.
        paper_problem: why there are none.
        backup_problem: why the journal was not copied beside itself.
    """

    kept: KeptClosing
    papers: tuple[Path, ...]
    paper_problem: Problem | None = None
    backup_problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class NotClosed:
    """Something is to be settled first; nothing was written."""

    blocking: Blocking


CloseResult = Closed | NotClosed
