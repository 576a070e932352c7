"""The till as a program: what it leaves behind, what it writes, how it ends."""

from __future__ import annotations

import base64
import json
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from merchant_app.journal.owner import JournalOwner
from merchant_app.server.service import Service
from merchant_app.settings.enrolment import EnrolmentStore
from merchant_app.settings.paths import Profile, ProfileName, profile_of
from merchant_app.vouchers.code import encode, grouped, parse
from tests.fakes.bad_service import http
from tests.fakes.driven_till import Driven, all_gone, children, driven_till
from tests.fakes.fault_kinds import BlackHole, Instead
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import (
    OTHER_SHOP,
    offer,
    open_service,
    sell,
    service_site,
    serving,
)
from tests.fakes.waiting import until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="drives the till by pipes, reads /proc"
)
NO_CAMERA = ("--camera", "63")
TROUBLE = (
    "Traceback", "Fatal Python error", "Exception ignored", "ResourceWarning", "QThread", "QObject",
    "QTimer", "QSocketNotifier", "QSoundEffect", "terminate called", "Segmentation",
)  # fmt: skip


def profile(folder: Path) -> Profile:
    return profile_of(ProfileName.MAIN, data_dir=folder / "till")


def told(output: Path) -> str:
    """What the till wrote to its terminal."""
    return output.read_text(encoding="utf-8", errors="replace")


def is_calm(output: Path) -> bool:
    """Nothing on the terminal that a clean end does not have."""
    text = told(output)
    assert not [word for word in TROUBLE if word in text], text
    return True


@pytest.fixture
def central(tmp_path: Path) -> Iterator[tuple[Service, FaultProxy]]:
    """The real service, and the line to it."""
    with (
        service_site(f"sqlite:///{tmp_path / 'central.db'}") as site,
        FaultProxy(site.url) as line,
    ):
        yield site.service_, line


def enrol(till: Driven, service: Service, url: str) -> None:
    till.shows(page="EnrolPage")
    till.after("enrol", address=url, code=offer(service), shows="Ready")


# --- ending --------------------------------------------------------------------------------------


def test_a_sale_and_a_clean_end(tmp_path: Path, central: tuple[Service, FaultProxy]) -> None:
    service, line = central
    voucher = sell(service, 5000)[0]
    with driven_till(
        *NO_CAMERA, "--data-dir", str(tmp_path / "till"), output=tmp_path / "out"
    ) as till:
        enrol(till, service, line.url)
        till.after("gun", text=voucher.token, shows="Debitable")
        till.after("enter", shows="Debited")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")
    assert not (profile(tmp_path).data / "journal.sqlite-wal").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_in_training_mode_it_leaves_no_child(
    tmp_path: Path, number: signal.Signals
) -> None:
    with driven_till(
        "--training", *NO_CAMERA, "--data-dir", str(tmp_path), output=tmp_path / "out"
    ) as till:
        till.shows(state="Ready")
        started = children(till.popen.pid)
        assert started
        till.popen.send_signal(number)
        till.ends()
        all_gone(started)
    assert is_calm(tmp_path / "out")
    training = profile_of(ProfileName.TRAINING, data_dir=tmp_path)
    journal = JournalOwner(training.data / "journal.sqlite", SystemClock())
    assert journal.run(lambda opened: opened.undecided()) == ()
    journal.close()


@pytest.mark.parametrize("moment", ["StartPage", "service", "film"])
def test_closed_while_it_opens(tmp_path: Path, moment: str) -> None:
    if moment == "film" and any(Path("/dev").glob("video*")):
        pytest.skip("this computer has a camera: no film is made")
    training = profile_of(ProfileName.TRAINING, data_dir=tmp_path / "till").data
    with driven_till(
        "--training", "--data-dir", str(tmp_path / "till"), output=tmp_path / "out"
    ) as till:
        till.shows(page="StartPage")
        if moment == "service":
            until(lambda: children(till.popen.pid), what="the service's process")
        elif moment == "film":
            till.shows(state="Ready")
            half = training / ".sample-vouchers.unfinished.mp4"
            until(half.exists, what="the film in the making")
        started = children(till.popen.pid)
        till.do("close")
        assert till.ends() == 0
        all_gone(started)
    assert is_calm(tmp_path / "out")
    # Half a film is never taken for one.
    assert not (training / "sample-vouchers.mp4").exists()


