"""What an export costs: each format as a ratio to reading its rows, and that to a bare SELECT."""

from __future__ import annotations

import io
import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from merchant_app.clock import SystemClock, to_text
from merchant_app.ids import EpochId, ShopNumber, TillId, VoucherId
from merchant_app.journal.book_reader import BookReader
from merchant_app.journal.journal import Journal
from merchant_app.money import Money
from merchant_app.reports.exports.delimited import Dialect, write_csv
from merchant_app.reports.exports.fec import Accounts, FiscalYear, write_fec
from merchant_app.reports.exports.objects import write_json
from merchant_app.reports.exports.rows import ExportRow, Till, export_rows
from merchant_app.reports.exports.workbook import write_xlsx
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from tests.bench.journal import Writer, fill

ZONE = ZoneInfo("Europe/Paris")
_ACCOUNTS = Accounts(
    journal="BA",
    platform="467100",
    multi_purpose="419100",
    sales="707000",
    vat="445710",
    loss="658000",
    vat_basis_points=550,
)


def figures(folder: Path, *, rows: int = 100_000, rounds: int = 3) -> dict[str, float]:
    """Medians of some rounds, each format's in turn with the reading it is compared to."""
    path = folder / "exports.sqlite"
    _make(path, rows)
    year = datetime.now(UTC).year
    whole_year = FiscalYear(date(year, 1, 1), date(year, 12, 31))
    writers: dict[str, Callable[[io.BytesIO, list[ExportRow]], None]] = {
        "csv": lambda file, found: write_csv(file, found, dialect=Dialect.FRENCH, zone=ZONE),
        "xlsx": lambda file, found: write_xlsx(file, found, zone=ZONE),
        "json": write_json,
        "fec": lambda file, found: write_fec(
            file, found, accounts=_ACCOUNTS, year=whole_year, zone=ZONE
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in ("select", "read", *writers)}
    for _ in range(rounds):
        times["select"].append(_timed(_select, path))
        began = time.perf_counter()
        found = _read(path)
        read_s = time.perf_counter() - began
        times["read"].append(read_s)
        if len(found) != rows:
            raise SystemExit(f"{len(found)} rows instead of {rows}")
        for name, write in writers.items():
            # Reading and writing, as an export does both.
            times[name].append(read_s + _timed(write, io.BytesIO(), found))
    read_s = statistics.median(times["read"])
    return {
        "export_rows": rows,
        "export_read_s": round(read_s, 2),
        "read_to_select_ratio": round(read_s / statistics.median(times["select"]), 2),
        **{f"{name}_ratio": round(statistics.median(times[name]) / read_s, 2) for name in writers},
    }


def _timed(work: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def _read(path: Path) -> list[ExportRow]:
    voucher = Voucher(
        voucher_id=VoucherId(uuid4()),
        shop_number=ShopNumber(7),
        face=Money(2_000, "EUR"),
        balance=Money(0, "EUR"),
        terms=Terms(),
        status=VoucherStatus.ACTIVE,
        label="…H2M7",
    )
    till = Till(title="Caisse 1", zone=ZONE, find=lambda _voucher_id: voucher)
    with BookReader(path) as reader:
        return list(export_rows(reader, till))


def _select(path: Path) -> int:
    """The bare work: the same rows of the same file, parsed as JSON, nothing made of them."""
    with closing(sqlite3.connect(path)) as connection:
        entries = connection.execute("SELECT rowid, epoch_id, seq, body FROM entries")
        outcomes = connection.execute("SELECT id, op_id, status, lines FROM outcomes")
        return sum(len(json.loads(row[3])) for rows in (entries, outcomes) for row in rows)


def _make(path: Path, rows: int) -> None:
    """Sales, each with its decision, and one closing over all of them."""
    journal = Journal(path, SystemClock())
    epoch_id = EpochId(uuid4())
    journal.begin_epoch(epoch_id, till_id=TillId(uuid4()), generation=1)
    journal.close()
    fill(path, epoch_id, Writer(3), 2 * rows)
    now = datetime.now(UTC)
    body = {
        "business_date": now.date().isoformat(),
        "closed_at": to_text(now),
        "last_entry": 2 * rows,
        "last_adopted": 0,
        "last_outcome": rows,
    }
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO outcomes (op_id, status, lines, decided_at, recorded_at) "
            "SELECT op_id, 'accepted', json_array(json_object("
            "'voucher', json_extract(body, '$.lines[0].voucher'), 'accepted_minor', 2000, "
            "'shortfall_minor', 0, 'balance_minor', 0, 'reason', NULL)), ?1, ?1 "
            "FROM entries WHERE kind = 'redemption' ORDER BY rowid",
            (to_text(now),),
        )
        connection.execute(
            "CREATE TABLE IF NOT EXISTS closings (number INTEGER PRIMARY KEY, kind TEXT, "
            "body TEXT, hash BLOB, signature BLOB)"
        )
        connection.execute(
            "INSERT INTO closings VALUES (1, 'day', ?, ?, ?)",
            (json.dumps(body), bytes(32), bytes(64)),
        )
