"""A newer version is told of in a note, while nobody is being served."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from merchant_app.contract.release_feed import Release
from merchant_app.settings.update_memory import UpdateMemory
from merchant_app.till.updates import UpdateDesk
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.ports import Opened
from tests.fakes.counter import code
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World

NEWER = Release("0.12.0", "https://comptoir.example/versions", date(2030, 1, 1))


@pytest.fixture(autouse=True)
def memory(world: World, tmp_path: Path) -> UpdateMemory:
    world.counter.add(1)
    memory = UpdateMemory(tmp_path / "updates.json")
    desk = UpdateDesk(
        lambda: NEWER,
        status=world.counter.status,
        memory=memory,
        version="0.1.0",
        clock=world.clock,
    )
    world.start = lambda: Opened(world.counter, None, updates=desk)
    return memory


def ask(till: Till) -> None:
    till.places.updates.ask()


def test_it_is_told_once_and_remembered(till: Till, memory: UpdateMemory) -> None:
    frame = till.places.frame
    ask(till)
    till.qtbot.waitUntil(lambda: len(frame.notes) == 1, timeout=LIMIT_MS)
    said = frame.notes[0].label.text()
    assert "0.12.0" in said
    assert "comptoir.example/versions" in said
    till.qtbot.waitUntil(lambda: memory.shown == "0.12.0", timeout=LIMIT_MS)
    assert till.view.code.hasFocus(), "the next scan goes where it always goes"
    frame.notes[0].dismiss()
    assert not frame.notes[0].isVisible()


def test_nobody_who_is_served_is_told(till: Till, memory: UpdateMemory) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    ask(till)
    till.escape()
    till.comes_to(st.Ready)
    assert till.places.frame.notes == []
    assert memory.looked_at is None
    ask(till)
    till.qtbot.waitUntil(lambda: len(till.places.frame.notes) == 1, timeout=LIMIT_MS)
