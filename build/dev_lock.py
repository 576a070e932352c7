"""Files that are made from others: the lock of the environment, the OpenAPI description."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import dev_environment
from dev_terminal import ROOT, CannotGoOn, say

OPENAPI = ROOT / "resources" / "openapi" / "central-v1.json"


def lock() -> int:
    """Make build/requirements.lock again: newest versions that fit, for every system, with hashes.

    No index address is written: where the packages come from is each machine's own setting.
    """
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--all-extras"]
    options += ["--no-emit-index-url", "--no-header", "--no-build", "--quiet", "--upgrade"]
    with tempfile.TemporaryDirectory(prefix="comptoir-lock-") as folder:
        command = [_uv(Path(folder)), "pip", "compile", *options]
        command += ["pyproject.toml", "-o", str(dev_environment.LOCK.relative_to(ROOT))]
        code = subprocess.call(command, cwd=ROOT)
    if code == 0:
        say("build/requirements.lock is made again; `git diff` shows what moved.")
    return code


def _uv(folder: Path) -> str:
    found = shutil.which("uv")
    if found is not None:
        return found
    say("Fetching uv for this once.")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(programs / "uv")


def openapi() -> int:
    """Write the description that the central service gives of itself."""
    done = subprocess.run(
        [dev_environment.script("merchant-central"), "openapi"],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise CannotGoOn("`merchant-central openapi` failed.")
    description = json.loads(done.stdout)
    OPENAPI.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(description, ensure_ascii=False, indent=2, sort_keys=True)
    OPENAPI.write_text(text + "\n", encoding="utf-8")
    say(f"{OPENAPI.relative_to(ROOT)}: {len(description['paths'])} paths.")
    return 0
