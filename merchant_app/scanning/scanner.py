"""The scanner: one thread from the newest picture to a scan."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from merchant_app.errors import Bug, Problem
from merchant_app.scanning.confirmation import Confirmation, InView, ScanEvent
from merchant_app.scanning.decoder import Decoder, Sight, grey_of
from merchant_app.scanning.frames import Frame, NewestFrame
from merchant_app.scanning.quality import Advice, Advisor, advise, measure

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

STOP_TIME_LIMIT_S = 3.0
ADVICE_EVERY_FRAMES = 6
"""Of the frames in which nothing was read one in so many is measured: five a second, 0.3 ms each
on average."""


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
        on_advice: Callable[[Advice | None], None] | None = None,
        confirmation: Confirmation | None = None,
    ) -> None:
        """
        Args:
            frames: where the camera puts its pictures; `stop` closes it.
            readers: makes the decoder, for instance `available_readers`. Called in the scanner's
                thread, because loading the decoders takes longer than a window may wait; and not
                before a camera has opened, because they take 35 MB that a till without one does
                without.
            on_frame: for the live picture: at most once a frame, before `on_scanned`.
            on_scanned: a code was confirmed or left the view.
            on_problem: there is no decoder; the thread has ended.
            on_advice: what would help to read the picture is something else now; None: nothing.
                Not given: nobody wants to know.
            confirmation: when a reading counts.
        """
        self._frames = frames
        self._readers = readers
        self._on_frame = on_frame
        self._on_scanned = on_scanned
        self._on_problem = on_problem
        self._on_advice = on_advice
        self._advisor = Advisor()
        self._advice: Advice | None = None
        self._unread_frames = 0
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

    def stop(self, *, time_limit_s: float = STOP_TIME_LIMIT_S) -> bool:
        """End the thread and close the slot of frames; not from a callback.

        Args:
            time_limit_s: how long to wait for a callback or a decoder.

        Returns:
            False when it did not return within that time.
        """
        if threading.current_thread() is self._thread:
            raise Bug("the scanner cannot be stopped from its own thread")
        self._frames.close()
        if self._thread.ident is not None:
            self._thread.join(time_limit_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if not self._frames.wait_until_expected():
            return
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
        grey = grey_of(frame.image)
        sight = decoder.decode(grey)
        events = self._confirmation.look(
            sight.readings, frame_number=frame.number, captured_at_s=frame.captured_at_s
        )
        self._on_frame(frame, self._confirmation.in_view)
        for event in events:
            self._on_scanned(event)
        if self._on_advice is not None:
            # Last: the verdict does not wait for it.
            self._tell_advice(self._on_advice, frame, grey, sight)

    def _tell_advice(
        self, tell: Callable[[Advice | None], None], frame: Frame, grey: GreyImage, sight: Sight
    ) -> None:
        if sight.readings or self._confirmation.in_view:
            # What is in view was read a moment ago; that one frame is lost needs no words.
            self._unread_frames = 0
            self._advisor.read()
            advice = None
        else:
            self._unread_frames += 1
            if self._unread_frames % ADVICE_EVERY_FRAMES:
                return
            found = advise(measure(grey), unread=sight.unread)
            advice = self._advisor.look(found, at_s=frame.captured_at_s)
        if advice is not self._advice:
            self._advice = advice
            tell(advice)
