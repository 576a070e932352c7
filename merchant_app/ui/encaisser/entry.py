"""What stands under the field for codes while a person types: words, and a mark. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from merchant_app.i18n import _, formatting
from merchant_app.till.hits import Hit, Hits, NoList, SearchResult, TooManyHits
from merchant_app.ui.encaisser.card import kept_together
from merchant_app.vouchers.typed import (
    Misfit,
    NotACode,
    Part,
    Right,
    TooLong,
    Typed,
    WrongCharacter,
)


class Mark(Enum):
    """What the field says of what stands in it."""

    NONE = "none"
    RIGHT = "right"
    """A complete code: a check mark at the end of the field."""
    WRONG = "wrong"
    """It cannot become a code."""


@dataclass(frozen=True, slots=True)
class HitLine:
    """One voucher to choose: who and how much, then what to ask her about before it is debited."""

    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Attributes:
    message: a sentence under the field; empty: none.
    hits: whom a search found, to choose from.
    selected: which of them; None: none yet.
    """

    mark: Mark = Mark.NONE
    message: str = ""
    hits: tuple[HitLine, ...] = ()
    selected: int | None = None


NOTHING = Entry()


def entry_of(
    typed: Typed, result: SearchResult | None = None, selected: int | None = None
) -> Entry:
    """What to say of what is being typed.

    Args:
        typed: as a code.
        result: of the search for it; None: not searched, or not answered yet.
        selected: which hit the arrow keys have come to.
    """
    match result:
        case Hits(hits=hits) if hits and not isinstance(typed, Right):
            return Entry(hits=tuple(map(_line_of, hits)), selected=selected)
        case Hits() if isinstance(typed, NotACode):
            return Entry(message=_("Nobody found in this shop’s vouchers."))
        case TooManyHits() if isinstance(typed, NotACode | Part):
            return Entry(message=_("Too many answers: add letters, or the first name."))
        case NoList() if isinstance(typed, NotACode):
            return Entry(
                message=_("This till has no list of vouchers yet: scan, or type the code.")
            )
        case _:
            return _code_entry(typed)


def _line_of(hit: Hit) -> HitLine:
    parts = []
    if hit.bought_on is not None:
        parts.append(_("bought {day}").format(day=formatting.day(hit.bought_on)))
    if hit.order_end:
        parts.append(_("order {end}").format(end=kept_together(hit.order_end)))
    name = f"{hit.name or _('No name')} · {formatting.money(hit.face)}"
    return HitLine(name, " · ".join(parts) or kept_together(hit.label))


def _code_entry(typed: Typed) -> Entry:
    match typed:
        case NotACode() | Part():
            return NOTHING
        case Right():
            return Entry(Mark.RIGHT)
        case WrongCharacter(character=character, group=group):
            return Entry(Mark.WRONG, _wrong_character(character, group))
        case Misfit(group=None):
            return Entry(Mark.WRONG, _("One character is wrong: read the code again."))
        case Misfit(group=group):
            return Entry(
                Mark.WRONG,
                _("One character is wrong: read group {group} again first.").format(group=group),
            )
        case TooLong():
            return Entry(Mark.WRONG, _("Too many characters: a code has 18."))
        case _:
            assert_never(typed)


def waiting(left_s: int) -> Entry:
    """No code is looked up for so many seconds."""
    left = (
        _("{seconds} s").format(seconds=left_s)
        if left_s < 60
        else _("{minutes} min {seconds} s").format(
            minutes=left_s // 60, seconds=f"{left_s % 60:02}"
        )
    )
    return Entry(Mark.NONE, _("Typed codes again in {left}.").format(left=left))


def _wrong_character(character: str, group: int) -> str:
    if character in "uU":
        return _("No code has a U: is it a V? Group {group}.").format(group=group)
    if not character.isprintable() or character.isspace():
        return _("One character is in no code: group {group}.").format(group=group)
    return _("No code has a “{character}”: group {group}.").format(
        character=character.upper(), group=group
    )
