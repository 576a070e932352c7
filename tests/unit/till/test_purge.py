"""The purge: what an archive has, nobody need keep and nothing waits for; whole or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from merchant_app.ids import EpochId, TillId
from merchant_app.journal import replacing
from merchant_app.journal.bases import ENROLMENTS_MAX
from merchant_app.journal.events import EventKind
from merchant_app.journal.journal import Journal
from merchant_app.journal.owner import JournalOwner
from merchant_app.journal.salvage import salvage
from merchant_app.reports.archive.checking import Checked, check_archive
from merchant_app.reports.archive.results import Archived
from merchant_app.reports.verifier import verify
from merchant_app.till import close_day, purges
from merchant_app.till.closing_results import Closed, KeptClosing
from merchant_app.till.journal_results import Query
from merchant_app.till.live import LiveCounter
from merchant_app.till.purge_results import Keep, Kept, Purgeable, Purged
from merchant_app.till.purges import purge, purgeable
from merchant_app.till.till import TillKey
from tests.fakes.at_the_counter import debited, euros, valid
from tests.fakes.central import FakeCentral, LoseAnswer
from tests.fakes.clock import FakeClock
from tests.fakes.journal_verdict import short_verdict
from tests.fakes.till_assembly import assemble
from tests.fakes.till_key import PUBLIC_KEY, sign

KEY = (f"till={PUBLIC_KEY.hex()}",)
YEAR_DAYS = 365
GAPS_DAYS = (YEAR_DAYS, YEAR_DAYS, 6 * YEAR_DAYS)
"""Between the days of sale: two years that may go, one that may go next, and today."""


@dataclass
class OldShop:
    """A till that has sold for eight years, on a day of some of them, and each was closed."""

    folder: Path
    clock: FakeClock
    central: FakeCentral
    journal: JournalOwner
    counter: LiveCounter

    @property
    def path(self) -> Path:
        return self.folder / "journal.sqlite"

    def archive(self) -> Path:
        stick = self.folder.parent / "stick"
        stick.mkdir(exist_ok=True)
        result = self.counter.archives.archive_to(stick)
        assert isinstance(result, Archived)
        return result.path

    def sell(self, amount: int = 20) -> None:
        debited(self.counter, self.central.issue(10_000).token, amount)


def plain_papers(one: KeptClosing, folder: Path) -> tuple[Path, ...]:
    """Drawing a hundred PDFs takes a minute; here only their names count."""
    folder.mkdir(exist_ok=True)
    day = one.closing.business_date.isoformat()
    path = folder / f"{one.number:05}-{one.closing.kind.value}-{day}-a4.pdf"
    path.write_bytes(b"paper")
    return (path,)


def close_all(counter: LiveCounter) -> None:
    counter.contact()  # the service says that it has the last decision, too
    assert isinstance(counter.closings.close_day(leaving_open=True), Closed)
    while counter.closings.preview().due is not None:
        assert isinstance(counter.closings.close_period(), Closed)


def old_shop(folder: Path, *, gaps_days: Sequence[int] = GAPS_DAYS) -> OldShop:
    clock = FakeClock()
    central = FakeCentral(clock)
    enrolled = central.new_till("Caisse 1")
    (folder / "till").mkdir()
    path = folder / "till" / "journal.sqlite"
    journal, counter, _ = assemble(enrolled, enrolled, clock, path, mirror=folder / "mirror")
    shop = OldShop(folder / "till", clock, central, journal, counter)
    for days in gaps_days:
        shop.sell()
        close_all(counter)
        clock.advance(days=days)
    shop.sell()
    close_all(counter)
    return shop


@pytest.fixture(autouse=True)
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close_day, "keep_papers", plain_papers)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[OldShop]:
    made = old_shop(tmp_path)
    yield made
    made.journal.close()


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as journal:
        return journal.execute(query).fetchall()


def copied(path: Path, folder: Path) -> Path:
    """What somebody who carries the file away has; its log beside it."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copyfile(file, folder / file.name)
    return folder / path.name


def test_what_is_old_closed_settled_and_archived_is_offered_and_nothing_else(
    shop: OldShop,
) -> None:
    desk = shop.counter.archives
    assert desk.purgeable() == Kept(Keep.NOT_ARCHIVED)
    shop.archive()
    found = desk.purgeable()
    assert isinstance(found, Purgeable)
    # 2034 less six whole years: the books of 2027 are the last that may go.
    assert found.until == date(2027, 11, 23)
    assert found.entries == 4