def test_closed_while_money_is_in_flight_it_asks_at_the_next_start(
    tmp_path: Path, central: tuple[Service, FaultProxy]
) -> None:
    service, line = central
    voucher = sell(service, 5000)[0]
    arguments = (*NO_CAMERA, "--data-dir", str(tmp_path / "till"))
    secrets = str(tmp_path / "secrets")
    with driven_till(*arguments, output=tmp_path / "out", secrets=secrets) as till:
        enrol(till, service, line.url)
        till.after("gun", text=voucher.token, shows="Debitable")
        line.always = BlackHole()
        till.after("enter", shows="Debiting")
        until(lambda: entries(tmp_path), what="the redemption in the journal")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")
    line.always = None
    with driven_till(*arguments, output=tmp_path / "out", secrets=secrets) as till:
        till.shows(state="Question")
        till.after("other", shows="Answered")
        till.after("gun", text=voucher.token, shows="Debitable")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")


def entries(tmp_path: Path) -> int:
    """How many the journal of a running till has."""
    with closing(sqlite3.connect(profile(tmp_path).data / "journal.sqlite")) as journal:
        (count,) = journal.execute("SELECT count(*) FROM entries").fetchone()
    return int(count)


def test_a_keyring_that_hangs_keeps_no_window_open(tmp_path: Path) -> None:
    """A locked keyring asks for its password for a minute; the window closes all the same."""
    hangs = tmp_path / "hanging.py"
    hangs.write_text(
        "import threading, keyring.backend\n"
        "class Keyring(keyring.backend.KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username): threading.Event().wait()\n"
        "    set_password = delete_password = get_password\n"
        "Keyring.__module__ = 'keyring.backends.SecretService'\n"
    )
    environ = {"PYTHON_KEYRING_BACKEND": "hanging.Keyring", "PYTHONPATH": str(tmp_path)}
    with (
        service_site(f"sqlite:///{tmp_path / 'central.db'}") as site,
        driven_till(
            *NO_CAMERA,
            "--data-dir",
            str(tmp_path / "till"),
            output=tmp_path / "out",
            environ=environ,
        ) as till,
    ):
        till.shows(page="EnrolPage")
        till.do("enrol", address=site.url, code=site.offer())
        kept = profile(tmp_path).lock_file
        until(kept.exists, what="the lock")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")


# --- what lies in the way ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["options.json", "enrolment.json"])
def test_settings_that_cannot_be_read_are_a_page_not_a_crash(tmp_path: Path, name: str) -> None:
    config = profile(tmp_path).config
    config.mkdir(parents=True)
    (config / name).write_text("{ not JSON")
    with driven_till(
        *NO_CAMERA, "--data-dir", str(tmp_path / "till"), output=tmp_path / "out"
    ) as till:
        assert till.shows(page="ProblemPage")["told"]
        till.do("retry")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")


def test_a_second_start_on_the_same_folders_leaves_it_to_the_first(tmp_path: Path) -> None:
    arguments = (*NO_CAMERA, "--data-dir", str(tmp_path / "till"))
    with driven_till(*arguments, output=tmp_path / "first") as first:
        first.shows(page="EnrolPage")
        with driven_till(*arguments, output=tmp_path / "second") as second:
            assert second.ends() == 0
        first.do("close")
        assert first.ends() == 0
    assert is_calm(tmp_path / "first")
    assert is_calm(tmp_path / "second")


def test_a_folder_that_is_none_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "till").write_text("a file stands where the folder should be")
    with driven_till("--data-dir", str(tmp_path / "till"), output=tmp_path / "out") as till:
        till.shows(page="ProblemPage")
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")


# --- secrets -------------------------------------------------------------------------------------


def spellings(code: str) -> set[bytes]:
    """How a short code could have been written down."""
    whole = parse(code)
    assert whole is not None
    four = grouped(whole)
    texts = {code, four, four.replace("-", " "), four.replace("-", "")}
    return {text.encode() for one in texts for text in (one, one.lower())}


def encoded(secret: bytes) -> set[bytes]:
    """How bytes could have been written down."""
    return {
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
        base64.b32encode(secret).rstrip(b"="),
        secret,
    }


def found_in(files: list[Path], canaries: dict[str, set[bytes]]) -> list[str]:
    """Which canary sings where."""
    return [
        f"{name} in {file.name}"
        for file in files
        for content in [file.read_bytes()]
        for name, forms in canaries.items()
        if any(form in content for form in forms)
    ]


