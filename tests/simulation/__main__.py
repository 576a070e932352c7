"""Play one seed again: `python3 -m tests.simulation --seed 7 --profile disaster`."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.campaign import WRONG, one_crash, simulation
from tests.simulation.profiles import PROFILES


def main() -> int:
    """The exit code is 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--profile", choices=[*PROFILES, "small"], default="swarm")
    parser.add_argument("--sql", action="store_true", help="the tills' journals in SQLite")
    parser.add_argument("--crash-at", type=int, help="with small: the step a program dies at")
    options = parser.parse_args()
    if options.profile == "small":
        one = one_crash(options.seed, options.crash_at or 0, power=True)
    else:
        one = simulation(options.seed, options.profile, sql=options.sql)
    try:
        one.run()
    except WRONG as wrong:
        sys.stdout.write(f"{type(wrong).__name__}: {wrong}\n{one.world.profile}\n")
        sys.stdout.write(f"{one.world.counts}\n")
        return 1
    sys.stdout.write(f"all is well: {one.auditor.digest()}\n{one.world.counts}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
