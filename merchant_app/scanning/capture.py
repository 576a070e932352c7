"""The adapter over OpenCV's VideoCapture: the only place that opens one.

All calls on one capture are made by one thread: `release` from another thread during a read
crashes OpenCV.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from merchant_app.scanning import cameras, opencv
from merchant_app.scanning.cameras import CameraLister
from merchant_app.scanning.source import (
    CameraSource,
    DeviceSource,
    FileSource,
    NamedSource,
    UrlSource,
)

if TYPE_CHECKING:
    import cv2

    from merchant_app.scanning.frames import BgrImage

WANTED_WIDTH = 1280
WANTED_HEIGHT = 720
WANTED_FPS = 30
FILE_FPS_DEFAULT = 25.0

_log = logging.getLogger(__name__)


class Capture(Protocol):
    """An open source of pictures. Used by one thread from opening to release."""

    @property
    def fps(self) -> float:
        """Pictures a second, by its own account; 0.0 when it does not say."""
        ...

    def read(self) -> BgrImage | None:
        """The next picture; None when there is none: the end, a loss, or a stall of about 2 s."""
        ...

    def skip(self) -> bool:
        """Pass over one picture without decoding it; False at the end."""
        ...

    def release(self) -> None: ...


class Unopened(Enum):
    """Why a source did not open."""

    MISSING = "missing"
    BUSY = "busy"
    """It is there, but another program holds it or the system does not let us use it."""
    UNREADABLE = "unreadable"
    """A file that is not there, or that is no video."""


CaptureOpener: TypeAlias = Callable[[CameraSource], Capture | Unopened]


class OpenCvCapture:
    """A `cv2.VideoCapture` that is open."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        import cv2

        self._cv2 = cv2
        self._capture = capture

    @property
    def fps(self) -> float:
        fps = float(self._capture.get(self._cv2.CAP_PROP_FPS))
        # Some drivers and broken files answer -1, NaN or 90,000.
        return fps if 1.0 <= fps <= 240.0 else 0.0

    def read(self) -> BgrImage | None:
        good, image = self._capture.read()
        if not good or image.size == 0:
            return None
        if image.ndim == 2:  # an infrared or microscope camera
            image = self._cv2.cvtColor(image, self._cv2.COLOR_GRAY2BGR)
        return image  # type: ignore[return-value]  # cv2's stubs allow any number type

    def skip(self) -> bool:
        return self._capture.grab()

    def release(self) -> None:
        self._capture.release()


def open_capture(
    source: CameraSource, *, lister: CameraLister = cameras.list_cameras
) -> Capture | Unopened:
    """Open a source; the thread that calls this also reads and releases.

    Takes up to 1.5 s for an address, about as long for a camera, no time for a file. `lister`
    says which number a camera has that is known by its identity.
    """
    opencv.prepare()
    match source:
        case DeviceSource():
            return _open_device(source)
        case NamedSource(identity):
            device = device_of(identity, lister())
            return Unopened.MISSING if device is None else _open_device(device)
        case UrlSource(url):
            return _open_url(url)
        case FileSource(path):
            return _open_file(path)


def may_be_there(source: CameraSource) -> bool:
    """Whether there is any use in trying; asks the system, opens nothing.

    Before OpenCV is loaded: a till that has no camera does without its 35 MB.
    """
    match source:
        case DeviceSource() if sys.platform == "linux":
            return Path(source.path or f"/dev/video{source.index}").exists()
        case NamedSource() if sys.platform == "linux":
            return cameras.are_there()
        case _:
            return True


def device_of(identity: str, listed: tuple[cameras.Listed, ...] | None) -> DeviceSource | None:
    """The device with this identity; None when it is not plugged in.

    Where the cameras cannot be listed the first one is taken, as when nothing was ever chosen: a
    picture from some camera is worth more than none.
    """
    if listed is None:
        return DeviceSource(0)
    found = cameras.find(identity, listed)
    return None if found is None else DeviceSource(found.index, found.path)


def _open_device(device: DeviceSource) -> Capture | Unopened:
    if device.index < 0:  # `parse_source` refuses it; OpenCV would crash the whole program
        return Unopened.MISSING
    if not may_be_there(device):
        return Unopened.MISSING
    import cv2

    # No time limit as a parameter: with one, V4L2 refuses to open at all. `opencv.prepare` sets it.
    backend = opencv.device_backend()
    capture = cv2.VideoCapture(device.path or device.index, backend)
    if not capture.isOpened():
        capture.release()
        return Unopened.BUSY if sys.platform == "linux" else Unopened.MISSING
    # Uncompressed 1280x720 does not fit through USB 2 at 30 pictures a second; MJPEG does.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WANTED_WIDTH)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, WANTED_HEIGHT)
    capture.set(cv2.CAP_PROP_FPS, WANTED_FPS)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if capture.get(cv2.CAP_PROP_AUTOFOCUS) == 0:
        # A driver keeps what a program before us chose, and a focus fixed far away reads no
        # voucher at 15 cm. Exposure stays the camera's own: its measuring suits a sheet of paper.
        capture.set(cv2.CAP_PROP_AUTOFOCUS, 1)
    # What was asked for is a wish: the driver takes the nearest it has.
    width, height = (
        round(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    )
    _log.info("%s delivers %d x %d", device.label, width, height)
    return OpenCvCapture(capture)


def _open_url(url: str) -> Capture | Unopened:
    import cv2

    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        opencv.HTTP_TIME_LIMIT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        opencv.HTTP_TIME_LIMIT_MS,
    ]
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        return Unopened.MISSING
    return OpenCvCapture(capture)


def _open_file(path: Path) -> Capture | Unopened:
    import cv2

    # FFmpeg takes far more than files: only what is one on this disk gets that far.
    if not path.is_file():
        return Unopened.UNREADABLE
    capture = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        return Unopened.UNREADABLE
    return OpenCvCapture(capture)
