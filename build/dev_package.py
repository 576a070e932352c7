"""`dev.py package`: what a shop downloads, in dist/, each with its hash; and what it is made of.

Linux: a tarball for any desktop, and a .deb. Windows: a ZIP and, where Inno Setup is there, its
installer. macOS: a ZIP of Comptoir.app. A package that does not pass its own selftest is not made.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import dev_bare_root
import dev_bundle
import dev_deb_trial
import dev_package_linux
from dev_terminal import ROOT, CannotGoOn, say

SUMS = "SHA256SUMS"


def run(python: Path) -> int:
    """Make everything that this system can make; 0.

    Raises:
        CannotGoOn: the package cannot be made, or does not pass its selftest.
    """
    bundle = dev_bundle.ensure(python)
    _try_folder(bundle)
    name = f"comptoir-{version()}-{_system()}-{platform.machine().lower()}"
    if sys.platform == "win32":
        made = _windows(bundle, name)
    elif sys.platform == "darwin":
        made = _macos(name)
    else:
        made = dev_package_linux.make(bundle, name, version=version(), epoch_s=_epoch_s())
    for deb in (file for file in made if file.suffix == ".deb"):
        _try_deb(deb)
    bill = dev_bundle.DIST / f"{name}.cdx.json"
    shutil.copy(dev_bundle.BILL, bill)
    made.append(bill)
    write_sums(made)
    for file in made:
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1e6:.1f} MB")
    return 0


def _try_folder(bundle: Path) -> None:
    trial = dev_bare_root.digest()
    where = dev_bundle.passed(trial)
    if where is None:
        tried = dev_bare_root.selftest(bundle, dev_bundle.PROGRAM)
        if tried.code != 0:
            raise CannotGoOn(f"The package does not pass its selftest:\n{tried.output}")
        where = tried.where
        dev_bundle.note_passed(trial, where)
    say(f"The selftest passed {where}.")


def _try_deb(deb: Path) -> None:
    if not dev_deb_trial.can_be_tried():
        say(f"Going on without a trial of {deb.name}: that needs root or user namespaces.")
        return
    tried = dev_deb_trial.trial(deb)
    if tried.code != 0:
        raise CannotGoOn(f"{deb.name} does not pass its trial:\n{tried.output}")
    say(f"The selftest passed {tried.where}; after a purge nothing but the shop's data was left.")


def version() -> str:
    """The program's, as it says it itself."""
    text = (ROOT / "merchant_app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        raise CannotGoOn("merchant_app/__init__.py says no version.")
    return found[1]


def write_sums(made: list[Path]) -> None:
    """SHA256SUMS beside the files, as `sha256sum --check` reads it."""
    lines = [f"{_sha256(file)}  {file.name}\n" for file in sorted(made)]
    (made[0].parent / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _system() -> str:
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def _epoch_s() -> int:
    """The moment that files of a package bear: of the last commit, so that two builds are alike."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        command = ["git", "log", "-1", "--format=%ct"]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        given = told.stdout.strip()
    return int(given or 0)


def _windows(bundle: Path, name: str) -> list[Path]:
    made = [
        Path(shutil.make_archive(str(dev_bundle.DIST / name), "zip", bundle.parent, "comptoir"))
    ]
    compiler = shutil.which("iscc")
    if compiler is None:
        say("Going on without the installer: Inno Setup (iscc) is not on the path.")
        return made
    script = ROOT / "build" / "windows" / "comptoir.iss"
    subprocess.run(
        [compiler, "/Q", f"/DVersion={version()}", f"/DName={name}-setup", str(script)], check=True
    )
    return [*made, dev_bundle.DIST / f"{name}-setup.exe"]


def _macos(name: str) -> list[Path]:
    # ditto keeps links and signatures, which zip would not.
    target = dev_bundle.DIST / f"{name}.zip"
    app = dev_bundle.DIST / "Comptoir.app"
    subprocess.run(["ditto", "-c", "-k", "--keepParent", str(app), str(target)], check=True)
    return [target]
