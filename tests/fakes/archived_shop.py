"""A till with two closed days, and a stick to archive its books on. For tests."""

from __future__ import annotations

from pathlib import Path

from merchant_app.journal.events import EventKind
from merchant_app.reports.archive.results import Archived
from merchant_app.till.closing_results import Closed
from tests.fakes.at_the_counter import debited
from tests.fakes.central import FakeCentral
from tests.fakes.clock import FakeClock
from tests.fakes.till_assembly import assemble

NAME = "comptoir-archive-2026-11-23-caisse-1.zip"


class Shop:
    """One till with two days of sales, and a stick to archive them on."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.central = FakeCentral(self.clock)
        self.folder = folder / "till"
        self.folder.mkdir()
        self.stick = folder / "stick"
        self.stick.mkdir()
        enrolled = self.central.new_till("Caisse 1")
        self.journal, self.counter, _ = assemble(
            enrolled, enrolled, self.clock, self.folder / "journal.sqlite"
        )
        for amount in (20, 30):
            self.sell(amount)
            assert isinstance(self.counter.closings.close_day(), Closed)

    def sell(self, euros: int) -> None:
        debited(self.counter, self.central.issue(10_000).token, euros)

    def archived(self) -> Archived:
        result = self.counter.archives.archive_to(self.stick)
        assert isinstance(result, Archived), result
        return result

    def leftovers(self) -> list[str]:
        """What lies where nothing should be left."""
        work = self.folder / "archiving"
        return sorted(each.name for each in (*self.stick.iterdir(), *([work] * work.exists())))

    def events(self) -> list[EventKind | str]:
        return [one.kind for one in self.journal.run(lambda j: j.events.since(0, limit=99))]
