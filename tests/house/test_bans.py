"""What this project does not do, and what it does instead; each ban is shown to bite."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, dotted, files, place, programs, tree

LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# Packages that are given time, chance and waiting: only adapters and bootstrap make them.
LOGIC = ("vouchers", "ledger", "contract", "sync", "reports", "till", "journal", "server")
_CLOCK = "take a merchant_app.clock.Clock as an argument"
_IDS = "take what makes ids as an argument (merchant_app.ids.uuid7 needs now and random bytes)"
BANNED_IN_LOGIC = {
    r"(datetime\.)?datetime\.(now|utcnow|today)|(datetime\.)?date\.today": _CLOCK,
    r"time\.(time|time_ns|monotonic|monotonic_ns|perf_counter)|monotonic|perf_counter": _CLOCK,
    r"time\.sleep|sleep": "wait on a threading.Event or Condition, with a time limit",
    r"uuid\.uuid[1-8]|uuid[1345]": _IDS,
    # A generator with a seed of its own is no chance.
    r"random\.(?!Random$).*|randint|randrange|choice|shuffle": "take the chance as an argument",
}
BANNED_ANYWHERE = {
    r"eval|exec": "parse what you expect",
    r"yaml\.(load|load_all|unsafe_load)": "JSON or TOML, parsed strictly",
    r"os\.(system|popen)": "subprocess with a list of arguments",
    r"print": "logging in the program; sys.stdout.write in a command line's own module",
    r"datetime\.(utcnow|utcfromtimestamp)": "aware datetimes in UTC (merchant_app.clock)",
    r"threading\.Timer": "a thread that waits on a Condition, so that it can be stopped",
}
BANNED_IMPORTS = {
    **dict.fromkeys(("pickle", "marshal", "shelve", "dill"), "JSON, parsed strictly"),
    "tkinter": "Qt, in merchant_app.ui",
    "optparse": "argparse",
    "unittest": "fakes that pass the contract suite (tests/fakes)",
}
MOVING = re.compile(r"Q\w*Animation\w*|QTimeLine|QMovie|QGraphics\w*Effect")
WEAK_NAMES = re.compile(r"(^|_)(utils?|misc|common|managers?|helpers?|stuff)(_|$)")


def calls_of(module: ast.Module, banned: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Each banned call: its line, and what to do instead."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        for pattern, instead in banned.items():
            if re.fullmatch(pattern, name):
                yield node.lineno, f"{name}(): {instead}"


def imports_of(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        for name in names:
            instead = BANNED_IMPORTS.get(name.split(".")[0])
            if instead:
                yield node.lineno, f"import {name}: {instead}"


def fleeting_slots(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Lambdas, partials and inner functions connected to a signal.

    They run in the thread of the sender, not of the receiver: a worker's signal would touch the
    window from the worker's thread.
    """
    inner = {
        node.name
        for outer in ast.walk(module)
        if isinstance(outer, ast.FunctionDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.FunctionDef) and node is not outer
    }
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and dotted(node.func).endswith(".connect")):
            continue
        for slot in node.args:
            is_partial = isinstance(slot, ast.Call) and dotted(slot.func).endswith("partial")
            is_inner = isinstance(slot, ast.Name) and slot.id in inner
            if isinstance(slot, ast.Lambda) or is_partial or is_inner:
                yield node.lineno, "connect a method of a QObject that lives in the GUI thread"


