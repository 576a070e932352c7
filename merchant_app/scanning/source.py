"""Where pictures come from: a camera of this computer, a camera on the network, a video file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from merchant_app.scanning.cameras import name_in

DEVICE_INDEX_MAX = 63
"""V4L2 numbers its devices up to 63 unless the system was built otherwise."""
_TEXT_MAX = 2_048


@dataclass(frozen=True, slots=True)
class DeviceSource:
    """A camera of this computer, by OpenCV's number, 0 to 63; by its path where there is one."""

    index: int
    path: str = ""

    @property
    def label(self) -> str:
        """What may be logged and shown."""
        return f"camera {self.path or self.index}"


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A camera of this computer by its identity (`cameras.Listed`): looked for at each opening,
    because its number changes while it is unplugged."""

    identity: str

    @property
    def label(self) -> str:
        return f"camera {name_in(self.identity)}"


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A camera on the network that sends MJPEG over HTTP. The address may hold a password."""

    url: str = field(repr=False)

    @property
    def label(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


@dataclass(frozen=True, slots=True)
class FileSource:
    """A video file, shown at its own speed; from its beginning again only if `loop`."""

    path: Path
    loop: bool = False

    @property
    def label(self) -> str:
        return f"video {self.path.name}"


CameraSource: TypeAlias = DeviceSource | NamedSource | UrlSource | FileSource


class BadSource(Enum):
    """Why a text names no camera."""

    EMPTY = "empty"
    NO_SUCH_INDEX = "no_such_index"
    """Below 0 or above 63. Index -1 would crash OpenCV."""
    NO_HOST = "no_host"
    UNKNOWN_SCHEME = "unknown_scheme"
    NOT_A_PATH = "not_a_path"


_DEVICE = re.compile(r"/dev/(video[0-9]{1,2}|v4l/.+)", re.ASCII)
_NUMBER = re.compile(r"[-+]?[0-9]{1,9}", re.ASCII)
# One letter before the colon is a drive of Windows, not a scheme (RFC 3986, 3.1).
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):(//)?", re.ASCII)


def parse_source(text: str, *, loop: bool = False) -> CameraSource | BadSource:
    """The source that a setting or the command line names: "0", "/dev/video2", a path, an
    http(s) address.

    Args:
        text: what was written; spaces around it are ignored.
        loop: for a file, whether it starts again at its end.
    """
    text = text.strip()
    if not text:
        return BadSource.EMPTY
    if len(text) > _TEXT_MAX or not text.isprintable():
        return BadSource.NOT_A_PATH
    if _NUMBER.fullmatch(text):
        index = int(text)
        in_range = 0 <= index <= DEVICE_INDEX_MAX
        return DeviceSource(index) if in_range else BadSource.NO_SUCH_INDEX
    if _DEVICE.fullmatch(text):
        return DeviceSource(0, text)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return FileSource(Path(text), loop=loop)
    if scheme[1].lower() not in ("http", "https") or scheme[2] is None:
        # Never handed on to FFmpeg, which would open "concat:", "rtsp:", "file:" and more.
        return BadSource.UNKNOWN_SCHEME
    return UrlSource(text) if _has_host(text) else BadSource.NO_HOST


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, brackets that do not close
        return False
