"""XLSX: amounts are numbers, moments are dates, and every text is typed as one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, BinaryIO

from merchant_app.i18n import _
from merchant_app.money import CURRENCIES, Money
from merchant_app.reports.exports.cells import number, safe_text
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

_MOMENT = "dd/mm/yyyy hh:mm:ss"


def write_xlsx(file: BinaryIO, rows: Iterable[ExportRow], *, zone: tzinfo) -> None:
    """Write one sheet: a heading, then the rows; memory does not grow with them.

    Moments are local ones of the shop: a spreadsheet's dates have no zone.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Journal"))
    sheet.freeze_panes = "A2"
    words = Words()

    def text(value: str) -> Any:
        # The library takes a plain text for what it is, but for formulas, of which there are none
        # left, and for errors: "#N/A" may be somebody's name.
        safe = safe_text(value)
        if not safe.startswith("#"):
            return safe
        cell = WriteOnlyCell(sheet, safe)
        cell.data_type = "s"
        return cell

    def told(column: Column, value: Cell) -> Any:
        match value:
            case None | bool() | int():
                return value
            case str():
                return text(words.of(column, value))
            case Money():
                cell = WriteOnlyCell(sheet, number(value))
                cell.number_format = _amount_format(value.currency)
                return cell
            case datetime():
                cell = WriteOnlyCell(sheet, local(value, zone))
                cell.number_format = _MOMENT
                return cell

    try:
        sheet.append([text(heading) for heading in headings()])
        for row in rows:
            sheet.append(
                [told(column, value) for column, value in zip(COLUMNS, cells(row), strict=True)]
            )
    except BaseException:
        # What was written so far lies in a temporary file of the library's: it closes, then
        # removes, what it knows of.
        sheet.close()
        workbook.close()
        raise
    workbook.save(file)


@lru_cache
def _amount_format(currency: str) -> str:
    places = CURRENCIES[currency].decimals
    return "#,##0" + ("." + "0" * places if places else "")
