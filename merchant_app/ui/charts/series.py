"""What a chart shows, as one value, and the arithmetic of its scale. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

LINES_MAX = 4
"""Lines of the scale, zero included: more would be a grid, and nobody reads a grid."""


class Mark(Enum):
    """How a bar is filled: what it means is seen without its hue."""

    FULL = "full"
    HATCHED = "hatched"
    """Not final yet."""
    OPEN = "open"
    """Something is missing here: a dashed outline, seen even where there is no amount."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        name: in full, "22 novembre"; spoken, and said when somebody points at the bar.
        tick: under the axis, as short as can be; left out where there is no room.
        value: how long it is; minor units, or a count; may be below zero.
        told: the value as people write it.
        note: what else is to know, "not closed".
    """

    name: str
    tick: str
    value: int
    told: str
    mark: Mark = Mark.FULL
    note: str = ""

    @property
    def said(self) -> str:
        """All of it, in words."""
        return " · ".join(part for part in (self.name, self.told, self.note) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart and its table.

    Attributes:
        title: above both.
        bars: from left to right.
        tell: writes a value beside the scale, shortly.
        legend: what the marks mean, those that need a word.
        columns: the heads of the table.
        rows: its lines, a text for each column; the last ones are numbers, set to the right.
        empty: said in place of bars when none has any length or mark.
    """

    title: str
    bars: tuple[Bar, ...]
    tell: Callable[[int], str] = field(compare=False)
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[Mark, str], ...] = ()
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to paint."""
        return not any(bar.value or bar.mark is Mark.OPEN for bar in self.bars)

    @property
    def spoken(self) -> str:
        """The numbers in words: for who hears the chart. Bars of nothing are left out."""
        said = [bar.said for bar in self.bars if bar.value or bar.mark is not Mark.FULL]
        return "; ".join(said) if said else self.empty


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers in lines.

    Attributes:
        title: what it is called by who hears it.
        columns: the heads.
        rows: a text for each column; all but the first are set to the right.
        strong: the rows in bold.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[int] = frozenset()

    @property
    def spoken(self) -> str:
        """All of it, in words."""
        lines = (" · ".join(part for part in row if part) for row in self.rows)
        return "; ".join(line for line in lines if line)


def scale(values: Iterable[int]) -> tuple[int, ...]:
    """The values at which lines are drawn, lowest first: zero, and round steps around all bars."""
    found = [0, *values]
    low, high = min(found), max(found)
    if low == high:
        return (0,)
    step = _round_step(high - low, LINES_MAX - 1)
    first = -(-low // step) * step - (step if low % step else 0)
    last = high // step * step + (step if high % step else 0)
    return tuple(range(first, last + 1, step))


def _round_step(reach: int, count: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … of which `count` reach that far."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * count >= reach:
                return factor * power
        power *= 10
