"""A search by name in the till's own list, with a shop's usual few hundred vouchers and a million.

`first_ms`: the first search after a whole new copy, which opens every sealed holder; then searches
as a cashier types them, by name, address and order number. `stall_ms`: how long another thread (the
window's) at most had to wait for its turn meanwhile.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from merchant_app.central.port import VouchersPage
from merchant_app.clock import SystemClock
from merchant_app.journal.sealing import KEY_LENGTH, Sealer
from merchant_app.journal.vouchers_copy import VouchersCopy
from merchant_app.till.hits import HITS_MAX
from merchant_app.till.search import People
from merchant_app.vouchers.holders import Holder, query_of
from tests.bench.lookup import PER_PAGE, snapshot_voucher
from tests.bench.machine import machine

SEARCHES = 200
_FIRST = (
    "Claire",
    "Zoë",
    "Paul",
    "Marie-Ange",
    "Élise",
    "Jean-Luc",
    "Noé",
    "Aïcha",
    "Inès",
    "Hugo",
)
_SYLLABLES = ("mar", "du", "le", "gof", "pon", "ber", "tin", "la", "chau", "vi", "ron", "sel")
_TICK_S = 0.005


def holder(number: int) -> Holder:
    """The holder of the voucher of this number: made up, and the same each time."""
    chance = random.Random(number)
    last = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
    first = chance.choice(_FIRST)
    return Holder(
        name=f"{first} {last}",
        email=f"{last.lower()}{number}@example.org",
        order_number=f"SCA-{number:07}",
        bought_on=date(2026, 5, 1 + number % 28),
    )


def pages(count: int) -> Iterator[VouchersPage]:
    """A snapshot of so many vouchers, each with its holder."""
    for first in range(0, count, PER_PAGE):
        numbers = range(first, min(first + PER_PAGE, count))
        yield VouchersPage(
            vouchers=tuple(replace(snapshot_voucher(n), holder=holder(n)) for n in numbers),
            gone=(),
            next_cursor=f"1.{numbers[-1] + 1}",
            more=numbers[-1] + 1 < count,
            starts_over=False,
        )


class Ticker(threading.Thread):
    """Wants its turn every 5 ms, as a window does.

    Attributes:
        worst_s: the longest it had to wait beyond that.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.worst_s = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        last_s = time.perf_counter()
        while not self.done.wait(_TICK_S):
            now_s = time.perf_counter()
            self.worst_s = max(self.worst_s, now_s - last_s - _TICK_S)
            last_s = now_s


def searched_ms(people: People, text: str) -> float:
    """How long one search takes."""
    query = query_of(text)
    if query is None:
        raise SystemExit("a search for too little")
    began_s = time.perf_counter()
    people.find(query, limit=HITS_MAX + 1)
    return (time.perf_counter() - began_s) * 1000


def measure(count: int, folder: Path) -> dict[str, float]:
    """Fill a copy, search in it."""
    path = folder / f"vouchers-{count}.sqlite"
    sealer = Sealer(bytes(KEY_LENGTH))
    copy = VouchersCopy(path, SystemClock(), belongs_to="bench", sealer=sealer)
    try:
        began_s = time.perf_counter()
        for page in pages(count):
            copy.apply(page, copy.next_ask())
        fill_s = time.perf_counter() - began_s
        people = People(copy)
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ticker = Ticker()
        ticker.start()
        first_ms = searched_ms(people, "nobody at all")
        ticker.done.set()
        ticker.join()
        after_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        times_ms = sorted(searched_ms(people, text) for text in texts(count))
    finally:
        copy.close()
    return {
        "fill_s": round(fill_s, 1),
        "first_ms": round(first_ms, 1),
        "stall_ms": round(ticker.worst_s * 1000, 1),
        "memory_mb": round(max(0.0, after_mb - before_mb), 1),
        "p50_ms": round(times_ms[len(times_ms) // 2], 2),
        "p99_ms": round(times_ms[len(times_ms) * 99 // 100], 2),
        "file_mb": round(path.stat().st_size / 1e6, 1),
    }


def texts(count: int) -> Iterator[str]:
    """What cashiers type: half a name, two half names, an address, the end of an order number."""
    chance = random.Random(3)
    for turn in range(SEARCHES):
        one = holder(chance.randrange(count))
        first, last = one.name.split(" ")
        yield (
            last[:4],
            f"{last} {first[:3]}",
            one.email[:12],
            one.order_number[-6:],
            "zzz nobody",
        )[turn % 5]


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--large", type=int, default=1_000_000)
    large = parser.parse_args().large
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        few, many = measure(500, Path(folder)), measure(large, Path(folder))
    figures = {f"{name}_few": value for name, value in few.items()}
    figures |= {f"{name}_large": value for name, value in many.items()}
    print(
        json.dumps(
            {
                "bench": "search",
                "machine": machine(),
                "figures": figures,
                "few": 500,
                "large": large,
            }
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
