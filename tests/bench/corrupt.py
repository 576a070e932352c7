"""Damaged journals: how many damages are noticed before the first sale, and how much comes back.

Six kinds of damage to the file, and single bits of the log. Noticed: the journal does not open, or
says what was put right, or still says exactly what it said before the damage.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.machine import machine
from tests.crash.damages import KINDS, UP_TO_ONE_SECTOR, Counted, one_bit, sound, try_damage

IN_LOG = "log_bit"


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--damages", type=int, default=200, help="of each kind")
    parser.add_argument("--sales", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kinds: dict[str, Counted] = {}
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        folder, work = Path(name), Path(name) / "work"
        closed = sound(folder / "closed", sales=options.sales, crashed=False)
        crashed = sound(folder / "crashed", sales=options.sales // 4, crashed=True)
        for kind in (*KINDS, IN_LOG):
            in_log, counted = kind == IN_LOG, kinds.setdefault(kind, Counted())
            for number in range(options.damages):
                try_damage(
                    crashed if in_log else closed,
                    one_bit if in_log else KINDS[kind],
                    in_log=in_log,
                    seed=options.seed * 1_000_000 + number,
                    work=work,
                    counted=counted,
                )
    every = list(kinds.values())
    small = [kinds[kind] for kind in (*UP_TO_ONE_SECTOR, IN_LOG)]
    print(
        json.dumps(
            {
                "bench": "corrupt",
                "machine": machine(),
                "figures": {
                    "damages": sum(counted.changed for counted in every),
                    "noticed_percent": _noticed(every, alone=False),
                    "noticed_alone_percent": _noticed(every, alone=True),
                    "recovered_percent": _percent(
                        sum(counted.rows_alone for counted in small),
                        sum(counted.rows for counted in small),
                    ),
                    "recovered_with_mirror_percent": _percent(
                        sum(counted.rows_mirror for counted in every),
                        sum(counted.rows for counted in every),
                    ),
                },
                "limits": {
                    "noticed_percent": 100,
                    "recovered_percent": 99,
                    "recovered_with_mirror_percent": 100,
                },
                "alone_by_kind": {
                    kind: {
                        "noticed_percent": _noticed([counted], alone=True),
                        "recovered_percent": _percent(counted.rows_alone, counted.rows),
                    }
                    for kind, counted in kinds.items()
                },
                "entries": closed.entries,
                "seed": options.seed,
                "method": "recovered_percent: damages of at most one sector and bits of the log, "
                "from the file alone, without mirror, backup or service",
            }
        )
    )
    return 0


def _noticed(counted: list[Counted], *, alone: bool) -> float:
    missed = sum(one.unnoticed_alone if alone else one.unnoticed for one in counted)
    changed = sum(one.changed for one in counted)
    return _percent(changed - missed, changed)


def _percent(part: int, whole: int) -> float:
    # Cut, not rounded: 100 means all.
    return int(100_000 * part / whole) / 1_000


if __name__ == "__main__":
    sys.exit(main())
