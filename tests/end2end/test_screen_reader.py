"""A real screen reader's client walks every place of the running till, and hears the verdicts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.settings.paths import ProfileName, profile_of
from merchant_app.ui.function_keys import (
    CHECKOUT_KEY,
    CLOSE_KEY,
    CLOSING_KEY,
    PLACE_KEYS,
    STATEMENTS_KEY,
)
from tests.fakes.camera_scene import counter, write_video
from tests.fakes.driven_till import driven_till
from tests.fakes.screen_reader import MISSING as NO_READER
from tests.fakes.screen_reader import Heard, accessible_session, screen_reader
from tests.fakes.x_display import MISSING as NO_DISPLAY
from tests.fakes.x_display import x_display

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is of Linux"),
    pytest.mark.skipif(
        bool(NO_READER or NO_DISPLAY),
        reason=f"not on this computer: {' '.join([*NO_READER, *NO_DISPLAY])}",
    ),
]
NAMELESS = {"unknown", "invalid", "filler", "layered pane", ""}
"""Roles that say nothing of what can be done; whoever has the keyboard has another."""

LINES = {"list item", "table cell"}


def test_every_place_has_names_and_roles_and_the_verdict_is_announced(tmp_path: Path) -> None:
    profile = profile_of(ProfileName.TRAINING, data_dir=tmp_path / "till")
    profile.data.mkdir(parents=True)
    service = TrainingService(profile.data)
    service.fill()
    (voucher,) = service.ask("issue", "--shop", SHOP, "--amount", "50")
    film = tmp_path / "film.mp4"
    write_video(str(film), [counter(size=(640, 360))] * 10)
    arguments = ("--training", "--data-dir", str(tmp_path / "till"), "--camera", str(film))
    with x_display() as display, accessible_session() as session:
        environ = display.environ | session
        with (
            screen_reader(environ) as reader,
            driven_till(
                *arguments, "--language", "fr", output=tmp_path / "out", environ=environ
            ) as till,
        ):
            display.focus(till.shows(state="Ready")["window"])
            wrong = []
            for key in (*PLACE_KEYS, CHECKOUT_KEY):
                till.shows(did=till.do("function", key=key), state="Ready")
                wrong += [f"{key}: {line}" for line in faults(reader.tree())]
            assert not wrong, "\n".join(wrong)
            till.scan(voucher["token"])
            assert "50,00" in reader.hears("Valable")
            till.after("enter", shows="Debited")
            assert "50,00" in reader.hears("Débité")
            till.do("function", key=STATEMENTS_KEY)
            assert "Tout concorde" in reader.hears("comparé")
            till.do("function", key=CLOSING_KEY)
            till.do("function", key=CLOSE_KEY)
            assert "50,00" in reader.hears("Journée clôturée")


def faults(desktop: Heard) -> Iterator[str]:
    """What a person who hears the screen would stumble over."""
    (till,) = desktop.children
    focused = []
    for one in till.walk():
        if not {"focusable", "showing"} <= one.states:
            continue
        # The chosen line of a list says so too, Qt makes no difference.
        if "focused" in one.states and one.role not in LINES:
            focused.append(f"{one.role} {one.name}")
        if not one.name.strip():
            yield f"no name: {one}"
        if one.role in NAMELESS:
            yield f"no role: {one}"
    if len(focused) != 1:
        yield f"the keyboard is at {focused}"
