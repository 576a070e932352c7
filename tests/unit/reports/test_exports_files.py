"""CSV, XLSX and JSON, read back by other programs; and files that are whole or not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Problem, ProblemKind
from merchant_app.i18n.catalogue import Language, install
from merchant_app.money import Money
from merchant_app.reports.exports.cells import plain_number, safe_text
from merchant_app.reports.exports.exporting import (
    ROWS_PER_SIGN,
    Exported,
    Format,
    GoOn,
    Stopped,
    export_table,
)
from merchant_app.reports.exports.rows import Days
from merchant_app.reports.exports.writing import write_whole
from tests.fakes.books import Books
from tests.fakes.waiting import LIMIT_S

FORMULA = '=HYPERLINK("http://a.example";"Zoë")'


@pytest.fixture(autouse=True)
def _french() -> None:
    install(Language.FRENCH)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path / "journal.sqlite", cashier=FORMULA)
    sale = books.sell_offline(5_000)
    books.tell(sale, OutcomeStatus.SHORT, (3_000, 2_000))
    books.sell(1_000_000_000)
    books.close_day()
    yield books
    books.close()


def export(
    books: Books, form: Format, *, go_on: GoOn = lambda _rows: True, days: Days | None = None
) -> Exported | Stopped:
    folder = books.path.parent / "out"
    folder.mkdir(exist_ok=True)
    with books.reader() as reader:
        return export_table(
            reader,
            folder / f"journal.{form.value.split('_')[0]}",
            form=form,
            till=books.till(),
            days=days or Days(),
            go_on=go_on,
        )


def written(books: Books, form: Format) -> Path:
    done = export(books, form)
    assert isinstance(done, Exported)
    assert done.rows == 3
    return done.path


def test_csv_as_french_spreadsheets_open_it(books: Books) -> None:
    raw = written(books, Format.CSV_FRENCH).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n") == 4
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["Dû par la plateforme"] for row in rows] == ["50,00", "-20,00", "10000000,00"]
    assert rows[0]["Mouvement"] == "encaissement"
    assert rows[1]["État"] == "débité en partie"
    assert datetime.strptime(rows[0]["Heure"] + " +0100", "%d/%m/%Y %H:%M:%S %z").year == 2026
    assert rows[0]["Caissier"] == f"'{FORMULA}"
    assert (rows[0]["Valeur"], rows[2]["Valeur"]) == ("", "10000000,00")
    assert [row["Hors ligne"] for row in rows] == ["oui", "oui", "non"]
    assert [row["Clôture"] for row in rows] == ["1", "1", "1"]


def test_csv_as_rfc_4180_has_it(books: Books) -> None:
    raw = written(books, Format.CSV_PLAIN).read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline=""), strict=True))
    assert [row["amount"] for row in rows] == ["50.00", "-20.00", "10000000.00"]
    assert datetime.fromisoformat(rows[0]["time"]).tzinfo is not None
    assert rows[0]["cashier"] == f"'{FORMULA}"
    assert (rows[0]["kind"], rows[1]["status"], rows[0]["offline"]) == (
        "redemption",
        "short",
        "true",
    )


def test_json_has_minor_units(books: Books) -> None:
    told = json.loads(written(books, Format.JSON).read_bytes())
    assert told["version"] == 1
    assert [row["amount_minor"] for row in told["rows"]] == [5_000, -2_000, 1_000_000_000]
    first = told["rows"][0]
    assert first["face_minor"] is None
    assert first["cashier"] == FORMULA
    assert (first["closing"], first["offline"], first["currency"]) == (1, True, "EUR")


def cells_of(path: Path) -> list[list[Any]]:
    """The workbook as another program finds it."""
    import openpyxl

    with path.open("rb") as file:
        workbook = openpyxl.load_workbook(file, read_only=True)
        try:
            return [list(row) for row in workbook.active.iter_rows()]
        finally:
            workbook.close()


def test_xlsx_has_numbers_dates_and_texts(books: Books) -> None:
    heading, first, second, third = cells_of(written(books, Format.XLSX))
    at = {cell.value: place for place, cell in enumerate(heading)}
    owed = [row[at["Dû par la plateforme"]] for row in (first, second, third)]
    assert [cell.value for cell in owed] == [50, -20, 10_000_000]
    assert {cell.data_type for cell in owed} == {"n"}
    assert owed[0].number_format == "#,##0.00"
    assert isinstance(first[at["Heure"]].value, datetime)
    cashier = first[at["Caissier"]]
    assert (cashier.value, cashier.data_type) == (f"'{FORMULA}", "s")
    assert first[at["Valeur"]].value is None


def test_xlsx_has_no_formula_whatever_a_cashier_is_called(tmp_path: Path) -> None:
    for number, name in enumerate(("#N/A", "#REF!", "{=1+1}", "\x00=1", "1E5", "+33 6")):
        books = Books(tmp_path / f"{number}.sqlite", cashier=name)
        books.sell(100)
        done = export(books, Format.XLSX)
        books.close()
        assert isinstance(done, Exported)
        with zipfile.ZipFile(done.path) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert 't="e"' not in sheet
        cashier = cells_of(done.path)[1][4]
        assert (cashier.value, cashier.data_type) == (safe_text(name), "s")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_xlsx_says_the_same_in_libreoffice(books: Books, tmp_path: Path) -> None:
    path = written(books, Format.XLSX)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
            # Semicolons, quotes where needed, UTF-8; cells as they are, not as they are shown.
            "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1,,1033,false,false",
            "--outdir", str(tmp_path), str(path),
        ],
        check=True,
        capture_output=True,
        timeout=2 * LIMIT_S,
    )  # fmt: skip
    text = (tmp_path / "journal.csv").read_text("utf-8-sig")
    theirs = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    ours = cells_of(path)
    assert len(theirs) == len(ours) == 4
    for their_row, our_row in zip(theirs, ours, strict=True):
        for said, cell in zip(their_row, our_row, strict=True):
            assert _read_back(said, cell.value) == cell.value


def _read_back(said: str, ours: object) -> object:
    """What LibreOffice says, as a value of our kind."""
    match ours:
        case bool():
            return {"TRUE": True, "FALSE": False}[said]
        case int() | float():
            return Decimal(said.replace(",", ""))
        case datetime():
            return datetime.strptime(f"{said} +0000", "%d/%m/%Y %H:%M:%S %z").replace(tzinfo=None)
        case _:
            return said or None


@settings(max_examples=5_000, deadline=None)
@given(
    st.text(max_size=30)
    | st.builds(
        "".join,
        st.tuples(
            st.text(alphabet=" \t\r\n\x00\x0b\u00a0\u200b\ufeff\u2028", max_size=3),
            st.sampled_from("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺₊−"),
            st.text(max_size=10),
        ),
    )
)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe_text(text)
    first = unicodedata.normalize("NFKC", cell).lstrip()[:1]
    assert first not in set("=+-@\u2212")
    assert not any(unicodedata.category(one) == "Cc" for one in cell)
    # Nothing else is changed.
    assert len(cell) - len(text) in (0, 1)
    assert [one for one in cell if one.isalnum()] == [one for one in text if one.isalnum()]


@given(st.integers(-1_000_000_000, 1_000_000_000), st.sampled_from(["EUR", "XPF"]))
def test_numbers_stay_numbers(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    whole, _, decimals = plain_number(amount, point=",").partition(",")
    assert len(decimals) == (2 if currency == "EUR" else 0)
    assert int(whole + decimals) == minor


# --- whole or not there ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(Format))
def test_whoever_does_not_want_to_wait_leaves_no_file(books: Books, form: Format) -> None:
    asked: list[int] = []

    def go_on(rows: int) -> bool:
        asked.append(rows)
        return len(asked) < 2

    assert export(books, form, go_on=go_on) == Stopped()
    assert asked == [0, 3]
    assert list((books.path.parent / "out").iterdir()) == []


def test_whoever_waits_is_told_how_far_it_is(tmp_path: Path) -> None:
    books = Books(tmp_path / "journal.sqlite")
    sales = [books.redemption(*[100] * 20, honoured=True) for _ in range(60)]
    books.write(*sales)
    asked: list[int] = []

    def go_on(rows: int) -> bool:
        asked.append(rows)
        return True

    export(books, Format.JSON, go_on=go_on)
    books.close()
    assert asked == [0, ROWS_PER_SIGN, 2 * ROWS_PER_SIGN, 1_200]


def test_a_full_disk_is_a_problem_and_the_old_file_stays(books: Books) -> None:
    path = books.path.parent / "table.csv"
    path.write_bytes(b"of yesterday")

    def write(_file: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(Problem) as caught:
        write_whole(path, write)
    assert caught.value.kind is ProblemKind.DISK_FULL
    assert path.read_bytes() == b"of yesterday"
    assert not path.with_name("table.csv.unfinished").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_disk_that_fills_while_rows_are_written(books: Books) -> None:
    def write(_file: object) -> None:
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"row")

    with pytest.raises(Problem) as caught:
        write_whole(books.path.parent / "table.csv", write)
    assert caught.value.kind is ProblemKind.DISK_FULL


def test_a_folder_that_is_gone_is_a_problem(books: Books) -> None:
    with books.reader() as reader, pytest.raises(Problem) as caught:
        export_table(
            reader,
            books.path.parent / "gone" / "table.csv",
            form=Format.CSV_PLAIN,
            till=books.till(),
            days=Days(),
            go_on=lambda _rows: True,
        )
    assert caught.value.kind is ProblemKind.DISK_READ_ONLY


def test_a_leftover_of_a_power_cut_is_made_anew(books: Books) -> None:
    folder = books.path.parent / "out"
    folder.mkdir()
    (folder / "journal.json.unfinished").write_bytes(b"half a r")
    assert written(books, Format.JSON).exists()
    assert [path.name for path in folder.iterdir()] == ["journal.json"]
