"""The camera as the window is given it: a source, its thread, its scanner, and starting again."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Protocol

from merchant_app.clock import Clock
from merchant_app.errors import Problem
from merchant_app.scanning import cameras
from merchant_app.scanning.camera import (
    Camera,
    CameraStatus,
    Ended,
    Missing,
    Starting,
    Unreadable,
)
from merchant_app.scanning.cameras import CameraLister, Listed
from merchant_app.scanning.capture import CaptureOpener, open_capture
from merchant_app.scanning.evidence import Proof, checks_out
from merchant_app.scanning.frames import NewestFrame
from merchant_app.scanning.scanner import Scanner
from merchant_app.scanning.source import CameraSource, NamedSource

if TYPE_CHECKING:
    from merchant_app.scanning.readers import Readers
    from merchant_app.ui.ports import CameraListener

_log = logging.getLogger(__name__)

OPENING_WAIT_S = 2.0
"""At the end, for the thread that makes a sample video: FFmpeg would abort the whole process if its
frames were still being written while the interpreter goes away."""


class GivenUp(Exception):
    """The window closed while the source was being found."""


class SourceFinder(Protocol):
    """Says where pictures come from. May take seconds (a sample video is made); runs in a thread.
    The event says that nobody wants to know any more: `GivenUp` is then raised soon."""

    def find(self, given_up: threading.Event) -> CameraSource:
        """What was chosen before, on the command line or in the options."""
        ...

    def automatic(self, given_up: threading.Event) -> CameraSource:
        """What is taken when nobody chooses a camera."""
        ...


class ScanningCamera:
    """A `ui.ports.CameraPort`: pictures and scans for one listener, from one source at a time."""

    def __init__(
        self,
        sources: SourceFinder,
        *,
        clock: Clock,
        proves: Proof = checks_out,
        lister: CameraLister = cameras.list_cameras,
        open_capture: CaptureOpener = open_capture,
    ) -> None:
        self._sources = sources
        self._clock = clock
        self._proves = proves
        self._missing: tuple[str, ...] = ()
        self._lister = lister
        self._open_capture = open_capture
        self._frames = NewestFrame()
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._opening: threading.Thread | None = None
        self._wishes: list[str | None] = []
        self._source: CameraSource | None = None
        self._camera: Camera | None = None
        self._asleep = False
        self._scanner: Scanner | None = None
        self._listener: CameraListener | None = None

    def start(self, listener: CameraListener) -> None:
        """See the port."""
        self._listener = listener
        self._scanner = Scanner(
            self._frames,
            self._readers,
            on_frame=listener.on_frame,
            on_scanned=listener.on_scanned,
            on_problem=self._say_missing,
            on_advice=listener.on_advice,
        )
        self._scanner.start()
        self._wish(None)

    def _readers(self) -> Readers:
        from merchant_app.scanning.readers import available_readers

        readers = available_readers(proves=self._proves, clock=self._clock)
        self._missing = readers.missing
        return readers

    def again(self) -> None:
        """See the port. A lost camera is looked for anyway; a film that ended begins anew."""
        camera = self._camera
        if camera is not None and isinstance(camera.status, Ended | Unreadable):
            self._replace_camera()

    def choose(self, identity: str) -> None:
        """See the port."""
        self._wish(identity)

    def listed(self) -> tuple[Listed, ...]:
        """See the port."""
        return self._lister() or ()

    def missing_readers(self) -> tuple[str, ...]:
        """See the port."""
        return self._missing

    def sleep(self) -> None:
        """See the port."""
        with self._guard:
            self._asleep = True
            if self._camera is not None:
                self._camera.sleep()
        if self._scanner is not None:
            self._scanner.pause()

    def wake(self) -> None:
        """See the port."""
        if self._scanner is not None:
            self._scanner.resume()
        with self._guard:
            self._asleep = False
            if self._camera is not None:
                self._camera.wake()

    def look_anew(self) -> None:
        """See the port."""
        if self._scanner is not None:
            self._scanner.forget()

    def stop(self) -> None:
        """See the port."""
        with self._guard:
            self._stopped.set()
            camera, opening = self._camera, self._opening
        if camera is not None:
            camera.stop()
        if self._scanner is not None:
            self._scanner.stop()
        if opening is not None:
            opening.join(OPENING_WAIT_S)

    # --- which source: found in a thread of its own, one wish after the other --------------------

    def _wish(self, identity: str | None) -> None:
        """A camera by its identity, "" for the automatic choice; None: as chosen before."""
        with self._guard:
            self._wishes.append(identity)
            if len(self._wishes) > 1 or self._stopped.is_set():
                return  # the thread at work comes to it
            self._opening = threading.Thread(target=self._open, name="camera-opening", daemon=True)
            self._opening.start()

    def _open(self) -> None:
        while True:
            with self._guard:
                wish = self._wishes[-1]
                passed_over = len(self._wishes) - 1
                del self._wishes[:passed_over]
            self._follow(wish)
            with self._guard:
                del self._wishes[0]
                if not self._wishes or self._stopped.is_set():
                    return

    def _follow(self, wish: str | None) -> None:
        assert self._listener is not None
        self._let_go()
        self._listener.on_status(Starting())
        try:
            if wish:
                self._source = NamedSource(wish)
            elif wish is None:
                self._source = self._sources.find(self._stopped)
            else:
                self._source = self._sources.automatic(self._stopped)
        except GivenUp:
            return
        except Problem as problem:
            self._say_missing(problem)
            return
        self._replace_camera()

    def _let_go(self) -> None:
        """Two cameras at once may not fit through one USB port; nor may one be opened twice."""
        with self._guard:
            camera, self._camera = self._camera, None
        if camera is not None:
            camera.stop()

    def _replace_camera(self) -> None:
        assert self._source is not None
        assert self._listener is not None
        with self._guard:
            if self._stopped.is_set():
                return
            listener = self._listener

            def on_status(status: CameraStatus) -> None:
                # Another camera may have taken its place: its "stopped" is nobody's news.
                if camera is self._camera:
                    listener.on_status(status)

            camera = self._camera = Camera(
                self._source,
                self._frames,
                clock=self._clock,
                on_status=on_status,
                open_capture=self._open_capture,
            )
            if self._asleep:
                camera.sleep()
            camera.start()
        self.look_anew()

    def _say_missing(self, problem: Problem) -> None:
        # No camera or nothing to decode with: the typed code and the scanner gun remain.
        assert self._listener is not None
        _log.error("no pictures: %s", problem)
        self._listener.on_status(Missing())