@pytest.mark.expects_log("purged up to")
def test_a_purge_leaves_a_journal_that_proves_itself_and_says_what_it_follows(
    shop: OldShop, tmp_path: Path
) -> None:
    archive = shop.archive()
    purged = shop.counter.archives.purge(archive)
    assert purged == Purged(date(2027, 11, 23), 4)
    verdict = verify(copied(shop.path, tmp_path / "carried"), keys=KEY)
    assert verdict.sound, verdict.sentences
    assert any("purged up to 2027-11-23" in text for text in verdict.told)
    assert rows(shop.path, "SELECT min(rowid) FROM entries") == [(5,)]
    event = shop.journal.run(lambda journal: journal.events.newest_of(EventKind.JOURNAL_PURGED))
    assert event is not None
    again = copied(shop.path, tmp_path / "again")
    assert verify(again).sound
    assert short_verdict(again) is None
    assert short_verdict(again, KEY) is None


@pytest.mark.expects_log("purged up to")
def test_nothing_of_what_was_purged_is_left_at_the_till(shop: OldShop) -> None:
    before = shop.counter.journal.find(Query(), before=None, limit=100).sales
    (first,) = rows(shop.path, "SELECT op_id FROM entries WHERE rowid = 1")
    shop.counter.archives.purge(shop.archive())
    for file in (*shop.folder.rglob("*"), shop.folder.parent / "mirror"):
        if file.is_file():
            assert str(first[0]).encode() not in file.read_bytes(), file.name
    papers = {int(file.name[:5]) for file in (shop.folder / "closings").iterdir()}
    base = shop.journal.run(lambda journal: journal.base())
    assert base is not None
    assert min(papers) > base.closing[0]
    assert not list(shop.folder.glob("journal-index*")), "searches have read what was purged"
    assert len(shop.counter.journal.find(Query(), before=None, limit=100).sales) < len(before)


@pytest.mark.expects_log("purged up to")
def test_the_till_goes_on_selling_closing_and_starting_after_a_purge(shop: OldShop) -> None:
    before = shop.counter.closings.newest(limit=1)[0].closing.perpetual
    shop.counter.archives.purge(shop.archive())
    for _ in range(2):
        shop.sell(30)
        shop.clock.advance(days=1)
        close_all(shop.counter)
    newest = shop.counter.closings.newest(limit=1)[0].closing
    assert newest.perpetual.redeemed_minor == before.redeemed_minor + 6_000
    shop.journal.exchange(lambda _journal: None, lambda: None)
    assert verify(shop.path, keys=KEY).sound
    assert shop.counter.archives.purgeable() == Kept(Keep.TOO_YOUNG)


@pytest.mark.expects_log("purged up to")
def test_what_the_service_tells_once_more_brings_nothing_back(shop: OldShop) -> None:
    shop.counter.archives.purge(shop.archive())
    told = rows(shop.path, "SELECT id FROM outcomes")

    def from_the_beginning(journal: Journal) -> None:
        journal.record_answer(replace(journal.progress(), outcome_cursor=0), receipt=None)

    shop.journal.run(from_the_beginning)
    shop.counter.contact()
    again = rows(shop.path, "SELECT id FROM outcomes")
    assert len(again) > len(told), "they were told again"
    unknown = "SELECT count(*) FROM outcomes WHERE op_id NOT IN (SELECT op_id FROM entries)"
    assert rows(shop.path, unknown) == [(0,)]


@pytest.mark.expects_log("purged up to")
def test_a_damaged_purged_journal_is_salvaged_from_its_base_on(
    shop: OldShop, tmp_path: Path
) -> None:
    shop.counter.archives.purge(shop.archive())
    path = copied(shop.path, tmp_path / "damaged")
    with closing(sqlite3.connect(path)) as journal, journal:
        journal.execute("DROP TRIGGER entries_no_update")
        journal.execute("UPDATE entries SET body = '{}' WHERE rowid = 7")
    mirror = tmp_path / "damaged" / "mirror"
    shutil.copyfile(tmp_path / "mirror", mirror)
    salvage(path, shop.clock.now(), mirror_path=mirror)
    saved = Journal(path, shop.clock, mirror=mirror)
    epoch_id = saved.epoch_id()
    assert saved.hash_in(epoch_id, 7) == shop.journal.run(lambda j: j.hash_in(epoch_id, 7))
    assert saved.ranges.position_of(str(epoch_id), 4) is None
    assert saved.ranges.position_of(str(epoch_id), 5) == 5
    saved.close()
    verdict = verify(path, keys=KEY)
    assert verdict.sound, verdict.sentences
    assert short_verdict(path, KEY) is None


