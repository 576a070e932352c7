"""The camera: one thread that opens, reads and releases it, and finds it again when it was lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from merchant_app.clock import Clock
from merchant_app.errors import Bug, ProblemKind
from merchant_app.scanning.capture import (
    FILE_FPS_DEFAULT,
    Capture,
    CaptureOpener,
    Unopened,
    may_be_there,
    open_capture,
)
from merchant_app.scanning.frames import Frame, NewestFrame
from merchant_app.scanning.source import (
    CameraSource,
    DeviceSource,
    FileSource,
    NamedSource,
    UrlSource,
)

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage

STOP_TIME_LIMIT_S = 3.0
"""Longer than any read may block: 1.5 s over HTTP, 2 s with V4L2."""
RETRY_FIRST_S = 0.25
RETRY_MAX_S = 1.0
"""A cashier who plugs the camera in again sees the picture within about two seconds."""
HOLD_ASLEEP_S = 3_600.0
"""A camera that sleeps is held open, unread, for an hour: its next picture is then one exposure
away, where opening a webcam takes a second or two. Read by nobody, it costs next to no processor
time. Overnight it is let go, its light goes out, and the first key of the morning opens it again.
"""
STALE_FRAMES = 4
"""V4L2 keeps at most so many pictures of the time before; they are passed over after a sleep."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Starting:
    """The camera is being opened for the first time."""


@dataclass(frozen=True, slots=True)
class Running:
    """Pictures come in.

    Attributes:
        width: of a picture, in pixels.
        height: likewise.
        fps: pictures a second by the camera's own account; 0.0 when it does not say.
    """

    width: int
    height: int
    fps: float


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such camera, or nobody answers at that address. Tried again and again."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The camera is there, but gives no picture: another program uses it. Tried again."""


@dataclass(frozen=True, slots=True)
class Lost:
    """It was running and is gone: unplugged, or its network broke. Tried again."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The video file is over. Nothing is wrong; nothing more will come."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The file is not there or is no video. Final."""


