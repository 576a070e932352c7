"""`io_shim.c`, compiled here, in front of the system calls of a process of our own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SOURCE = Path(__file__).with_name("io_shim.c")
ROOT = SOURCE.parents[2]
TILL = SOURCE.with_name("till_process.py")
FAULTS = SOURCE.with_name("fault_process.py")


def why_not() -> str | None:
    """What this computer lacks; None: nothing."""
    if sys.platform != "linux":
        return "LD_PRELOAD as it is used here is Linux's"
    return None if shutil.which("cc") else "no C compiler (cc) on this computer"


def build(folder: Path) -> Path:
    """The compiled shim."""
    target = folder / "io_shim.so"
    options = ["-O1", "-Wall", "-shared", "-fPIC"]
    command = ["cc", *options, "-o", str(target), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return target


def run(
    program: Path, shim: Path, folder: Path, arguments: Sequence[str], *, log: Path | None = None
) -> str:
    """Run a Python program behind the shim, looking after `folder`; what it printed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(shim),
        "COMPTOIR_IO_FOLDER": str(folder),
    }
    if log is not None:
        environment["COMPTOIR_IO_LOG"] = str(log)
    done = subprocess.run(
        [sys.executable, program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
