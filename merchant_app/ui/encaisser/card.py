"""The verdict card as a value: what it says, before anybody paints it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from merchant_app.ui.palette import Tone

_STOPS = ".?!:…"


class Shape(Enum):
    """What is drawn beside a word or in its place; each is a file of resources/icons/24.

    The verdicts' differ in outline, so that nothing is told by colour alone.
    """

    VIEWFINDER = "viewfinder"
    DOTS = "dots"
    CHECK_CIRCLE = "check_circle"
    CHECK_FILLED = "check_filled"
    CHECK_DASHED = "check_dashed"
    HALF = "half"
    HOURGLASS = "hourglass"
    OCTAGON = "octagon"
    QUESTION = "question"
    UNDO = "undo"
    LINES = "lines"
    TRAY = "tray"
    SLIDERS = "sliders"
    BOOK = "book"
    COLUMNS = "columns"
    TICK = "tick"
    CROSS = "cross"
    CHEVRON_DOWN = "chevron_down"
    CHEVRON_LEFT = "chevron_left"
    CHEVRON_RIGHT = "chevron_right"
    CAP = "cap"
    CLOUD_OFF = "cloud_off"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card.

    Attributes:
        word: the verdict, in a word or two; painted in capitals.
        figure: the amount that matters, with `figure_note` beside it.
        lead: what to do, in one sentence, stronger than the `lines` after it.
        lines: our own sentences.
        outside: text from outside (a holder, a shop): shown as plain text, cut when too long.
        history: earlier uses, a line each, newest first.
        loud: the whole card in the tone's colour.
    """

    tone: Tone
    shape: Shape
    word: str
    figure: str = ""
    figure_note: str = ""
    lead: str = ""
    lines: tuple[str, ...] = ()
    outside: str = ""
    history: tuple[str, ...] = ()
    loud: bool = False

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader."""
        amount = " ".join(part for part in (self.figure, self.figure_note) if part)
        parts = (self.word, amount, self.lead, *self.lines, self.outside, *self.history)
        # A part that brings its own stop ("… ?", "… :") gets no second one.
        return " ".join(part if part[-1] in _STOPS else f"{part}." for part in parts if part)


def kept_together(label: str) -> str:
    """A label that no line break tears apart: "…" and the characters after it."""
    return label.replace("…", "…\u2060")
