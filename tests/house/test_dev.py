"""build/dev.py, tried on a copy of build/ in a folder with a space in its name."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.waiting import LIMIT_S
from tests.house.sources import ROOT

GOOD = """
import json
if __name__ == "__main__":
    print(json.dumps({"bench": "good", "machine": "any", "figures": {"reads": 3}}))
"""
CONTENTS = {
    "tests/bench/good_one.py": GOOD,
    "tests/bench/chatty.py": "print('hello')" + GOOD,
    "tests/bench/wordy.py": GOOD.replace("3", "'three'"),
    "tests/bench/failing.py": "if __name__ == '__main__':\n    raise SystemExit(3)\n",
    "tests/bench/part.py": "ROUNDS = 3\n",
    "tests/test_one.py": "def test_one() -> None:\n    assert True\n",
    "tests/test_two.py": "def test_two() -> None:\n    assert False\n",
    "merchant_app/__init__.py": "x=1\n",  # not how the formatter writes it
}
PROJECT = """
[tool.mypy]
files = ["merchant_app"]
[tool.ruff.lint]
select = ["F"]
[tool.importlinter]
root_package = "merchant_app"
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A small project with our build/ and an environment that is already there."""
    root = tmp_path / "a project"
    (root / "build").mkdir(parents=True)
    for path in (ROOT / "build").glob("dev*.py"):
        shutil.copy(path, root / "build")
    shutil.copy(ROOT / "build" / "requirements.lock", root / "build")
    own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = own[: own.index("[tool.")] + PROJECT
    (root / "pyproject.toml").write_text(project, encoding="utf-8")
    for name, text in CONTENTS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def python(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        kept.pop(name, None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )


def dev(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return python(root, str(root / "build" / "dev.py"), *arguments, **environment)


def inside(root: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code beside dev.py, with this very Python as the environment's."""
    return python(root, "-c", f"import sys; sys.path.insert(0, 'build'); {code}")


def with_environment(root: Path) -> Path:
    """Let this Python stand for the environment, stamped as complete."""
    place = root / ".venv" / "bin" / "python"
    place.parent.mkdir(parents=True)
    place.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    place.chmod(0o755)
    stamped = inside(root, "import dev_environment as e; e._write_stamp(e._digest())")
    assert stamped.returncode == 0, stamped.stderr
    return root


posix_only = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@pytest.mark.parametrize("path", sorted((ROOT / "build").glob("dev.py")), ids=lambda p: p.name)
def test_an_old_python_can_read_dev_py(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_dev_needs_nothing_but_the_standard_library() -> None:
    imported = {
        name.split(".")[0]
        for path in (ROOT / "build").glob("dev*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
    }
    ours = {path.stem for path in (ROOT / "build").glob("*.py")}
    assert imported <= sys.stdlib_module_names | ours


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a screen")
def test_without_a_screen_run_names_the_demo(copy: Path) -> None:
    done = dev(copy, "run")
    assert done.returncode == 1
    assert "build/dev.py demo --out" in done.stderr
    assert not (copy / ".venv").exists()


def test_a_command_that_does_not_exist_is_refused(copy: Path) -> None:
    assert dev(copy, "fly").returncode == 2


def test_benches_are_listed(copy: Path) -> None:
    done = dev(copy, "bench")
    assert done.stdout.split() == ["chatty", "failing", "good-one", "wordy"]


@posix_only
def test_a_bench_is_one_json_object_or_a_table(copy: Path) -> None:
    with_environment(copy)
    as_json = inside(copy, "import dev_bench; dev_bench.run('good-one', as_json=True, rest=[])")
    assert json.loads(as_json.stdout)["figures"] == {"reads": 3}
    table = inside(copy, "import dev_bench; dev_bench.run('good-one', as_json=False, rest=[])")
    assert "reads  3" in table.stdout


@posix_only
@pytest.mark.parametrize("name", ["chatty", "wordy", "failing", "missing"])
def test_a_bench_that_is_none_is_refused(name: str, copy: Path) -> None:
    with_environment(copy)
    done = inside(
        copy, f"import dev_commands; sys.exit(dev_commands.main(['bench', {name!r}, '--json']))"
    )
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


@posix_only
def test_an_environment_is_ready_until_what_it_was_made_from_changes(copy: Path) -> None:
    with_environment(copy)
    ready = "import dev_environment as e; print(e._is_ready(e._digest()))"
    assert inside(copy, ready).stdout.strip() == "True"
    with (copy / "build" / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("one-more==1.0\n")
    assert inside(copy, ready).stdout.strip() == "False"


@posix_only
def test_a_package_that_is_gone_makes_the_environment_incomplete(copy: Path) -> None:
    package = copy / ".venv" / "lib" / "python3.11" / "site-packages" / "x-1.dist-info"
    package.mkdir(parents=True)
    with_environment(copy)
    package.rmdir()
    ready = "import dev_environment as e; print(e._is_ready(e._digest()))"
    assert inside(copy, ready).stdout.strip() == "False"


def test_a_lock_is_held_by_one_process(copy: Path) -> None:
    (copy / "build" / "hold.py").write_text(
        "import subprocess, sys, dev_terminal\n"
        "file = dev_terminal.open_lock('x')\n"
        "print(dev_terminal.try_lock(file), flush=True)\n"
        "if len(sys.argv) < 2: subprocess.run([sys.executable, __file__, 'again'])\n",
        encoding="utf-8",
    )
    assert python(copy, str(copy / "build" / "hold.py")).stdout.split() == ["True", "False"]


def test_a_missing_library_is_named_in_the_line_to_type(copy: Path) -> None:
    code = (
        "import dev_system as d; n = d.Need('x', 'libnone.so.9', apt='none-9', dnf='none', "
        "pacman='none'); print(d.is_there(n), d.line_to_type([n, n]))"
    )
    words = inside(copy, code).stdout.split()
    assert words[0] == "False"
    assert sum(word.startswith("none") for word in words) == 1


@posix_only
def test_the_gate_runs_every_stage_and_ends_with_the_words_of_pytest(copy: Path) -> None:
    with_environment(copy)
    lint = copy / ".venv" / "bin" / "lint-imports"
    lint.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    lint.chmod(0o755)
    done = inside(copy, "import dev_gate as g; sys.exit(g.run(g.dev_environment.PYTHON, []))")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "1 failed, 1 passed" in lines[-1]
    # There is nothing here that a package could be made of.
    assert lines[-2].startswith("The gate is red: ruff format, package, tests (")
    closing = {line[:14].strip() for line in lines[-9:-2] if line}
    assert closing == {
        *("mypy", "ruff check", "ruff format", "import-linter", "bandit", "package", "tests")
    }


@posix_only
def test_arguments_of_the_gate_are_those_of_pytest(copy: Path) -> None:
    with_environment(copy)
    run = "import dev_gate as g; sys.exit(g.run(g.dev_environment.PYTHON, {}))"
    one = inside(copy, run.format("['tests/test_one.py']"))
    assert one.returncode == 0
    assert "1 passed" in one.stdout
    assert "mypy" not in one.stdout
    assert inside(copy, run.format("['-k', 'two']")).returncode == 1


def test_the_description_is_made_where_it_is_checked_in() -> None:
    made = inside(ROOT, "import dev_lock; print(dev_lock.OPENAPI.relative_to(dev_lock.ROOT))")
    tracked = subprocess.run(
        ["git", "ls-files", "resources/openapi"], cwd=ROOT, capture_output=True, check=True
    )
    assert made.stdout.strip() == tracked.stdout.decode().strip()
