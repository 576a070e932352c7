"""The platform's payouts against the bank's movements. Pure.

A payout is the movement that bears its reference; without one, a movement of the same amount within
five days. Each movement is of one payout: the nearest in time first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from merchant_app.ledger.statements import Payout
from merchant_app.reports.statements.bank_lines import BankFile, BankLine

DAYS_APART_MAX = 5
REFERENCE_MIN = 4


@dataclass(frozen=True, slots=True)
class Arrived:
    """At the bank, with the right amount. `by_reference`: else by amount and day."""

    payout: Payout
    line: BankLine
    by_reference: bool


@dataclass(frozen=True, slots=True)
class ArrivedOtherwise:
    """The bank names its reference, with another amount."""

    payout: Payout
    line: BankLine


@dataclass(frozen=True, slots=True)
class ArrivedOnOtherDay:
    """The right reference and amount, more than five days away from the day the service names."""

    payout: Payout
    line: BankLine


@dataclass(frozen=True, slots=True)
class ArrivedTwice:
    """More than one movement bears its reference and amount."""

    payout: Payout
    lines: tuple[BankLine, ...]


@dataclass(frozen=True, slots=True)
class NotArrived:
    """The file covers its day and the five after it, and the money is not there."""

    payout: Payout


@dataclass(frozen=True, slots=True)
class OutsideOfFile:
    """The file does not reach far enough to say."""

    payout: Payout


PayoutMatch = (
    NotArrived | ArrivedOtherwise | ArrivedTwice | ArrivedOnOtherDay | OutsideOfFile | Arrived
)


@dataclass(frozen=True, slots=True)
class BankMatch:
    """All payouts of a statement against one file.

    Attributes:
        matches: what needs a person first, then by day.
        other_lines: movements that are no payout of ours; the shop's own business.
    """

    file: BankFile
    matches: tuple[PayoutMatch, ...]
    other_lines: int


def match(payouts: Iterable[Payout], file: BankFile, *, currency: str) -> BankMatch:
    """Each payout of a statement, found in the bank's file or not.

    Args:
        payouts: of the statement.
        file: the bank's.
        currency: of the shop; movements in another one are nobody's payout.
    """
    left = [line for line in file.lines if line.currency in (None, currency)]
    found: list[PayoutMatch] = []
    unnamed: list[Payout] = []
    for payout in sorted(payouts, key=lambda one: one.day):
        named = _named(payout, left)
        if not named:
            unnamed.append(payout)
            continue
        match_, used = _by_reference(payout, named)
        found.append(match_)
        left = [line for line in left if all(line is not one for one in used)]
    for payout, line in _nearest(unnamed, left):
        found.append(Arrived(payout, line, by_reference=False))
        left = [one for one in left if one is not line]
    arrived = {id(one.payout) for one in found}
    found += [_absent(payout, file) for payout in unnamed if id(payout) not in arrived]
    matches = sorted(found, key=lambda one: (_gravity(one), one.payout.day))
    return BankMatch(file, tuple(matches), other_lines=len(file.lines) - _used(matches))


def _named(payout: Payout, lines: Iterable[BankLine]) -> list[BankLine]:
    """The movements whose text bears the reference, whatever the bank put between its characters.

    A reference of fewer than four characters would be found in anything.
    """
    characters = re.findall(r"[0-9A-Z]", payout.reference.upper())
    if len(characters) < REFERENCE_MIN:
        return []
    pattern = r"(?<![0-9A-Z])" + r"[^0-9A-Z]*".join(characters) + r"(?![0-9A-Z])"
    return [line for line in lines if re.search(pattern, line.text.upper())]


def _by_reference(payout: Payout, named: Sequence[BankLine]) -> tuple[PayoutMatch, list[BankLine]]:
    exact = [line for line in named if line.amount_minor == payout.amount_minor]
    if len(exact) > 1:
        return ArrivedTwice(payout, tuple(exact)), exact
    nearest = min(exact or named, key=lambda line: abs(line.day - payout.day))
    if not exact:
        return ArrivedOtherwise(payout, nearest), [nearest]
    if abs(nearest.day - payout.day) > timedelta(days=DAYS_APART_MAX):
        return ArrivedOnOtherDay(payout, nearest), exact
    return Arrived(payout, nearest, by_reference=True), exact


def _nearest(
    payouts: Sequence[Payout], lines: Sequence[BankLine]
) -> Iterable[tuple[Payout, BankLine]]:
    """Pairs of the same amount, at most five days apart; the nearest pair first."""
    pairs = sorted(
        (abs(line.day - payout.day), which, number)
        for which, payout in enumerate(payouts)
        for number, line in enumerate(lines)
        if line.amount_minor == payout.amount_minor
        and abs(line.day - payout.day) <= timedelta(days=DAYS_APART_MAX)
    )
    paid: set[int] = set()
    used: set[int] = set()
    for _, which, number in pairs:
        if which not in paid and number not in used:
            paid.add(which)
            used.add(number)
            yield payouts[which], lines[number]


def _absent(payout: Payout, file: BankFile) -> PayoutMatch:
    last_chance = payout.day + timedelta(days=DAYS_APART_MAX)
    if file.first_day <= payout.day and last_chance <= file.last_day:
        return NotArrived(payout)
    return OutsideOfFile(payout)


def _used(matches: Iterable[PayoutMatch]) -> int:
    used = 0
    for one in matches:
        match one:
            case Arrived() | ArrivedOtherwise() | ArrivedOnOtherDay():
                used += 1
            case ArrivedTwice(lines=lines):
                used += len(lines)
            case NotArrived() | OutsideOfFile():
                pass
            case _:
                assert_never(one)
    return used


def _gravity(one: PayoutMatch) -> int:
    match one:
        case NotArrived():
            return 0
        case ArrivedOtherwise():
            return 1
        case ArrivedTwice():
            return 2
        case ArrivedOnOtherDay():
            return 3
        case OutsideOfFile():
            return 4
        case Arrived():
            return 5
        case _:
            assert_never(one)
