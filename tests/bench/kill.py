"""Half an hour of kills: the real program and the real service, with a bad line between them.

See tests/end2end/nemesis.py. The planted fault, green before the commit, must be caught in a run
of its own; without that, "nothing lost" would say nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.machine import machine
from tests.end2end.nemesis import Plan, Report, haunt

PLANTED_LENGTH_S = 30.0
FULL_LENGTH_MIN = 30.0
TILL_KILLS_MIN, SERVICE_KILLS_MIN = 500, 150
"""Of the full length."""


def main() -> int:
    """Measure and print one JSON object; the exit code is 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--minutes", type=float, default=FULL_LENGTH_MIN)
    parser.add_argument("--seed", type=int, default=None, help="drawn when not given, and told")
    options = parser.parse_args()
    seed = random.SystemRandom().getrandbits(32) if options.seed is None else options.seed
    folder = Path(tempfile.mkdtemp(prefix="comptoir-kill-"))
    # So many that they are not all spent half-way.
    vouchers = 40 + round(options.minutes * 10)
    report = _run(
        Plan(
            seed=seed,
            length_s=options.minutes * 60,
            vouchers=vouchers,
            till_kill_every_s=2.5,
            service_kill_every_s=9.5,
        ),
        folder / "run",
    )
    planted = _run(
        Plan(
            seed=seed,
            length_s=PLANTED_LENGTH_S,
            till_kill_every_s=1.0,
            doomed_share=0.9,
            plant="early-ack",
        ),
        folder / "planted",
    )
    found, share = report.findings, min(1.0, options.minutes / FULL_LENGTH_MIN)
    figures = {
        "till_kills": report.till_kills,
        "service_kills": report.service_kills,
        "ops": found.ops,
        "handed_over": found.handed_over,
        "offline": found.offline,
        "short": found.short,
        "questions": report.truth.questions,
        "lost": found.lost,
        "doubled": found.doubled,
        "wrong": len(found.wrong),
        "rows_at_tills": found.rows_at_tills,
        "rows_at_service": found.rows_at_service,
        "planted_caught": int(planted.findings.lost > 0),
        "planted_lost": planted.findings.lost,
    }
    print(
        json.dumps(
            {
                "bench": "kill",
                "machine": machine(),
                "figures": figures,
                "limits": {
                    "till_kills_min": round(TILL_KILLS_MIN * share),
                    "service_kills_min": round(SERVICE_KILLS_MIN * share),
                    "lost": 0,
                    "doubled": 0,
                    "wrong": 0,
                    "planted_caught": 1,
                },
                "seed": seed,
                "minutes": options.minutes,
                "line": report.line,
                "wrong": found.wrong[:20],
            }
        )
    )
    if found.wrong or not planted.findings.lost:
        sys.stderr.write(f"seed {seed}; everything is kept in {folder}\n")
        return 1
    shutil.rmtree(folder)
    return 0


def _run(plan: Plan, folder: Path) -> Report:
    folder.mkdir()
    return haunt(plan, folder)


if __name__ == "__main__":
    sys.exit(main())
