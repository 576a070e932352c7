"""A second start: the window that is open comes forward, by profile, and never after a crash."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from merchant_app.bootstrap import local_line
from merchant_app.bootstrap.local_line import Address, Line
from merchant_app.bootstrap.second_start import (
    CALLERS_MAX,
    SecondStart,
    SecondStarts,
    noted,
)
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of
from tests.fakes.waiting import LIMIT_MS, LIMIT_S, until
from tests.house.sources import ROOT

on_posix = pytest.mark.skipif(os.name != "posix", reason="a port leaves nothing behind")


def private(tmp_path: Path, name: ProfileName = ProfileName.MAIN) -> Profile:
    profile = profile_of(name, data_dir=tmp_path)
    prepare(profile)
    return profile


def listening(qtbot: QtBot, held: ExitStack, note: Path) -> SecondStarts:
    """The program that is open."""
    first = SecondStarts(note)
    held.callback(first.close)
    first.listen()
    qtbot.waitUntil(lambda: noted(note) is not None, timeout=LIMIT_MS)
    return first


def asks(qtbot: QtBot, note: Path, *, wait_s: float = LIMIT_S) -> bool:
    """Another start: whether somebody came forward."""
    second = SecondStart(note, wait_s=wait_s)
    with qtbot.waitSignal(second.answered, timeout=LIMIT_MS):
        second.ask()
    return second.came


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_the_first_hears_of_a_second(qtbot: QtBot, held: ExitStack, tmp_path: Path) -> None:
    note = private(tmp_path).window_note
    first = listening(qtbot, held, note)
    for _ in range(3):
        with qtbot.waitSignal(first.asked, timeout=LIMIT_MS):
            assert asks(qtbot, note)
    first.close()
    assert not note.exists()
    assert not asks(qtbot, note)


class Speaking(QObject):
    """One end of a line, by hand."""

    def __init__(self, qtbot: QtBot, connected: socket.socket) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.line = Line(connected, self)
        self.said: list[bytes] = []
        self.gone = False
        self.line.heard.connect(self._heard)
        self.line.gone.connect(self._gone)

    @Slot(object)
    def _heard(self, text: bytes) -> None:
        self.said.append(text)

    @Slot()
    def _gone(self) -> None:
        self.gone = True

    def hang_up(self) -> None:
        self.line.hang_up()

    def next(self) -> bytes:
        self._qtbot.waitUntil(lambda: bool(self.said), timeout=LIMIT_MS)
        return self.said.pop(0)


def calling(qtbot: QtBot, held: ExitStack, address: Address) -> Speaking:
    """Somebody who knows where the window is."""
    speaking = Speaking(qtbot, local_line.outgoing(address))
    held.callback(speaking.hang_up)
    speaking.line.call(address)
    return speaking


def wish(address: Address, challenge: bytes, **what: object) -> bytes:
    text = json.dumps(what).encode()
    return address.proof(b"start", challenge, text) + b" " + text


def test_a_wayland_desktop_is_told_who_started_it(
    qtbot: QtBot, held: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = private(tmp_path).window_note
    listening(qtbot, held, note)
    address = noted(note)
    assert address is not None
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    second = calling(qtbot, held, address)
    second.line.say(b"hello")
    challenge, proof = second.next().split(b" ")
    assert address.is_proof(proof, b"till", b"hello", challenge)
    second.line.say(wish(address, challenge, token="token-of-the-click"))
    assert second.next() == b"here"
    assert os.environ.pop("XDG_ACTIVATION_TOKEN") == "token-of-the-click"


@pytest.mark.expects_log("somebody else than this user")
def test_who_has_not_read_the_note_is_hung_up_on(
    qtbot: QtBot, held: ExitStack, tmp_path: Path
) -> None:
    note = private(tmp_path).window_note
    first = listening(qtbot, held, note)
    address = noted(note)
    assert address is not None
    stranger = calling(qtbot, held, Address(address.place, b"\0" * 32))
    stranger.line.say(b"hello")
    challenge, _ = stranger.next().split(b" ")
    with qtbot.assertNotEmitted(first.asked), qtbot.assertNotEmitted(first.files_came):
        stranger.line.say(wish(Address(address.place, b"\0" * 32), challenge, files=["/etc"]))
        qtbot.waitUntil(lambda: stranger.gone, timeout=LIMIT_MS)
    assert stranger.said == []


@pytest.mark.parametrize("by_port", [pytest.param(False, marks=on_posix), True])
@pytest.mark.parametrize("answer", [b"here", b"challenge " + b"0" * 64, b"x" * 200_000])
@pytest.mark.expects_log("somebody else answers")
def test_who_took_the_place_after_a_crash_learns_nothing(
    qtbot: QtBot, held: ExitStack, tmp_path: Path, answer: bytes, *, by_port: bool
) -> None:
    note = private(tmp_path).window_note
    taken, address = local_line.listen(by_port=by_port)
    held.callback(local_line.take_away, address)
    held.callback(taken.close)
    note.write_text(Address(address.place, b"\1" * 32).note, encoding="utf-8")
    second = SecondStart(note, files=[tmp_path / "secret.pdf"], wait_s=LIMIT_S)
    heard: list[bytes] = []

    def answers() -> None:
        connected, _ = taken.accept()
        with connected, suppress(OSError):  # it was hung up on meanwhile, as it should
            heard.append(connected.recv(1024))
            connected.sendall(answer + b"\n")
            heard.append(connected.recv(100_000))

    taken.setblocking(True)
    taking = threading.Thread(target=answers)
    taking.start()
    with qtbot.waitSignal(second.answered, timeout=LIMIT_MS):
        second.ask()
    taking.join(LIMIT_S)
    assert not second.came
    assert b"secret" not in b"".join(heard)


def test_a_second_start_hands_its_files_over(qtbot: QtBot, held: ExitStack, tmp_path: Path) -> None:
    note = private(tmp_path).window_note
    first = listening(qtbot, held, note)
    files = [tmp_path / "bon d’achat.pdf", tmp_path / os.fsdecode(b"\xff.png")]
    second = SecondStart(note, files=files, wait_s=LIMIT_S)
    with (
        qtbot.waitSignal(first.files_came, timeout=LIMIT_MS) as came,
        qtbot.waitSignal(second.answered, timeout=LIMIT_MS),
    ):
        second.ask()
    assert came.args == [tuple(files)]


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"files": "/etc/passwd"},
        {"files": [1, None, "relative.pdf"]},
        {"token": "two\nlines", "files": []},
        {"token": 7},
    ],
)
def test_a_wish_that_is_not_understood_is_to_come_forward(
    qtbot: QtBot, held: ExitStack, tmp_path: Path, what: dict[str, object]
) -> None:
    note = private(tmp_path).window_note
    first = listening(qtbot, held, note)
    address = noted(note)
    assert address is not None
    caller = calling(qtbot, held, address)
    caller.line.say(b"hello")
    challenge, _ = caller.next().split(b" ")
    with (
        qtbot.assertNotEmitted(first.files_came),
        qtbot.waitSignal(first.asked, timeout=LIMIT_MS),
    ):
        caller.line.say(wish(address, challenge, **what))
    assert caller.next() == b"here"
    assert "XDG_ACTIVATION_TOKEN" not in os.environ


def test_many_who_call_and_say_nothing_keep_nobody_out(
    qtbot: QtBot, held: ExitStack, tmp_path: Path
) -> None:
    note = private(tmp_path).window_note
    listening(qtbot, held, note)
    address = noted(note)
    assert address is not None
    silent = [calling(qtbot, held, address) for _ in range(CALLERS_MAX + 2)]
    qtbot.waitUntil(lambda: silent[0].gone and silent[1].gone, timeout=LIMIT_MS)
    assert asks(qtbot, note)


def test_where_there_are_no_sockets_in_the_file_system_a_port_does(
    qtbot: QtBot, held: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_line, "listen", partial(local_line.listen, by_port=True))
    note = private(tmp_path).window_note
    first = listening(qtbot, held, note)
    address = noted(note)
    assert address is not None
    assert address.place.startswith("127.0.0.1:")
    with qtbot.waitSignal(first.asked, timeout=LIMIT_MS):
        assert asks(qtbot, note)
    first.close()
    note.write_text(address.note, encoding="utf-8")
    assert not asks(qtbot, note), "what a crash leaves behind"


@on_posix
def test_a_long_path_for_temporary_files_is_no_obstacle(
    held: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    listening_socket, address = local_line.listen(by_port=False)
    held.callback(local_line.take_away, address)
    held.callback(listening_socket.close)
    assert str(deep) not in address.place


def test_the_real_till_and_the_training_till_are_apart(
    qtbot: QtBot, held: ExitStack, tmp_path: Path
) -> None:
    real = private(tmp_path).window_note
    training = private(tmp_path, ProfileName.TRAINING).window_note
    first = listening(qtbot, held, real)
    assert not asks(qtbot, training)
    other = listening(qtbot, held, training)
    with qtbot.assertNotEmitted(first.asked), qtbot.waitSignal(other.asked, timeout=LIMIT_MS):
        assert asks(qtbot, training)


@pytest.mark.parametrize("left", ["", "/etc/passwd", "comptoir-", "\x00", "x" * 10_000])
def test_a_note_that_is_none_of_ours_is_not_followed(
    qtbot: QtBot, held: ExitStack, tmp_path: Path, left: str
) -> None:
    note = private(tmp_path).window_note
    note.write_text(left, encoding="utf-8")
    assert not asks(qtbot, note)
    first = SecondStarts(note)
    held.callback(first.close)
    first.listen()
    qtbot.waitUntil(lambda: note.read_text("utf-8") != left, timeout=LIMIT_MS)
    with qtbot.waitSignal(first.asked, timeout=LIMIT_MS):
        assert asks(qtbot, note)


@on_posix
def test_nobody_else_can_read_the_note_or_reach_the_window(
    qtbot: QtBot, held: ExitStack, tmp_path: Path
) -> None:
    note = private(tmp_path).window_note
    listening(qtbot, held, note)
    address = noted(note)
    assert address is not None
    for path in (note, Path(address.place)):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name


def test_a_window_that_hangs_is_waited_for_and_no_longer(
    qtbot: QtBot, held: ExitStack, tmp_path: Path
) -> None:
    note = private(tmp_path).window_note
    silent, address = local_line.listen()
    held.callback(local_line.take_away, address)
    held.callback(silent.close)
    note.write_text(address.note, encoding="utf-8")
    assert not asks(qtbot, note, wait_s=0.05)


# --- whole programs ------------------------------------------------------------------------------


def started(folder: Path, held: ExitStack) -> subprocess.Popen[bytes]:
    """The program as a person starts it, without a screen."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    program = held.enter_context(
        subprocess.Popen(
            [sys.executable, "-m", "merchant_app.bootstrap", "--data-dir", str(folder)],
            env=environment,
        )
    )
    held.callback(program.kill)
    return program


@on_posix
def test_a_second_program_ends_and_the_first_stays_until_it_dies(
    held: ExitStack, tmp_path: Path
) -> None:
    note = profile_of(ProfileName.MAIN, data_dir=tmp_path).window_note
    first = started(tmp_path, held)
    name = until(lambda: noted(note), what="the first program listens").place
    assert started(tmp_path, held).wait(LIMIT_S) == 0
    assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.wait(LIMIT_S)
    assert Path(name).exists(), "what a crash leaves behind"
    third = started(tmp_path, held)

    def took_its_place() -> bool:
        now = noted(note)
        return now is not None and now.place != name

    until(took_its_place, what="the third takes its place")
    assert not Path(name).exists()
    assert third.poll() is None
