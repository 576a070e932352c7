"""The journal's cost: one redemption's commit as a ratio to a bare SQLite commit of the same bytes,
a look-up in a thousand and in a million vouchers, an append to an empty and to a long journal.

Both commits run in turn on the same disk, so that a machine whose speed drifts slows both. The
bare one inserts one row with the same body and hash, in WAL mode with synchronous=FULL.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from merchant_app.clock import SystemClock
from merchant_app.ids import EpochId, OpId, TillId, VoucherId, uuid7
from merchant_app.journal.journal import Journal
from merchant_app.journal.opening import connect, transaction
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Line,
    Redemption,
    envelopes,
    root_hash,
)
from merchant_app.money import Money
from tests.bench import lookup
from tests.bench.machine import machine

COMMIT_RATIO_MAX = 1.5
VOUCHERS = 1_000


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--commits", type=int, default=1_500)
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the long journal")
    parser.add_argument("--vouchers", type=int, default=1_000_000, help="of the large copy")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        commits = _commits(Path(folder), options.commits)
        growth = _growth(Path(folder), entries=options.entries, commits=options.commits // 3)
        looked_up = lookup.figures(Path(folder), large=options.vouchers)
    print(
        json.dumps(
            {
                "bench": "journal",
                "machine": machine(),
                "figures": {
                    "commit_ratio": round(commits["ours_ms"] / commits["bare_ms"], 3),
                    "commit_ratio_with_mirror": round(
                        commits["mirrored_ms"] / commits["bare_ms"], 3
                    ),
                    "commit_ratio_max": COMMIT_RATIO_MAX,
                    "bare_commit_ms": round(commits["bare_ms"], 4),
                    "lookup_p99_ms_1k": looked_up["lookup_p99_ms_1k"],
                    "lookup_p99_ms_1m": looked_up["lookup_p99_ms_1m"],
                    "lookup_p99_ms_max": lookup.P99_MS_MAX,
                    "append_growth_ratio": round(growth, 3),
                },
                "long_journal_entries": options.entries,
                "large_copy_vouchers": options.vouchers,
            }
        )
    )
    return 0


class Writer:
    """Makes the entries of a till; every one with an id of its own."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self._bytes = chance.randbytes
        self._chance = chance
        self._vouchers = [VoucherId(uuid7(self.now(), self._bytes)) for _ in range(VOUCHERS)]

    def now(self) -> datetime:
        return datetime.now(UTC)

    def redemption(self, *, honoured: bool = False) -> Redemption:
        voucher_id = self._chance.choice(self._vouchers)
        return Redemption(
            op_id=OpId(uuid7(self.now(), self._bytes)),
            lines=(Line(voucher_id, Money(2_000, "EUR"), "…H2M7"),),
            purchase=Money(3_700, "EUR"),
            honoured=honoured,
            at=self.now(),
            cashier="Claire",
        )

    def decision(self, redemption: Redemption) -> Decision:
        return Decision(
            op_id=OpId(uuid7(self.now(), self._bytes)),
            redemption_id=redemption.op_id,
            handed_over=True,
            at=self.now(),
            cashier="Claire",
        )


class Bare:
    """SQLite and one table: as little as one can do and still keep the same bytes."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._connection.execute(
            "CREATE TABLE entries (seq INTEGER PRIMARY KEY, body TEXT, hash BLOB)"
        )

    def commit(self, envelope: Envelope) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?)", (envelope.seq, envelope.body, envelope.hash)
        )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def _open(path: Path, *, mirrored: bool = False) -> Journal:
    journal = Journal(path, SystemClock(), mirror=path.with_suffix(".mirror") if mirrored else None)
    journal.begin_epoch(EpochId(uuid4()), till_id=TillId(uuid4()), generation=1)
    return journal


def _commits(folder: Path, count: int) -> dict[str, float]:
    """Medians, in milliseconds, of the three commits."""
    writer, bare = Writer(1), Bare(folder / "bare.sqlite")
    ours = _open(folder / "ours.sqlite")
    mirrored = _open(folder / "mirrored.sqlite", mirrored=True)
    times: dict[str, list[float]] = {"bare_ms": [], "ours_ms": [], "mirrored_ms": []}
    last_hash = root_hash(EpochId(uuid4()))
    for number in range(1, count + 1):
        entry = writer.redemption()
        (envelope,) = envelopes([entry], last_seq=number - 1, last_hash=last_hash)
        last_hash = envelope.hash
        began = time.perf_counter()
        bare.commit(envelope)
        between = time.perf_counter()
        ours.append(entry)
        then = time.perf_counter()
        mirrored.append(entry)
        times["bare_ms"].append((between - began) * 1000)
        times["ours_ms"].append((then - between) * 1000)
        times["mirrored_ms"].append((time.perf_counter() - then) * 1000)
    for journal in (bare, ours, mirrored):
        journal.close()
    return {name: statistics.median(values) for name, values in times.items()}


def _growth(folder: Path, *, entries: int, commits: int) -> float:
    """An append to a journal of so many entries, as a ratio to one to an empty journal."""
    writer = Writer(2)
    short, path = _open(folder / "short.sqlite"), folder / "long.sqlite"
    long = _open(path)
    epoch_id = long.epoch_id()
    long.close()
    fill(path, epoch_id, writer, entries)
    long = Journal(path, SystemClock())
    times: dict[str, list[float]] = {"short": [], "long": []}
    for _ in range(commits):
        for name, journal in (("short", short), ("long", long)):
            entry = writer.redemption()
            began = time.perf_counter()
            journal.append(entry)
            times[name].append(time.perf_counter() - began)
    for journal in (short, long):
        journal.close()
    return statistics.median(times["long"]) / statistics.median(times["short"])


def fill(path: Path, epoch_id: EpochId, writer: Writer, entries: int) -> None:
    """Write a long past in one transaction: redemptions, each with its decision."""
    connection = connect(path)
    row = connection.execute("SELECT root FROM epochs").fetchone()
    seq, last_hash = 0, bytes(row[0])
    rows, named = [], []
    while seq < entries:
        redemption = writer.redemption()
        pair: list[Entry] = [redemption, writer.decision(redemption)]
        for entry, envelope in zip(
            pair, envelopes(pair, last_seq=seq, last_hash=last_hash), strict=True
        ):
            is_sale = isinstance(entry, Redemption)
            rows.append(
                (
                    str(epoch_id),
                    envelope.seq,
                    "redemption" if is_sale else "decision",
                    str(entry.op_id),
                    None if is_sale else str(redemption.op_id),
                    envelope.body,
                    envelope.hash,
                    "own",
                )
            )
            seq, last_hash = envelope.seq, envelope.hash
        named.append((str(redemption.lines[0].voucher_id), str(redemption.op_id)))
    with transaction(connection):
        connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.executemany("INSERT INTO redemption_vouchers VALUES (?, ?)", named)
    connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
