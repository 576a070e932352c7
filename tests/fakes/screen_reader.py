"""A person who hears the screen: a bus for assistive tools, and a screen reader on it. Linux only.

Nothing of ours is asked: what is read came through D-Bus, from the registry of at-spi2-core, by the
client library that Orca uses.
"""

from __future__ import annotations

import ctypes.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.driven_till import REPOSITORY
from tests.fakes.waiting import LIMIT_S

MISSING = [name for name in ("dbus-daemon",) if shutil.which(name) is None]
MISSING += [name for name in ("atspi", "glib-2.0") if ctypes.util.find_library(name) is None]
MISSING += (
    ["at-spi2-core"] if not Path("/usr/share/dbus-1/services/org.a11y.Bus.service").exists() else []
)
"""What this computer lacks; a test skips with it as the reason."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing of a window, as a screen reader has it."""

    role: str
    name: str
    description: str
    states: frozenset[str]
    children: tuple[Heard, ...]

    def walk(self) -> Iterator[Heard]:
        """This one and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class ScreenReader:
    """It listens from its start."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self._popen = popen
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        self.announced: list[str] = []
        self._reader = threading.Thread(target=self._read, name="screen-reader", daemon=True)
        self._reader.start()
        assert self._told.get(timeout=LIMIT_S) == {"listening": True}

    def tree(self) -> Heard:
        """Everything on the desktop now."""
        assert self._popen.stdin is not None
        self._popen.stdin.write("\n")
        self._popen.stdin.flush()
        while True:
            told = self._told.get(timeout=LIMIT_S)
            if "tree" in told:
                return _heard(told["tree"])
            self.announced.append(told["announced"])

    def hears(self, part: str) -> str:
        """Wait until something with this in it is announced; all of it."""
        while True:
            for said in self.announced:
                if part in said:
                    return said
            try:
                told = self._told.get(timeout=LIMIT_S)
            except queue.Empty:
                raise AssertionError(f"{part!r} was not among {self.announced}") from None
            self.announced.append(told["announced"])

    def _read(self) -> None:
        assert self._popen.stdout is not None
        for line in self._popen.stdout:
            self._told.put(json.loads(line))


def _heard(told: dict[str, Any]) -> Heard:
    return Heard(
        told["role"],
        told["name"],
        told["description"],
        frozenset(told["states"]),
        tuple(map(_heard, told["children"])),
    )


@contextmanager
def accessible_session() -> Iterator[dict[str, str]]:
    """A session bus; the environment for programs that are to be heard on it."""
    read, write = os.pipe()
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={write}"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            address = told.readline().strip()
        assert address, "dbus-daemon did not start"
        yield {"DBUS_SESSION_BUS_ADDRESS": address, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    finally:
        bus.terminate()
        bus.wait(LIMIT_S)


@contextmanager
def screen_reader(environ: dict[str, str]) -> Iterator[ScreenReader]:
    """One that listens on this session; `environ` has a display too: the bus tools want one."""
    popen = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.screen_reader_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        cwd=REPOSITORY,
        env=dict(os.environ) | environ,
    )
    try:
        yield ScreenReader(popen)
    finally:
        popen.terminate()
        popen.wait(LIMIT_S)
        for pipe in (popen.stdin, popen.stdout):
            assert pipe is not None
            pipe.close()
