"""From the camera's threads to the GUI thread: the newest picture, every scan, every status.

Pictures are not queued: while one waits to be painted, a newer one takes its place, so a slow
moment of the window costs pictures, never freshness.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from merchant_app.scanning.camera import CameraStatus
    from merchant_app.scanning.confirmation import InView, ScanEvent
    from merchant_app.scanning.frames import Frame
    from merchant_app.scanning.quality import Advice


class CameraRelay(QObject):
    """The `CameraListener` of the window. Lives in the GUI thread; the `on_` methods may be
    called in any thread, everything else happens in the GUI thread.

    Signals:
        picture(frame, in_view): the newest picture.
        scanned(event): a `ScanEvent`, each, in order.
        status(status): a `CameraStatus`, each, in order.
        advice(advice): the newest `Advice`, or None.

    Attributes:
        last_status: for a screen that is made when all is said; None: nothing was.
        last_advice: likewise.
    """

    picture = Signal(object, object)
    scanned = Signal(object)
    status = Signal(object)
    advice = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.last_status: CameraStatus | None = None
        self.last_advice: Advice | None = None
        self._guard = threading.Lock()
        self._newest: tuple[Frame, tuple[InView, ...]] | None = None
        self._events: deque[ScanEvent] = deque()
        self._statuses: deque[CameraStatus] = deque()
        self._advice: tuple[Advice | None, ...] = ()
        self._awake = False
        self._closed = False
        self._woken.connect(self._hand_out, Qt.ConnectionType.QueuedConnection)

    def on_frame(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        with self._guard:
            self._newest = (frame, in_view)
            self._wake()

    def on_scanned(self, event: ScanEvent) -> None:
        with self._guard:
            self._events.append(event)
            self._wake()

    def on_status(self, status: CameraStatus) -> None:
        with self._guard:
            self._statuses.append(status)
            self._wake()

    def on_advice(self, advice: Advice | None) -> None:
        with self._guard:
            self._advice = (advice,)
            self._wake()

    def close(self) -> None:
        """Nothing more is handed out: the window is going away."""
        with self._guard:
            self._closed = True

    def _wake(self) -> None:
        if not self._awake and not self._closed:
            self._awake = True
            self._woken.emit()

    @Slot()
    def _hand_out(self) -> None:
        with self._guard:
            self._awake = False
            newest, self._newest = self._newest, None
            advices, self._advice = self._advice, ()
            events = list(self._events)
            statuses = list(self._statuses)
            self._events.clear()
            self._statuses.clear()
            if self._closed:
                return
        for status in statuses:
            self.last_status = status
            self.status.emit(status)
        # Scans before the picture: the verdict does not wait for a preview to be painted.
        for event in events:
            self.scanned.emit(event)
        for advice in advices:
            self.last_advice = advice
            self.advice.emit(advice)
        if newest is not None:
            self.picture.emit(*newest)
