"""JSON for programs: minor units, moments in UTC, names that never change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from merchant_app.clock import to_text
from merchant_app.money import Money
from merchant_app.reports.exports.columns import COLUMNS, Cell, cells
from merchant_app.reports.exports.rows import ExportRow

VERSION = 1


def write_json(file: BinaryIO, rows: Iterable[ExportRow]) -> None:
    """Write `{"version": 1, "rows": [...]}`, one row a line; memory does not grow with them."""
    file.write(f'{{"version": {VERSION}, "rows": ['.encode())
    between = b"\n"
    for row in rows:
        told = dict(
            _field(column.name, cell) for column, cell in zip(COLUMNS, cells(row), strict=True)
        )
        file.write(between + json.dumps(told, ensure_ascii=False).encode())
        between = b",\n"
    file.write(b"\n]}\n")


def _field(name: str, cell: Cell) -> tuple[str, str | int | None]:
    match cell:
        case Money():
            return f"{name}_minor", cell.minor
        case datetime():
            return name, to_text(cell)
        case _:
            return (f"{name}_minor" if name == "face" else name), cell
