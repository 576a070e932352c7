"""The project's own files, as the bans of this folder read them."""

from __future__ import annotations

import ast
import functools
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_OURS = {"dist", "__pycache__"}


@functools.cache
def files(*, under: str = ".", suffix: str = "") -> tuple[Path, ...]:
    """Files of the project below a folder, hidden and generated folders left out."""
    found = []
    for folder, names, entries in os.walk(ROOT / under):
        names[:] = [n for n in names if n not in _NOT_OURS and (n[0] != "." or n == ".ci")]
        found += [Path(folder, entry) for entry in entries if entry.endswith(suffix)]
    return tuple(sorted(found))


def programs() -> tuple[Path, ...]:
    """The Python files that are not tests."""
    return files(under="merchant_app", suffix=".py") + files(under="build", suffix=".py")


@functools.cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, line: int = 0) -> str:
    """How a failure names a line."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute; what is left of a call or index is `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"
