"""Write the journal out for other programs, and record that it was."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from merchant_app.journal.book_reader import BookReader
from merchant_app.journal.events import EventKind
from merchant_app.reports.exports import exporting
from merchant_app.reports.exports.exporting import Format, GoOn, Refusal
from merchant_app.reports.exports.fec import FiscalYear
from merchant_app.reports.exports.rows import Days
from merchant_app.reports.exports.rows import Till as RowsTill
from merchant_app.till.journal_results import (
    ExportCancelled,
    Exported,
    ExportRefusal,
    ExportResult,
    ExportWish,
)
from merchant_app.till.till import Till

_ENDS = {
    Format.XLSX: "xlsx",
    Format.CSV_FRENCH: "csv",
    Format.CSV_PLAIN: "csv",
    Format.JSON: "json",
}
_NOT_IN_NAMES = re.compile(r"[^\w-]+")


def export(till: Till, wish: ExportWish, *, go_on: GoOn) -> ExportResult:
    """See `journal_desk.JournalDesk.export`."""
    facts = till.facts
    rows_of = RowsTill(title=facts.till_name, zone=ZoneInfo(facts.time_zone), find=till.copy.by_id)
    with BookReader(till.journal_file) as reader:
        done = _written(till, reader, wish, rows_of, go_on)
    match done:
        case exporting.Exported(path, rows, left_out):
            _record(till, wish, rows)
            return Exported(path, rows, left_out)
        case exporting.Stopped():
            return ExportCancelled()
        case Refusal.SIREN_MISSING:
            return ExportRefusal.SIREN_MISSING
        case Refusal.NOTHING_CLOSED:
            return ExportRefusal.NOTHING_CLOSED


def _written(
    till: Till, reader: BookReader, wish: ExportWish, rows_of: RowsTill, go_on: GoOn
) -> exporting.Exported | exporting.Stopped | Refusal:
    form = wish.form.value
    if not isinstance(form, Format):
        year = FiscalYear(wish.first, wish.last)
        return exporting.export_fec(
            reader, wish.folder, options=till.options, till=rows_of, year=year, go_on=go_on
        )
    return exporting.export_table(
        reader,
        _free(wish, rows_of.title, _ENDS[form]),
        form=form,
        till=rows_of,
        days=Days(wish.first, wish.last),
        go_on=go_on,
    )


def _free(wish: ExportWish, title: str, end: str) -> Path:
    """A name that says what is in it, and that no file has yet: what is there stays."""
    days = wish.first.isoformat()
    if wish.last != wish.first:
        days = f"{days}_{wish.last.isoformat()}"
    name = f"journal-{_NOT_IN_NAMES.sub('-', title).strip('-').lower()}-{days}"
    path, number = wish.folder / f"{name}.{end}", 1
    while path.exists():
        number += 1
        path = wish.folder / f"{name}-{number}.{end}"
    return path


def _record(till: Till, wish: ExportWish, rows: int) -> None:
    """That it left the till, and what; not where to: a folder's name can be a person's."""
    form = wish.form.value
    till.journal.run(
        lambda journal: journal.append_event(
            EventKind.EXPORTED,
            cashier=till.facts.cashier,
            detail={
                "format": form.value if isinstance(form, Format) else form,
                "first": wish.first.isoformat(),
                "last": wish.last.isoformat(),
                "rows": rows,
            },
        )
    )
