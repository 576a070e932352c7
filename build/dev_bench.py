"""Benches: programs of tests/bench that print one JSON object; here it becomes a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import dev_environment
import dev_system
from dev_terminal import ROOT, CannotGoOn, say

BENCHES = ROOT / "tests" / "bench"


def names() -> list[str]:
    """What can be measured."""
    return sorted(
        path.stem.replace("_", "-")
        for path in BENCHES.glob("*.py")
        if "if __name__ ==" in path.read_text(encoding="utf-8")  # others are parts of benches
    )


def run(name: str | None, *, as_json: bool, rest: list[str]) -> int:
    """Measure; print the JSON object, or a table for people.

    Raises:
        CannotGoOn: there is no such bench, or it did not print what a bench prints.
    """
    if name is None:
        print("\n".join(names()))
        return 0
    if name not in names():
        known = ", ".join(names()) or "none yet"
        raise CannotGoOn(f"There is no bench {name!r}. There are: {known}.")
    dev_system.ensure(dev_system.RUNTIME)
    python = dev_environment.ensure()
    done = subprocess.run(
        [python, BENCHES / f"{name.replace('-', '_')}.py", *rest],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=_environment(),
        check=False,
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        say(f"The bench {name} ended with exit code {done.returncode}.")
        return 1
    result = _parse(name, done.stdout)
    print(json.dumps(result, ensure_ascii=False) if as_json else table(result))
    return 0


def _environment() -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def _parse(name: str, output: str) -> dict[str, Any]:
    try:
        result = json.loads(output)
    except ValueError:
        raise CannotGoOn(f"The bench {name} did not print one JSON object:\n{output}") from None
    lacking = [key for key in ("bench", "machine", "figures") if key not in result]
    if lacking:
        raise CannotGoOn(f"The bench {name} does not say: {', '.join(lacking)}.")
    wrong = [
        key
        for key, value in result["figures"].items()
        if isinstance(value, bool) or not isinstance(value, (int, float))
    ]
    if wrong:
        raise CannotGoOn(f"Figures of the bench {name} that are no numbers: {', '.join(wrong)}.")
    return dict(result)


def table(result: dict[str, Any]) -> str:
    """The figures for people, then whatever explains them."""
    figures = result["figures"]
    shown = {
        key: f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"
        for key, value in figures.items()
    }
    width = max((len(key) for key in shown), default=0)
    digits = max((len(text) for text in shown.values()), default=0)
    lines = [f"{result['bench']} ({_inline(result['machine'])})", ""]
    lines += [f"  {key:<{width}}  {text:>{digits}}" for key, text in shown.items()]
    others = {k: v for k, v in result.items() if k not in ("bench", "machine", "figures")}
    lines += [f"\n{key}: {_inline(value)}" for key, value in others.items()]
    return "\n".join(lines)


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_inline(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_inline(inner) for inner in value)
    return str(value)
