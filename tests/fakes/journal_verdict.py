"""The verifier as a module, and whether it names the place that a change struck. For tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from merchant_app.reports.verifier import program as load_verifier
from merchant_app.resources import resource_path
from tests.fakes.journal_changes import Struck


def program() -> Path:
    """The one file."""
    return resource_path("verify", "verify_journal.py")


@cache
def verifier() -> ModuleType:
    """What `merchant-app verify-journal` runs."""
    return load_verifier()


def verdict(path: Path, keys: tuple[str, ...] = (), lang: str = "en") -> dict[str, Any]:
    """Everything that the verifier says of a file."""
    result: dict[str, Any] = verifier().verify(str(path), keys, lang)
    return result


def names(result: dict[str, Any], struck: Struck) -> bool:
    """Whether the first finding is about the struck row, or a range that has it."""
    if not result["findings"]:
        return False
    first = result["findings"][0]
    return bool(
        first["table"] == struck.table
        and any(
            row is not None and first["row"] <= row <= first["last_row"]
            for row in (struck.row, struck.moved_to)
        )
    )
