"""Every difference has a sentence and what to do, with nothing left to fill in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args
from uuid import UUID

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId
from merchant_app.ledger.statements import Payout, Period, PeriodKind, Sums
from merchant_app.reports.statements import differences, payouts, words
from merchant_app.reports.statements.bank_lines import BankFileKind, BankLine
from tests.fakes.statement_desk import booking

NOON = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
PLACE = words.Place("EUR", "Europe/Paris", NOON)
SALE = differences.Sale(OpId(UUID(int=7)), NOON, "…H2M7", 2_000, "Claire")
ACCEPTED = differences.Amounts(OutcomeStatus.ACCEPTED, 2_000, 0)
SHORT = differences.Amounts(OutcomeStatus.SHORT, 500, 1_500)
WEEK = Period(PeriodKind.WEEK, "2026-W47", date(2026, 11, 16), date(2026, 11, 22), Sums())
DIFFERENCES: tuple[differences.Difference, ...] = (
    differences.MissingAtService(SALE, ACCEPTED),
    differences.MissingHere(booking(1, NOON, 2_000)),
    differences.AmountDiffers(SALE, 2_500),
    differences.DebitDiffers(SALE, ACCEPTED, SHORT),
    differences.StateDiffers(SALE, ACCEPTED, differences.Amounts(OutcomeStatus.VOIDED, 2_000, 0)),
    *(differences.DoesNotAddUp(WEEK, figure, 1_000, 1_100) for figure in differences.Figure),
    *(
        differences.NotBookedYet(SALE, step, sent)
        for step in differences.Step
        for sent in (True, False)
    ),
    differences.NotHeardYet(SALE, ACCEPTED),
)
PAYOUT = Payout(date(2026, 11, 16), 25_000, "CPT-2026-47")
LINE = BankLine(date(2026, 11, 17), 24_000, "EUR", "")
MATCHES: tuple[payouts.PayoutMatch, ...] = (
    payouts.NotArrived(PAYOUT),
    payouts.ArrivedOtherwise(PAYOUT, LINE),
    payouts.ArrivedTwice(PAYOUT, (LINE, LINE)),
    payouts.ArrivedOnOtherDay(PAYOUT, LINE),
    payouts.OutsideOfFile(PAYOUT),
    payouts.Arrived(PAYOUT, LINE, by_reference=True),
    payouts.Arrived(PAYOUT, LINE, by_reference=False),
)


def test_nothing_is_left_out_here() -> None:
    assert {type(one) for one in DIFFERENCES} == set(get_args(differences.Difference))
    assert {type(one) for one in MATCHES} == set(get_args(payouts.PayoutMatch))


@pytest.mark.parametrize("one", DIFFERENCES, ids=lambda one: type(one).__name__)
def test_a_difference_says_what_and_what_to_do(one: differences.Difference) -> None:
    said = words.said(one, PLACE)
    assert said.title
    assert said.detail
    assert said.advice
    assert said.deed is not None
    assert not {"{", "}"} & set(said.title + said.detail + said.advice)
    assert "€" in said.detail


@pytest.mark.parametrize("one", MATCHES, ids=lambda one: type(one).__name__)
def test_a_payout_says_what_became_of_it(one: payouts.PayoutMatch) -> None:
    said = words.said_of_payout(one, PLACE)
    assert "CPT-2026-47" in said.detail
    assert (said.deed is None) == (said.weight is not words.Weight.WRONG)


def test_every_refused_file_has_its_sentence() -> None:
    # Too large is too large, in bytes or in lines.
    assert len({words.why_refused(kind) for kind in BankFileKind}) == len(BankFileKind) - 1
