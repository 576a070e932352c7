"""The project's environment: .venv, made from build/requirements.lock, every package by hash.

A stamp written last says what the environment was made from. No stamp, or another one: the
environment is completed in place when it is sound, and made again when it is not.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from dev_terminal import ROOT, WORK, CannotGoOn, duration, one_at_a_time, say

VENV = ROOT / ".venv"
LOCK = ROOT / "build" / "requirements.lock"
STAMP = VENV / "comptoir.json"
LOG = WORK / "environment.log"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

_NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|getaddrinfo failed|nodename nor servname"
    r"|Network is unreachable|No route to host|Connection refused|timed out|ConnectTimeout"
    r"|ProxyError|NewConnectionError|Max retries exceeded|No matching distribution found"
)


class InstallFailed(CannotGoOn):
    """pip did not do it, and the network is not what is missing."""


def script(name: str) -> Path:
    """The path of an installed program of the environment."""
    return BIN / (f"{name}.exe" if os.name == "nt" else name)


def ensure() -> Path:
    """The environment's Python; makes or completes the environment first when needed.

    Raises:
        CannotGoOn: it cannot be made; the text says why and what to do.
    """
    wanted = _digest()
    if _is_ready(wanted):
        return PYTHON
    waiting = "Another start is preparing the environment; waiting for it."
    with one_at_a_time("environment.lock", waiting):
        if not _is_ready(wanted):
            _prepare(wanted)
    return PYTHON


def _prepare(wanted: str) -> None:
    STAMP.unlink(missing_ok=True)
    if _can_be_completed():
        say("Completing the environment (.venv).")
        try:
            _install()
        except InstallFailed:
            say("That did not work; making the environment again.")
        else:
            _write_stamp(wanted)
            return
    _make()
    _install()
    _write_stamp(wanted)


def _digest() -> str:
    """What the environment is made from: the lock, what pyproject.toml asks, Python, the place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [project[key] for key in ("version", "dependencies", "optional-dependencies")]
    asked += [project["scripts"], str(ROOT)]
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update(json.dumps(asked).encode())
    return digest.hexdigest()


def _installed() -> list[str]:
    places = [VENV / "Lib" / "site-packages", *VENV.glob("lib/python3*/site-packages")]
    return sorted(
        entry.name
        for place in places
        if place.is_dir()
        for entry in os.scandir(place)
        if entry.name.endswith(".dist-info")
    )


def _is_ready(wanted: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        made_from, packages = stamp["made_from"], stamp["packages"]
    except (OSError, ValueError, KeyError):
        return False
    # PYTHON is a link to the system's Python: gone when that one was upgraded or removed.
    return made_from == wanted and PYTHON.exists() and set(packages) <= set(_installed())


def _write_stamp(wanted: str) -> None:
    text = json.dumps({"made_from": wanted, "packages": _installed()}, indent=1)
    part = STAMP.with_suffix(".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(STAMP)


def _can_be_completed() -> bool:
    """Whether .venv is a sound environment that was made at this very place."""
    try:
        settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    made_here = any(
        line.startswith("command") and line.rstrip().endswith(str(VENV))
        for line in settings.splitlines()
    )
    if not made_here or not PYTHON.exists():
        return False
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def _make() -> None:
    say("Making the environment (.venv); the first time this fetches some 450 MB.")
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    _ensure_venv_module()
    # Started from inside another environment, its base is wanted, not that environment.
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run(
        [base, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotGoOn(f"The environment cannot be made:\n{done.stdout}{done.stderr}".rstrip())


def _ensure_venv_module() -> None:
    """Debian and Ubuntu ship Python without `ensurepip`, in a package apart."""
    import dev_system

    if _has_venv():
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    missing = (
        dev_system.Need("makes environments", apt=package, dnf="python3-pip", pacman="python-pip"),
    )
    if not dev_system.install(missing) or not _has_venv():
        raise CannotGoOn(
            "This Python cannot make environments (its modules venv and ensurepip are missing). "
            f"Type:\n  {dev_system.line_to_type(missing)}"
        )


def _has_venv() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _install() -> None:
    count = len(re.findall(r"^[A-Za-z0-9][^ ]*==", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing {count} packages, each checked against its hash in build/requirements.lock.")
    started = time.monotonic()
    WORK.mkdir(exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    # --only-binary: nothing of what is fetched runs while it is installed.
    _pip(["--require-hashes", "--only-binary=:all:", "-r", str(LOCK)], count=count)
    _pip(["--no-deps", "--no-build-isolation", "-e", str(ROOT)], count=0)
    say(f"The environment is ready ({duration(time.monotonic() - started)}).")


def _pip(arguments: list[str], *, count: int) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    lines: list[str] = []
    collected = 0
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [*command, "--progress-bar=off", "--retries=2", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as pip,
    ):
        assert pip.stdout is not None
        for line in pip.stdout:
            log.write(line)
            lines.append(line)
            if line.startswith("Collecting ") and count:
                collected += 1
                _progress(f"{collected} of {count}: {line.split()[1]}")
        _progress("")
    if pip.returncode != 0:
        raise _failure("".join(lines[-25:]))


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text[:78]}", end="", file=sys.stderr, flush=True)


def _failure(end_of_output: str) -> CannotGoOn:
    if "No space left on device" in end_of_output:
        return CannotGoOn(
            "The disk is full: the environment needs about 1.5 GB. Make room, then start again."
        )
    if _NO_NETWORK.search(end_of_output):
        return CannotGoOn(
            "The packages cannot be fetched: no network, or the package index does not answer. "
            f"Connect, then start again; what was fetched is kept. Details: {LOG}"
        )
    return InstallFailed(f"The packages cannot be installed. The end of {LOG}:\n{end_of_output}")
