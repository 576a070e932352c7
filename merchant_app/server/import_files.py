"""A list of beneficiaries as a table of texts: CSV or XLSX, bounded, whatever program wrote it."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

FILE_BYTES_MAX = 20_000_000
UNPACKED_BYTES_MAX = 200_000_000
"""An XLSX is a ZIP: what it claims to hold is added up before any of it is unpacked."""
ROWS_MAX = 20_000
COLUMNS_MAX = 60
CELL_CHARACTERS_MAX = 2_000


class UnreadableFile(Exception):
    """The file is no table that we read; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the row's number as a spreadsheet shows it, from 1."""

    number: int
    cells: tuple[str, ...]


def read_table(path: Path) -> list[Row]:
    """The rows that are not empty; the first is the header.

    Raises:
        UnreadableFile: not there, too large, or neither CSV nor XLSX.
    """
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= FILE_BYTES_MAX else b""
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
    if size > FILE_BYTES_MAX:
        raise UnreadableFile(f"{path.name} is larger than {FILE_BYTES_MAX // 1_000_000} MB.")
    if raw.startswith(b"PK"):
        cells = _xlsx(raw, path.name)
    elif raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(f"{path.name} is an old Excel file: save it as .xlsx or .csv.")
    else:
        cells = _csv(raw, path.name)
    rows = []
    for number, row in enumerate(cells, start=1):
        if number > ROWS_MAX or len(row) > COLUMNS_MAX:
            raise UnreadableFile(
                f"{path.name} has more than {ROWS_MAX} rows or {COLUMNS_MAX} columns."
            )
        if any(len(cell) > CELL_CHARACTERS_MAX for cell in row):
            raise UnreadableFile(f"{path.name}, row {number}: a cell is far too long.")
        if any(row):
            rows.append(Row(number, tuple(row)))
    if not rows:
        raise UnreadableFile(f"{path.name} is empty.")
    return rows


def _csv(raw: bytes, name: str) -> Iterator[list[str]]:
    text = _decode(raw, name)
    header = text.split("\n", 1)[0]
    # The header decides: commas are frequent in French amounts, never in these column names.
    delimiter = max(";\t,", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise UnreadableFile(f"{name} is no CSV: {error}.") from error


def _decode(raw: bytes, name: str) -> str:
    if b"\x00" in raw:
        raise UnreadableFile(f"{name} is neither CSV nor XLSX.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # what a French Excel writes as "CSV" is cp1252
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{name} is written neither in UTF-8 nor in Windows-1252.") from error


def _xlsx(raw: bytes, name: str) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > UNPACKED_BYTES_MAX:
            raise UnreadableFile(f"{name} unpacks to more than any list of beneficiaries.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and printers' settings
            workbook = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            try:
                sheet = workbook.worksheets[0]
                for row in sheet.iter_rows(
                    max_row=ROWS_MAX + 1, max_col=COLUMNS_MAX + 1, values_only=True
                ):
                    yield _trimmed([_text(value) for value in row])
            finally:
                workbook.close()
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise UnreadableFile(f"{name} is a damaged XLSX file.") from error


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float():
            # A spreadsheet's 12.1 is the shortest decimal that gives this float; no arithmetic.
            exact = Decimal(repr(value))
            return f"{int(exact)}" if exact == int(exact) else f"{exact:f}"
        case _:
            return str(value).strip()
