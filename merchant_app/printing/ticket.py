"""What is printed, whatever the printer: lines of a fixed width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias, assert_never


class Weight(Enum):
    """How a line is printed."""

    PLAIN = "plain"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A line, filled up with spaces where its words do not stand on the left."""

    text: str
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class Ticket:
    """Attributes:
    title: names it in a print queue.
    lines: none is longer than the width it was made for.
    """

    title: str
    lines: tuple[TicketLine, ...]

    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text.rstrip() for line in self.lines)


# --- what printing can end in --------------------------------------------------------------------


class Failure(Enum):
    """Why there is no paper, or not a whole one."""

    NO_PRINTER = "no_printer"
    """None is chosen, or what was chosen is no address of one."""
    NOT_THERE = "not_there"
    """Off, unplugged, or another address."""
    OUT_OF_PAPER = "out_of_paper"
    COVER_OPEN = "cover_open"
    SLOW = "slow"
    """It takes nothing more, or does not say that it is done."""
    DROPPED = "dropped"
    """The line to it was cut."""
    REFUSED = "refused"
    """The system does not let this program print on it, or it reports an error of its own."""
    BUSY = "busy"
    """The ticket before is still being printed."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Printed. `confirmed`: the printer itself said so; many never say anything."""

    confirmed: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """Not printed. `begun`: a part of it may be on paper."""

    why: Failure
    begun: bool = False


PrintResult: TypeAlias = Printed | Failed


class Printer(Protocol):
    """One printer. Any thread; blocks, within its own limits.

    Attributes:
        columns: how many characters a line has.
    """

    @property
    def columns(self) -> int: ...

    def print_ticket(self, make: Callable[[], Ticket]) -> PrintResult:
        """Print one ticket.

        Args:
            make: called once the printer is known to be there with paper, right before the first
                byte leaves: what it records happened. Its exceptions go through.
        """
        ...


def named(result: PrintResult) -> str:
    """For the log."""
    match result:
        case Printed(confirmed=confirmed):
            return "printed" if confirmed else "sent"
        case Failed(why=why, begun=begun):
            return f"{why.value}, begun" if begun else why.value
        case _:
            assert_never(result)
