"""Opening, enrolling, closing and opening again: real folders, real service, a keyring at will."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.bootstrap.opening import TillOpener
from merchant_app.central.port import NoAnswerKind
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import schema
from merchant_app.till.counter import Counter
from merchant_app.till.results import (
    Judged,
    LineState,
    RedeemUnknown,
    Reversed,
    Settled,
    UnderQuestion,
)
from merchant_app.ui.ports import NotEnrolled
from merchant_app.vouchers.verdicts import UsedUp
from tests.fakes.at_the_counter import debit, debited, euros, valid
from tests.fakes.bad_service import refusing_port
from tests.fakes.fault_kinds import BlackHole
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import ServiceSite
from tests.fakes.waiting import LIMIT_S, until
from tests.integration.bootstrap.conftest import Place, counter_of

OpenTill = Callable[[], tuple[TillOpener, Counter]]


def kind_of(action: Callable[[], object]) -> ProblemKind:
    """The Problem that this leads to."""
    with pytest.raises(Problem) as caught:
        action()
    return caught.value.kind


# --- enrolment -----------------------------------------------------------------------------------


def test_a_computer_that_is_no_till_says_so(place: Place) -> None:
    assert place.till().open() == NotEnrolled("")


def test_a_good_code_makes_it_a_till(place: Place, central: ServiceSite) -> None:
    till = place.till()
    assert till.enrol(address=f"  {central.url}/ ", code=f" {central.offer('Caisse 7')}\n") is None
    facts = counter_of(till).facts
    assert (facts.shop_name, facts.till_name) == ("Librairie des Quais", "Caisse 7")
    assert not facts.secrets_for_session_only


def test_a_wrong_code_a_used_code_and_then_a_good_one(place: Place, central: ServiceSite) -> None:
    till, code = place.till(), central.offer()
    other = place.till()
    assert other.enrol(address=central.url, code=code) is None
    for bad in (code, "E1:ABCDEFGHJKMNPQRSTVWXYZ0123", "", "bon" * 2_000):
        with pytest.raises(Problem) as caught:
            till.enrol(address=central.url, code=bad)
        assert caught.value.kind is ProblemKind.ENROLMENT_REFUSED
    assert till.enrol(address=central.url, code=central.offer()) is None


@pytest.mark.parametrize("address", ["http://comptoir.example", "ftp://x.example", "", "https://"])
def test_an_address_that_would_not_keep_the_secret(place: Place, address: str) -> None:
    refused = kind_of(lambda: place.till().enrol(address=address, code="E1:ABCDEFGH"))
    assert refused is ProblemKind.SERVICE_ADDRESS_INSECURE


def test_nobody_there(place: Place) -> None:
    with refusing_port() as port:
        silent = place.till().enrol(address=f"http://127.0.0.1:{port}", code="E1:ABCDEFGH")
    assert silent is NoAnswerKind.DOWN
    assert place.enrolment.load() is None


# --- a day, and the next -------------------------------------------------------------------------


def test_a_day_and_the_next_one(open_till: OpenTill, central: ServiceSite) -> None:
    voucher, other = central.issue(5000), central.issue(2000)
    till, counter = open_till()
    assert debited(counter, voucher.token, 30).lines[0].balance == euros(20)
    assert debited(counter, other.code, 20).lines[0].balance == euros(0)
    assert isinstance(counter.reverse_last(), Reversed)
    till.close()
    till, counter = open_till()
    assert counter.interrupted() == ()
    assert valid(counter, voucher.code).balance == euros(20)
    # The numbers go on where they ended: two redemptions, their decisions, one void.
    assert debited(counter, voucher.token, 20).number == 6
    till.close()
    _, counter = open_till()
    found = counter.look_up(voucher.token, purchase=None)
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, UsedUp)
    assert counter.contact().unsent == 0


def test_closed_while_money_is_in_flight_it_asks_at_the_next_start(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    voucher = central.issue(5000)
    till, _ = open_till()
    till.close()
    with FaultProxy(central.url) as line:
        place.enrolment.save(replace(place.enrolled(), service_url=line.url, answer_wait_s=1))
        till, counter = open_till()
        found = valid(counter, voucher.token)
        line.always = BlackHole()
        unknown = counter.redeem(found, amount=euros(30), purchase=None)
        assert isinstance(unknown, RedeemUnknown)
        till.close()
        line.always = None
        _, counter = open_till()
        (question,) = counter.interrupted()
        assert (question.op_id, question.amount) == (unknown.op_id, euros(30))
        assert isinstance(counter.look_up(voucher.token, purchase=None), UnderQuestion)
        settled = counter.settle(question.op_id, handed_over=False)
        assert isinstance(settled, Settled)
        assert not settled.handed_over
        assert counter.contact().unsent == 0
        assert counter.interrupted() == ()
        assert valid(counter, voucher.token).balance == euros(50)


# --- secrets -------------------------------------------------------------------------------------


def test_without_a_keyring_the_till_sells_and_says_so(place: Place, open_till: OpenTill) -> None:
    place.keyring.gone = True
    _, counter = open_till()
    assert counter.facts.secrets_for_session_only


def test_a_keyring_that_is_gone_is_told_once_and_the_journal_survives_it(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    voucher = central.issue(5000)
    till, counter = open_till()
    debited(counter, voucher.token, 30)
    till.close()
    place.keyring.gone = True
    till = place.till()
    assert kind_of(till.open) is ProblemKind.KEYRING_UNAVAILABLE
    assert till.open() == NotEnrolled(central.url)
    assert till.enrol(address=central.url, code=central.offer()) is None
    counter = counter_of(till)
    # A new chain beside the old one, which stays. The service knows this till under no other name,
    # so it is told of everything once more, and debits nothing twice.
    assert debited(counter, voucher.token, 20).number == 1
    until(lambda: chains(place) == [2, 4], what="the past to be told again")
    until(lambda: counter.contact().unsent == 0, what="everything to be sent")
    assert valid(counter, central.issue(1000).token).balance == euros(10)
    found = counter.confirm(voucher.token, purchase=None)
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, UsedUp)


def test_a_keyring_that_comes_back_needs_no_new_enrolment(
    place: Place, open_till: OpenTill
) -> None:
    open_till()[0].close()
    place.keyring.gone = True
    till = place.till()
    assert kind_of(till.open) is ProblemKind.KEYRING_UNAVAILABLE
    place.keyring.gone = False
    assert not counter_of(till).facts.secrets_for_session_only


def chains(place: Place) -> list[int]:
    """How many entries each enrolment's chain has."""
    with sqlite3.connect(place.profile.data / "journal.sqlite") as journal:
        counted = journal.execute(
            "SELECT count(*) FROM entries JOIN epochs USING (epoch_id) "
            "GROUP BY epoch_id ORDER BY position"
        ).fetchall()
    journal.close()
    return [count for (count,) in counted]