def test_nothing_that_could_be_spent_or_used_to_log_in_is_written_anywhere(
    tmp_path: Path,
) -> None:
    database = f"sqlite:///{tmp_path / 'central.db'}"
    service = open_service(database)
    vouchers = {
        name: sell(service, 5000)[0] for name in ("sold", "undone", "typed", "found", "crash")
    }
    vouchers["other shop's"] = sell(service, 5000, slug=OTHER_SHOP)[0]
    code = offer(service)
    wrong_enrolment = "E1:" + "WRXNGCXDE" * 3
    wrong_code = encode(0x0123456789ABCDEF0123)
    forged = one_bit_off(vouchers["found"].token)
    secrets = tmp_path / "secrets.json"
    with (
        serving(database, tmp_path, "--port", "0") as process,
        FaultProxy(process.url) as line,
    ):
        with driven_till(
            *NO_CAMERA,
            "--data-dir",
            str(tmp_path / "till"),
            output=tmp_path / "out",
            secrets=str(secrets),
        ) as till:
            till.shows(page="EnrolPage")
            for refused in (wrong_enrolment, "short", vouchers["found"].token):
                till.shows(did=till.do("enrol", address=line.url, code=refused), error=bool)
            till.after("enrol", address=line.url, code=code, shows="Ready")
            till.after("gun", text=vouchers["sold"].token, shows="Debitable")
            till.after("enter", shows="Debited")
            till.after("gun", text=vouchers["sold"].token, shows="Declined")
            till.after("gun", text=vouchers["undone"].code, shows="Debitable")
            till.after("enter", shows="Debited")
            till.after("undo", shows="ConfirmUndo")
            till.after("enter", shows="Undone")
            till.after("gun", text=grouped_lower(vouchers["typed"].code), shows="Debitable")
            for text in (wrong_code, wrong_code[:-1] + "7", vouchers["other shop's"].token):
                assert till.scan(text)["state"] in ("Declined", "ForeignScan")
            assert till.scan(forged)["verdict"] == "WrongSignature"
            for reply in (
                http(500, b"oops"),
                http(200, b"<html>", media_type="text/html"),
                http(200, b'{"voucher'),
                http(401, b"{}"),
            ):
                line.always = Instead(reply)
                for text in (vouchers["found"].token, vouchers["found"].code):
                    # The till's own list answers where it knows the voucher already.
                    assert till.scan(text)["state"] in ("LookUpFailed", "Debitable")
            line.always = None
            kept = json.loads(secrets.read_text())
            till.do("crash", text=f"{vouchers['crash'].code} {kept['till-token']} E1:{code}")
            till.shows(page="CrashPage")
            # Before the end: -wal and -shm are still there.
            canaries = {
                **{f"the code {name}": spellings(one.code) for name, one in vouchers.items()},
                **{f"the token {name}": {one.token.encode()} for name, one in vouchers.items()},
                "the forged token": {forged.encode()},
                "a wrong code": spellings(wrong_code),
                "the enrolment code": {code.encode(), code.lower().encode()},
                "the wrong enrolment code": {wrong_enrolment[3:].encode()},
                "the bearer token": {kept["till-token"].encode(), kept["till-token"][4:].encode()},
                "the device key": encoded(bytes.fromhex(kept["device-key"])),
                "the pepper": encoded(bytes.fromhex(kept["code-pepper"])),
            }
            running = files_below(tmp_path / "till")
            assert any(file.name.endswith("-wal") for file in running)
            assert found_in(running, canaries) == []
            till.do("close")
            assert till.ends() == 70
        process.popen.terminate()
        said, complained = process.popen.communicate()
    service.database.close()
    (tmp_path / "service.out").write_text(said + complained)
    written = [*files_below(tmp_path / "till"), tmp_path / "out", tmp_path / "service.out"]
    assert found_in(written, canaries) == []
    # The search finds what is there: the log speaks of this very day.
    log = (profile(tmp_path).log / "comptoir.log").read_bytes()
    assert b"a bug stops the till" in log
    assert b"look_up" in log
    assert found_in([secrets], canaries) == [
        "the bearer token in secrets.json",
        "the device key in secrets.json",
        "the pepper in secrets.json",
    ]
    assert EnrolmentStore(profile(tmp_path).enrolment_file).load() is not None


def one_bit_off(token: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return token[:40] + letters[letters.index(token[40]) ^ 1] + token[41:]


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def grouped_lower(code: str) -> str:
    whole = parse(code)
    assert whole is not None
    return grouped(whole).lower()
