"""A camera of the window in a test's hands."""

from __future__ import annotations

import threading

from merchant_app.scanning.cameras import Listed
from merchant_app.scanning.confirmation import Left, Scanned
from merchant_app.scanning.frames import Frame
from merchant_app.scanning.quality import Advice
from merchant_app.ui.ports import CameraListener


class HeldCamera:
    """A camera in a test's hands: its callbacks run in a thread of their own, as the real one's."""

    def __init__(self) -> None:
        self.listener: CameraListener | None = None
        self.again_asked = 0
        self.looked_anew = 0
        self.stopped = False
        self.asleep = False
        self.chosen: list[str] = []
        self.plugged_in: tuple[Listed, ...] = ()
        self.missing: tuple[str, ...] = ()

    def start(self, listener: CameraListener) -> None:
        self.listener = listener

    def again(self) -> None:
        self.again_asked += 1

    def choose(self, identity: str) -> None:
        self.chosen.append(identity)

    def listed(self) -> tuple[Listed, ...]:
        return self.plugged_in

    def missing_readers(self) -> tuple[str, ...]:
        return self.missing

    def sleep(self) -> None:
        self.asleep = True

    def wake(self) -> None:
        self.asleep = False

    def look_anew(self) -> None:
        self.looked_anew += 1

    def stop(self) -> None:
        self.stopped = True

    def does(self, *acts: object) -> None:
        """Deliver statuses, scans and frames from another thread."""
        thread = threading.Thread(target=self._deliver, args=acts)
        thread.start()
        thread.join()

    def _deliver(self, *acts: object) -> None:
        assert self.listener is not None
        for act in acts:
            match act:
                case Scanned() | Left():
                    self.listener.on_scanned(act)
                case Advice() | None:
                    self.listener.on_advice(act)
                case (Frame() as frame, tuple(codes)):
                    self.listener.on_frame(frame, codes)
                case _:
                    self.listener.on_status(act)  # type: ignore[arg-type]  # the only kind left
