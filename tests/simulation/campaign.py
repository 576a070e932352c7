"""Many runs: by seeds, by crash points, by planted bugs; and the line that plays one again."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from merchant_app.errors import Bug
from merchant_app.ledger.till_journal import AlreadyDecided
from tests.simulation.profiles import PROFILES, small
from tests.simulation.purchases import Violation
from tests.simulation.simulation import Parts, Simulation, in_sqlite

CRASH_POINTS_MAX = 5_000
WRONG = (Violation, Bug, AlreadyDecided, AssertionError)
"""What a run may end with when something is wrong; anything else is a bug of the simulation."""


@dataclass
class Campaign:
    """What many runs have shown."""

    redemptions: int = 0
    violations: list[str] = field(default_factory=list)
    cpu_s: float = 0.0

    @property
    def per_cpu_s(self) -> float:
        return self.redemptions / self.cpu_s if self.cpu_s else 0.0

    def add(self, other: Campaign) -> None:
        """Runs of another process."""
        self.redemptions += other.redemptions
        self.violations += other.violations
        self.cpu_s += other.cpu_s


def simulation(
    seed: int, profile: str, *, parts: Parts | None = None, sql: bool = False
) -> Simulation:
    """The run of one seed."""
    drawn = PROFILES[profile](Random(f"{profile} {seed}"))
    return Simulation(seed, drawn, parts=parts, new_journal=in_sqlite if sql else None)


def replay(seed: int, profile: str, *, sql: bool, crash_at: int | None = None) -> str:
    """The line that plays a run again."""
    line = f"{sys.executable} -m tests.simulation --seed {seed} --profile {profile}"
    line += " --sql" if sql else ""
    return line if crash_at is None else f"{line} --crash-at {crash_at}"


def run(start: int, redemptions: int, profile: str, *, sql: bool = False) -> Campaign:
    """Seed after seed from `start` on, until there were that many redemptions."""
    campaign, began_s = Campaign(), time.process_time()
    with _unhurried_collector():
        _run(campaign, start, redemptions, profile, sql=sql)
    campaign.cpu_s = time.process_time() - began_s
    return campaign


@contextmanager
def _unhurried_collector() -> Iterator[None]:
    """Circles are collected between runs: within one, nearly everything is kept to its end.

    What is there already is none of its business.
    """
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _run(campaign: Campaign, seed: int, redemptions: int, profile: str, *, sql: bool) -> None:
    while campaign.redemptions < redemptions:
        _run_one(campaign, seed, profile, sql=sql)
        gc.collect()
        seed += 1


def _run_one(campaign: Campaign, seed: int, profile: str, *, sql: bool) -> None:
    one = simulation(seed, profile, sql=sql)
    try:
        one.run()
    except WRONG as wrong:
        line = replay(seed, profile, sql=sql)
        campaign.violations.append(f"{line}  # {type(wrong).__name__}: {wrong}")
    campaign.redemptions += len(one.world.truth.purchases)


def seeds_until_found(
    parts: Parts, *, start: int, limit: int, profile: str = "swarm"
) -> int | None:
    """How many seeds it takes to notice that something is wrong with these parts."""
    for number in range(limit):
        try:
            simulation(start + number, profile, parts=parts).run()
        except WRONG:
            return number + 1
    return None


def at_every_crash_point(seed: int, *, power: bool) -> Iterator[str | None]:
    """One run for each step at which a program can die; what was wrong with it, if anything.

    SQLite's way of testing: crash at step 1, at step 2, until a run ends before it gets there.
    """
    for crash_at in range(1, CRASH_POINTS_MAX):
        one = one_crash(seed, crash_at, power=power)
        try:
            one.run()
        except WRONG as wrong:
            yield f"{replay(seed, 'small', sql=False, crash_at=crash_at)}  # {wrong}"
            continue
        if not one.world.counts.crashes:
            return
        yield None


def one_crash(seed: int, crash_at: int, *, power: bool) -> Simulation:
    """A small run in which one program dies exactly there."""
    profile = small()
    profile.power = float(power)
    one = Simulation(seed, profile)
    one.world.crash_at = crash_at
    return one
