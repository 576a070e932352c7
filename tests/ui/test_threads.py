"""The rules of threads, read in the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import merchant_app.ui

ROOT = Path(merchant_app.ui.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_signals_are_connected_to_methods_or_signals_of_objects(path: Path) -> None:
    """A lambda, a partial or a plain function runs in the thread that emits: Qt cannot know
    where it belongs."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "connect" or (node.func.attr == "singleShot" and node.args):
            target = node.args[-1] if node.func.attr == "singleShot" else node.args[0]
            where = f"{path.name}:{node.lineno}"
            assert isinstance(target, ast.Attribute), f"{where}: connect a bound method"