# --- one at a time -------------------------------------------------------------------------------


def test_a_second_program_on_the_same_folders_is_refused(place: Place, open_till: OpenTill) -> None:
    till, _ = open_till()
    second = place.till()
    assert kind_of(second.open) is ProblemKind.ALREADY_RUNNING
    till.close()
    counter_of(second)  # "try again" finds it free


SECOND = """
import sys
from pathlib import Path
from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.opening import TillOpener
from merchant_app.clock import SystemClock
from merchant_app.errors import Problem
from merchant_app.settings.options import Options
from merchant_app.settings.paths import ProfileName, prepare, profile_of
profile = profile_of(ProfileName.MAIN, data_dir=Path(sys.argv[1]))
prepare(profile)
till = TillOpener(
    parse([]), profile=profile, options=Options(profile.options_file), clock=SystemClock()
)
try:
    print(till.open())
except Problem as problem:
    print(problem)
"""


def test_a_second_process_is_refused_and_told_of_the_first(
    place: Place, open_till: OpenTill
) -> None:
    open_till()
    told = subprocess.run(
        [sys.executable, "-c", SECOND, str(place.folder)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    ).stdout
    assert told == f"already_running: pid {os.getpid()}\n"


# --- what lies in the way ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1}', "\x00"])
def test_an_enrolment_that_cannot_be_read(place: Place, open_till: OpenTill, text: str) -> None:
    open_till()[0].close()
    place.profile.enrolment_file.write_text(text)
    till = place.till()
    assert kind_of(till.open) is ProblemKind.SETTINGS_UNREADABLE
    # Nothing was replaced behind the shop's back.
    assert place.profile.enrolment_file.read_text() == text


def test_a_journal_of_a_newer_program(place: Place, open_till: OpenTill) -> None:
    open_till()[0].close()
    with sqlite3.connect(place.profile.data / "journal.sqlite") as journal:
        journal.execute("CREATE TABLE of_tomorrow (number INTEGER) STRICT")
        journal.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    journal.close()
    till = place.till()
    for _ in range(2):  # trying again meets the same, with nothing left open by the first try
        assert kind_of(till.open) is ProblemKind.JOURNAL_NEWER


@pytest.mark.expects_log("the journal is damaged|salvaged: ")
@pytest.mark.parametrize("damage", ["no_database", "a_changed_amount", "cut_short"])
def test_a_damaged_journal_is_saved_row_by_row_and_nothing_is_thrown_away(
    place: Place, open_till: OpenTill, central: ServiceSite, damage: str
) -> None:
    till, counter = open_till()
    debited(counter, central.issue(5000).token, 30)
    till.close()
    file = place.profile.data / "journal.sqlite"
    match damage:
        case "no_database":
            file.write_bytes(b"till " * 2_000)
        case "cut_short":
            os.truncate(file, 4096 * 3)
        case _:
            content = file.read_bytes()
            assert b"3000" in content
            file.write_bytes(content.replace(b"3000", b"1000"))
    damaged = file.read_bytes()
    counter = counter_of(place.till())
    assert counter.facts.salvaged_entries == 2
    assert chains(place) == [2]
    for question in counter.interrupted():
        counter.settle(question.op_id, handed_over=True)
    assert counter.contact().unsent == 0
    kept = place.profile.data.glob("damaged-*/journal.sqlite")
    assert [one.read_bytes() for one in kept] == [damaged]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for a day's work; where the system lets us mount one."""
    mount, folder = shutil.which("mount"), tmp_path / "disk"
    folder.mkdir()
    size = ["-t", "tmpfs", "-o", "size=100m", "tmpfs", str(folder)]
    if mount is None or subprocess.run([mount, *size], capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


@pytest.mark.expects_log("the disk is full")
def test_a_full_disk_stops_the_sale_and_loses_nothing(
    small_disk: Path, central: ServiceSite
) -> None:
    place = Place(small_disk)
    try:
        till = place.till()
        assert till.enrol(address=central.url, code=central.offer()) is None
        counter = counter_of(till)
        voucher = central.issue(9000)
        done = debited(counter, voucher.token, 10)
        filler = fill(small_disk)
        assert kind_of(lambda: debit(counter, voucher.token, 1)) is ProblemKind.DISK_NEARLY_FULL
        assert counter.status().unsent == 0
        # What people decide about is written all the same: room was kept for it.
        undone = counter.reverse_last()
        assert isinstance(undone, Reversed)
        assert undone.op_id == done.op_id
        filler.unlink()
        assert debited(counter, voucher.token, 1).lines[0].balance == euros(89)
        assert counter.contact().unsent == 0
    finally:
        place.close()


# --- the line ------------------------------------------------------------------------------------


def test_the_service_is_away_at_the_start(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    open_till()[0].close()
    with refusing_port() as port:
        url = f"http://127.0.0.1:{port}"
        place.enrolment.save(replace(place.enrolled(), service_url=url))
        _, counter = open_till()
        assert counter.contact().line is LineState.OFFLINE
        assert counter.status().why is NoAnswerKind.DOWN


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows protects the user's profile by access list")
def test_every_file_is_for_its_user_alone(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    os.umask(0)  # the worst that a desktop can hand down
    till, counter = open_till()
    debited(counter, central.issue(5000).token, 30)
    looser = loose(place.folder)
    till.close()
    assert (looser, loose(place.folder)) == ([], [])


def loose(folder: Path) -> list[str]:
    """What others may look into."""
    return [
        f"{path.stat().st_mode & 0o777:o} {path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.stat().st_mode & 0o777 != (0o700 if path.is_dir() else 0o600)
    ]


def test_close_is_final(place: Place) -> None:
    till = place.till()
    till.close()
    till.close()
    with pytest.raises(Exception, match=r"^$") as caught:
        till.open()
    assert not isinstance(caught.value, Problem)
    assert place.till().open() == NotEnrolled("")
