"""Any history, closed at any places: what an export's rows add up to is what the closings say.

The journals are those of `test_closings`: simulated tills under every fault there is.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from merchant_app.journal.book_reader import BookReader
from merchant_app.reports.exports.rows import Till, export_rows
from merchant_app.reports.figures import Figures
from tests.simulation import campaign
from tests.simulation.journals import InSqlite
from tests.simulation.profiles import PROFILES
from tests.simulation.test_closings import closed, cuts

FRESH = 1_000_000 + secrets.randbelow(1_000_000_000)
TILL = Till(title="Caisse 1", zone=ZoneInfo("Europe/Paris"), find=lambda _voucher_id: None)


class Sums:
    """Of the rows that one closing covers, in minor units."""

    def __init__(self) -> None:
        self.goods = self.loss = self.amount = 0


def sums_of(path: Path) -> dict[int, Sums]:
    found: dict[int, Sums] = defaultdict(Sums)
    with BookReader(path) as reader:
        for row in export_rows(reader, TILL):
            assert row.closing is not None, "everything was closed"
            one = found[row.closing.number]
            one.goods += row.goods.minor
            one.loss += row.loss.minor
            one.amount += row.amount.minor
    return found


def agree(sums: Sums, figures: Figures) -> bool:
    net_minor = figures.redeemed_minor - figures.reversed_minor - figures.repaid_minor
    return (sums.goods, sums.loss, sums.amount) == (
        net_minor,
        figures.shortfall_minor,
        net_minor - figures.shortfall_minor,
    )


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("chosen", [*range(900, 904), None], ids=lambda seed: seed or "fresh")
def test_rows_add_up_to_each_closing_to_the_cent(
    tmp_path: Path, profile: str, chosen: int | None
) -> None:
    seed = FRESH if chosen is None else chosen
    run = campaign.simulation(seed, profile, sql=True).run()
    random = Random(seed)
    sold_minor = 0
    for number, cashier in enumerate(run.cashiers):
        journal = cashier.till.journal
        assert isinstance(journal, InSqlite)
        made = closed(journal, cuts(random, journal.ranges.reach()))
        path = tmp_path / f"{number}.sqlite"
        with closing(sqlite3.connect(path)) as file:
            journal._connection.backup(file)
        sums = sums_of(path)
        for one in made:
            assert agree(sums[one.number], one.closing.figures), (seed, profile, one.number)
            sold_minor += one.closing.figures.redeemed_minor
    assert sold_minor
