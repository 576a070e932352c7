"""The window opens before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import pkgutil, sys
import merchant_app.scanning as package
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    __import__(module.name)
heavy = {
    "cv2", "numpy", "zxingcpp", "pyzbar", "segno", "PySide6", "requests",
    "PIL", "pi_heif", "pypdfium2"
} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""


def test_importing_every_module_loads_neither_opencv_nor_decoders_nor_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
