"""Payouts against the bank: by reference first, by amount and day without, each movement once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from merchant_app.ledger.statements import Payout
from merchant_app.reports.statements.bank_lines import BankFile, BankFormat, BankLine
from merchant_app.reports.statements.payouts import (
    Arrived,
    ArrivedOnOtherDay,
    ArrivedOtherwise,
    ArrivedTwice,
    NotArrived,
    OutsideOfFile,
    PayoutMatch,
    match,
)

DAY = date(2026, 11, 16)
PAYOUT = Payout(DAY, 25_000, "CPT-2026-47")


def line(days: int, amount_minor: int, text: str = "", currency: str | None = "EUR") -> BankLine:
    return BankLine(DAY + timedelta(days=days), amount_minor, currency, text)


def file(*lines: BankLine) -> BankFile:
    """Of a month around the day."""
    around = timedelta(days=15)
    return BankFile(BankFormat.CSV, lines, DAY - around, DAY + around, 0)


def matched(*lines: BankLine, payout: Payout = PAYOUT) -> PayoutMatch:
    (found,) = match([payout], file(*lines), currency="EUR").matches
    return found


@pytest.mark.parametrize(
    "text", ["VIR CPT-2026-47", "cpt 2026 47", "VIR SEPA/CPT202647/X", "REF CPT-2026-47."]
)
def test_a_payout_is_found_by_its_reference_however_the_bank_writes_it(text: str) -> None:
    bears = line(2, 25_000, text)
    assert matched(line(0, 25_000, "AUTRE"), bears) == Arrived(PAYOUT, bears, by_reference=True)


def test_a_longer_reference_is_another_one() -> None:
    assert isinstance(matched(line(0, 1_000, "VIR CPT-2026-470")), NotArrived)


def test_without_a_reference_amount_and_day_decide() -> None:
    near = line(2, 25_000, "VIR SEPA")
    assert matched(line(5, 25_000), near) == Arrived(PAYOUT, near, by_reference=False)
    assert isinstance(matched(line(6, 25_000)), NotArrived)
    assert isinstance(matched(line(0, 24_999)), NotArrived)
    assert isinstance(matched(line(0, -25_000)), NotArrived)


@pytest.mark.parametrize("days", [-5, 5])
def test_five_days_apart_is_near_enough_and_six_are_not(days: int) -> None:
    beyond = days + days // abs(days)
    for text in ("", "CPT-2026-47"):
        near = line(days, 25_000, text)
        assert matched(near) == Arrived(PAYOUT, near, by_reference=bool(text))
    assert matched(line(beyond, 25_000)) == NotArrived(PAYOUT)
    far = line(beyond, 25_000, "CPT-2026-47")
    assert matched(far) == ArrivedOnOtherDay(PAYOUT, far)


def test_a_short_reference_is_no_proof() -> None:
    payout = Payout(DAY, 25_000, "12")
    assert isinstance(matched(line(9, 100, "LE 12 MAI"), payout=payout), NotArrived)


def test_another_amount_another_day_and_two_of_them_are_named() -> None:
    other = line(1, 24_000, "CPT-2026-47")
    assert matched(other) == ArrivedOtherwise(PAYOUT, other)
    late = line(9, 25_000, "CPT-2026-47")
    assert matched(late) == ArrivedOnOtherDay(PAYOUT, late)
    first, second = line(1, 25_000, "CPT-2026-47"), line(3, 25_000, "CPT-2026-47")
    assert matched(first, second) == ArrivedTwice(PAYOUT, (first, second))


def test_what_the_file_cannot_know_is_not_called_missing() -> None:
    early = Payout(DAY - timedelta(days=30), 25_000, "CPT-2026-43")
    fresh = Payout(DAY + timedelta(days=13), 25_000, "CPT-2026-49")
    for payout in (early, fresh):
        assert matched(payout=payout) == OutsideOfFile(payout)


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [(0, 5, NotArrived), (1, 5, OutsideOfFile), (0, 4, OutsideOfFile)],
)
def test_a_file_of_its_day_and_the_five_after_it_knows(
    first: int, last: int, kind: type[NotArrived | OutsideOfFile]
) -> None:
    begins, ends = (DAY + timedelta(days=days) for days in (first, last))
    of_days = BankFile(BankFormat.CSV, (line(first, 5),), begins, ends, 0)
    (found,) = match([PAYOUT], of_days, currency="EUR").matches
    assert found == kind(PAYOUT)


def test_a_movement_that_bears_a_reference_pays_no_other_payout() -> None:
    payouts = [PAYOUT, Payout(DAY, 24_000, "REF-0001")]
    bears = line(0, 24_000, "CPT-2026-47")
    found = match(payouts, file(bears, line(0, 5)), currency="EUR")
    assert found.matches == (NotArrived(payouts[1]), ArrivedOtherwise(PAYOUT, bears))
    assert found.other_lines == 1


def test_each_movement_pays_once_the_nearest_first() -> None:
    payouts = [Payout(DAY + timedelta(days=days), 25_000, f"REF-{days:04}") for days in (0, 3)]
    one = line(3, 25_000)
    found = match(payouts, file(one, line(0, 5)), currency="EUR")
    assert found.matches == (NotArrived(payouts[0]), Arrived(payouts[1], one, by_reference=False))
    assert found.other_lines == 1


def test_a_movement_in_another_currency_is_nobodys() -> None:
    assert isinstance(matched(line(0, 25_000, "CPT-2026-47", currency="CHF")), NotArrived)


def test_what_was_taken_back_is_found_like_what_was_sent() -> None:
    back = Payout(DAY, -5_000, "CPT-BACK-1")
    taken = line(1, -5_000, "PRLV CPT-BACK-1")
    assert matched(taken, payout=back) == Arrived(back, taken, by_reference=True)


def test_what_needs_a_person_comes_first() -> None:
    payouts = [PAYOUT, Payout(DAY + timedelta(days=1), 100, "REF-0001")]
    bears = line(0, 25_000, "CPT-2026-47")
    kinds = [type(one) for one in match(payouts, file(bears), currency="EUR").matches]
    assert kinds == [NotArrived, Arrived]
