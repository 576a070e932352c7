"""What a figure was measured on."""

from __future__ import annotations

import os
import platform


def machine() -> dict[str, object]:
    """System, processor, cores, Python, Qt; and how busy it was."""
    import PySide6

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "pyside6": PySide6.__version__,
        "load_1min": load,
    }
