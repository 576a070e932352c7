"""What the operating system must have: found by trying it, installed where that is allowed.

Nothing asks the package database: a library is loaded, a program is looked for. Windows and macOS
need nothing but what pip brings; ZBar on macOS is an optional `brew install`.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dev_terminal import WORK, CannotGoOn, say


@dataclass(frozen=True)
class Need:
    """One thing of the operating system.

    Attributes:
        what: what it is for.
        soname: the shared library to load, or "".
        program: the program to find, or "".
        apt, dnf, pacman: its package for Debian and Ubuntu, Fedora, Arch.
        optional: the program works without it, with less.
    """

    what: str
    soname: str = ""
    program: str = ""
    apt: str = ""
    dnf: str = ""
    pacman: str = ""
    optional: bool = False


RUNTIME = (
    Need("the window", "libEGL.so.1", apt="libegl1", dnf="libglvnd-egl", pacman="libglvnd"),
    Need("the window", "libGL.so.1", apt="libgl1", dnf="libglvnd-glx", pacman="libglvnd"),
    Need("the window", "libglib-2.0.so.0", apt="libglib2.0-0", dnf="glib2", pacman="glib2"),
    Need("the window", "libdbus-1.so.3", apt="libdbus-1-3", dnf="dbus-libs", pacman="dbus"),
    Need(
        "fonts", "libfontconfig.so.1", apt="libfontconfig1", dnf="fontconfig", pacman="fontconfig"
    ),
    Need(
        "the keyboard",
        "libxkbcommon.so.0",
        apt="libxkbcommon0",
        dnf="libxkbcommon",
        pacman="libxkbcommon",
    ),
    Need("sounds", "libpulse.so.0", apt="libpulse0", dnf="pulseaudio-libs", pacman="libpulse"),
    Need(
        "the second QR reader",
        "libzbar.so.0",
        apt="libzbar0",
        dnf="zbar",
        pacman="zbar",
        optional=True,
    ),
)
# Qt's message blames libxcb-cursor0 for each of these.
_XCB = (
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    ("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    ("libxcb-render-util.so.0", "libxcb-render-util0", *2 * ("xcb-util-renderutil",)),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    ("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    ("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
)
X11 = tuple(
    Need("a window on X11", library, apt=apt, dnf=dnf, pacman=pacman)
    for library, apt, dnf, pacman in _XCB
)
_PROGRAMS = (
    ("initdb", "postgresql", "postgresql-server", "postgresql", "the tests on PostgreSQL"),
    ("dbus-run-session", "dbus", "dbus-daemon", "dbus", "the tests of the keyring"),
    ("gnome-keyring-daemon", *3 * ("gnome-keyring",), "the tests of the keyring"),
    ("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "the tests on a real display"),
    ("xdotool", *3 * ("xdotool",), "the tests on a real display"),
)
TESTS = (
    *(
        Need(need.what, need.soname, apt=need.apt, dnf=need.dnf, pacman=need.pacman, optional=True)
        for need in X11
    ),
    *(
        Need(what, program=program, apt=apt, dnf=dnf, pacman=pacman, optional=True)
        for program, apt, dnf, pacman, what in _PROGRAMS
    ),
    Need(
        "the tests with a screen reader",
        "libatspi.so.0",
        apt="at-spi2-core",
        dnf="at-spi2-core",
        pacman="at-spi2-core",
        optional=True,
    ),
)


def ensure(needs: Iterable[Need]) -> None:
    """Install what is missing where this user may; else print the one line to type.

    Raises:
        CannotGoOn: something that is not optional is missing and could not be installed.
    """
    if sys.platform == "darwin":
        _mention_zbar_on_macos()
    if not sys.platform.startswith("linux"):
        return
    missing = [need for need in needs if not is_there(need)]
    required = [need for need in missing if not need.optional]
    if required:
        install(required)
    still = [need for need in required if not is_there(need)]
    if still:
        raise CannotGoOn(
            f"The system lacks what {_purposes(still)} need. Type, then start again:\n"
            f"  {line_to_type(still)}"
        )
    _offer([need for need in missing if need.optional])


def _offer(optional: list[Need]) -> None:
    """Try once for each set of missing things: a machine without network is not asked again."""
    tried = WORK / "system-tried.txt"
    if not optional:
        return
    names = " ".join(sorted(need.soname or need.program for need in optional))
    if not tried.exists() or tried.read_text(encoding="utf-8") != names:
        WORK.mkdir(exist_ok=True)
        tried.write_text(names, encoding="utf-8")
        install(optional)
    still = [need for need in optional if not is_there(need)]
    if still:
        say(f"Going on without {_purposes(still)}. To have it:\n  {line_to_type(still)}")


def is_there(need: Need) -> bool:
    """Whether the library loads, or the program is found."""
    if need.soname:
        try:
            ctypes.CDLL(need.soname)
        except OSError:
            return False
        return True
    places = [Path(place) for place in os.get_exec_path()]
    # PostgreSQL's own programs are not on the path of Debian and Fedora.
    places += [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    return any(os.access(place / need.program, os.X_OK) for place in places)


def line_to_type(needs: Iterable[Need]) -> str:
    """The one line that installs these on this system."""
    return " ".join(["sudo", *(_command(needs) or _apt(needs))])


def install(needs: Iterable[Need]) -> bool:
    """Install these packages when this user may without a password; whether it worked."""
    needs = list(needs)
    command = _command(needs)
    prefix = _privilege()
    if command is None or prefix is None:
        return False
    say(f"Installing for {_purposes(needs)}: {' '.join(command)}")
    if _run([*prefix, *command]):
        return True
    # Fresh machines have no package lists yet.
    if command[0] == "apt-get" and _run([*prefix, "apt-get", "update", "-q"]):
        return _run([*prefix, *command])
    return False


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        say("\n".join((done.stdout + done.stderr).strip().splitlines()[-3:]))
    return done.returncode == 0


def _apt(needs: Iterable[Need]) -> list[str]:
    packages = _packages(need.apt for need in needs)
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def _command(needs: Iterable[Need]) -> list[str] | None:
    needs = list(needs)
    if shutil.which("apt-get"):
        return _apt(needs)
    if shutil.which("dnf"):
        return ["dnf", "install", "-y", *_packages(need.dnf for need in needs)]
    if shutil.which("pacman"):
        return ["pacman", "-S", "--noconfirm", *_packages(need.pacman for need in needs)]
    return None


def _packages(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _privilege() -> list[str] | None:
    """What to put before a command that needs root; None when this user may not."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    free = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if free else None


def _purposes(needs: Iterable[Need]) -> str:
    return ", ".join(dict.fromkeys(need.what for need in needs))


def _mention_zbar_on_macos() -> None:
    if ctypes.util.find_library("zbar") is None:
        say("Going on without the second QR reader. To have it:\n  brew install zbar")
