"""What the day's books cost, each as a ratio to the bare work. JSON on standard output."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from tests.bench import exports
from tests.bench.machine import machine


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--export-rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        exported = exports.figures(Path(folder), rows=options.export_rows, rounds=options.rounds)
    print(json.dumps({"bench": "reports", "machine": machine(), "figures": exported}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
