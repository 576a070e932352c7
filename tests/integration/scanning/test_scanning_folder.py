"""A watched folder, with its thread and the real child."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from merchant_app.scanning.files.folder import FolderWatcher
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.reader import FileReader
from tests.fakes.voucher_files import code_image, document, saved
from tests.fakes.waiting import LIMIT_S, until


@pytest.fixture
def told() -> list[Path]:
    return []


@pytest.fixture
def watched(tmp_path: Path, told: list[Path]) -> Iterator[Path]:
    """A folder that is watched by now."""
    watcher = FolderWatcher(
        tmp_path,
        FileReader(clock=SystemClock(), limits=Limits(time_s=LIMIT_S)),
        every_s=0.02,
    )
    (tmp_path / "before.png").write_bytes(saved(code_image(), "PNG"))
    watcher.start(told.append)
    yield tmp_path
    watcher.stop()
    until(
        lambda: "watched-folder" not in {thread.name for thread in threading.enumerate()},
        what="the end of the thread",
    )


def test_new_files_with_vouchers_are_told(watched: Path, told: list[Path]) -> None:
    # Nobody says when the first look is over: files come until one is told.
    numbers = iter(range(10_000))

    def came() -> bool:
        (watched / f"{next(numbers)}.png").write_bytes(saved(code_image(), "PNG"))
        return bool(told)

    until(came, what="the first new file")
    (watched / "catalogue.pdf").write_bytes(document({1: "https://example.org"}))
    (watched / "damaged.jpg").write_bytes(b"\xff\xd8\xff")
    last = watched / "last.pdf"
    last.write_bytes(document({1: "V1:" + "A2" * 75 + "B"}))
    until(lambda: last in told, what="the last one")
    names = {path.name for path in told}
    assert not names & {"before.png", "catalogue.pdf", "damaged.jpg"}
