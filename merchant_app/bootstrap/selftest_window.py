"""Looks at the window of a selftest until it shows a verdict, then closes it."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Slot

from merchant_app.ui.application import Running
from merchant_app.ui.encaisser.states import Debitable

LIMIT_S = 90.0
"""A slow disk, a cold cache; usually it takes four seconds."""
LOOK_EVERY_MS = 50
COLOURS_MIN = 20
"""An empty window has one; a drawn one, with the edges of its letters, hundreds."""
_GRID_PX = 3


class Watcher(QObject):
    """Closes the window when a voucher stands on the screen, or when that takes too long.

    GUI thread; make it before the event loop starts.

    Attributes:
        failed: why the window was not as it should be; empty: it was.
        seen: what stood there.
    """

    def __init__(self, running: Running) -> None:
        super().__init__()
        self.failed = ""
        self.seen = ""
        self._running = running
        self._ends_s = time.monotonic() + LIMIT_S
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_EVERY_MS)

    @Slot()
    def _look(self) -> None:
        window = self._running.window
        encaisser = window.screen_in_use
        screen = encaisser.screen if encaisser is not None else None
        if self._running.crash.has_crashed:
            self._end("the program met a bug; its log says which")
        elif screen is not None and isinstance(screen.state, Debitable):
            colours = self._colours()
            self.seen = f"{colours} colours"
            self._end("" if colours >= COLOURS_MIN else f"it is blank: {self.seen}")
        elif time.monotonic() > self._ends_s:
            shown = type(window.page if screen is None else screen.state).__name__
            self._end(f"no verdict within {LIMIT_S:.0f} s; it shows {shown}")

    def _colours(self) -> int:
        picture = self._running.window.grab().toImage()
        return len(
            {
                picture.pixel(x, y)
                for x in range(0, picture.width(), _GRID_PX)
                for y in range(0, picture.height(), _GRID_PX)
            }
        )

    def _end(self, failed: str) -> None:
        self.failed = failed
        self._timer.stop()
        self._running.window.close()
        self._running.application.quit()