@pytest.mark.expects_log("purged up to", "rows of its mirror")
def test_an_older_image_beside_a_purged_mirror_is_taken_up(shop: OldShop, tmp_path: Path) -> None:
    image = copied(shop.path, tmp_path / "image")
    shop.counter.archives.purge(shop.archive())
    mirror = tmp_path / "image" / "mirror"
    shutil.copyfile(tmp_path / "mirror", mirror)
    journal = Journal(image, shop.clock, mirror=mirror)
    assert journal.base() is not None
    assert journal.ranges.position_of(str(journal.epoch_id()), 1) == 1
    journal.close()
    assert verify(image, keys=KEY).sound
    assert short_verdict(image, KEY) is None


@pytest.mark.expects_log("purged up to")
def test_a_till_is_purged_again_years_later(shop: OldShop) -> None:
    shop.counter.archives.purge(shop.archive())
    shop.clock.advance(days=400)
    shop.sell()
    close_all(shop.counter)
    again = shop.counter.archives.purge(shop.archive())
    assert isinstance(again, Purged)
    assert again.until.year == 2028
    assert verify(shop.path, keys=KEY).sound
    assert short_verdict(shop.path, KEY) is None


@pytest.mark.expects_log("nothing was purged: other_archive")
def test_only_the_last_archive_of_this_till_lets_anything_go(shop: OldShop, tmp_path: Path) -> None:
    desk = shop.counter.archives
    earlier, last = shop.archive(), shop.archive()
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(last.read_bytes()[:-1_000])
    for other in (earlier, damaged, tmp_path / "missing.zip"):
        result = desk.purge(other)
        assert isinstance(result, Kept)
        assert result.why is Keep.OTHER_ARCHIVE
    assert rows(shop.path, "SELECT count(*) FROM entries WHERE rowid = 1") == [(1,)]


def test_an_archive_from_before_the_last_old_day_is_not_enough(tmp_path: Path) -> None:
    shop = old_shop(tmp_path, gaps_days=())
    shop.archive()
    for days in GAPS_DAYS:
        shop.clock.advance(days=days)
        shop.sell()
        close_all(shop.counter)
    assert shop.counter.archives.purgeable() == Kept(Keep.NOT_ARCHIVED)
    shop.archive()
    assert isinstance(shop.counter.archives.purgeable(), Purgeable)
    shop.journal.close()


def test_a_year_that_nobody_closed_stays_and_all_that_came_after_it(tmp_path: Path) -> None:
    """Its first day was closed before the year before it was."""
    shop = old_shop(tmp_path, gaps_days=(YEAR_DAYS,))
    for days in GAPS_DAYS[1:]:
        shop.clock.advance(days=days)
        shop.sell()
        shop.counter.contact()
        assert isinstance(shop.counter.closings.close_day(), Closed)
    shop.archive()
    found = shop.counter.archives.purgeable()
    assert isinstance(found, Purgeable)
    assert found.until == date(2026, 11, 23)
    shop.journal.close()


def test_only_the_key_that_signed_the_closings_may_say_where_they_begin(shop: OldShop) -> None:
    """Whoever verifies what remains knows the key of the closings."""
    shop.archive()
    till = shop.counter._till
    assert isinstance(purgeable(till), Purgeable)
    other = TillKey(bytes(32), sign)
    assert purgeable(replace(till, key=other)) == Kept(Keep.NO_KEY)
    assert purgeable(replace(till, key=None)) == Kept(Keep.NO_KEY)


def test_a_till_that_was_enrolled_too_often_keeps_everything(shop: OldShop) -> None:
    """Where each of its chains goes on would not fit into one event."""
    shop.archive()

    def enrol(journal: Journal, number: int) -> None:
        journal.begin_epoch(
            EpochId(UUID(int=number)), till_id=TillId(UUID(int=number)), generation=0
        )
        journal.reconciled([])

    for number in range(1, ENROLMENTS_MAX):
        shop.journal.run(partial(enrol, number=number))
    assert isinstance(shop.counter.archives.purgeable(), Purgeable)
    shop.journal.run(partial(enrol, number=ENROLMENTS_MAX))
    assert shop.counter.archives.purgeable() == Kept(Keep.TOO_MANY_ENROLMENTS)


@pytest.mark.expects_log("nothing was purged: not_sound")
def test_a_journal_that_would_not_prove_itself_takes_nobodys_place(shop: OldShop) -> None:
    """The key's owner signs something else: what the new file follows would be anybody's word."""
    archive, till = shop.archive(), shop.counter._till
    liar = TillKey(PUBLIC_KEY, lambda _message: bytes(64))
    result = purge(replace(till, key=liar), archive)
    assert isinstance(result, Kept)
    assert result.why is Keep.NOT_SOUND
    assert not list(shop.folder.glob("journal.sqlite-purg*"))
    assert rows(shop.path, "SELECT count(*) FROM entries WHERE rowid = 1") == [(1,)]
    assert shop.journal.run(lambda journal: journal.base()) is None


