"""The .deb on a system that has nothing else: installed, asked for its selftest, removed, purged.

A root of its own, as in `dev_bare_root`, and dpkg's database in it, which knows of what the package
depends on and of nothing else. What dpkg leaves behind after a purge is said; what the shop has
written must still be there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import dev_bare_root
from dev_bare_root import Tried
from dev_terminal import WORK

ROOT_FOLDER = WORK / "deb-root"
SHOP_DATA = Path("root/.local/share/Comptoir/main/data/journal.sqlite")
"""Stands for what a till wrote: where it lies on Linux."""
_OF_DPKG = ("var/lib/dpkg", "var/log", "var/cache")
_STANZA = """\
Package: {name}
Status: install ok installed
Maintainer: nobody <nobody@localhost>
Architecture: {architecture}
Multi-Arch: {several}
Version: {version}
Description: stands for the package of this system

"""


def can_be_tried() -> bool:
    """Whether this system has Debian's tools and allows a root of its own."""
    return shutil.which("dpkg") is not None and dev_bare_root.root_of_its_own() is not None


def trial(deb: Path) -> Tried:
    """Install it, run its selftest, remove and purge it; code 0 when all of that went well."""
    prefix = dev_bare_root.root_of_its_own()
    assert prefix is not None
    dev_bare_root.furnish(ROOT_FOLDER)
    try:
        return _steps(deb, prefix)
    finally:
        shutil.rmtree(ROOT_FOLDER, ignore_errors=True)


def _steps(deb: Path, prefix: Sequence[str]) -> Tried:
    where = "installed as a .deb in an empty root"
    _give_dpkg_a_database(ROOT_FOLDER, _depended_on(deb))
    data = ROOT_FOLDER / SHOP_DATA
    data.parent.mkdir(parents=True)
    data.write_bytes(b"the shop's")
    before = set(_entries(ROOT_FOLDER))
    dpkg = [*prefix, "dpkg", "--root", str(ROOT_FOLDER)]
    done = dev_bare_root.run([*dpkg, "--install", str(deb)], None, where)
    if done.code != 0:
        return done
    tested = dev_bare_root.run_inside(prefix, ROOT_FOLDER, ["/usr/bin/merchant-app", "--selftest"])
    if tested.code != 0:
        return Tried(tested.code, tested.output, where)
    for step in ("--remove", "--purge"):
        done = dev_bare_root.run([*dpkg, step, "comptoir"], None, where)
        if done.code != 0:
            return done
    left = sorted(set(_entries(ROOT_FOLDER)) - before)
    if left:
        return Tried(1, "left behind after the purge:\n" + "\n".join(map(str, left)), where)
    if not data.exists():
        return Tried(1, "the shop's data is gone", where)
    return Tried(0, tested.output, where)


def _depended_on(deb: Path) -> list[tuple[str, str, str]]:
    """What this system has of it: name, version, architecture. dpkg says what is missing."""
    field = _ask("dpkg-deb", "--field", str(deb), "Depends")
    names = re.findall(r"(?:^|[,|])\s*([\w.+-]+)", field)
    told = _ask("dpkg-query", "-W", "-f", r"${Package} ${Version} ${Architecture}\n", *names)
    found = [line.split(" ") for line in told.splitlines()]
    return [(name, version, kind) for name, version, kind in found if version]


def _give_dpkg_a_database(root: Path, installed: Sequence[tuple[str, str, str]]) -> None:
    database = root / "var" / "lib" / "dpkg"
    for folder in ("info", "updates", "triggers"):
        (database / folder).mkdir(parents=True)
    text = "".join(
        _STANZA.format(
            name=name,
            version=version,
            architecture=kind,
            several="foreign" if kind == "all" else "same",
        )
        for name, version, kind in installed
    )
    (database / "status").write_text(text, encoding="utf-8")
    for name, _, kind in installed:
        listed = database / "info" / (f"{name}.list" if kind == "all" else f"{name}:{kind}.list")
        listed.touch()  # or dpkg warns that nothing of it is installed


def _entries(root: Path) -> Iterator[Path]:
    """Everything in the root but dpkg's own books."""
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        if not relative.as_posix().startswith(_OF_DPKG):
            yield relative


def _ask(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
