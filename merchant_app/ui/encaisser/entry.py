"""What stands under the field for codes while a person types: words, and a mark. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from merchant_app.i18n import _
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
class Entry:
    """Attributes:
    message: a sentence under the field; empty: none.
    """

    mark: Mark = Mark.NONE
    message: str = ""


NOTHING = Entry()


def entry_of(typed: Typed) -> Entry:
    """What to say of a code that is being typed."""
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
        else _("{minutes} min {seconds:02} s").format(minutes=left_s // 60, seconds=left_s % 60)
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
