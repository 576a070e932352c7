"""The window opens before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import pkgutil, sys
import merchant_app.scanning as package
for module in pkgutil.iter_modules(package.__path__):
    __import__(f"{package.__name__}.{module.name}")
heavy = {"cv2", "numpy", "zxingcpp", "pyzbar", "segno", "PySide6", "requests"} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""


def test_importing_every_module_loads_neither_opencv_nor_decoders_nor_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
