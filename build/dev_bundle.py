"""The program as a folder that needs no Python, made by PyInstaller; made anew when it must be."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dev_strip
import dev_system
from dev_terminal import ROOT, WORK, CannotGoOn, one_at_a_time, say

SPEC = ROOT / "build" / "comptoir.spec"
DIST = ROOT / "dist"
BUNDLE = DIST / "comptoir"
PROGRAM = BUNDLE / ("comptoir-console.exe" if os.name == "nt" else "comptoir")
BILL = DIST / "comptoir.cdx.json"
"""What is in the folder."""
STAMP = DIST / "comptoir.json"
LOG = WORK / "bundle.log"
_MADE_FROM = (
    *("merchant_app", "resources", "build/hooks", "build/macos", "build/comptoir.spec"),
    *(
        "build/dev_contents.py",
        "build/dev_strip.py",
        "build/bill_of_materials.py",
        "build/requirements.lock",
        "pyproject.toml",
        "LICENSE",
    ),
)


def ensure(python: Path) -> Path:
    """The folder; made when what it is made from has changed. Takes a minute or two then.

    Raises:
        CannotGoOn: PyInstaller did not do it; the text has the end of what it said.
    """
    with one_at_a_time("bundle.lock", "Another start is making the package; waiting for it."):
        wanted = digest()
        if not is_ready(wanted):
            dev_system.ensure(dev_system.RUNTIME)
            _make(python)
            STAMP.write_text(json.dumps({"made_from": wanted}) + "\n", encoding="utf-8")
    return BUNDLE


def is_ready(wanted: str) -> bool:
    """Whether the folder is there and was made from this."""
    return _stamped().get("made_from") == wanted and PROGRAM.exists()


def passed(trial: str) -> str | None:
    """Where this very folder has passed this trial already; None: it has not.

    `trial`: the digest of what tries it.
    """
    stamp = _stamped()
    if stamp.get("trial") != trial or not is_ready(digest()):
        return None
    return stamp.get("passed")


def note_passed(trial: str, where: str) -> None:
    """Need not be tried again until it, or what tries it, changes."""
    STAMP.write_text(json.dumps({**_stamped(), "trial": trial, "passed": where}) + "\n", "utf-8")


def _stamped() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def digest() -> str:
    """What the folder is made from: our files, the lock, Python, the system."""
    told = hashlib.sha256(
        json.dumps([sys.version, platform.platform(), platform.libc_ver()]).encode()
    )
    for path in sources():
        told.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


def sources() -> Iterator[Path]:
    """The files that end up in the folder, or decide what does, in a steady order."""
    for name in _MADE_FROM:
        path = ROOT / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def _make(python: Path) -> None:
    say("Making the package; this takes a minute or two.")
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(BUNDLE, ignore_errors=True)
    WORK.mkdir(exist_ok=True)
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(WORK / "pyinstaller"), str(SPEC)]
    # Sets are written into the byte code in the order of their hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}
    with LOG.open("wb") as log:
        code = subprocess.call(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    if code != 0:
        end = LOG.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise CannotGoOn(f"PyInstaller ended with {code}. The end of {LOG}:\n{end}")
    if sys.platform.startswith("linux"):
        dev_strip.strip_libraries(BUNDLE)
    # Now: the next build writes over what tells where the files came from.
    write_bill = [str(python), str(ROOT / "build" / "bill_of_materials.py"), "--out", str(BILL)]
    write_bill += ["--toc", str(WORK / "pyinstaller" / "comptoir")]
    subprocess.run(write_bill, check=True)


def files(bundle: Path) -> list[tuple[str, int]]:
    """Its files: path in the folder and bytes; links count as nothing."""
    return [
        (path.relative_to(bundle).as_posix(), path.stat().st_size)
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
