"""When the camera sleeps: while nobody sees its picture, and while nobody is at the till."""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QWindow

from merchant_app.ui.ports import CameraPort

_ACTIVITY = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)

_log = logging.getLogger(__name__)


class CameraRest(QObject):
    """Puts the camera to sleep and wakes it. An event filter for the window's handle, where a key
    or a gun's scan passes whatever has the focus. GUI thread."""

    def __init__(self, camera: CameraPort | None, *, idle_minutes: int, parent: QObject) -> None:
        """`camera` was started; None: there is none, and nothing to do."""
        super().__init__(parent)
        self._camera = camera
        self._is_shown = True
        self._is_exposed = True
        self._is_idle = False
        self._sleeps = False
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(idle_minutes * 60_000)
        self._idle.timeout.connect(self.nobody_came)
        self._idle.start()

    @property
    def sleeps(self) -> bool:
        """Whether the camera was put to sleep."""
        return self._sleeps

    def show_picture(self, *, shown: bool) -> None:
        """Whether a screen is seen that shows the live picture."""
        self._is_shown = shown
        self._decide()

    @Slot()
    def somebody_is_here(self) -> None:
        """A key, the mouse, a scan: the camera is wanted, and for a while."""
        self._idle.start()
        self._is_idle = False
        self._decide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _ACTIVITY:
            self.somebody_is_here()
        elif kind is QEvent.Type.Expose and isinstance(watched, QWindow):
            self._is_exposed = watched.isExposed()  # a minimised window is not
            self._decide()
        return False

    def stop(self) -> None:
        """The till is being left; the camera is stopped by whoever started it."""
        self._idle.stop()
        self._camera = None

    @Slot()
    def nobody_came(self) -> None:
        """Nobody came for so many minutes."""
        self._is_idle = True
        self._decide()

    def _decide(self) -> None:
        sleeps = self._is_idle or not (self._is_shown and self._is_exposed)
        if self._camera is None or sleeps is self._sleeps:
            return
        self._sleeps = sleeps
        _log.info("the camera %s", "sleeps" if sleeps else "wakes")
        if sleeps:
            self._camera.sleep()
        else:
            self._camera.wake()