@pytest.mark.expects_log("nothing was purged: not_settled")
def test_a_sale_without_an_answer_stops_a_purge_that_has_begun(
    shop: OldShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = shop.archive()

    def sold_meanwhile(path: Path, work: Path) -> Checked:
        voucher = valid(shop.counter, shop.central.issue(5_000).token)
        shop.central.faults.append(LoseAnswer())
        shop.counter.redeem(voucher, amount=euros(20), purchase=None)
        return check_archive(path, work)

    monkeypatch.setattr(purges, "check_archive", sold_meanwhile)
    result = shop.counter.archives.purge(archive)
    assert isinstance(result, Kept)
    assert result.why is Keep.NOT_SETTLED
    assert rows(shop.path, "SELECT count(*) FROM entries WHERE rowid = 1") == [(1,)]


def test_what_waits_for_an_answer_is_never_purged(shop: OldShop) -> None:
    voucher = valid(shop.counter, shop.central.issue(5_000).token)
    shop.central.faults.append(LoseAnswer())
    shop.counter.redeem(voucher, amount=euros(20), purchase=None)
    shop.archive()
    result = shop.counter.archives.purgeable()
    assert isinstance(result, Kept)
    assert result.why is Keep.NOT_SETTLED


def test_a_clock_that_was_set_forward_makes_nothing_old(shop: OldShop) -> None:
    shop.archive()
    before = shop.counter.archives.purgeable()
    shop.clock.jump(days=3_650)
    assert shop.counter.archives.purgeable() == before


def test_a_young_till_has_nothing_to_purge(tmp_path: Path) -> None:
    shop = old_shop(tmp_path, gaps_days=(YEAR_DAYS, YEAR_DAYS))
    shop.archive()
    assert shop.counter.archives.purgeable() == Kept(Keep.TOO_YOUNG)
    shop.journal.close()


@pytest.mark.expects_log("purged up to")
def test_whoever_removes_more_or_forges_where_it_begins_is_found(
    shop: OldShop, tmp_path: Path
) -> None:
    shop.counter.archives.purge(shop.archive())
    for number, statement in enumerate(
        (
            "DELETE FROM entries WHERE rowid = 5",
            "DELETE FROM closings WHERE number = (SELECT min(number) FROM closings)",
            "DELETE FROM outcomes WHERE id = (SELECT min(id) FROM outcomes)",
            "UPDATE events SET detail = replace(detail, '\"entry\":4', '\"entry\":5')",
            "UPDATE events SET detail = replace(detail, '2027-11-23', '2028-12-23')",
            "DELETE FROM events WHERE kind = 'journal_purged'",
        )
    ):
        path = copied(shop.path, tmp_path / f"forged-{number}")
        with closing(sqlite3.connect(path)) as journal, journal:
            for (trigger,) in journal.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall():
                journal.execute(f"DROP TRIGGER {trigger}")
            assert journal.execute(statement).rowcount > 0
        assert verify(path, keys=KEY).sound is False, statement
        assert verify(path).sound is False, statement
        assert short_verdict(path, KEY) is not None, statement
        assert short_verdict(path) is not None, statement


@pytest.mark.expects_log("purged up to")
def test_a_crash_at_any_moment_leaves_the_journal_of_before_or_the_purged_one(
    shop: OldShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images: list[Path] = []

    def snapshot() -> None:
        to = tmp_path / f"crash-{len(images)}"
        shutil.copytree(shop.folder, to)
        shutil.copyfile(tmp_path / "mirror", to / "mirror")
        images.append(to)

    def watched(name: str, owner: object) -> None:
        real = getattr(owner, name)

        def step(*arguments: object, **options: object) -> object:
            snapshot()
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, step)

    for name in ("sync_file", "sync_folder", "put_purged", "finish_purging"):
        watched(name, replacing)
    archive = shop.archive()
    watched("replace", os)
    watched("unlink", Path)
    assert isinstance(shop.counter.archives.purge(archive), Purged)
    monkeypatch.undo()
    monkeypatch.setattr(close_day, "keep_papers", plain_papers)
    first = []
    for image in images:
        journal = Journal(image / "journal.sqlite", shop.clock, mirror=image / "mirror")
        first.append(journal.ranges.position_of(str(journal.epoch_id()), 5))
        everything = journal.ranges.position_of(str(journal.epoch_id()), 1)
        assert journal.base() is None if everything else journal.base() is not None
        journal.close()
        assert verify(image / "journal.sqlite", keys=KEY).sound, image
        assert not (image / "journal.sqlite-purged").exists()
    assert set(first) == {5}
    assert len(images) > 10
