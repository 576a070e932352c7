"""A short code while it is typed: what may be said about it after every character. Pure.

Nothing here is a verdict: `code.parse` decides what a code is when it is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from merchant_app.vouchers.code import (
    ALPHABET,
    CODE_LENGTH,
    MODULUS,
    READ_AS,
    SEPARATORS,
)

GROUP_LENGTH = 4
_TEXT_MAX = 64
_OF_OTHER_THINGS = re.compile(r"[@.:/_#+]")
_TWO_WORDS = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class NotACode:
    """Nothing yet, or something else: a name, an address."""


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a code; `missing` characters are still to come."""

    grouped: str = field(repr=False)
    missing: int


@dataclass(frozen=True, slots=True)
class Right:
    """Complete, and the check characters fit."""

    grouped: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrongCharacter:
    """No code has this character. `group` counts from 1."""

    character: str = field(repr=False)
    group: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """As long as a code, but the check characters do not fit.

    `group`: where one wrong character, or two neighbours swapped, would explain it (from 1); None
    where more than one group would.
    """

    grouped: str = field(repr=False)
    group: int | None


@dataclass(frozen=True, slots=True)
class TooLong:
    """More characters than a code has."""


Typed: TypeAlias = NotACode | Part | Right | WrongCharacter | Misfit | TooLong


def read(text: str) -> Typed:
    """What this text is so far. Never raises, whatever the text.

    Letters alone are a name until a figure comes; of the codes that are issued, one in a thousand
    has no figure at all, and is recognised when it is complete.
    """
    if len(text) > _TEXT_MAX or _is_of_something_else(text):
        return NotACode()
    compact = SEPARATORS.sub("", text)
    has_figure = any(character in "0123456789" for character in compact)
    characters = compact.upper().translate(READ_AS) if compact.isascii() else compact
    if not has_figure:
        return Right(in_groups(characters)) if _fits(characters) else NotACode()
    for place, character in enumerate(characters):
        if character not in _VALUES:
            return WrongCharacter(compact[place], place // GROUP_LENGTH + 1)
    if len(characters) > CODE_LENGTH:
        return TooLong()
    if len(characters) < CODE_LENGTH:
        return Part(in_groups(characters), CODE_LENGTH - len(characters))
    if _fits(characters):
        return Right(in_groups(characters))
    return Misfit(in_groups(characters), _group_of_slip(characters))


def in_groups(characters: str) -> str:
    """As it is printed: "K7QF-9X"."""
    starts = range(0, len(characters), GROUP_LENGTH)
    return "-".join(characters[start : start + GROUP_LENGTH] for start in starts)


def _is_of_something_else(text: str) -> bool:
    """Addresses, links, several words: not even a bad code. A space between two groups is none."""
    return bool(_OF_OTHER_THINGS.search(text)) or any(
        len(SEPARATORS.sub("", text[: gap.start()])) % GROUP_LENGTH
        for gap in _TWO_WORDS.finditer(text)
    )


def _fits(characters: str) -> bool:
    return (
        len(characters) == CODE_LENGTH
        and all(character in _VALUES for character in characters)
        and _remainder(characters) == 0
    )


def _remainder(characters: str) -> int:
    total = 0
    for character in characters:
        total = total * len(ALPHABET) + _VALUES[character]
    return total % MODULUS


def _group_of_slip(characters: str) -> int | None:
    groups: set[int] = set()
    for places in _slips(characters):
        groups.update(place // GROUP_LENGTH + 1 for place in places)
    return groups.pop() if len(groups) == 1 else None


def _slips(characters: str) -> Iterator[tuple[int, ...]]:
    """The places of every single slip that would explain why the check characters do not fit."""
    values = [_VALUES[character] for character in characters]
    remainder = _remainder(characters)
    weights = [pow(len(ALPHABET), CODE_LENGTH - 1 - place, MODULUS) for place in range(CODE_LENGTH)]
    for place, (value, weight) in enumerate(zip(values, weights, strict=True)):
        if any(
            (remainder + (other - value) * weight) % MODULUS == 0 for other in range(len(ALPHABET))
        ):
            yield (place,)
    for place in range(CODE_LENGTH - 1):
        change = (values[place + 1] - values[place]) * (weights[place] - weights[place + 1])
        if (remainder + change) % MODULUS == 0:
            yield place, place + 1
