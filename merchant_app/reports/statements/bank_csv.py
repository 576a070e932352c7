"""The table that a bank offers as CSV: semicolons, commas or tabs, some lines about the account
before the names of the columns, amounts in one column or in two. Pure.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from merchant_app.reports.statements.bank_amounts import amount_of, day_of
from merchant_app.reports.statements.bank_lines import (
    LINES_MAX,
    TEXT_MAX,
    BankFile,
    BankFileKind,
    BankFileRefused,
    BankFileResult,
    BankFormat,
    BankLine,
)

_HEADER_WITHIN_ROWS = 30
_DELIMITERS = (";", ",", "\t")
_COLUMNS_MAX = 60


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand. `amount`, or `debit` and `credit`."""

    day: int
    amount: int | None
    debit: int | None
    credit: int | None
    silent: frozenset[int]
    """Days, amounts and balances: no text to look for a reference in."""


def read_csv(text: str, *, currency: str) -> BankFileResult:
    """The movements in a table."""
    if len(text.splitlines()) > LINES_MAX:
        return BankFileRefused(BankFileKind.TOO_MANY_LINES)
    try:
        for delimiter in _DELIMITERS:
            rows = _rows(text, delimiter)
            columns = _header(rows)
            if columns is not None:
                return _movements(rows, columns, currency=currency)
    except csv.Error as error:
        return BankFileRefused(BankFileKind.DAMAGED, type(error).__name__)
    is_table = any(delimiter in text for delimiter in _DELIMITERS)
    kind = BankFileKind.NO_COLUMNS if is_table else BankFileKind.NOT_A_BANK_FILE
    return BankFileRefused(kind)


def _rows(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _header(rows: Iterator[Sequence[str]]) -> _Columns | None:
    """The columns; the rows after their names are left to be read."""
    for _, row in zip(range(_HEADER_WITHIN_ROWS), rows, strict=False):
        names = [_plain(cell) for cell in row[:_COLUMNS_MAX]]
        columns = _columns(names)
        if columns is not None:
            return columns
    return None


def _columns(names: Sequence[str]) -> _Columns | None:
    days = [place for place, name in enumerate(names) if "date" in name.split()]
    # The day of booking is when the bank's own statement shows it.
    booked = [place for place in days if "valeur" not in names[place]]
    amount = _first(names, "montant", "amount")
    debit, credit = _first(names, "debit"), _first(names, "credit")
    if not days or (amount is None and (debit is None or credit is None)):
        return None
    balances = {place for place, name in enumerate(names) if name.startswith(("solde", "balance"))}
    amounts = {place for place in (amount, debit, credit) if place is not None}
    return _Columns(
        (booked or days)[0], amount, debit, credit, frozenset({*days, *balances, *amounts})
    )


def _first(names: Sequence[str], *wanted: str) -> int | None:
    return next((place for place, name in enumerate(names) if name.startswith(wanted)), None)


def _plain(cell: str) -> str:
    """A name without accents and capitals: "Date d’opération" is "date d operation"."""
    letters = unicodedata.normalize("NFKD", cell[:TEXT_MAX]).lower()
    bare = "".join(
        one if one.isalnum() else " " for one in letters if not unicodedata.combining(one)
    )
    return " ".join(bare.split())


def _movements(
    rows: Iterator[Sequence[str]], columns: _Columns, *, currency: str
) -> BankFileResult:
    lines: list[BankLine] = []
    unread = 0
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        line = _line(row, columns, currency=currency)
        if line is None:
            unread += 1
        else:
            lines.append(line)
    if not lines:
        return BankFileRefused(BankFileKind.NO_MOVEMENTS)
    days = [line.day for line in lines]
    return BankFile(BankFormat.CSV, tuple(lines), min(days), max(days), unread)


def _line(row: Sequence[str], columns: _Columns, *, currency: str) -> BankLine | None:
    cells = [row[place] if place < len(row) else "" for place in range(_COLUMNS_MAX)]
    day = day_of(cells[columns.day])
    amount = _amount(cells, columns, currency=currency)
    if day is None or amount is None:
        return None
    text = " ".join(
        cell.strip() for place, cell in enumerate(cells) if cell and place not in columns.silent
    )
    return BankLine(day, amount, None, text[:TEXT_MAX])


def _amount(cells: Sequence[str], columns: _Columns, *, currency: str) -> int | None:
    if columns.amount is not None and cells[columns.amount].strip():
        return amount_of(cells[columns.amount], currency=currency)
    if columns.debit is None or columns.credit is None:
        return None
    debit = amount_of(cells[columns.debit], currency=currency)
    credit = amount_of(cells[columns.credit], currency=currency)
    if not debit and credit:
        return credit
    # Some banks write the debit with its minus, some without.
    return -abs(debit) if debit and not credit else None
