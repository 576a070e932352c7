"""What looking costs: pictures a second that one core sustains, a window that never stalls, and the
share of a core while scanning and while the camera sleeps.

- Pictures a second: the shipping scanner (grey, all readers, confirmation, advice) over pictures
  put into its slot one after the other, divided by the processor time of the whole process, so that
  what runs in other threads counts too.
- The window: offscreen, with everything real: a film paced as a camera would at 1280x720 and 30
  pictures a second, vouchers looked up at a central service in its own process, and a heart that
  should beat every 10 ms in the GUI thread. A stall is a beat that came more than 50 ms late.
- Asleep: the same window after it was told that nobody came for ten minutes. How soon it wakes is
  measured on the film, and on a camera on the network, which is let go and opened again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.program import Assembled, assemble
from merchant_app.clock import SystemClock
from merchant_app.scanning.camera import Camera, CameraStatus, Running
from merchant_app.scanning.frames import Frame, NewestFrame
from merchant_app.scanning.readers import available_readers
from merchant_app.scanning.sample_video import SampleCard, write_sample_video
from merchant_app.scanning.scanner import Scanner
from merchant_app.scanning.source import UrlSource
from merchant_app.ui.places import Places
from tests.bench.central import Central
from tests.bench.machine import machine
from tests.fakes.light_and_lens import Studio, with_code
from tests.fakes.mjpeg_camera import mjpeg_camera

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage

FPS = 30
SIZE = (1280, 720)
BEAT_MS = 10
STALL_MS = 50
WARM_UP_S = 5.0
SCAN_S = 30.0
IDLE_S = 10.0
WAKE_LIMIT_MS = 500
SECONDS_PER_CARD, GAP_SECONDS = 0.7, 1.3
VARIETY = 8
"""Different pictures: with one and the same a decoder could be luckier than it is."""


def fps_of_one_core(*, width: int, height: int, with_voucher: bool, frames: int) -> float:
    """Pictures that the scanner gets through in one second of processor time."""
    looked = threading.Semaphore(0)
    slot = NewestFrame()
    scanner = Scanner(
        slot,
        available_readers,
        on_frame=lambda _frame, _in_view: looked.release(),
        on_scanned=lambda _event: None,
        on_problem=lambda problem: sys.exit(str(problem)),
        on_advice=lambda _advice: None,
    )
    pictures = [_picture(number, width, height, with_voucher) for number in range(VARIETY)]
    scanner.start()
    began_s = 0.0
    for number in range(frames + VARIETY):
        if number == VARIETY:  # the decoders are loaded by now
            began_s = time.process_time()
        slot.put(Frame(pictures[number % VARIETY], number, number / FPS))
        looked.acquire()
    spent_s = time.process_time() - began_s
    scanner.stop()
    return frames / spent_s


def _picture(seed: int, width: int, height: int, with_voucher: bool) -> BgrImage:
    import cv2
    import numpy as np

    studio = Studio(seed)
    scene = studio.wood()
    if with_voucher:
        scene = with_code(scene, studio.code(240 + 10 * seed))
    grey = cv2.resize(studio.photograph(scene), (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR).astype(np.uint8)


@dataclass
class Seen:
    """What happened in the window.

    Attributes:
        late_ms: each beat of the heart while scanning: how much later than due.
        verdicts: painted while scanning.
    """

    late_ms: list[float] = field(default_factory=list)
    verdicts: int = 0
    scan_percent: float = 0.0
    idle_percent: float = 0.0
    wake_ms: float = 0.0


class Watch(QObject):
    """Listens to one window: warm-up, scanning, asleep, awake again. GUI thread."""

    def __init__(self, assembled: Assembled) -> None:
        super().__init__()
        self.seen = Seen()
        self._assembled = assembled
        self._counting = False
        self._marked = (0.0, 0.0)
        self._woken_s: float | None = None
        self._beat_s = 0.0
        self._heart = QTimer(self)
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(self._beat)
        window = assembled.running.window
        window.opened.connect(self._opened)
        window.verdict_painted.connect(self._painted)

    def _after(self, seconds: float, step: str) -> None:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(getattr(self, step))
        timer.start(round(seconds * 1000))

    def _mark(self) -> float:
        """Percent of one core since the last mark."""
        before_s, spent_s = self._marked
        self._marked = (time.monotonic(), time.process_time())
        return 100 * (self._marked[1] - spent_s) / (self._marked[0] - before_s)

    def _places(self) -> Places:
        places = self._assembled.running.window.findChild(Places)
        assert isinstance(places, Places)
        return places

    @Slot()
    def _opened(self) -> None:
        self._places().checkout.sale.relay.picture.connect(self._picture)
        self._after(WARM_UP_S, "_scan")

    @Slot()
    def _scan(self) -> None:
        self._mark()
        self._counting = True
        self._beat_s = time.monotonic()
        self._heart.start(BEAT_MS)
        self._after(SCAN_S, "_sleep")

    @Slot()
    def _sleep(self) -> None:
        self.seen.scan_percent = self._mark()
        self._counting = False
        self._heart.stop()
        self._places().rest.nobody_came()
        self._after(1.0, "_idle")

    @Slot()
    def _idle(self) -> None:
        self._mark()
        self._after(IDLE_S, "_wake")

    @Slot()
    def _wake(self) -> None:
        self.seen.idle_percent = self._mark()
        self._woken_s = time.monotonic()
        self._places().rest.somebody_is_here()

    @Slot(object, object)
    def _picture(self, _frame: Frame, _in_view: object) -> None:
        if self._woken_s is not None:
            self.seen.wake_ms = 1000 * (time.monotonic() - self._woken_s)
            self._assembled.running.application.quit()

    @Slot()
    def _beat(self) -> None:
        now_s = time.monotonic()
        self.seen.late_ms.append(1000 * (now_s - self._beat_s) - BEAT_MS)
        self._beat_s = now_s

    @Slot(int)
    def _painted(self, _number: int) -> None:
        self.seen.verdicts += self._counting


def in_the_window(folder: Path) -> Seen:
    """Play a film to the till, put it to sleep, wake it."""
    cards = round((WARM_UP_S + SCAN_S) / (SECONDS_PER_CARD + GAP_SECONDS)) + 5
    with Central(folder) as central:
        film = folder / "film.mp4"
        write_sample_video(
            film,
            [
                SampleCard(payload=token, title="Bon d’achat", amount="50,00 €", shop="Cassiopée")
                for token in central.issue(cards)
            ],
            fps=FPS,
            size=SIZE,
            seconds_per_card=SECONDS_PER_CARD,
            gap_seconds=GAP_SECONDS,
            steady=True,
        )
        assembled = assemble(
            parse(["--data-dir", str(folder / "till"), "--camera", str(film), "--language", "fr"])
        )
        assembled.opener.enrol(address=central.url, code=central.enrolment_code())
        watch = Watch(assembled)
        assembled.running.window.show()
        assembled.running.application.exec()
        assembled.close()
        return watch.seen


def network_wake_ms(times: int) -> float:
    """The longest of so many wakes of a camera that sends MJPEG over HTTP on loopback."""
    ran = threading.Semaphore(0)
    slept = threading.Semaphore(0)

    def on_status(status: CameraStatus) -> None:
        (ran if isinstance(status, Running) else slept).release()

    pictures = [_picture(number, *SIZE, True) for number in range(3)]
    with mjpeg_camera(pictures) as server:
        camera = Camera(
            UrlSource(server.url()), NewestFrame(), clock=SystemClock(), on_status=on_status
        )
        camera.start()
        ran.acquire()
        slept.acquire()  # "starting"
        longest_s = 0.0
        for _ in range(times):
            camera.sleep()
            slept.acquire()
            began_s = time.monotonic()
            camera.wake()
            ran.acquire()
            longest_s = max(longest_s, time.monotonic() - began_s)
        camera.stop()
    return 1000 * longest_s


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--frames", type=int, default=240, help="for each of the four speeds")
    frames = parser.parse_args().frames
    speeds = {
        f"fps_{height}p_{'code' if voucher else 'empty'}": round(
            fps_of_one_core(width=width, height=height, with_voucher=voucher, frames=frames), 1
        )
        for width, height in ((1280, 720), (1920, 1080))
        for voucher in (False, True)
    }
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        seen = in_the_window(Path(folder))
    figures = {
        **speeds,
        "stalls_over_50_ms": sum(late > STALL_MS for late in seen.late_ms),
        "worst_stall_ms": round(max(seen.late_ms), 1),
        "cpu_idle_percent": round(seen.idle_percent, 2),
        "cpu_scan_percent": round(seen.scan_percent, 1),
        "verdicts": seen.verdicts,
        "wake_ms": round(seen.wake_ms, 1),
        "wake_network_ms": round(network_wake_ms(10), 1),
    }
    print(
        json.dumps(
            {
                "bench": "camera",
                "machine": machine(),
                "figures": figures,
                "limits": {"stalls_over_50_ms": 0, "wake_ms": WAKE_LIMIT_MS},
                "method": "one core's processor time; heart of 10 ms in the GUI thread; real parts",
            }
        )
    )
    return 0 if seen.verdicts else 1


if __name__ == "__main__":
    sys.exit(main())
