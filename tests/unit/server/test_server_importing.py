"""Lists of beneficiaries as people make them: read, or refused with row, column and reason."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.server import importing
from merchant_app.server.import_files import Row, UnreadableFile, read_table
from merchant_app.server.importing import BadRow, List, read_list


def table(*lines: str) -> list[Row]:
    return [Row(number, tuple(line.split(";"))) for number, line in enumerate(lines, start=1)]


def read(*lines: str, shop_in_file: bool = False) -> List:
    return read_list(table(*lines), currency="EUR", shop_in_file=shop_in_file)


HEADER = "Adresse e-mail;Nom;Prénom;Montant;N° de commande;Ligne;Date d'achat;Expiration"


def test_a_french_list() -> None:
    found = read(
        HEADER,
        "c.d@exemple.fr;Dupont;Claire;50,00 €;A-17;1;12/06/2020;31/12/2027",
        "c.d@exemple.fr;Dupont;Claire;1 250,00;A-17;2;2020-06-12 14:03;",
    )
    assert found.bad == []
    one, two = (item.request for item in found.wanted)
    assert (one.face.minor, two.face.minor) == (5000, 125000)
    assert one.order.holder == "Claire D."
    assert one.order.purchased_on == date(2020, 6, 12) == two.order.purchased_on
    assert (one.terms.expires_on, two.terms.expires_on) == (date(2027, 12, 31), None)
    assert (one.order.number, one.order.line, two.order.line) == ("A-17", 1, 2)


def test_an_english_list_in_any_order_with_columns_nobody_asked_for() -> None:
    found = read(
        "Order number;Newsletter;AMOUNT;Last name;Shop",
        "7;yes;12.50;O'Neill;Librairie M'Lire",
        shop_in_file=True,
    )
    assert (found.bad, found.ignored_columns) == ([], ["Newsletter"])
    assert found.wanted[0].shop == "Librairie M'Lire"
    assert found.wanted[0].request.order.holder == "O."


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (";;;50;1;;;", "name", "is missing, and so is the e-mail"),
        ("nobody;D;C;50;1;;;", "e-mail", "is no e-mail address"),
        (";D;C;;1;;;", "amount", "is missing"),
        (";D;C;fifty;1;;;", "amount", "is no amount"),
        (";D;C;-5;1;;;", "amount", "is negative"),
        (";D;C;0;1;;;", "amount", "is zero"),
        (";D;C;5,001;1;;;", "amount", "has too many decimals"),
        (";D;C;99999999999;1;;;", "amount", "is too large"),
        (";D;C;50;;;;", "order number", "is missing"),
        (";D;C;50;1;first;;", "order line", "is no line number"),
        (";D;C;50;1;0;;", "order line", "is no line number"),
        (";D;C;50;1;;31/02/2020;", "purchase date", "is a day that does not exist"),
        (";D;C;50;1;;;12/31/27", "expiry", "is no date (31/12/2027 or 2027-12-31)"),
        (f";{'D' * 121};C;50;1;;;", "name", "is longer than 120 characters"),
        (";D\x00;C;50;1;;;", "name", "holds control characters"),
    ],
)
def test_a_bad_row_is_named(line: str, column: str, reason: str) -> None:
    assert read(HEADER, ";Good;Row;50;0;;;", line).bad == [BadRow(3, column, reason)]


def test_the_same_order_line_twice_is_refused() -> None:
    found = read(HEADER, ";D;C;50;A1;;;", ";D;C;20;a1;1;;", ";D;C;20;A1;2;;")
    assert [(bad.row, bad.column) for bad in found.bad] == [(3, "order number")]
    assert "the same order line as row 2" in found.bad[0].reason


def test_columns_that_are_missing_or_twice() -> None:
    assert [bad.column for bad in read("a;b", "1;2").bad] == ["amount", "order number", "name"]
    twice = read("Nom;Montant;Valeur;Commande", "D;5;5;1")
    assert twice.bad[0].reason == "a second column for the amount"
    assert read(HEADER).bad[0].reason == "there is no row below the header"


def test_holders_tell_a_till_no_more_than_it_needs() -> None:
    assert importing.holder_of(first_name="", last_name="Claire de la Tour") == "Claire D."
    assert importing.holder_of(first_name="Anne-Marie", last_name="élan") == "Anne-Marie É."
    assert importing.holder_of(first_name="", last_name="") == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_in_every_dress(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "liste.csv"
    rows = [["Prénom", "Montant"], ["Zoé", '"12,50 €"' if delimiter == "," else "12,50 €"]]
    path.write_text("\r\n".join(delimiter.join(row) for row in rows) + "\r\n\r\n", encoding)
    found = read_table(path)
    assert [row.cells for row in found] == [("Prénom", "Montant"), ("Zoé", "12,50 €")]


def test_xlsx_with_numbers_and_dates(tmp_path: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["Nom", "Montant", "Commande", "Expiration"])
    sheet.append(["Dupont", 12.1, 17, datetime(2027, 12, 31)])  # noqa: DTZ001 - as Excel has it
    sheet.append([None, None, None, None])
    sheet.append(["=1+1", 50, "B2", date(2027, 12, 31)])
    path = tmp_path / "liste.xlsx"
    workbook.save(path)
    found = read_table(path)
    assert found[1] == Row(2, ("Dupont", "12.1", "17", "2027-12-31"))
    assert [row.number for row in found] == [1, 2, 4]


def test_files_that_are_no_table(tmp_path: Path) -> None:
    junk = tmp_path / "x"
    for content in (
        b"",
        b"PK\x03\x04 not a zip",
        b"\x00\x01\x02",
        b"\xd0\xcf\x11\xe0old",
        b'"never closed',
        b"a\x81\x8d",
        b"x" * 3000,
        b"\n" * 30_000 + b"a",
    ):
        junk.write_bytes(content)
        with pytest.raises(UnreadableFile):
            read_table(junk)
    with pytest.raises(UnreadableFile):
        read_table(tmp_path / "missing.csv")
    with pytest.raises(UnreadableFile):
        read_table(tmp_path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"xl/{number}.xml", bytes(25_000_000))
    with pytest.raises(UnreadableFile, match="unpacks"):
        read_table(path)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    try:
        rows = read_table(path)
    except UnreadableFile:
        return
    read_list(rows, currency="EUR", shop_in_file=True)


def test_damaged_xlsx_files_give_a_sentence(tmp_path: Path) -> None:
    from openpyxl import Workbook

    path = tmp_path / "liste.xlsx"
    workbook = Workbook()
    workbook.active.append(["Nom", "Montant", "Commande"])
    workbook.save(path)
    good, chance = path.read_bytes(), random.Random(7)
    for _ in range(60):
        bad = bytearray(good)
        for _ in range(chance.randrange(1, 30)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        path.write_bytes(bytes(bad[: chance.randrange(30, len(bad) + 1)]))
        try:
            read_table(path)
        except UnreadableFile:
            continue
