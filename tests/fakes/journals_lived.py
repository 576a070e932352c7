"""Journals as the simulation leaves them: crashes, lost lines, copies, restores."""

from __future__ import annotations

from pathlib import Path

from tests.simulation import campaign
from tests.simulation.journals import InSqlite


def journals_lived(folder: Path, *, profile: str, seed: int) -> tuple[Path, ...]:
    """The file of each till's journal after one run."""
    run = campaign.simulation(seed, profile, sql=True)
    run.run()
    paths = []
    for number, cashier in enumerate(run.cashiers):
        journal = cashier.till.journal
        assert isinstance(journal, InSqlite)
        path = folder / f"{number}.sqlite"
        path.write_bytes(journal._connection.serialize())
        paths.append(path)
    return tuple(paths)
