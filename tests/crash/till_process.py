"""A till that sells into a journal until it is killed, recorded, or refused; a program of its own.

It prints the number of the last entry as soon as it holds that it is durable, and nothing else.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from tests.fakes.journal_story import Day


def main() -> None:
    """Sell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("journal", type=Path)
    parser.add_argument("--mirror", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sales", type=int, default=1_000_000_000)
    parser.add_argument("--synchronous", default="FULL")
    parser.add_argument("--log-pages", type=int, default=1000, help="before they are taken in")
    parser.add_argument(
        "--early", action="store_true", help="a planted fault: say it before it is durable"
    )
    options = parser.parse_args()
    day = Day(options.journal, seed=options.seed, mirror_path=options.mirror)
    day.journal._connection.execute(f"PRAGMA synchronous = {options.synchronous}")
    day.journal._connection.execute(f"PRAGMA wal_autocheckpoint = {options.log_pages}")
    if day.journal.epochs():
        day.go_on(day.journal.current_epoch())
    else:
        day.begin_epoch()
    acknowledge("ready")
    if options.early:
        for _ in range(options.sales):
            redemption = day.redemption()
            acknowledge(f"{day.journal.head()[0] + 1} {redemption.op_id}")
            day.journal.append(redemption)
    for seq in day.sales(options.sales):
        acknowledge(f"{seq} {day.op_at(seq)}")


def acknowledge(line: str) -> None:
    """One write, unbuffered: it is with the reader even if this process dies now."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main()
