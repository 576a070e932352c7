"""The lock is complete, pins by hash, and names no place to fetch from."""

from __future__ import annotations

import re
import tomllib

from tests.house.sources import ROOT, files, place

LOCK = (ROOT / "build" / "requirements.lock").read_text(encoding="utf-8")
BLOCKS = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)[1:]
NAME = re.compile(r"[A-Za-z0-9._-]+(?===\S)")
# Written in pieces, so that this file passes its own test.
INDEX = re.compile(
    r"--(extra-)?index" + r"-url|--find" + r"-links|pypi\." + r"org|pythonhosted\." + r"org"
    r"|/sim" + r"ple" + r'/?("|\'|\s|$)|"resolved": *"http',
    re.MULTILINE,
)
TEXT = (".py", ".md", ".toml", ".lock", ".txt", ".json", ".cfg", ".ini", ".yml", ".spec", ".sh")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked() -> set[str]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = document["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    lists.append(document["build-system"]["requires"])
    matches = [re.match(r"[A-Za-z0-9._-]+", entry) for entries in lists for entry in entries]
    return {normalised(match[0]) for match in matches if match}


def test_every_line_of_the_lock_is_a_pin() -> None:
    strange = [block for block in BLOCKS if NAME.match(block) is None]
    assert not strange


def test_every_dependency_is_pinned() -> None:
    pinned = {normalised(match[0]) for block in BLOCKS if (match := NAME.match(block))}
    assert asked() <= pinned, f"run `dev.py lock`; missing: {asked() - pinned}"


def test_every_pin_has_a_hash() -> None:
    bare = [block for block in BLOCKS if "    --hash=sha256:" not in block]
    assert not bare


def test_no_file_names_a_package_index() -> None:
    named = [
        place(path, text.count("\n", 0, match.start()) + 1)
        for path in files()
        if path.suffix in TEXT or path.name == "run"
        for text in [path.read_text(encoding="utf-8", errors="replace")]
        if (match := INDEX.search(text))
    ]
    assert not named, f"where packages come from is each machine's own setting: {named}"


def test_the_search_for_an_index_bites() -> None:
    assert INDEX.search("--index" + "-url https://example.org")
    assert not INDEX.search("--no-emit-index" + "-url")
