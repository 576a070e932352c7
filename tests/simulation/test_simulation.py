"""A shop's day under every fault there is, from seeds: nothing lost, nothing debited twice.

A failing seed prints the line that plays it again.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from random import Random

import pytest

from merchant_app.ledger.exposure import loss_bound_minor
from tests.simulation import campaign
from tests.simulation.directed import SCENARIOS, passes
from tests.simulation.exposure import loss_minor
from tests.simulation.journal_files import Folders, InFiles
from tests.simulation.planted_till import HIDDEN, STRONG
from tests.simulation.profiles import PROFILES
from tests.simulation.simulation import Parts, Simulation

REDEMPTIONS = 4_000
"""For each test that runs seeds; `dev.py bench simulate` runs a million."""
FRESH = 1_000_000 + secrets.randbelow(1_000_000_000)
"""Other seeds each time; a failure names its own."""


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("start", [0, 100, 200, 300, None], ids=lambda start: start or "fresh")
def test_nothing_is_lost_and_nothing_debited_twice(profile: str, start: int | None) -> None:
    result = campaign.run(FRESH if start is None else start, REDEMPTIONS, profile)
    assert not result.violations, "\n" + "\n".join(result.violations)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("start", [0, 500])
def test_the_same_with_journals_in_sqlite(profile: str, start: int) -> None:
    result = campaign.run(start, REDEMPTIONS // 2, profile, sql=True)
    assert not result.violations, "\n" + "\n".join(result.violations)


@pytest.mark.expects_log
@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_with_files_and_mirrors(profile: str, tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    for seed in range(2):
        drawn = PROFILES[profile](Random(f"{profile} {seed}"))
        drawn.purchases, drawn.mirror = 120, True
        Simulation(seed, drawn, new_journal=lambda clock: InFiles(clock, folders)).run()


@pytest.mark.parametrize("name", STRONG)
def test_a_planted_bug_is_found_within_a_hundred_seeds(name: str) -> None:
    seeds = campaign.seeds_until_found(STRONG[name](), start=1000, limit=100)
    assert seeds is not None


@pytest.mark.parametrize("name", HIDDEN)
def test_a_directed_scenario_shows_what_chance_does_not(name: str) -> None:
    assert passes(SCENARIOS[name], Parts()), "the shipping rules fail"
    assert not passes(SCENARIOS[name], HIDDEN[name]()), "the missing rule is not missed"


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("power", [False, True], ids=["kill", "power"])
def test_a_program_may_die_at_any_step(seed: int, power: bool) -> None:
    found = list(campaign.at_every_crash_point(seed, power=power))
    assert len(found) > 30, "too few steps to be worth it"
    wrong = [line for line in found if line is not None]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_seed_is_the_same_run(profile: str) -> None:
    def digests() -> list[str]:
        return [
            campaign.simulation(seed, profile).run().auditor.digest() for seed in range(700, 705)
        ]

    first = digests()
    assert digests() == first
    assert len(set(first)) == len(first)


def test_memory_and_sqlite_make_the_same_run() -> None:
    for seed in range(4):
        in_memory, on_disk = (
            campaign.simulation(seed, "swarm", sql=sql).run().auditor.digest()
            for sql in (False, True)
        )
        assert in_memory == on_disk, seed


@pytest.mark.parametrize("balance_minor", [5_000, 10_000])
@pytest.mark.parametrize("voucher_max_minor", [1_000, 2_500, 5_000, 10_000])
@pytest.mark.parametrize("tills", [1, 2, 3, 6])
def test_a_copied_voucher_costs_no_more_than_its_bound(
    tills: int, voucher_max_minor: int, balance_minor: int
) -> None:
    bound = loss_bound_minor(
        balance_minor=balance_minor, voucher_max_minor=voucher_max_minor, tills=tills
    )
    lost = loss_minor(tills=tills, balance_minor=balance_minor, voucher_max_minor=voucher_max_minor)
    assert lost == bound, "the bound is tight"
