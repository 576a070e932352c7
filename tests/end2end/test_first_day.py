"""A newcomer at a real keyboard: from the first start to the first voucher, actions counted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from merchant_app.server.service import Service
from merchant_app.settings.options import FIRST_DAY, FirstDay, Options
from merchant_app.settings.paths import ProfileName, profile_of
from tests.end2end.test_real_window import issued
from tests.end2end.test_whole_till import central
from tests.fakes.camera_scene import counter, write_video
from tests.fakes.driven_till import Driven, driven_till
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import offer, sell
from tests.fakes.till_driver import NEWCOMER
from tests.fakes.waiting import until
from tests.fakes.x_display import MISSING, XDisplay, x_display

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is of Linux"),
    pytest.mark.skipif(bool(MISSING), reason=f"not on this computer: {' '.join(MISSING)}"),
]
__all__ = ["central"]

ACTIONS_MAX = 25
"""From the first start to the first voucher debited."""
TABS_MAX = 8


class Newcomer:
    """Hands that count: each key and each scan is one action.

    Attributes:
        actions: what they did.
    """

    def __init__(self, display: XDisplay, till: Driven) -> None:
        self._display = display
        self._till = till
        self.actions: list[str] = []

    def press(self, key: str, *, times: int = 1) -> None:
        for _ in range(times):
            self._display.press(key)
            self.actions.append(key)

    def tab_to(self, words: str) -> None:
        """The camera's own button comes and goes: the number of presses is not always the same."""
        focus, presses = str(self._till.seen[-1]["focus"]), 0
        while focus != words:
            assert presses < TABS_MAX, f"{words} is not reached, this is: {focus}"
            after, was = len(self._till.seen), focus
            self.press("Tab")
            seen = self._till.shows(after=after, focus=lambda now, was=was: now != was)
            focus, presses = str(seen["focus"]), presses + 1

    def scan(self, text: str) -> None:
        self._display.gun(text)
        self.actions.append("scan")

    def sees(self, **wanted: object) -> None:
        self._till.shows(**wanted)  # type: ignore[arg-type]  # of a report


@contextmanager
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    """In front of a computer on which Comptoir starts for the first time."""
    film = tmp_path / "film.mp4"
    write_video(str(film), [counter(size=(640, 360))] * 10)
    with (
        x_display() as display,
        driven_till(
            *("--data-dir", str(tmp_path / "till"), "--camera", str(film)),
            output=tmp_path / "out",
            environ=display.environ | {NEWCOMER: "1", "LANG": "fr_FR.UTF-8"},
        ) as till,
    ):
        display.focus(till.shows(page="LanguagePage")["window"])
        yield Newcomer(display, till)
    said = (tmp_path / "out").read_text()
    assert "Traceback" not in said


def through_the_steps(person: Newcomer) -> None:
    """Camera, sounds, printer, ready: Enter each time."""
    for step in ("camera", "sounds", "printer", "ready"):
        person.sees(step=step)
        person.press("Return")


def counted(person: Newcomer, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{len(person.actions)} actions: {' '.join(person.actions)}\n")
    assert len(person.actions) < ACTIONS_MAX
    assert person.actions[-2:] == ["scan", "Return"], "a voucher is two actions"


def test_from_the_first_start_to_the_first_sale(
    tmp_path: Path, central: tuple[Service, FaultProxy], capsys: pytest.CaptureFixture[str]
) -> None:
    service, line = central
    voucher = sell(service, 5000)[0]
    with newcomer(tmp_path) as person:
        person.press("Return")
        person.sees(page="EnrolPage")
        # As the platform's message shows it: the code, and where the service is.
        person.scan(f"E1:{offer(service)} {line.url}")
        person.press("Return")
        through_the_steps(person)
        person.sees(place="EncaisserView")
        person.scan(voucher.token)
        person.sees(state="Debitable")
        person.press("Return")
        person.sees(state="Debited")
        counted(person, capsys)
    main = profile_of(ProfileName.MAIN, data_dir=tmp_path / "till")
    assert Options(main.options_file).get(FIRST_DAY) is FirstDay.DONE


def test_from_the_first_start_to_the_first_exercise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from merchant_app.bootstrap.training import TrainingService

    with newcomer(tmp_path) as person:
        person.press("Return")
        person.sees(page="EnrolPage")
        person.tab_to("S’entraîner d’abord")
        person.press("Return")
        through_the_steps(person)
        person.sees(place="SchoolView", exercise="good")
        training = profile_of(ProfileName.TRAINING, data_dir=tmp_path / "till")
        voucher = issued(TrainingService(training.data), 50)
        person.press("Return")
        person.sees(state="Debitable")
        person.press("Return")
        person.sees(state="Debited", exercises_done=1)
        until(lambda: Options(training.options_file).get(FIRST_DAY) is FirstDay.DONE, what="kept")
        person.press("Escape")
        person.sees(state="Ready", exercises_done=1)
        person.scan(voucher["token"])
        person.press("Return")
        person.sees(state="Debited", amount="")
        counted(person, capsys)