@dataclass(frozen=True, slots=True)
class Asleep:
    """`sleep` was called: nothing is read until `wake`."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """`stop` was called. Final."""


CameraStatus: TypeAlias = (
    Starting | Running | Missing | Busy | Lost | Ended | Unreadable | Asleep | Stopped
)


def problem_of(status: CameraStatus) -> ProblemKind | None:
    """The Problem that a status stands for; None where nothing is wrong."""
    match status:
        case Missing():
            return ProblemKind.CAMERA_MISSING
        case Busy():
            return ProblemKind.CAMERA_BUSY
        case Lost():
            return ProblemKind.CAMERA_LOST
        case Unreadable():
            return ProblemKind.VIDEO_UNREADABLE
        case Starting() | Running() | Ended() | Asleep() | Stopped():
            return None


class Camera:
    """Delivers pictures into a slot from its own thread until stopped.

    Every failure of the camera is a status, not an exception. An exception in the thread is a bug
    and goes to `threading.excepthook`.
    """

    def __init__(
        self,
        source: CameraSource,
        frames: NewestFrame,
        *,
        clock: Clock,
        on_status: Callable[[CameraStatus], None],
        open_capture: CaptureOpener = open_capture,
    ) -> None:
        """
        Args:
            source: where pictures come from.
            frames: where they go; not closed by the camera, so that another may follow on it.
            clock: only its monotonic time is used.
            on_status: called in the camera's thread whenever the status changes. It must not
                call `stop`.
            open_capture: opens the source; called in the camera's thread.
        """
        self._source = source
        self._frames = frames
        self._clock = clock
        self._on_status = on_status
        self._open_capture = open_capture
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._awake = threading.Event()
        self._awake.set()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._status: CameraStatus | None = None
        self._has_run = False
        self._number = 0

    @property
    def status(self) -> CameraStatus:
        """The latest status. Any thread."""
        return self._status if self._status is not None else Starting()

    def start(self) -> None:
        """Open the camera, in its own thread. Once."""
        self._thread.start()

    def sleep(self) -> None:
        """Read no more until `wake`; returns at once. Any thread."""
        with self._guard:
            if not self._stop.is_set():
                self._awake.clear()

    def wake(self) -> None:
        """Read again; returns at once. Any thread."""
        self._awake.set()

    def stop(self, *, time_limit_s: float = STOP_TIME_LIMIT_S) -> bool:
        """Stop and release the camera; returns within 3 s. Not from the camera's thread.

        Args:
            time_limit_s: how long to wait for a read that blocks.

        Returns:
            False when the driver still blocks: the thread then ends by itself, whenever it returns.
        """
        if threading.current_thread() is self._thread:
            raise Bug("the camera cannot be stopped from its own thread")
        with self._guard:
            self._stop.set()
            self._awake.set()  # a sleeper has to hear of it
        if self._thread.ident is None:
            return True
        self._thread.join(time_limit_s)
        if self._thread.is_alive():
            _log.warning("%s does not return from its driver", self._source.label)
            return False
        return True

    def _run(self) -> None:
        self._report(Starting())
        retry_s = RETRY_FIRST_S
        while not self._stop.is_set():
            if not self._awake.is_set():
                self._report(Asleep())
                self._awake.wait()
                continue
            first = self._number
            outcome = self._one_opening()
            if outcome is None or self._stop.is_set():
                continue  # stopped, asleep for long, or a file that begins again
            self._report(outcome)
            if isinstance(outcome, Ended | Unreadable):
                return
            retry_s = RETRY_FIRST_S if self._number > first else min(RETRY_MAX_S, 2 * retry_s)
            self._stop.wait(retry_s)
        self._report(Stopped())

    def _one_opening(self) -> CameraStatus | None:
        """Open, read until that fails or we are stopped, release. None: no failure."""
        if may_be_there(self._source):
            self._frames.expect()  # a camera takes a second to open: the decoders load meanwhile
        capture = self._open_capture(self._source)
        if isinstance(capture, Unopened):
            return self._failure(capture)
        self._frames.expect()
        try:
            match self._source:
                case FileSource(loop=loop):
                    return self._play(capture, loop=loop)
                case DeviceSource() | NamedSource() | UrlSource():
                    return self._watch(capture)
        finally:
            capture.release()

    def _watch(self, capture: Capture) -> CameraStatus | None:
        """Read a live camera as fast as it delivers.

        Whether a picture came is the only sign of life: `isOpened` stays true after the camera
        was unplugged.
        """
        while not self._stop.is_set():
            if not self._awake.is_set() and not self._sleep(capture):
                return None
            image = capture.read()
            if image is None:
                return self._failure(Unopened.BUSY)
            self._deliver(image, fps=capture.fps, at_s=self._clock.monotonic_s())
            self._number += 1
        return None

    def _sleep(self, capture: Capture) -> bool:
        """Wait to be woken; whether the capture can be read on, from the present.

        A camera on the network is let go at once: it would fill the line with the past, and opens
        again within a tenth of a second.
        """
        self._report(Asleep())
        if isinstance(self._source, UrlSource) or not self._awake.wait(HOLD_ASLEEP_S):
            return False
        return self._stop.is_set() or all(capture.skip() for _ in range(STALE_FRAMES))

    def _play(self, capture: Capture, *, loop: bool) -> CameraStatus | None:
        """Show a file at its own speed, as a camera would: what is late is left out.

        A frame counts as captured when it was due, so that a delay measured from it includes the
        time its decoding took.
        """
        fps = capture.fps or FILE_FPS_DEFAULT
        start_s = self._clock.monotonic_s()
        first = self._number
        while not self._stop.wait(self._until(start_s + (self._number - first) / fps)):
            if not self._awake.is_set():
                self._report(Asleep())
                self._awake.wait()
                # It goes on where it was: what nobody could see was not shown.
                start_s = self._clock.monotonic_s() - (self._number - first) / fps
                continue
            late = int((self._clock.monotonic_s() - start_s) * fps) - (self._number - first)
            # Counted once, and then a picture is shown: a computer that is always late would
            # otherwise skip the whole film.
            if not self._skip(capture, frames=late):
                break
            due_s = start_s + (self._number - first) / fps
            image = capture.read()
            if image is None:
                break
            self._deliver(image, fps=fps, at_s=due_s)
            self._number += 1
        if self._stop.is_set():
            return None
        if self._number == first:
            return Unreadable()  # it opened, but not one picture can be decoded
        return None if loop else Ended()

    def _skip(self, capture: Capture, *, frames: int) -> bool:
        for _ in range(frames):
            if self._stop.is_set() or not capture.skip():
                return False
            self._number += 1
        return True

    def _until(self, moment_s: float) -> float:
        return max(0.0, moment_s - self._clock.monotonic_s())

    def _deliver(self, image: BgrImage, *, fps: float, at_s: float) -> None:
        self._frames.put(Frame(image, self._number, at_s))
        height, width = image.shape[:2]
        self._has_run = True
        if not isinstance(self._status, Running):
            self._report(Running(width, height, fps))

    def _failure(self, why: Unopened) -> CameraStatus:
        match self._source:
            case FileSource():
                return Unreadable()
            case DeviceSource() | NamedSource():
                if self._has_run:
                    return Lost()
                return Busy() if why is Unopened.BUSY else Missing()
            case UrlSource():
                return Lost() if self._has_run else Missing()

    def _report(self, status: CameraStatus) -> None:
        if status == self._status:
            return
        self._status = status
        _log.info("%s: %s", self._source.label, type(status).__name__.lower())
        self._on_status(status)
