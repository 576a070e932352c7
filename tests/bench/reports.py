"""What the day's books cost, each as a ratio to the bare work behind it: the parts are the modules
`reports_*` beside this one.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.machine import machine


def main() -> int:
    """Measure and print one JSON object."""
    parts = {
        path.stem.partition("_")[2]: path.stem
        for path in Path(__file__).parent.glob("reports_*.py")
    }
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--part", action="append", choices=sorted(parts), help="only these")
    options = parser.parse_args()
    figures: dict[str, float] = {}
    for part in options.part or sorted(parts):
        with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
            figures |= importlib.import_module(f"tests.bench.{parts[part]}").figures(Path(folder))
    print(json.dumps({"bench": "reports", "machine": machine(), "figures": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
