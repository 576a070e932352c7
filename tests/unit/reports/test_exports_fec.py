"""The tax office's file, checked by the rules of the law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.reports.exports.exporting import (
    Exported,
    GoOn,
    Refusal,
    Stopped,
    accounts_of,
    export_fec,
)
from merchant_app.reports.exports.fec import FiscalYear, file_name, write_fec
from merchant_app.reports.exports.rows import export_rows
from merchant_app.settings import options as settings
from merchant_app.settings.options import Options
from merchant_app.vouchers.terms import VatKind
from tests.fakes.books import Books
from tests.fakes.fec_rules import NAMES, violations

YEAR = FiscalYear(date(2026, 1, 1), date(2026, 12, 31))
NAME = "732829320FEC20261231.txt"
TEN_MILLION = 1_000_000_000


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path / "journal.sqlite")
    yield books
    books.close()


@pytest.fixture
def options(tmp_path: Path) -> Options:
    options = Options(tmp_path / "options.json")
    options.set(settings.SIREN, "732829320")
    return options


def always(_rows: int) -> bool:
    return True


def export(
    books: Books, options: Options, *, year: FiscalYear = YEAR, go_on: GoOn = always
) -> Exported | Stopped | Refusal:
    folder = books.path.parent / "out"
    folder.mkdir(exist_ok=True)
    with books.reader() as reader:
        return export_fec(
            reader, folder, options=options, till=books.till(), year=year, go_on=go_on
        )


def records(done: Exported | Stopped | Refusal) -> list[dict[str, str]]:
    """The lines of the file; it keeps the rules."""
    assert isinstance(done, Exported)
    raw = done.path.read_bytes()
    assert violations(done.path.name, raw) == []
    lines = raw.decode("iso8859-15").split("\r\n")[1:-1]
    return [dict(zip(NAMES, line.split("\t"), strict=True)) for line in lines]


def balances(found: list[dict[str, str]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for record in found:
        debit, credit = (Decimal(record[name].replace(",", ".")) for name in ("Debit", "Credit"))
        sums[record["CompteNum"]] += debit - credit
    return dict(sums)


def test_a_multi_purpose_voucher_is_a_means_of_payment(books: Books, options: Options) -> None:
    books.sell(5_000)
    books.close_day(date(2026, 3, 2))
    found = records(export(books, options))
    assert [(one["CompteNum"], one["Debit"], one["Credit"]) for one in found] == [
        ("467100", "50,00", "0,00"),
        ("419100", "0,00", "50,00"),
    ]
    first = found[0]
    assert (first["EcritureDate"], first["PieceRef"]) == ("20260302", "E2")
    assert first["EcritureLib"] == "Bon d'achat accepté H2M7"
    assert first["CompteLib"] == "Plateforme, bons à recevoir"
    assert first["Idevise"] == ""


def test_a_single_purpose_voucher_is_a_sale_with_its_vat(books: Books, options: Options) -> None:
    books.sell(5_000, vat=VatKind.SINGLE_PURPOSE)
    books.close_day(date(2026, 3, 2))
    found = records(export(books, options))
    assert [(one["CompteNum"], one["Debit"], one["Credit"]) for one in found] == [
        ("467100", "50,00", "0,00"),
        ("707000", "0,00", "47,39"),
        ("445710", "0,00", "2,61"),
    ]


def test_a_loss_a_reversal_and_a_correction_balance(books: Books, options: Options) -> None:
    short = books.sell_offline(5_000)
    undone = books.sell_offline(3_333, vat=VatKind.SINGLE_PURPOSE)
    books.close_day(date(2026, 3, 2))
    books.tell(short, OutcomeStatus.SHORT, (3_000, 2_000))
    books.tell(undone, OutcomeStatus.SHORT, (0, 3_333))
    books.void(undone)
    books.close_day(date(2026, 3, 3))
    left = balances(records(export(books, options)))
    assert left == {
        "467100": Decimal("30.00"),
        "658000": Decimal("20.00"),
        "419100": Decimal("-50.00"),
        "707000": Decimal(0),
        "445710": Decimal(0),
    }


def test_books_in_another_currency_say_which(books: Books, options: Options) -> None:
    books.write(books.redemption(5_000, honoured=True, currency="XPF"))
    books.close_day(date(2026, 3, 2))
    found = records(export(books, options))
    names = ("Debit", "Credit", "Montantdevise", "Idevise")
    assert [tuple(one[name] for name in names) for one in found] == [
        ("5000", "0", "5000", "XPF"),
        ("0", "5000", "-5000", "XPF"),
    ]


@pytest.mark.parametrize("siren", ["", "73282932", "7328293200", "73282932A", "٧٣٢٨٢٩٣٢٠"])
def test_a_file_is_called_by_nine_plain_digits(siren: str) -> None:
    assert file_name("732829320", YEAR) == NAME
    with pytest.raises(Bug):
        file_name(siren, YEAR)


def test_nothing_in_a_field_ends_it(books: Books, options: Options) -> None:
    books.sell_offline(5_000)
    books.close_day(date(2026, 3, 2))
    with books.reader() as reader:
        (row,) = export_rows(reader, books.till())
    file = BytesIO()
    written = replace(row, label="…H|2\t7\r\nǸ漢€")
    zone = books.till().zone
    write_fec(file, [written], accounts=accounts_of(options), year=YEAR, zone=zone)
    assert violations(NAME, file.getvalue()) == []
    text = file.getvalue().decode("iso8859-15")
    assert text.count("\tBon d'achat accepté H 2 7  N?€\t") == 2


def test_ten_million_and_a_cent(books: Books, options: Options) -> None:
    books.sell(TEN_MILLION, vat=VatKind.SINGLE_PURPOSE)
    books.sell(1, vat=VatKind.SINGLE_PURPOSE)
    books.close_day(date(2026, 3, 2))
    found = records(export(books, options))
    assert found[0]["Debit"] == "10000000,00"
    assert balances(found)["467100"] == Decimal("10000000.01")


def test_a_year_ends_at_a_closing_and_the_next_begins_with_one(
    books: Books, options: Options
) -> None:
    books.sell(100)
    books.close_day(date(2026, 12, 31))
    books.close_day(date(2027, 1, 1))  # nothing was sold
    books.sell(200)
    books.close_day(date(2027, 1, 2))
    assert balances(records(export(books, options)))["467100"] == 1
    next_year = FiscalYear(date(2027, 1, 1), date(2027, 12, 31))
    found = records(export(books, options, year=next_year))
    assert [one["EcritureNum"] for one in found] == ["1", "1"]
    assert balances(found)["467100"] == 2


def test_a_clock_that_was_set_back_does_not_turn_the_order_round(
    books: Books, options: Options
) -> None:
    for day in (date(2026, 5, 4), date(2026, 5, 2), date(2026, 5, 5)):
        books.sell(100)
        books.close_day(day)
    found = records(export(books, options))
    assert [one["EcritureDate"] for one in found[::2]] == ["20260504", "20260504", "20260505"]


def test_what_is_not_closed_is_no_entry(books: Books, options: Options) -> None:
    books.sell(100)
    assert export(books, options) is Refusal.NOTHING_CLOSED
    books.close_day(date(2026, 3, 2))
    books.sell(200)
    first = export(books, options)
    assert balances(records(first))["467100"] == 1
    assert isinstance(first, Exported)
    before = first.path.read_bytes()
    export(books, options)
    assert first.path.read_bytes() == before


def test_without_a_siren_there_is_no_file(books: Books, tmp_path: Path) -> None:
    books.sell(100)
    books.close_day(date(2026, 3, 2))
    assert export(books, Options(tmp_path / "none.json")) is Refusal.SIREN_MISSING
    assert list((tmp_path / "out").iterdir()) == []


def test_a_description_comes_with_the_file(books: Books, options: Options) -> None:
    books.sell(100)
    books.close_day(date(2026, 3, 2))
    done = export(books, options)
    assert isinstance(done, Exported)
    assert done.path.name == NAME
    assert sorted(path.name for path in done.path.parent.iterdir()) == [
        "732829320FEC20261231-description.txt",
        NAME,
    ]


def test_a_fec_that_nobody_waits_for_leaves_nothing(books: Books, options: Options) -> None:
    books.sell(100)
    books.close_day(date(2026, 3, 2))
    assert export(books, options, go_on=lambda rows: rows == 0) == Stopped()
    assert list((books.path.parent / "out").iterdir()) == []


def test_the_accounts_are_those_of_the_settings(books: Books, options: Options) -> None:
    options.set(settings.ACCOUNT_PLATFORM, "4671COMPT")
    options.set(settings.FEC_JOURNAL, "VT")
    books.sell(100)
    books.close_day(date(2026, 3, 2))
    found = records(export(books, options))
    assert {one["JournalCode"] for one in found} == {"VT"}
    assert found[0]["CompteNum"] == "4671COMPT"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"JournalLib\tEcritureNum", b"EcritureNum\tJournalLib", "VII"),
        (b"\t50,00\t", b"\t50.00\t", "decimal comma"),
        (b"\t50,00\t0,00", b"\t49,99\t0,00", "differ"),
        (b"\t20260302\t", b"\t20260231\t", "AAAAMMJJ"),
        (b"\t2\t20260303", b"\t3\t20260303", "gaps"),
        (b"\t20260303\t", b"\t20260301\t", "before"),
        (b"\tE2\t", b"\t\t", "PieceRef is empty"),
        (b"467100", b"46", "CompteNum"),
        (b"\r\n", b"\n", "CR LF"),
        (b"accept\xe9", "accepté\x80".encode(), "XII, 1"),
        (b"BA\tBons", b"Bons", "fields"),
        (b"H2M7", b"H2\tM7", "fields"),
    ],
)
def test_the_rules_find_what_is_wrong(
    books: Books, options: Options, old: bytes, new: bytes, said: str
) -> None:
    for day in (2, 3):
        books.sell(5_000)
        books.close_day(date(2026, 3, day))
    done = export(books, options)
    assert isinstance(done, Exported)
    raw = done.path.read_bytes()
    assert old in raw
    assert said in "\n".join(violations(NAME, raw.replace(old, new)))
    assert violations("FEC.txt", raw) != []
