"""Tries the package where there is nothing but the package: `--selftest` in an empty root.

On Linux a folder becomes the root of a process with file systems, processes and a network of its
own: in it are the package, the libraries that every desktop has (dev_contents.SYSTEM_LIBRARIES and
what they load), the time zones, /dev/null, /dev/urandom, /proc, an empty /tmp. No Python, no shell,
no ZBar, no fonts, no screen, no sound, no line to anywhere. Where that cannot be made, the program
runs with an empty environment instead, and that is said.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dev_contents
from dev_terminal import WORK

ROOT_FOLDER = WORK / "bare-root"
LIMIT_S = 300
ENVIRONMENT = {"HOME": "/root", "LANG": "C.UTF-8"}
DEVICES = ("null", "urandom")
_NAMESPACES = ("--mount", "--pid", "--fork", "--net")
_INSIDE = "--inside"
_MS_BIND = 0x1000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


@dataclass(frozen=True)
class Tried:
    """How a trial went.

    Attributes:
        code: the program's exit code.
        output: what it said.
        where: in what surroundings, for the closing line.
    """

    code: int
    output: str
    where: str


def digest() -> str:
    """Of this trial: what it is, where it can be made, the libraries that stand for a desktop's."""
    told = hashlib.sha256(Path(__file__).read_bytes())
    told.update(" ".join(root_of_its_own() or ["none"]).encode())
    for name, path in sorted(_libraries().items()):
        told.update(f"{name} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    return told.hexdigest()


def _libraries() -> dict[str, Path]:
    if not sys.platform.startswith("linux"):
        return {}
    return dev_contents.with_what_they_load(dev_contents.SYSTEM_LIBRARIES)


def selftest(bundle: Path, program: Path) -> Tried:
    """Run the package's selftest in the barest surroundings that this machine allows."""
    prefix = root_of_its_own()
    if prefix is None:
        where = "NOT in an empty root, which needs Linux and namespaces: with an empty environment"
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
        empty = ROOT_FOLDER / "nothing"
        empty.mkdir(parents=True, exist_ok=True)
        environment = {**kept, "HOME": str(empty), "PATH": str(empty)}
        return run([str(program), "--selftest"], environment, where)
    furnish(ROOT_FOLDER)
    place = ROOT_FOLDER / "opt" / bundle.name
    shutil.copytree(bundle, place, symlinks=True, copy_function=_link)
    inside = [f"/opt/{bundle.name}/{program.relative_to(bundle)}", "--selftest"]
    try:
        return run_inside(prefix, ROOT_FOLDER, inside)
    finally:
        shutil.rmtree(ROOT_FOLDER, ignore_errors=True)


def run_inside(prefix: Sequence[str], root: Path, command: Sequence[str]) -> Tried:
    """Run a program of this root in it; `prefix`: of `root_of_its_own`."""
    inside = [sys.executable, __file__, _INSIDE, str(root), *command]
    return run([*prefix, *inside], ENVIRONMENT, "in an empty root")


def run(command: list[str], environment: dict[str, str] | None, where: str) -> Tried:
    """Run a program and hear what it says; `environment` None: this one's."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode("utf-8", "replace")
        return Tried(1, f"{said}\nnot done within {LIMIT_S} s", where)
    return Tried(done.returncode, done.stdout, where)


def root_of_its_own() -> list[str] | None:
    """The command to put before one; None where neither root nor user namespaces are allowed."""
    unshare = shutil.which("unshare")
    if unshare is None or not sys.platform.startswith("linux"):
        return None
    for rights in (["--user", "--map-root-user"], []):
        prefix = [unshare, *rights, *_NAMESPACES]
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    return None


def furnish(root: Path) -> None:
    """A folder that can be a root, with nothing of ours in it."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("dev", "proc", "tmp", "root", "opt", "usr/share"):
        (root / folder).mkdir(parents=True)
    for device in DEVICES:
        (root / "dev" / device).touch()
    for name, path in _libraries().items():
        # The loader is asked for by its full path, the others are looked for in /lib.
        place = root / (str(path)[1:] if name.startswith("ld-") else f"lib/{name}")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    shutil.copytree("/usr/share/zoneinfo", root / "usr/share/zoneinfo", symlinks=True)


def _link(source: str, target: str) -> None:
    """Several hundred megabytes need not be copied to be in another folder."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


# --- in the new namespaces -----------------------------------------------------------------------


def _become(root: Path, command: list[str]) -> None:
    """This process is the program, and the folder its root, from here on."""
    for device in DEVICES:
        _mount(f"/dev/{device}", root / "dev" / device, flags=_MS_BIND)
    _mount("proc", root / "proc", kind="proc")
    # Loopback is there and down; the training service listens on it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        import fcntl

        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))
    os.chroot(root)
    os.chdir("/")
    os.execve(command[0], command, ENVIRONMENT)  # noqa: S606 - no shell is wanted


def _mount(what: str, where: Path, *, kind: str = "", flags: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(what.encode(), str(where).encode(), kind.encode() or None, flags, None) != 0:
        raise OSError(ctypes.get_errno(), f"{what} cannot be mounted")


if __name__ == "__main__" and sys.argv[1:2] == [_INSIDE]:
    _become(Path(sys.argv[2]), sys.argv[3:])
