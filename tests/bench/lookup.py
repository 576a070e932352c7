"""A look-up in the till's own copy of the vouchers, with a thousand and with a million of them.

The copy is filled as a till fills it, page by page; then codes are looked up in random order, as
the counter does it: one call of `VouchersCopy.by_code_mac`, file and operating system warm.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from merchant_app.central.port import SnapshotVoucher, VouchersPage
from merchant_app.clock import SystemClock
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.journal.vouchers_copy import VouchersCopy
from merchant_app.money import Money
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from tests.bench.machine import machine

PER_PAGE = 500
LOOKUPS = 20_000
P99_MS_MAX = 1.0
_SHOP = ShopNumber(7)
_FACE = Money(5000, "EUR")
_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Measured:
    """`p99_ms` and `max_ms` of a look-up; how long the copy took to fill."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    fill_s: float
    exchange_s: float
    file_mb: float


def code_mac(number: int) -> bytes:
    """What the code of the voucher of this number is recognised by."""
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def snapshot_voucher(number: int) -> SnapshotVoucher:
    """The voucher of this number; ids grow as UUIDv7s do."""
    return SnapshotVoucher(
        Voucher(
            voucher_id=VoucherId(UUID(int=(1_800_000_000_000 + number) << 80 | number)),
            shop_number=_SHOP,
            face=_FACE,
            balance=_FACE,
            terms=_TERMS,
            status=VoucherStatus.ACTIVE,
            label="…H2M7",
            holder="Claire D.",
        ),
        code_mac(number),
    )


def pages(count: int) -> Iterator[VouchersPage]:
    """A snapshot of so many vouchers."""
    for first in range(0, count, PER_PAGE):
        numbers = range(first, min(first + PER_PAGE, count))
        yield VouchersPage(
            vouchers=tuple(map(snapshot_voucher, numbers)),
            gone=(),
            next_cursor=f"1.{numbers[-1] + 1}",
            more=numbers[-1] + 1 < count,
            starts_over=False,
        )


def measure(count: int, folder: Path, *, lookups: int = LOOKUPS) -> Measured:
    """Fill a copy with `count` vouchers, look some of them up."""
    path = folder / f"vouchers-{count}.sqlite"
    copy = VouchersCopy(path, SystemClock(), belongs_to="bench")
    try:
        began_s = time.perf_counter()
        for page in pages(count):
            page_s = time.perf_counter()
            copy.apply(page, copy.next_ask())
        ended_s = time.perf_counter()
        times_ms = _lookups_ms(copy, count, lookups)
    finally:
        copy.close()
    cut = statistics.quantiles(times_ms, n=100)
    return Measured(
        p50_ms=cut[49],
        p99_ms=cut[98],
        max_ms=max(times_ms),
        fill_s=ended_s - began_s,
        exchange_s=ended_s - page_s,
        file_mb=path.stat().st_size / 1e6,
    )


def _lookups_ms(copy: VouchersCopy, count: int, lookups: int) -> list[float]:
    chance = random.Random(7)
    times_ms = []
    for turn in range(lookups + 100):
        mac = code_mac(chance.randrange(count))
        began_ns = time.perf_counter_ns()
        voucher = copy.by_code_mac(mac)
        took_ns = time.perf_counter_ns() - began_ns
        if voucher is None:
            raise SystemExit("a voucher of the copy was not found")
        if turn >= 100:  # the first ones open the connection
            times_ms.append(took_ns / 1e6)
    return times_ms


def figures(folder: Path, *, large: int = 1_000_000) -> dict[str, float]:
    """`lookup_p99_ms_1k`, `lookup_p99_ms_1m`, and what filling cost."""
    few, many = measure(1_000, folder), measure(large, folder)
    return {
        "lookup_p99_ms_1k": round(few.p99_ms, 4),
        "lookup_p99_ms_1m": round(many.p99_ms, 4),
        "lookup_p50_ms_1m": round(many.p50_ms, 4),
        "lookup_max_ms_1m": round(many.max_ms, 3),
        "fill_s_1m": round(many.fill_s, 1),
        "exchange_s_1m": round(many.exchange_s, 2),
        "file_mb_1m": round(many.file_mb, 1),
    }


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--large", type=int, default=1_000_000)
    large = parser.parse_args().large
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        found = figures(Path(folder), large=large)
    print(
        json.dumps(
            {
                "bench": "lookup",
                "machine": machine(),
                "figures": found,
                "limits": {"lookup_p99_ms_1k": P99_MS_MAX, "lookup_p99_ms_1m": P99_MS_MAX},
                "large": large,
                "lookups": LOOKUPS,
            }
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
