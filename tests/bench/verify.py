"""Tampering with a journal: is every single change found, is the right place named, and is nobody
accused who did nothing?

Each of the untouched journals is verified, then struck by single changes: a byte in any column of
any append-only table, a row removed, put in, two rows swapped, a chain made anew by somebody who
has no key. The keys of service and till are given. A place is named right when the first finding is
the struck row; or, where only a signature tells, the rows between two signatures that hold it.
`short_…` is the same of the two pages that an inspector is given.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.bench.machine import machine
from tests.fakes.journal_changes import KINDS, strike
from tests.fakes.journal_verdict import is_there, names, short_verdict, verdict
from tests.fakes.signed_books import KEYS, write_books


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--journals", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counted: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        for number in range(options.journals):
            changes = options.changes * (number + 1) // options.journals
            changes -= options.changes * number // options.journals
            _one_journal(Path(name), options.seed * 1_000_000 + number, changes, counted, by_kind)
    figures = (
        *("changes", "found", "named_right", "falsely_accused"),
        *("short_found", "short_named_right", "short_falsely_accused"),
    )
    print(
        json.dumps(
            {
                "bench": "verify",
                "machine": machine(),
                "figures": {key: counted[key] for key in figures},
                "untouched_journals": options.journals,
                "named_to_the_row": counted["to_the_row"],
                "by_kind": by_kind,
                "seed": options.seed,
                "method": "journals of two enrolments with adopted entries, events and two "
                "closings that carry digests of their rows; changes strike what the last closing "
                "covers; progress and sessions are the program's memory and not struck",
            }
        )
    )
    return 0


def _one_journal(
    folder: Path, seed: int, changes: int, counted: Counter[str], by_kind: dict[str, Counter[str]]
) -> None:
    chance = random.Random(seed)
    sound, struck_file = folder / f"{seed}.sqlite", folder / "struck.sqlite"
    write_books(sound, sales=chance.randint(6, 20), seed=seed)
    counted["falsely_accused"] += not verdict(sound, KEYS)["sound"]
    counted["short_falsely_accused"] += short_verdict(sound, KEYS) is not None
    for _ in range(changes):
        kind = chance.choice(list(KINDS))
        shutil.copyfile(sound, struck_file)
        struck = strike(struck_file, KINDS[kind], chance)
        result = verdict(struck_file, KEYS)
        right = names(result, struck)
        first = result["findings"][0] if result["findings"] else {}
        short = short_verdict(struck_file, KEYS)
        facts = {
            "changes": True,
            "found": not result["sound"],
            "named_right": right,
            "to_the_row": right and first["row"] == first["last_row"],
            "short_found": short is not None,
            "short_named_right": is_there(short, struck),
        }
        for fact, is_so in facts.items():
            counted[fact] += is_so
            by_kind[kind][fact] += is_so
    sound.unlink()


if __name__ == "__main__":
    sys.exit(main())