def broad_excepts(text: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    """`except Exception` that neither raises again, nor hands on, nor says why beside it."""
    lines = text.splitlines()
    for node in ast.walk(module):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = "Exception" if node.type is None else dotted(node.type)
        said = any("#" in line for line in lines[node.lineno - 1 : node.lineno + 1])
        if caught in ("Exception", "BaseException") and not said and not _goes_on(node):
            yield node.lineno, "say beside it why everything is caught, or catch what you expect"


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether the exception leaves the handler: raised again, or given to something not a log."""
    if isinstance(handler.body[-1], ast.Raise):
        return True
    calls = [node for node in ast.walk(handler) if isinstance(node, ast.Call)]
    return any(
        isinstance(argument, ast.Name) and argument.id == handler.name
        for call in calls
        if not re.search(r"log|^str$|^repr$|print", dotted(call.func))
        for argument in call.args
    )


def failures(found: dict[Path, list[tuple[int, str]]]) -> str:
    return "\n".join(
        f"{place(path, line)}: {text}" for path, lines in found.items() for line, text in lines
    )


def in_program() -> tuple[Path, ...]:
    return files(under="merchant_app", suffix=".py")


def test_modules_are_small() -> None:
    long = {
        place(path): count
        for path in programs()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LINES_MAX
    }
    assert not long, f"split by what they are about, not by size: {long}"


def test_functions_are_small() -> None:
    long = [
        f"{place(path, node.lineno)} {node.name}: {length} lines"
        for path in programs()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long, "decisions in the parent, pure functions below:\n" + "\n".join(long)


def test_modules_are_named_after_what_they_are_about() -> None:
    weak = [
        place(path)
        for path in programs() + files(under="tests", suffix=".py")
        if any(WEAK_NAMES.search(Path(part).stem) for part in path.relative_to(ROOT).parts)
    ]
    assert not weak, f"name them after the domain: {weak}"


def test_logic_is_given_time_and_chance() -> None:
    logic = [path for name in LOGIC for path in files(under=f"merchant_app/{name}", suffix=".py")]
    found = {path: list(calls_of(tree(path), BANNED_IN_LOGIC)) for path in logic}
    assert not any(found.values()), failures(found)


def test_banned_calls() -> None:
    found = {path: list(calls_of(tree(path), BANNED_ANYWHERE)) for path in in_program()}
    assert not any(found.values()), failures(found)


def test_banned_imports() -> None:
    everywhere = in_program() + files(under="tests", suffix=".py")
    found = {path: list(imports_of(tree(path))) for path in everywhere}
    assert not any(found.values()), failures(found)


def moving(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Names of Qt that make something move by itself (decision 73)."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6"):
            for alias in node.names:
                if re.fullmatch(
                    r"Q\w*Animation\w*|QTimeLine|QMovie|QGraphics\w*Effect", alias.name
                ):
                    yield node.lineno, f"{alias.name}: nothing on the till moves by itself"


def test_nothing_moves_by_itself() -> None:
    found = {path: list(moving(tree(path))) for path in files(under="merchant_app", suffix=".py")}
    assert not any(found.values()), failures(found)


def test_the_ban_of_motion_bites() -> None:
    assert list(moving(ast.parse("from PySide6.QtCore import QPropertyAnimation")))


def test_signals_are_connected_to_methods() -> None:
    screens = files(under="merchant_app/ui", suffix=".py")
    found = {path: list(fleeting_slots(tree(path))) for path in screens}
    assert not any(found.values()), failures(found)


def test_catching_everything_has_a_reason() -> None:
    found = {
        path: list(broad_excepts(path.read_text(encoding="utf-8"), tree(path)))
        for path in programs()
    }
    assert not any(found.values()), failures(found)


def test_build_is_no_package() -> None:
    assert not (ROOT / "build" / "__init__.py").exists(), "packagers would take it for the program"


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "import time\ntime.sleep(1)",
        "from uuid import uuid4\nuuid4()",
        "import random\nrandom.choice([])",
    ],
)
def test_the_ban_of_time_and_chance_bites(source: str) -> None:
    assert list(calls_of(ast.parse(source), BANNED_IN_LOGIC))


@pytest.mark.parametrize(
    "source",
    [
        "self.worker.done.connect(lambda: None)",
        "self.worker.done.connect(functools.partial(f, 1))",
        "def f():\n  def g(): ...\n  worker.done.connect(g)",
    ],
)
def test_the_ban_of_fleeting_slots_bites(source: str) -> None:
    assert list(fleeting_slots(ast.parse(source)))


def test_a_method_may_be_connected() -> None:
    assert not list(fleeting_slots(ast.parse("self.worker.done.connect(self._show)")))


@pytest.mark.parametrize("clause", ["except Exception:", "except:", "except BaseException as e:"])
def test_the_ban_of_broad_excepts_bites(clause: str) -> None:
    text = f"try:\n  ...\n{clause}\n  log.error('it failed')\n"
    assert list(broad_excepts(text, ast.parse(text)))
    text = f"try:\n  ...\n{clause}  # at the edge of a thread\n  log.error('it failed')\n"
    assert not list(broad_excepts(text, ast.parse(text)))
