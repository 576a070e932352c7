"""Pictures on their way from the camera to the decoder: a slot that holds only the newest one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    BgrImage: TypeAlias = NDArray[np.uint8]
    """Height x width x 3, blue first, as OpenCV delivers it. Never written to once it is shared."""
    GreyImage: TypeAlias = NDArray[np.uint8]
    """Height x width."""

Point: TypeAlias = tuple[int, int]
"""x and y in pixels, from the top left of the picture."""
Corners: TypeAlias = tuple[Point, Point, Point, Point]
"""Clockwise as one looks at the picture, beginning with the corner nearest its top left."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the camera.

    Attributes:
        image: shared between threads, so nobody writes to it.
        number: counts from 0 since the camera was started, over losses too. Frames that a slow
            reader skipped in a file are counted, so there it is the index of the file's frame.
        captured_at_s: monotonic seconds at which the camera delivered it.
    """

    image: BgrImage
    number: int
    captured_at_s: float


class NewestFrame:
    """Hands pictures from one thread to another; a picture nobody took is replaced, never queued.

    A queue of even ten frames shows the cashier the past: measured without this, the picture was
    6.8 s old after 8 s. Any thread may call any method; one thread takes.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = False
        self._paused = False
        self._expected = False
        self._replaced = 0

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    @property
    def replaced(self) -> int:
        """How many frames were replaced before anybody took them."""
        with self._changed:
            return self._replaced

    def expect(self) -> None:
        """A source is open: its first frame is a moment away, and whoever takes it may prepare."""
        with self._changed:
            self._expected = True
            self._changed.notify_all()

    def wait_until_expected(self) -> bool:
        """Wait for the first source that opens; False: closed before there was one."""
        with self._changed:
            self._changed.wait_for(lambda: self._expected or self._closed)
            return not self._closed

    def put(self, frame: Frame) -> None:
        """Offer the newest frame. Never waits; when paused or closed the frame is dropped."""
        with self._changed:
            if self._closed or self._paused:
                return
            self._expected = True
            if self._frame is not None:
                self._replaced += 1
            self._frame = frame
            self._changed.notify_all()

    def take(self, *, timeout_s: float | None = None) -> Frame | None:
        """The newest frame that was not taken yet; waits for one.

        Returns:
            None when the time is over without a frame, and at once when closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def pause(self) -> None:
        """Drop the frame that nobody took, and all that come, until `resume`."""
        with self._changed:
            self._paused = True
            self._frame = None

    def resume(self) -> None:
        """Take frames again, from the next one on: older ones show the past."""
        with self._changed:
            self._paused = False

    def close(self) -> None:
        """Wake up whoever waits; from now on there is never a frame."""
        with self._changed:
            self._closed = True
            self._frame = None
            self._changed.notify_all()
