"""The gate: everything that must hold before a change goes in, one closing line per stage."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import dev_bare_root
import dev_bundle
import dev_environment
from dev_terminal import ROOT, CannotGoOn, duration

WORKERS = 2
_CLOSING = re.compile(r"\b(passed|failed|error|errors|no tests ran)\b.* in [0-9.]+s")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Stage:
    """One check that ended.

    Attributes:
        name: what its closing line calls it.
        code: its exit code; 0 is well.
        seconds: how long it took.
        output: what it said.
        note: what its closing line adds.
    """

    name: str
    code: int
    seconds: float
    output: str
    note: str = ""

    @property
    def line(self) -> str:
        """The closing line."""
        word = "ok" if self.code == 0 else "FAILED"
        return f"{self.name:<14} {word:<7} {duration(self.seconds):>12}  {self.note}".rstrip()


def run(python: Path, arguments: list[str]) -> int:
    """Every stage, even after one failed; with arguments only the tests, and they are pytest's.

    Returns:
        0 when all is well, else 1.
    """
    if arguments:
        tests, _ = _tests(python, arguments)
        return tests.code
    started = time.monotonic()
    stages = []
    for stage in _static(python):
        stages.append(stage)
        if stage.code != 0:
            print(stage.output.rstrip())
        print(stage.line, flush=True)
    # worksteal keeps a module's tests, and so the servers they share, on one worker.
    tests, closing = _tests(python, ["-n", str(WORKERS), "--dist", "worksteal"])
    stages.append(tests)
    failed = [stage.name for stage in stages if stage.code != 0]
    print("\n" + "\n".join(stage.line for stage in stages))
    verdict = f"red: {', '.join(failed)}" if failed else "green"
    print(f"The gate is {verdict} ({duration(time.monotonic() - started)}).")
    print(closing)
    return 1 if failed else 0


def _static(python: Path) -> Iterator[Stage]:
    lint_imports = str(dev_environment.script("lint-imports"))
    module = [str(python), "-m"]
    commands = {
        "mypy": [*module, "mypy"],
        "ruff check": [*module, "ruff", "check", "."],
        "ruff format": [*module, "ruff", "format", "--check", "."],
        "import-linter": [lint_imports],
        # Middle severity and above; the low findings are ruff's rules S, with a reason beside
        # each exception.
        "bandit": [
            *(*module, "bandit", "-q", "-c", "pyproject.toml", "--severity-level", "medium"),
            *("-r", "merchant_app", "build"),
        ],
    }
    with ThreadPoolExecutor(WORKERS) as pool:
        # The longest first, so that the others run beside it; its line comes last.
        package = pool.submit(_package, python)
        running: list[Future[Stage]] = [
            pool.submit(_stage, name, command) for name, command in commands.items()
        ]
        running.append(package)
        for future in running:
            yield future.result()


def _stage(name: str, command: list[str]) -> Stage:
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Stage(name, done.returncode, time.monotonic() - started, done.stdout)


def _package(python: Path) -> Stage:
    """The program without Python: made when its sources changed, tried where nothing else is."""
    started = time.monotonic()
    try:
        bundle = dev_bundle.ensure(python)
    except CannotGoOn as reason:
        return Stage("package", 1, time.monotonic() - started, str(reason))
    trial = dev_bare_root.digest()
    where = dev_bundle.passed(trial)
    if where is not None:
        note = f"unchanged since its selftest passed {where}"
        return Stage("package", 0, time.monotonic() - started, "", note)
    tried = dev_bare_root.selftest(bundle, dev_bundle.PROGRAM)
    if tried.code == 0:
        dev_bundle.note_passed(trial, tried.where)
    took = time.monotonic() - started
    return Stage("package", tried.code, took, tried.output, f"selftest {tried.where}")


def _tests(python: Path, arguments: list[str]) -> tuple[Stage, str]:
    """Run pytest, its output passing through; also its own closing line."""
    started = time.monotonic()
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    with subprocess.Popen(
        [str(python), "-m", "pytest", *colour, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    ) as pytest:
        assert pytest.stdout is not None
        tail = b""
        # Pieces, not lines: the dots of a long run must be seen as they come.
        while piece := pytest.stdout.read(4096):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            tail = (tail + piece)[-4096:]
    lines = tail.decode("utf-8", "replace").splitlines()
    closing = next(
        (line for line in reversed(lines) if _CLOSING.search(_COLOURS.sub("", line))),
        "pytest did not come to its end",
    )
    return Stage("tests", pytest.returncode, time.monotonic() - started, ""), closing
