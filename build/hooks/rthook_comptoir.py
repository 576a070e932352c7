"""Runs in the packaged program before anything of ours: before the first paint, so it is short."""

import os

# PyInstaller's loader put the package first for libraries, and this process has read that already.
# A program of the system that it starts (the file manager, the browser) must find the system's; one
# of our own (a file is read, training mode's service) is told to begin anew, and so finds ours.
_before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if _before is not None:
    os.environ["LD_LIBRARY_PATH"] = _before
else:
    os.environ.pop("LD_LIBRARY_PATH", None)
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
