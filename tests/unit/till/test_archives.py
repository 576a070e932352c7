"""An archive of a till: made while it sells, verified where it lies, and never half there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from merchant_app.journal.events import EventKind
from merchant_app.reports.archive import writing
from merchant_app.reports.archive.checking import SoundArchive, check_archive
from merchant_app.reports.archive.results import (
    ArchiveCancelled,
    Archived,
    NotArchived,
    Progress,
    Refusal,
    Step,
)
from merchant_app.reports.closing import Numbers
from tests.fakes.archived_shop import NAME, Shop
from tests.fakes.central import FakeCentral
from tests.fakes.clock import FakeClock
from tests.fakes.till_assembly import assemble
from tests.fakes.till_key import PUBLIC_KEY


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


def checked(path: Path, work: Path) -> SoundArchive:
    work.mkdir()
    result = check_archive(path, work, till_keys=[PUBLIC_KEY])
    assert isinstance(result, SoundArchive), result
    return result


def test_an_archive_holds_the_journal_closings_papers_keys_verifier_and_a_readable_page(
    shop: Shop, tmp_path: Path
) -> None:
    made = shop.archived()
    assert made.path == shop.stick / NAME
    assert shop.leftovers() == [NAME]
    assert checked(made.path, tmp_path / "work").manifest == made.manifest
    with ZipFile(made.path) as file:
        names = set(file.namelist())
        page = file.read("index.txt").decode()
        keys = json.loads(file.read("keys.json"))
        closings = json.loads(file.read("closings.json"))
    papers = {name for name in names if name.startswith("papers/")}
    assert len(papers) == 4
    assert names - papers == {
        "journal.sqlite",
        "closings.json",
        "keys.json",
        "verify_journal.py",
        "index.html",
        "index.txt",
        "manifest.json",
        "manifest.sig",
    }
    assert [one["body"]["figures"]["redeemed_minor"] for one in closings] == [2_000, 3_000]
    assert keys["till"] == PUBLIC_KEY.hex()
    assert keys["service"] == shop.central.service_key.public_key().public_bytes_raw().hex()
    assert all(text in page for text in ("50,00", "50.00", "2026-11", "Année 2026"))


def test_whoever_has_the_archive_and_python_verifies_it_without_the_program(
    shop: Shop, tmp_path: Path
) -> None:
    with ZipFile(shop.archived().path) as file:
        file.extractall(tmp_path / "unpacked")
    arguments = ["journal.sqlite", "--key", f"till={PUBLIC_KEY.hex()}"]
    done = subprocess.run(
        [sys.executable, "verify_journal.py", *arguments],
        cwd=tmp_path / "unpacked",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("Sound / ")


def test_an_archive_is_recorded_and_the_next_one_bears_another_name(shop: Shop) -> None:
    assert shop.counter.archives.overview().last is None
    first, second = shop.archived(), shop.archived()
    assert second.path.name == NAME.replace(".zip", "-2.zip")
    assert first.path.exists()
    event = shop.journal.run(lambda journal: journal.events.newest_of(EventKind.ARCHIVE_MADE))
    assert event is not None
    assert event.detail == {
        "name": second.path.name,
        "manifest": hashlib.sha256(member(second.path, "manifest.json")).hexdigest(),
        "entries": 4,
        "closing": 2,
    }
    last = shop.counter.archives.overview().last
    assert last is not None
    assert last.name == second.path.name


def member(path: Path, name: str) -> bytes:
    with ZipFile(path) as file:
        return file.read(name)


def test_a_sale_goes_on_while_an_archive_is_made_and_is_not_in_it(
    shop: Shop, tmp_path: Path
) -> None:
    sold: list[Step] = []

    def sell_once(progress: Progress) -> None:
        if progress.step not in sold:
            shop.sell(10)
            sold.append(progress.step)

    result = shop.counter.archives.archive_to(shop.stick, on_progress=sell_once)
    assert isinstance(result, Archived)
    assert sold == [Step.COPYING, Step.WRITING, Step.CHECKING]
    assert result.manifest.entries == 4
    checked(result.path, tmp_path / "work")
    assert shop.journal.run(lambda journal: journal.ranges.reach()).entry == 10


def test_a_till_that_never_sold_has_an_archive_too(tmp_path: Path) -> None:
    clock = FakeClock()
    enrolled = FakeCentral(clock).new_till("Caisse 1")
    journal, counter, _ = assemble(enrolled, enrolled, clock, tmp_path / "journal.sqlite")
    (tmp_path / "stick").mkdir()
    result = counter.archives.archive_to(tmp_path / "stick")
    journal.close()
    assert isinstance(result, Archived)
    assert (result.manifest.entries, result.manifest.closings) == (0, None)
    assert "aucune clôture" in member(result.path, "index.txt").decode()
    checked(result.path, tmp_path / "work")


def test_the_archive_of_a_closed_year_is_due_until_it_is_made(shop: Shop) -> None:
    assert shop.counter.archives.overview().year_due is None
    shop.clock.advance(days=60)
    while (due := shop.counter.closings.preview().due) is not None:
        assert isinstance(due.covers, Numbers)
        shop.counter.closings.close_period()
    assert shop.counter.archives.overview().year_due == 2026
    shop.archived()
    assert shop.counter.archives.overview().year_due is None


@pytest.mark.parametrize("step", Step)
def test_an_archive_that_is_stopped_leaves_nothing(shop: Shop, step: Step) -> None:
    cancelled = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.step is step:
            cancelled.set()

    result = shop.counter.archives.archive_to(shop.stick, cancelled=cancelled, on_progress=stop)
    assert result == ArchiveCancelled()
    assert shop.leftovers() == []
    assert EventKind.ARCHIVE_MADE not in shop.events()


def at_step(step: Step, deed: Callable[[], object]) -> Callable[[Progress], None]:
    """Does it once, when the step has begun."""
    done: list[Step] = []

    def on_progress(progress: Progress) -> None:
        if progress.step is step and not done:
            done.append(step)
            deed()

    return on_progress


def refused(shop: Shop, folder: Path, on_progress: Callable[[Progress], None]) -> NotArchived:
    result = shop.counter.archives.archive_to(folder, on_progress=on_progress)
    assert isinstance(result, NotArchived), result
    assert EventKind.ARCHIVE_MADE not in shop.events()
    assert not (shop.folder / "archiving").exists()
    return result


def ignore(_progress: Progress) -> None:
    return


@pytest.mark.expects_log("no archive: no_folder")
def test_a_stick_that_is_not_there_is_named(shop: Shop, tmp_path: Path) -> None:
    assert refused(shop, tmp_path / "nowhere", ignore).refusal is Refusal.NO_FOLDER


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder nobody may write to")
@pytest.mark.expects_log("no archive: not_writable")
def test_a_write_protected_stick_is_named(shop: Shop) -> None:
    assert refused(shop, Path("/sys/kernel"), ignore).refusal is Refusal.NOT_WRITABLE


@pytest.mark.expects_log("no archive: full")
def test_a_full_stick_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "sync_handle", full)
    assert refused(shop, shop.stick, ignore).refusal is Refusal.FULL
    assert shop.leftovers() == []


@pytest.mark.expects_log("no archive: gone")
def test_a_stick_that_is_pulled_out_in_the_middle_is_named(shop: Shop, tmp_path: Path) -> None:
    def pull_out() -> None:
        shop.stick.rename(tmp_path / "pocket")

    assert refused(shop, shop.stick, at_step(Step.WRITING, pull_out)).refusal is Refusal.GONE
    names = [path.name for path in (tmp_path / "pocket").iterdir()]
    assert NAME not in names, "what was not verified has no name"


@pytest.mark.expects_log("no archive: not_read_back")
def test_a_medium_that_gives_back_something_else_is_not_trusted(shop: Shop) -> None:
    unfinished = shop.stick / f"{NAME}.unfinished"

    def rot() -> None:
        os.truncate(unfinished, unfinished.stat().st_size - 1)

    last = at_step(Step.CHECKING, rot)
    result = refused(shop, shop.stick, last)
    assert result.refusal is Refusal.NOT_READ_BACK
    assert shop.leftovers() == []


@pytest.mark.expects_log("no archive: journal_not_sound")
def test_a_journal_that_does_not_verify_is_no_archive(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.folder / "journal.sqlite")) as journal, journal:
        journal.execute("DROP TRIGGER outcomes_no_update")
        journal.execute("UPDATE outcomes SET status = 'thirsty' WHERE id = 1")
    result = refused(shop, shop.stick, ignore)
    assert result.refusal is Refusal.JOURNAL_NOT_SOUND
    assert shop.leftovers() == []


_LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.fakes.archived_shop import Shop
shop = Shop(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def limit(progress):
    if progress.step.value == "writing":
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))
print(shop.counter.archives.archive_to(shop.stick, on_progress=limit))
print(shop.leftovers())
"""


def test_a_medium_that_takes_no_file_of_this_length_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "Refusal.TOO_LARGE" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_what_an_earlier_attempt_left_is_in_nobodys_way(shop: Shop) -> None:
    (shop.stick / f"{NAME}.unfinished").write_bytes(b"half")
    (shop.folder / "archiving").mkdir()
    (shop.folder / "archiving" / "journal.sqlite").write_bytes(b"half")
    shop.archived()
    assert shop.leftovers() == [NAME]
