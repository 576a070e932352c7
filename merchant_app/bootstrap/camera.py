"""The camera as the window is given it: a source, its thread, its scanner, and starting again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from merchant_app.clock import Clock
from merchant_app.errors import Problem
from merchant_app.scanning.camera import (
    Camera,
    Ended,
    Missing,
    Starting,
    Unreadable,
)
from merchant_app.scanning.frames import NewestFrame
from merchant_app.scanning.scanner import Scanner
from merchant_app.scanning.source import CameraSource

if TYPE_CHECKING:
    from merchant_app.ui.ports import CameraListener

_log = logging.getLogger(__name__)

SourceFinder = Callable[[threading.Event], CameraSource]
"""Says where pictures come from. May take seconds (a sample video is made); runs in a thread.
The event says that nobody wants to know any more: it then raises `GivenUp` soon."""
OPENING_WAIT_S = 2.0
"""At the end, for the thread that makes a sample video: FFmpeg would abort the whole process if its
frames were still being written while the interpreter goes away."""


class GivenUp(Exception):
    """The window closed while the source was being found."""


class ScanningCamera:
    """A `ui.ports.CameraPort`: pictures and scans for one listener, from one source."""

    def __init__(self, find_source: SourceFinder, *, clock: Clock) -> None:
        self._find_source = find_source
        self._clock = clock
        self._frames = NewestFrame()
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._opening: threading.Thread | None = None
        self._source: CameraSource | None = None
        self._camera: Camera | None = None
        self._scanner: Scanner | None = None
        self._listener: CameraListener | None = None

    def start(self, listener: CameraListener) -> None:
        """See the port."""
        from merchant_app.scanning.readers import available_readers

        self._listener = listener
        self._scanner = Scanner(
            self._frames,
            available_readers,
            on_frame=listener.on_frame,
            on_scanned=listener.on_scanned,
            on_problem=self._say_missing,
        )
        self._scanner.start()
        self._opening = threading.Thread(target=self._open, name="camera-opening", daemon=True)
        self._opening.start()

    def again(self) -> None:
        """See the port. A lost camera is looked for anyway; a film that ended begins anew."""
        camera = self._camera
        if camera is not None and isinstance(camera.status, Ended | Unreadable):
            self._replace_camera()

    def stop(self) -> None:
        """See the port."""
        with self._guard:
            self._stopped.set()
            camera = self._camera
        if camera is not None:
            camera.stop()
        if self._scanner is not None:
            self._scanner.stop()
        if self._opening is not None:
            self._opening.join(OPENING_WAIT_S)

    def _open(self) -> None:
        assert self._listener is not None
        self._listener.on_status(Starting())
        try:
            self._source = self._find_source(self._stopped)
        except GivenUp:
            return
        except Problem as problem:
            self._say_missing(problem)
            return
        self._replace_camera()

    def _replace_camera(self) -> None:
        assert self._listener is not None
        assert self._source is not None
        with self._guard:
            if self._stopped.is_set():
                return
            self._camera = Camera(
                self._source, self._frames, clock=self._clock, on_status=self._listener.on_status
            )
            self._camera.start()
        if self._scanner is not None:
            self._scanner.forget()

    def _say_missing(self, problem: Problem) -> None:
        # No camera or nothing to decode with: the typed code and the scanner gun remain.
        assert self._listener is not None
        _log.error("no pictures: %s", problem)
        self._listener.on_status(Missing())
