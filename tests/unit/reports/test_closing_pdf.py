"""Closings on paper: what they say, in both languages, and the mark of training mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import pytest

from merchant_app.i18n import Language, active, install
from merchant_app.ids import OpId
from merchant_app.journal.closings import ClosingKind, Reach
from merchant_app.reports.closing import Closing, KeptClosing, Named, Perpetual, Positions
from merchant_app.reports.closing_pdf import Paper, draw
from merchant_app.reports.figures import Bucket, Figures

AT = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
CLOSING = Closing(
    kind=ClosingKind.DAY,
    covers=Positions(Reach(), Reach(entry=9)),
    head=None,
    events_head=(0, ""),
    business_date=date(2026, 11, 23),
    closed_at=AT,
    time_zone="Europe/Paris",
    shop="Librairie Cassiopée",
    till="Caisse 1",
    till_public_key="ab" * 32,
    cashier="Zoë",
    training=False,
    currency="EUR",
    figures=Figures(
        redeemed_count=2, redeemed_minor=1_000_000_000, by_hour={"10": Bucket(2, 5_000, 0)}
    ),
    perpetual=Perpetual(1_000_000_000, 0, 0),
)


@pytest.fixture(params=Language)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    before = active()
    install(request.param)
    yield request.param
    install(before)


def pages(closing: Closing, paper: Paper) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(BytesIO(draw(KeptClosing(12, bytes(32), closing), paper)))
    return [page.get_textpage().get_text_range() for page in document]


def test_a_short_section_is_not_torn_over_two_pages() -> None:
    """Wherever the first page ends, the proof's lines stand together."""
    for count in range(20, 45):
        waiting = tuple(_waiting(number) for number in range(count))
        said = pages(replace(CLOSING, waiting=waiting), Paper.A4)
        (with_key,) = [page for page in said if "abab abab" in page]
        assert "0000 0000" in with_key, count


def _waiting(number: int) -> Named:
    return Named(OpId(UUID(int=number)), "redemption", AT, "…H2M7", 100, "Zoë")


@pytest.mark.parametrize("paper", Paper)
def test_a_paper_says_the_figures_in_the_language_spoken(language: Language, paper: Paper) -> None:
    (text,) = pages(CLOSING, paper)
    spaces = str.maketrans({"\u202f": " ", "\u00a0": " "})
    text = text.translate(spaces)
    expected = {
        Language.FRENCH: ("Clôture du 23 novembre 2026", "10 000 000,00 €", "18 h 05"),
        Language.ENGLISH: ("Closing of 23 November 2026", "€10,000,000.00", "18:05"),
    }[language]
    for words in (*expected, "Librairie Cassiopée", "Zoë"):
        assert words in text


@pytest.mark.parametrize("paper", Paper)
def test_every_page_of_training_mode_says_so(language: Language, paper: Paper) -> None:
    waiting = tuple(
        Named(OpId(UUID(int=number)), "redemption", AT, "…H2M7", 100, "Zoë")
        for number in range(120)
    )
    found = pages(replace(CLOSING, training=True, waiting=waiting), paper)
    assert len(found) == (1 if paper is Paper.ROLL else len(found))
    assert paper is Paper.ROLL or len(found) > 2
    mark = {Language.FRENCH: "MODE ÉCOLE", Language.ENGLISH: "TRAINING MODE"}[language]
    assert all(mark in page for page in found)


def test_the_same_closing_gives_the_same_bytes() -> None:
    kept = KeptClosing(12, bytes(32), CLOSING)
    assert draw(kept, Paper.A4) == draw(kept, Paper.A4)
