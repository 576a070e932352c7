"""One export, from the journal to a file that is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from merchant_app.journal.book_reader import BookReader
from merchant_app.reports.exports import fec
from merchant_app.reports.exports.delimited import Dialect, write_csv
from merchant_app.reports.exports.fec import Accounts, FiscalYear
from merchant_app.reports.exports.objects import write_json
from merchant_app.reports.exports.rows import Days, ExportRow, Till, export_rows
from merchant_app.reports.exports.workbook import write_xlsx
from merchant_app.reports.exports.writing import write_whole
from merchant_app.settings import options as settings
from merchant_app.settings.options import Options

ROWS_PER_SIGN = 500
"""After so many rows the one who waits is told, and asked whether to go on."""

GoOn = Callable[[int], bool]
"""Told how many rows are written; False ends the export."""


class Format(Enum):
    """What a table can be written as."""

    CSV_FRENCH = "csv_french"
    CSV_PLAIN = "csv_plain"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Exported:
    """The file is there, synced.

    `left_out`: rows of days that are not closed, and have no place in a FEC.
    """

    path: Path
    rows: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """Whoever waited did not want to any more; nothing was left behind."""


class Refusal(Enum):
    """Why no FEC was made."""

    SIREN_MISSING = "siren_missing"
    """The shop's SIREN is not in the settings: it is part of the file's name."""
    NOTHING_CLOSED = "nothing_closed"
    """No closing of the year has a movement: what is not closed is no accounting entry yet."""


def export_table(
    reader: BookReader, path: Path, *, form: Format, till: Till, days: Days, go_on: GoOn
) -> Exported | Stopped:
    """Write the rows of some days to `path`. Any one thread, for as long as it takes.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY, or the journal cannot be read; `path` is as before.
    """
    counted = _Counted(export_rows(reader, till, days), go_on)
    rows = iter(counted)

    def write(file: BinaryIO) -> None:
        match form:
            case Format.CSV_FRENCH:
                write_csv(file, rows, dialect=Dialect.FRENCH, zone=till.zone)
            case Format.CSV_PLAIN:
                write_csv(file, rows, dialect=Dialect.PLAIN, zone=till.zone)
            case Format.XLSX:
                write_xlsx(file, rows, zone=till.zone)
            case Format.JSON:
                write_json(file, rows)

    try:
        write_whole(path, write)
    except _NoMore:
        return Stopped()
    return Exported(path, counted.count)


def export_fec(
    reader: BookReader, folder: Path, *, options: Options, till: Till, year: FiscalYear, go_on: GoOn
) -> Exported | Stopped | Refusal:
    """Write the FEC of a year, and its description, to a folder; it has the name that the law says.

    Raises:
        Problem: as `export_table`.
    """
    siren = options.get(settings.SIREN)
    if not siren:
        return Refusal.SIREN_MISSING
    name = fec.file_name(siren, year)
    counted = _Counted(export_rows(reader, till, Days(year.first, year.last)), go_on, closed=True)
    rows = iter(counted)
    accounts = accounts_of(options)

    def write(file: BinaryIO) -> None:
        fec.write_fec(file, rows, accounts=accounts, year=year, zone=till.zone)
        if not counted.count:
            raise _NoMore  # a file without an entry is none that an inspector could read

    try:
        write_whole(folder / name, write)
    except _NoMore:
        return Stopped() if counted.was_stopped else Refusal.NOTHING_CLOSED
    about = fec.description(name)
    write_whole(folder / name.replace(".txt", "-description.txt"), _writing(about))
    return Exported(folder / name, counted.count, counted.left_out)


def accounts_of(options: Options) -> Accounts:
    """The accounts that the settings name."""
    return Accounts(
        journal=options.get(settings.FEC_JOURNAL),
        platform=options.get(settings.ACCOUNT_PLATFORM),
        multi_purpose=options.get(settings.ACCOUNT_MULTI_PURPOSE),
        sales=options.get(settings.ACCOUNT_SALES),
        vat=options.get(settings.ACCOUNT_VAT),
        loss=options.get(settings.ACCOUNT_LOSS),
        vat_basis_points=options.get(settings.SINGLE_PURPOSE_VAT),
    )


def _writing(data: bytes) -> Callable[[BinaryIO], None]:
    def write(file: BinaryIO) -> None:
        file.write(data)

    return write


class _NoMore(Exception):
    """Ends writing: the unfinished file goes."""


class _Counted:
    """Rows on their way to a file: counted, and stopped when nobody waits any more."""

    def __init__(self, rows: Iterable[ExportRow], go_on: GoOn, *, closed: bool = False) -> None:
        self._rows = rows
        self._go_on = go_on
        self._closed = closed
        self.count = 0
        self.left_out = 0
        self.was_stopped = False

    def __iter__(self) -> Iterator[ExportRow]:
        self._ask()
        for row in self._rows:
            if self._closed and row.closing is None:
                self.left_out += 1
                continue
            yield row
            self.count += 1
            if self.count % ROWS_PER_SIGN == 0:
                self._ask()
        self._ask()

    def _ask(self) -> None:
        if not self._go_on(self.count):
            self.was_stopped = True
            raise _NoMore
