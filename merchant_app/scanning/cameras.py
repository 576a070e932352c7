"""The cameras of this computer by name, and which of them is the one that was chosen.

A camera's number changes when another one is plugged in first, so what is remembered is its
identity: name, vendor and product, and the place it is plugged in at.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from merchant_app.scanning import opencv

if TYPE_CHECKING:
    from cv2_enumerate_cameras import CameraInfo

_NAME_LENGTH_MAX = 100
_PLACE_LENGTH_MAX = 380
_SEPARATOR = "|"
_PLACES = Path("/dev/v4l/by-path")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """A camera that is plugged in.

    Attributes:
        name: by its own account; two of one make have the same.
        identity: what tells it from all others, and is the same tomorrow: a printable text of at
            most 500 characters.
        index: OpenCV's number of it, now.
        path: of its device where the system opens cameras by path (Linux); empty elsewhere.
    """

    name: str
    identity: str
    index: int
    path: str = ""


CameraLister: TypeAlias = Callable[[], "tuple[Listed, ...] | None"]
"""Says which cameras are plugged in; None where that cannot be told. May take a tenth of a second:
not in the GUI thread."""


def are_there() -> bool:
    """Whether this computer has any camera. Linux."""
    return any(Path("/dev").glob("video*"))


def list_cameras() -> tuple[Listed, ...] | None:
    """A `CameraLister`: asks the system, through cv2-enumerate-cameras. Opens no camera."""
    if sys.platform == "linux" and not are_there():
        return ()  # asked before OpenCV is loaded
    opencv.prepare()
    try:
        import cv2
        import cv2_enumerate_cameras

        backend = opencv.device_backend()
        if backend == cv2.CAP_ANY:  # it would try to open a hundred cameras, one after another
            return None
        found = cv2_enumerate_cameras.enumerate_cameras(backend)
    except Exception as error:  # ctypes, sysfs, COM, Objective-C: whatever a system has in store
        _log.info("the cameras cannot be listed: %s", error)
        return None
    listed = (_listed(info) for info in found)
    return tuple(sorted(listed, key=lambda camera: camera.index))


def find(identity: str, cameras: Iterable[Listed]) -> Listed | None:
    """The camera that was chosen, wherever it is plugged in now.

    At its own place; or, moved to another one, the only camera of that make. Where two of a make
    are plugged in at other places nobody can say which was meant: None.
    """
    cameras = tuple(cameras)
    for camera in cameras:
        if camera.identity == identity:
            return camera
    same_make = [camera for camera in cameras if _make(camera.identity) == _make(identity)]
    return same_make[0] if len(same_make) == 1 else None


def name_in(identity: str) -> str:
    """The name of a camera that is not there now."""
    return identity.split(_SEPARATOR, 1)[0]


def identity_of(name: str, vendor: int | None, product: int | None, place: str) -> str:
    """The stable text: "name|vendor:product|place"."""
    numbers = ":".join("" if number is None else f"{number:04x}" for number in (vendor, product))
    parts = (name[:_NAME_LENGTH_MAX], numbers, place[:_PLACE_LENGTH_MAX])
    return _SEPARATOR.join(_plain(part) for part in parts)


def _make(identity: str) -> tuple[str, ...]:
    return tuple(identity.split(_SEPARATOR)[:2])


def _plain(text: str) -> str:
    """Without what an option's text may not hold, and without the separator."""
    return "".join(c if c.isprintable() and c != _SEPARATOR else " " for c in text).strip()


def _listed(info: CameraInfo) -> Listed:
    name = _plain(info.name or "") or f"Camera {info.index}"
    device = info.path or ""
    on_linux = sys.platform == "linux"
    return Listed(
        name=name[:_NAME_LENGTH_MAX],
        identity=identity_of(
            name, info.vid, info.pid, _plug(device, _PLACES) if on_linux else device
        ),
        index=info.index,
        path=device if on_linux else "",
    )


def _plug(device: str, places: Path) -> str:
    """Where a V4L2 device is plugged in: udev's name of the port, as /dev/video2 is but a number.

    The device itself where there is none: a loopback device stays where it was made.
    """
    try:
        links = sorted(places.iterdir())
        return next((link.name for link in links if link.resolve() == Path(device)), device)
    except OSError:  # a system without udev
        return device
