"""What a customer's receipt says, as lines, as PDF and as a QR code, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from merchant_app.i18n import Language, active, install
from merchant_app.money import Money
from merchant_app.printing.ticket import Weight
from merchant_app.reports.closing_pdf import Paper, draw_sheet
from merchant_app.reports.receipts import (
    Document,
    Receipt,
    ReceiptLine,
    qr_of,
    sheet_of,
    text_of,
    ticket_of,
)


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


RECEIPT = Receipt(
    document=Document.DEBIT,
    shop="Librairie Cassiopée",
    city="Val d’Oingt",
    till="Caisse 1",
    number=47,
    check="3f9a12bc",
    at=datetime(2026, 11, 23, 9, 32, tzinfo=UTC),
    time_zone="Europe/Paris",
    cashier="Zoë",
    lines=(
        ReceiptLine("…H2M7", euros(50), euros(0)),
        ReceiptLine("…XAB2", euros(1_237), euros(13)),
    ),
    confirmed=True,
    purchase=euros(1_300),
    left_to_pay=euros(13),
    training=False,
    copy=0,
)
COLUMNS = (32, 42, 48)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    before = active()
    install(Language.FRENCH)
    yield
    install(before)


def test_a_receipt_for_a_narrow_printer() -> None:
    assert ticket_of(RECEIPT, columns=32).text() == (
        "      Librairie Cassiopée\n"
        "          Val d’Oingt\n"
        "    Ticket n° 47 · 3f9a12bc\n"
        "   23 novembre 2026 · 10 h 32\n"
        "         Caisse 1 · Zoë\n"
        "--------------------------------\n"
        "Débité\n"
        "Bon …H2M7                50,00 €\n"
        "  reste dessus            0,00 €\n"
        "Bon …XAB2             1 237,00 €\n"
        "  reste dessus           13,00 €\n"
        "--------------------------------\n"
        "Total\n"
        "Payé en bons          1 287,00 €\n"
        "Achat                 1 300,00 €\n"
        "Reste à payer            13,00 €\n"
        "--------------------------------"
    )


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("language", Language)
def test_no_line_is_longer_than_the_paper_is_wide(columns: int, language: Language) -> None:
    install(language)
    line = ReceiptLine("…H2M7", Money(1_000_000_000, "EUR"), Money(1_000_000_000, "EUR"))
    long = replace(
        RECEIPT,
        shop="La librairie des sœurs Anne-Constance et Marie-Bénédicte de la Tour du Pin",
        city="Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
        lines=(line,) * 3,
        confirmed=False,
        training=True,
        copy=12,
    )
    lines = ticket_of(long, columns=columns).lines
    assert max(len(line.text) for line in lines) <= columns
    assert all(line.text.isprintable() for line in lines)


def test_a_duplicate_says_so_above_and_below() -> None:
    lines = ticket_of(replace(RECEIPT, copy=2), columns=42).lines
    assert lines[0].text.strip() == lines[-1].text.strip() == "DUPLICATA n° 2"
    assert lines[0].weight is Weight.STRONG
    assert "DUPLICATA" not in ticket_of(RECEIPT, columns=42).text()


def test_training_mode_is_on_every_kind_of_receipt() -> None:
    training = replace(RECEIPT, training=True)
    for text in (ticket_of(training, columns=42).text(), text_of(training)):
        assert "MODE ÉCOLE" in text
        assert "sans valeur" in text


def test_what_nobody_has_confirmed_says_so_and_promises_no_balance() -> None:
    lines = tuple(replace(line, balance=None) for line in RECEIPT.lines)
    text = ticket_of(replace(RECEIPT, confirmed=False, lines=lines), columns=42).text()
    assert "À confirmer" in text
    assert "reste dessus" not in text


def test_an_undo_is_a_document_of_its_own() -> None:
    text = ticket_of(replace(RECEIPT, document=Document.UNDO), columns=42).text()
    assert "Annulé" in text
    assert "Rendu" in text
    assert "Reste à payer" not in text
    assert "Payé" not in text


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("language", Language)
def test_a_pdf_says_the_same(language: Language, paper: Paper) -> None:
    import pypdfium2

    install(language)
    words = sheet_of(replace(RECEIPT, training=True, copy=1))
    (page,) = pypdfium2.PdfDocument(draw_sheet(words, paper))
    text = page.get_textpage().get_text_range()
    for expected in {
        Language.FRENCH: ("MODE ÉCOLE · DUPLICATA n° 1", "Librairie Cassiopée", "Reste à payer"),
        Language.ENGLISH: ("TRAINING MODE · DUPLICATE no. 1", "Zoë", "Left to pay"),
    }[language]:
        assert expected in text.translate(str.maketrans({"\u202f": " ", "\u00a0": " "}))


@pytest.mark.parametrize("language", Language)
def test_a_phone_reads_the_receipt_from_its_qr_code(language: Language) -> None:
    import numpy as np
    import zxingcpp

    install(language)
    rows = qr_of(RECEIPT)
    assert rows is not None
    dark = np.pad(np.array(rows, dtype=np.uint8), 4).repeat(4, 0).repeat(4, 1)
    (code,) = zxingcpp.read_barcodes(255 - dark * 255)
    assert code.text == text_of(RECEIPT)
    assert "…XAB2" in code.text
    assert "€" in code.text


def test_too_many_vouchers_for_a_qr_code_are_no_qr_code() -> None:
    assert qr_of(replace(RECEIPT, lines=RECEIPT.lines[:1] * 30)) is None
    assert qr_of(replace(RECEIPT, lines=RECEIPT.lines[:1] * 300)) is None
