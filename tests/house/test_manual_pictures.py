"""The manual's pictures are those that its pages and the set of screens name, and small."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.sources import ROOT

BYTES_MAX = 4_000_000
"""Of all pictures together: they are in every package."""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The program that makes them."""
    monkeypatch.syspath_prepend(str(ROOT / "build"))
    import manual_pictures

    yield manual_pictures
    sys.modules.pop("manual_pictures")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_there_is_every_picture_that_a_page_shows_and_no_other(made: ModuleType) -> None:
    assert names(made.PICTURES) == made.picture_files(), "python3 build/dev.py pictures"


def test_every_screen_has_its_sheet(made: ModuleType) -> None:
    assert names(made.SHEETS) == made.sheet_files(), "python3 build/dev.py pictures"
    assert made.PAGE.read_text(encoding="utf-8") == made.page_text()


def test_they_are_small(made: ModuleType) -> None:
    files = [*made.PICTURES.iterdir(), *made.SHEETS.iterdir()]
    assert sum(path.stat().st_size for path in files) < BYTES_MAX
    for path in made.PICTURES.iterdir():
        assert struct.unpack(">II", path.read_bytes()[16:24]) == (1024, 700), path.name
