"""A second start: the window that is open comes forward, by profile, and never after a crash."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from pytestqt.qtbot import QtBot

from merchant_app.bootstrap.second_start import SecondStart, SecondStarts, noted
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of
from tests.fakes.waiting import LIMIT_MS, LIMIT_S, until
from tests.house.sources import ROOT

on_posix = pytest.mark.skipif(os.name != "posix", reason="named pipes leave nothing behind")


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


def test_a_wayland_desktop_is_told_who_started_it(
    qtbot: QtBot, held: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = private(tmp_path).window_note
    listening(qtbot, held, note)
    second = QLocalSocket()
    second.connectToServer(noted(note) or "")
    second.write(b"token-of-the-click\n")
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    qtbot.waitUntil(second.canReadLine, timeout=LIMIT_MS)
    assert bytes(second.readLine().data()) == b"here\n"
    assert os.environ.pop("XDG_ACTIVATION_TOKEN") == "token-of-the-click"


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
    socket = noted(note)
    assert socket is not None
    for path in (note, Path(socket)):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name


def test_a_window_that_hangs_is_waited_for_and_no_longer(
    qtbot: QtBot, held: ExitStack, tmp_path: Path
) -> None:
    note = private(tmp_path).window_note
    silent = QLocalServer()
    held.callback(silent.close)
    assert silent.listen(f"comptoir-{os.urandom(16).hex()}")
    note.write_text(silent.fullServerName(), encoding="utf-8")
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
    name = until(lambda: noted(note), what="the first program listens")
    assert started(tmp_path, held).wait(LIMIT_S) == 0
    assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.wait(LIMIT_S)
    assert Path(name).exists(), "what a crash leaves behind"
    third = started(tmp_path, held)
    new = until(lambda: (now := noted(note)) != name and now, what="the third takes its place")
    assert new
    assert not Path(name).exists()
    assert third.poll() is None
