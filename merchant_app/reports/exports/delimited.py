"""CSV: as French spreadsheets open it with a double click, or as RFC 4180 has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from enum import Enum
from typing import BinaryIO

from merchant_app.clock import to_text
from merchant_app.money import Money
from merchant_app.reports.exports.cells import plain_number, safe_text
from merchant_app.reports.exports.columns import (
    COLUMNS,
    Cell,
    Column,
    Words,
    cells,
    headings,
    local,
)
from merchant_app.reports.exports.rows import ExportRow


class Dialect(Enum):
    FRENCH = "french"
    """Semicolons, decimal commas, days as 31/12/2026 where the shop is, words of the screens' own
    language, UTF-8 with a byte order mark: without it Excel takes "é" for "Ã©"."""
    PLAIN = "plain"
    """RFC 4180: commas, decimal points, moments in UTC (RFC 3339), names that never change."""


def write_csv(file: BinaryIO, rows: Iterable[ExportRow], *, dialect: Dialect, zone: tzinfo) -> None:
    """Write the rows, a heading first; line ends are CR LF in both dialects."""
    french = dialect is Dialect.FRENCH
    text = io.TextIOWrapper(
        file, encoding="utf-8-sig" if french else "utf-8", newline="", write_through=False
    )
    try:
        writer = csv.writer(text, delimiter=";" if french else ",", lineterminator="\r\n")
        writer.writerow(headings() if french else [column.name for column in COLUMNS])
        told = _french(zone) if french else _plain
        for row in rows:
            writer.writerow(
                [told(column, cell) for column, cell in zip(COLUMNS, cells(row), strict=True)]
            )
        text.flush()
    finally:
        text.detach()  # the file is its maker's to close


def _plain(_column: Column, cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int():
            return cell
        case str():
            return safe_text(cell)
        case Money():
            return plain_number(cell, point=".")
        case datetime():
            return to_text(cell)


def _french(zone: tzinfo) -> Callable[[Column, Cell], str | int]:
    words = Words()

    def told(column: Column, cell: Cell) -> str | int:
        match cell:
            case None:
                return ""
            case bool():
                return words.yes if cell else words.no
            case int():
                return cell
            case str():
                return safe_text(words.of(column, cell))
            case Money():
                return plain_number(cell, point=",")
            case datetime():
                return local(cell, zone).strftime("%d/%m/%Y %H:%M:%S")

    return told
