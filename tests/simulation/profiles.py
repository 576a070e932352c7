"""What a run is made of: how many tills, how bad the line, how many disasters; drawn from its seed.

`swarm` draws every rate anew for each seed, many of them zero: a fault that is always there hides
others. `disaster` has many rare events in every run: copies, restores, late duplicates, undos.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

NEVER_S = 1e9


@dataclass(slots=True)
class Profile:
    """Rates are per event, times in virtual seconds, amounts in minor units."""

    tills: int = 4
    vouchers: int = 60
    purchases: int = 400
    thinking_s: float = 12.0
    timeout_s: float = 5.0
    hot: float = 0.3
    """How many purchases use one of the three vouchers that everybody seems to have a copy of."""
    baskets: float = 0.1
    voids: float = 0.04
    poison: float = 0.004
    forced: float = 0.03
    """How many cashiers hand over after a crash although the screen never said so."""
    loss: float = 0.05
    duplicates: float = 0.05
    late_duplicates: float = 0.01
    partition_every_s: float = 900.0
    partition_s: float = 400.0
    crash: float = 0.004
    power: float = 0.5
    """How many crashes take what was written and not yet synchronous with them."""
    service_crash: float = 0.01
    service_restores: int = 0
    till_restores: int = 0
    clones: int = 0
    revocations: int = 0
    mirror: bool = True
    batch: int = 40
    redemption_max_minor: int = 5_000
    voucher_max_minor: int = 5_000
    till_max_minor: int = 30_000
    count_max: int = 40
    pin: float = 0.5
    """How often somebody responsible is there, and takes what is beyond a soft limit."""


def swarm(random: Random) -> Profile:
    """Everything may happen, or not."""
    choice = random.choice
    return Profile(
        tills=choice((2, 3, 4, 6)),
        vouchers=choice((5, 30, 100)),
        loss=choice((0.0, 0.02, 0.1, 0.3)),
        duplicates=choice((0.0, 0.05, 0.2)),
        late_duplicates=choice((0.0, 0.01, 0.05)),
        partition_every_s=choice((NEVER_S, 1800.0, 600.0, 200.0)),
        partition_s=choice((30.0, 300.0, 3000.0)),
        crash=choice((0.0, 0.001, 0.005, 0.02)),
        service_crash=choice((0.0, 0.005, 0.03)),
        hot=choice((0.0, 0.2, 0.6)),
        service_restores=choice((0, 0, 1, 2)),
        till_restores=choice((0, 0, 1, 2)),
        clones=choice((0, 0, 1)),
        revocations=choice((0, 0, 1, 2)),
        poison=choice((0.0, 0.004, 0.02)),
        voids=choice((0.0, 0.04, 0.15)),
        mirror=random.random() < 0.7,
        batch=choice((1, 5, 40)),
        thinking_s=choice((3.0, 12.0, 40.0)),
    )


def disaster(random: Random) -> Profile:
    """Many rare events at once."""
    profile, choice = swarm(random), random.choice
    profile.clones = choice((1, 2))
    profile.till_restores = choice((1, 2, 3))
    profile.service_restores = choice((0, 1, 2))
    profile.mirror = random.random() < 0.3
    profile.duplicates = choice((0.05, 0.3))
    profile.late_duplicates = choice((0.05, 0.2))
    profile.voids = 0.3
    profile.loss = choice((0.02, 0.1, 0.3))
    profile.revocations = choice((0, 1))
    profile.tills = choice((2, 3))
    profile.hot = 0.6
    profile.service_crash = choice((0.03, 0.1))
    profile.crash = choice((0.0, 0.005, 0.03))
    return profile


def small() -> Profile:
    """Few purchases, many faults of the line: for a crash at every single step."""
    return Profile(
        tills=2,
        vouchers=3,
        purchases=14,
        voids=0.3,
        poison=0.02,
        loss=0.15,
        duplicates=0.2,
        late_duplicates=0.05,
        partition_every_s=120.0,
        partition_s=60.0,
        crash=0.0,
        service_crash=0.05,
        thinking_s=20.0,
        hot=0.7,
        batch=3,
    )


def quiet(*, tills: int = 2) -> Profile:
    """Nothing happens by itself: for scenarios that say what happens."""
    return Profile(
        tills=tills,
        vouchers=1,
        purchases=0,
        hot=0.0,
        baskets=0.0,
        voids=0.0,
        poison=0.0,
        forced=0.0,
        loss=0.0,
        duplicates=0.0,
        late_duplicates=0.0,
        partition_every_s=NEVER_S,
        crash=0.0,
        service_crash=0.0,
    )


PROFILES = {"swarm": swarm, "disaster": disaster}
