"""README.md and the decisions say nothing that is not so: commands, paths, figures of the map."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.waiting import LIMIT_S
from tests.house.sources import ROOT, files

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *files(under="build/decisions", suffix=".md"),
)
COMMANDS = sorted(set(re.findall(r"python3 build/dev\.py ([a-z]+)", README)))


def test_the_two_commands_are_there() -> None:
    assert "\npython3 build/dev.py run\n" in README
    assert "\npython3 build/dev.py demo --out DIR\n" in README


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "test"])
def test_a_command_of_the_readme_exists(command: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "build" / "dev.py", command, "--help"],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_readme_names_every_command() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "build" / "dev.py", "--help"],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    offered = set(re.findall(r"^    ([a-z]+) ", done.stdout, re.MULTILINE))
    assert offered
    assert offered <= set(COMMANDS)


def test_the_map_has_every_package() -> None:
    house = ROOT / "merchant_app"
    rooms = {path.parent.name for path in house.glob("*/__init__.py")} - {"merchant_app"}
    rooms |= {path.stem for path in house.glob("*.py")} - {"__init__", "__main__"}
    drawn = set(re.findall(r"[a-z0-9_]+", README.split("## The map")[1].split("```")[1]))
    assert rooms <= drawn


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    paths = re.findall(r"`((?:build|tests|resources|merchant_app|\.ci)/[\w./-]+)`", text)
    lost = [link for link in links if not (page.parent / link).exists()]
    lost += [path for path in paths if not (ROOT / path).exists()]
    assert not lost


def test_a_bench_of_the_readme_exists() -> None:
    named = re.findall(r"dev\.py bench ([a-z][a-z-]*)", README)
    assert named
    for name in named:
        assert (ROOT / "tests" / "bench" / f"{name.replace('-', '_')}.py").exists()
