"""The verifiers as modules, and whether it names the place that a change struck. For tests."""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from merchant_app.reports import verifier as verifiers
from tests.fakes.journal_changes import Struck

Place = tuple[str, int, int]
"""A table, and the first and the last row that are named."""


def program() -> Path:
    """The program's own verifier, as a file."""
    return verifiers.detailed_file()


@cache
def verifier() -> ModuleType:
    """What `merchant-app verify-journal` runs."""
    return verifiers.program()


def verdict(path: Path, keys: tuple[str, ...] = (), lang: str = "en") -> dict[str, Any]:
    """Everything that the verifier says of a file."""
    result: dict[str, Any] = verifier().verify(str(path), keys, lang)
    return result


@cache
def short_verifier() -> ModuleType:
    """The two pages that an inspector is given."""
    path = verifiers.program_file()
    spec = spec_from_file_location("verify_journal", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def short_verdict(path: Path, keys: tuple[str, ...] = ()) -> Place | None:
    """The first place that the short verifier names; None: it says the file is sound."""
    sides: dict[str, list[bytes]] = {"till": [], "service": []}
    for side, digits in (key.split("=") for key in keys):
        sides[side].append(bytes.fromhex(digits))
    found = short_verifier().verify(str(path), sides)
    return tuple(found[0][3:6]) if found else None


def first_place(result: dict[str, Any]) -> Place | None:
    """The first place that a verdict names; None: it is sound."""
    if not result["findings"]:
        return None
    first = result["findings"][0]
    return first["table"], first["row"], first["last_row"]


def names(result: dict[str, Any], struck: Struck) -> bool:
    """Whether the first finding is about the struck row, or a range that has it."""
    return is_there(first_place(result), struck)


def is_there(place: Place | None, struck: Struck) -> bool:
    """Whether a place is the struck row, or a range that has it."""
    if place is None or place[0] != struck.table:
        return False
    return any(
        row is not None and place[1] <= row <= place[2] for row in (struck.row, struck.moved_to)
    )
