"""A million redemptions under every fault, half of them in disasters, with the engine that ships.

Also what shows that the simulation would see something: each planted bug is found, each directed
scenario tells the rule from its lack, and a program dies at every single step.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.bench.machine import machine
from tests.simulation import campaign
from tests.simulation.campaign import Campaign
from tests.simulation.directed import SCENARIOS, passes
from tests.simulation.planted_till import HIDDEN, STRONG
from tests.simulation.profiles import PROFILES
from tests.simulation.simulation import Parts

PROCESSES = 2
PIECE = 10_000
SEEDS_APART = 1_000
"""More seeds than a piece ever needs."""
SQL_SHARE = 50
"""One redemption in so many is run once more with journals in SQLite."""
CRASH_SEEDS = 20
PLANTED_SEEDS_MAX = 100


def main() -> int:
    """Print one JSON object; 1 when anything was violated or missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redemptions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, help="the first seed; without it, a fresh one")
    parser.add_argument("--crash-seeds", type=int, default=CRASH_SEEDS)
    options = parser.parse_args()
    seed = secrets.randbelow(1_000_000_000) if options.seed is None else options.seed
    with ProcessPoolExecutor(PROCESSES) as pool:
        in_memory = _campaigns(pool, seed, options.redemptions, sql=False)
        in_sqlite = _campaigns(pool, seed, max(4_000, options.redemptions // SQL_SHARE), sql=True)
        planted = list(pool.map(partial(_seeds, start=seed), STRONG))
        directed = sum(_tells_apart(name) for name in SCENARIOS)
        crashes = list(pool.map(_crash_points, range(seed, seed + options.crash_seeds)))
    wrong = [
        *in_memory.violations,
        *in_sqlite.violations,
        *(w for _, lines in crashes for w in lines),
    ]
    missed = [name for name, seeds in zip(STRONG, planted, strict=True) if seeds is None]
    result = {
        "bench": "simulate",
        "machine": machine(),
        "figures": {
            "redemptions": in_memory.redemptions,
            "violations": len(wrong),
            "per_cpu_s": round(in_memory.per_cpu_s),
            "sql_redemptions": in_sqlite.redemptions,
            "sql_per_cpu_s": round(in_sqlite.per_cpu_s),
            "planted_found": len(STRONG) - len(missed),
            "planted_total": len(STRONG),
            "planted_seeds_max": max((seeds or 0 for seeds in planted), default=0),
            "directed_passed": directed,
            "directed_total": len(SCENARIOS),
            "crash_points": sum(points for points, _ in crashes),
            "seed": seed,
        },
        "wrong": wrong[:20],
        "missed": missed,
    }
    print(json.dumps(result, ensure_ascii=False))
    return 1 if wrong or missed or directed < len(SCENARIOS) else 0


def _campaigns(pool: ProcessPoolExecutor, seed: int, redemptions: int, *, sql: bool) -> Campaign:
    """That many redemptions, half of each profile, in pieces."""
    each = redemptions // len(PROFILES)
    pieces = [
        pool.submit(
            campaign.run, seed + SEEDS_APART * number, min(PIECE, each - done), profile, sql=sql
        )
        for profile in PROFILES
        for number, done in enumerate(range(0, each, PIECE))
    ]
    total = Campaign()
    for number, piece in enumerate(pieces, start=1):
        total.add(piece.result())
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{total.redemptions:,} redemptions, {number} of {len(pieces)} ")
    return total


def _seeds(name: str, *, start: int) -> int | None:
    return campaign.seeds_until_found(STRONG[name](), start=start, limit=PLANTED_SEEDS_MAX)


def _tells_apart(name: str) -> bool:
    return passes(SCENARIOS[name], Parts()) and not passes(SCENARIOS[name], HIDDEN[name]())


def _crash_points(seed: int) -> tuple[int, list[str]]:
    """Every step, by a kill and by a power cut; how many, and what was wrong."""
    found = [
        line for power in (False, True) for line in campaign.at_every_crash_point(seed, power=power)
    ]
    return len(found), [line for line in found if line is not None]


if __name__ == "__main__":
    raise SystemExit(main())
