"""What the À traiter screen can be showing, as one value. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId
from merchant_app.till.matters import Card, Choice, Decided, RetryFailed
from merchant_app.till.results import Interrupted, Settled, Stopped

Item: TypeAlias = Interrupted | Card


@dataclass(frozen=True, slots=True)
class Browsing:
    """Reading, and choosing what to do."""


@dataclass(frozen=True, slots=True)
class Confirming:
    """A deed was chosen; Enter records it, with the note in the field."""

    choice: Choice


@dataclass(frozen=True, slots=True)
class Recording:
    """It is being recorded; a retry asks the central service meanwhile. `choice` is None for the
    answer to a question."""

    choice: Choice | None


Mode: TypeAlias = Browsing | Confirming | Recording


class Notice(Enum):
    """A soft word beside the deeds."""

    NOTE_NEEDED = "note_needed"
    """A loss is accepted with a reason only."""
    DEBIT_FIRST = "debit_first"
    """Money is in flight on the Encaisser screen."""


News: TypeAlias = Decided | RetryFailed | Settled | Stopped | ProblemKind | Notice
"""What the last deed came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the view paints.

    Attributes:
        loaded: the list has come at least once.
        items: questions first, then open cards, then what was decided, newest first.
        open_count: how many of them still wait for somebody.
        chosen: the index of the one that is read; None when there is nothing to settle.
        news: what the last deed came to; gone with the next step.
        note_fill: a text for the note field, with a number that grows (see `encaisser.fields`).
    """

    loaded: bool
    items: tuple[Item, ...]
    open_count: int
    chosen: int | None
    mode: Mode
    news: News | None
    note_fill: tuple[int, str]

    @property
    def item(self) -> Item | None:
        """The one that is read."""
        return self.items[self.chosen] if self.chosen is not None else None


def is_open(item: Item) -> bool:
    """Whether it still waits for somebody."""
    return isinstance(item, Interrupted) or item.is_open


def id_of(item: Item) -> OpId:
    return item.op_id


def deeds_for(item: Item | None) -> tuple[Choice, ...]:
    """What can be done about a card; nothing for a question, which has its own two answers."""
    if not isinstance(item, Card) or not item.is_open:
        return ()
    every = (
        Choice.CUSTOMER_CALLED,
        Choice.RETRIED,
        Choice.LOSS_ACCEPTED,
        Choice.PLATFORM_ASKED,
    )
    return tuple(choice for choice in every if choice is not Choice.RETRIED or item.can_retry)
