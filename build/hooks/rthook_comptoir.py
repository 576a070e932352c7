"""Runs in the packaged program before anything of ours."""

import ctypes.util
import os
import sys
from pathlib import Path

_HERE = Path(sys._MEIPASS)  # type: ignore[attr-defined]  # set by PyInstaller's loader
_find_in_the_system = ctypes.util.find_library


def _find_library(name: str) -> str | None:
    """pyzbar asks for "zbar" where the system keeps its libraries; ours lies in the package."""
    if name == "zbar":
        for pattern in ("libzbar.so*", "libzbar*.dylib"):
            for path in sorted(_HERE.glob(pattern)):
                return str(path)
    return _find_in_the_system(name)


ctypes.util.find_library = _find_library

# PyInstaller's loader put the package first for libraries, and this process has read that already.
# A program of the system that it starts (the file manager, the browser) must find the system's; one
# of our own (a file is read, training mode's service) is told to begin anew, and so finds ours.
_before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if _before is not None:
    os.environ["LD_LIBRARY_PATH"] = _before
else:
    os.environ.pop("LD_LIBRARY_PATH", None)
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
