"""Every kind of bad news has its own sentence, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from merchant_app.errors import ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.money import BadAmount
from merchant_app.till.results import NoAnswerKind, NotAuthorisedKind
from merchant_app.ui import words
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.verdicts import Reason


@pytest.fixture(params=Language, autouse=True)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    install(request.param)
    yield request.param
    install(Language.FRENCH)


def distinct(sentences: list[str]) -> bool:
    return all(sentences) and len(set(sentences)) == len(sentences)


def test_no_answer() -> None:
    assert distinct([words.no_answer(kind) for kind in NoAnswerKind])


def test_problems() -> None:
    assert distinct([words.problem(kind).sentence for kind in ProblemKind])
    assert distinct([words.problem(kind).word for kind in ProblemKind])


def test_foreign_codes() -> None:
    assert distinct([words.foreign(kind).sentence for kind in Foreign])


def test_bad_amounts() -> None:
    assert distinct([words.bad_amount(kind, "EUR") for kind in BadAmount])
    assert words.bad_amount(BadAmount.TOO_MANY_DECIMALS, "XPF") != words.bad_amount(
        BadAmount.TOO_MANY_DECIMALS, "EUR"
    )


def test_reasons() -> None:
    assert distinct([words.reason(of) for of in Reason])


def test_tills_that_may_not_ask() -> None:
    assert distinct([words.not_entitled(kind).sentence for kind in NotAuthorisedKind])
