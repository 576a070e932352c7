"""The scanner: one thread from the newest picture to a scan."""

from __future__ import annotations

import threading
from collections.abc import Callable

from merchant_app.errors import Bug, Problem
from merchant_app.scanning.confirmation import Confirmation, InView, ScanEvent
from merchant_app.scanning.decoder import Decoder, grey_of
from merchant_app.scanning.frames import Frame, NewestFrame

STOP_TIME_LIMIT_S = 3.0


class Scanner:
    """Takes the newest frame, decodes it, confirms, and calls back. No work while paused.

    All callbacks run in the scanner's thread, and the next frame waits for them: hand over and
    return. An exception in the thread, callbacks included, is a bug: it ends the thread and goes
    to `threading.excepthook`.
    """

    def __init__(
        self,
        frames: NewestFrame,
        readers: Callable[[], Decoder],
        *,
        on_frame: Callable[[Frame, tuple[InView, ...]], None],
        on_scanned: Callable[[ScanEvent], None],
        on_problem: Callable[[Problem], None],
        confirmation: Confirmation | None = None,
    ) -> None:
        """
        Args:
            frames: where the camera puts its pictures; `stop` closes it.
            readers: makes the decoder, for instance `available_readers`. Called in the scanner's
                thread, because loading the decoders takes longer than a window may wait.
            on_frame: for the live picture: at most once a frame, before `on_scanned`.
            on_scanned: a code was confirmed or left the view.
            on_problem: there is no decoder; the thread has ended.
            confirmation: when a reading counts.
        """
        self._frames = frames
        self._readers = readers
        self._on_frame = on_frame
        self._on_scanned = on_scanned
        self._on_problem = on_problem
        self._confirmation = confirmation if confirmation is not None else Confirmation()
        self._forget = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)

    def start(self) -> None:
        """Begin to look. Once."""
        self._thread.start()

    def pause(self) -> None:
        """Stop looking after the frame in hand: nobody sees the picture."""
        self._frames.pause()

    def resume(self) -> None:
        """Look again, at pictures from now on. What lay there before is not scanned twice."""
        self._frames.resume()

    def forget(self) -> None:
        """Report the codes in view once more, from the next frame on."""
        self._forget.set()

    def stop(self) -> bool:
        """End the thread and close the slot of frames; not from a callback.

        Returns:
            False when a callback or a decoder did not return within 3 s.
        """
        if threading.current_thread() is self._thread:
            raise Bug("the scanner cannot be stopped from its own thread")
        self._frames.close()
        if self._thread.ident is not None:
            self._thread.join(STOP_TIME_LIMIT_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            decoder = self._readers()
        except Problem as problem:
            self._on_problem(problem)
            return
        while not self._frames.closed:
            frame = self._frames.take()
            if frame is not None:
                self._look(decoder, frame)

    def _look(self, decoder: Decoder, frame: Frame) -> None:
        if self._forget.is_set():
            self._forget.clear()
            self._confirmation.forget()
        sight = decoder.decode(grey_of(frame.image))
        events = self._confirmation.look(
            sight.readings, frame_number=frame.number, captured_at_s=frame.captured_at_s
        )
        self._on_frame(frame, self._confirmation.in_view)
        for event in events:
            self._on_scanned(event)
