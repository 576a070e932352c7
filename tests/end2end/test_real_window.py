"""A real window on a real X display, and a scanner gun that types faster than any person."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.settings.paths import ProfileName, profile_of
from tests.fakes.camera_scene import counter, write_video
from tests.fakes.driven_till import Driven, all_gone, children, driven_till
from tests.fakes.x_display import MISSING, XDisplay, x_display

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is of Linux"),
    pytest.mark.skipif(bool(MISSING), reason=f"not on this computer: {' '.join(MISSING)}"),
]

SEMICOLON_KEY = "47"
"""Where the United States have it; by its number, so that the layout decides what it types."""
FIFTY, TWENTY = "50,00\u00a0€", "20,00\u00a0€"


@pytest.fixture
def service(tmp_path: Path) -> TrainingService:
    """The practice service of the till that is about to start, filled."""
    profile = profile_of(ProfileName.TRAINING, data_dir=tmp_path / "till")
    profile.data.mkdir(parents=True)
    made = TrainingService(profile.data)
    made.fill()
    return made


def issued(service: TrainingService, amount: int) -> dict[str, Any]:
    (voucher,) = service.ask("issue", "--shop", SHOP, "--amount", str(amount))
    assert isinstance(voucher, dict)
    return voucher


def entries(service: TrainingService, voucher: dict[str, Any]) -> list[tuple[str, int]]:
    """What the service's ledger holds on this voucher."""
    told = service.ask("audit", "--voucher", voucher["voucher_id"])["entries"]
    return [(entry["kind"], entry["amount_minor"]) for entry in told]


@contextmanager
def open_till(tmp_path: Path, display: XDisplay) -> Iterator[Driven]:
    """The practice till in front of an empty counter, its window under the keyboard."""
    film = tmp_path / "film.mp4"
    write_video(str(film), [counter(size=(640, 360))] * 10)
    arguments = ("--training", "--data-dir", str(tmp_path / "till"), "--camera", str(film))
    with driven_till(
        *arguments, "--language", "fr", output=tmp_path / "out", environ=display.environ
    ) as till:
        display.focus(till.shows(state="Ready")["window"])
        yield till


def finds(till: Driven, scan: Callable[[], None], amount: str) -> None:
    """A scan, and the voucher that it leads to; then the till is ready for another."""
    before = len(till.seen)
    scan()
    till.shows(after=before, state="Debitable", amount=amount, code="")
    till.after("escape", shows="Ready")


def test_a_gun_with_and_without_enter_and_a_person(
    tmp_path: Path, service: TrainingService
) -> None:
    fifty, twenty = issued(service, 50), issued(service, 20)
    with x_display() as display, open_till(tmp_path, display) as till:
        finds(till, lambda: display.gun(fifty["token"]), FIFTY)
        finds(till, lambda: display.gun(twenty["code"]), TWENTY)
        finds(till, lambda: display.gun(fifty["token"], enter=False), FIFTY)
        finds(till, lambda: display.gun(twenty["code"], enter=False), TWENTY)
        finds(till, lambda: display.gun(fifty["code"]), FIFTY)
        # As slow as a person: no gun any more, but what it types is a code and its Enter.
        finds(till, lambda: display.type(twenty["code"]), TWENTY)


def test_a_gun_of_the_united_states_on_other_keyboards(
    tmp_path: Path, service: TrainingService
) -> None:
    fifty, twenty = issued(service, 50), issued(service, 20)
    with x_display() as display, open_till(tmp_path, display) as till:
        for semicolon, *layout in (
            ("m", "fr"),
            ("m", "fr", "-variant", "mac"),
            ("m", "fr", "-variant", "afnor"),
            ("é", "ch", "-variant", "fr"),
            ("ö", "de"),
        ):
            display.use_layout(*layout)
            before = len(till.seen)
            display.press(SEMICOLON_KEY)
            till.shows(after=before, code=semicolon)
            # An empty field from before the key is not the one wanted.
            till.shows(did=till.do("escape"), code="", state="Ready")
            finds(till, lambda: display.gun(fifty["token"]), FIFTY)
            finds(till, lambda: display.gun(twenty["code"]), TWENTY)
            display.press("Caps_Lock")
            finds(till, lambda: display.gun(fifty["token"]), FIFTY)
            finds(till, lambda: display.gun(twenty["code"]), TWENTY)
            display.press("Caps_Lock")


def test_a_gun_is_told_from_a_person(tmp_path: Path, service: TrainingService) -> None:
    fifty, twenty = issued(service, 50), issued(service, 20)
    with x_display() as display, open_till(tmp_path, display) as till:
        window = till.shows(state="Ready")["window"]
        display.gun(fifty["token"])
        till.shows(state="Debitable", amount=FIFTY)
        # With the cursor in the amount: none of the token stays there, its Enter debits nothing.
        focused = till.do("focus", field="amount")
        till.shows(did=focused, state="Debitable", focus="amount")
        before = len(till.seen)
        display.gun(twenty["token"])
        found = till.shows(after=before, state="Debitable", amount=TWENTY)
        assert (found["code"], found["purchase"]) == ("", "")
        assert {seen["state"] for seen in till.seen[before:]} <= {"Debitable", "Checking"}
        # A purchase that a person typed is still there after a scan in the middle of it.
        till.do("type", field="purchase", text="15,00")
        focused = till.do("focus", field="purchase")
        till.shows(did=focused, focus="purchase", purchase="15,00")
        before = len(till.seen)
        display.gun(fifty["token"])
        found = till.shows(after=before, number=3, state="Debitable", amount="15,00\u00a0€")
        assert found["purchase"] == "15,00"
        # Now a person's Enter, in his own time.
        before = len(till.seen)
        display.press("Return")
        till.shows(after=before, state="Debited")
        started = children(till.popen.pid)
        display.ask_to_close(window)
        assert till.ends() == 0
        all_gone(started)
    assert entries(service, fifty) == [("issue", 5000), ("debit", 1500)]
    assert entries(service, twenty) == [("issue", 2000)]
    said = (tmp_path / "out").read_text()
    assert "Traceback" not in said
    assert "Exception ignored" not in said
