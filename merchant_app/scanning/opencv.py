"""How OpenCV is set up: before its first import, because it reads its environment only once."""

from __future__ import annotations

import os
import sys

HTTP_TIME_LIMIT_MS = 1_500
"""For opening and for each read of a network camera; without it FFmpeg blocks for 30 s."""

_ENVIRONMENT = {
    # Without it a camera that stops sending blocks its reader for 10 s.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
    # What it has to say comes back as a status; its own lines on the terminal help nobody.
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    # Media Foundation otherwise takes many seconds to open some cameras.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
}


def prepare() -> None:
    """Call before `import cv2`. What the user set in the environment stays."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def device_backend() -> int:
    """How this system's cameras are opened, and numbered: one of OpenCV's CAP_ constants."""
    import cv2

    backends = {
        "linux": cv2.CAP_V4L2,
        "win32": cv2.CAP_DSHOW,
        "darwin": cv2.CAP_AVFOUNDATION,
    }
    return backends.get(sys.platform, cv2.CAP_ANY)
