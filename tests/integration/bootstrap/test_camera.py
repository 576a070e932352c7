"""The camera of the window: one source at a time, changed while it runs, asleep and awake."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from merchant_app.bootstrap.camera import ScanningCamera
from merchant_app.clock import SystemClock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning.cameras import Listed
from merchant_app.scanning.capture import Capture, Unopened
from merchant_app.scanning.confirmation import InView, ScanEvent, Scanned
from merchant_app.scanning.frames import Frame
from merchant_app.scanning.quality import Advice
from merchant_app.scanning.source import CameraSource, DeviceSource, NamedSource
from tests.fakes.camera_capture import Statuses, wait_until
from tests.fakes.camera_scene import TOKEN, counter, qr_picture
from tests.fakes.light_and_lens import Studio, with_code

LEFT, RIGHT = "Webcam|046d:0825|usb-1", "Webcam|046d:0825|usb-2"


@dataclass
class Sources:
    """What was chosen before."""

    chosen: CameraSource | Problem = field(default_factory=lambda: NamedSource(LEFT))

    def find(self, _given_up: threading.Event) -> CameraSource:
        if isinstance(self.chosen, Problem):
            raise self.chosen
        return self.chosen

    def automatic(self, _given_up: threading.Event) -> CameraSource:
        return DeviceSource(0)


class Still:
    """A camera that shows one picture for ever, thirty times a second."""

    fps = 30.0

    def __init__(self, site: Site, source: CameraSource) -> None:
        self._site = site
        self._tick = threading.Event()
        self.source = source
        self.released = False

    def read(self):  # type: ignore[no-untyped-def]
        self._tick.wait(1 / 30)
        self._site.reads += 1
        return self._site.picture

    def skip(self) -> bool:
        return True

    def release(self) -> None:
        self.released = True


class Site:
    """A computer with two cameras, and who looks at their pictures."""

    def __init__(self) -> None:
        self.sources = Sources()
        self.picture = counter((qr_picture(TOKEN), (300, 200)))
        self.reads = 0
        self.opened: list[Still] = []
        self.statuses = Statuses()
        self.scanned: list[Scanned] = []
        self.advice: list[Advice | None] = []
        self.frames = 0
        self.camera = ScanningCamera(
            self.sources, clock=SystemClock(), lister=self.list_them, open_capture=self.open
        )

    def list_them(self) -> tuple[Listed, ...] | None:
        return (Listed("Webcam", LEFT, 0), Listed("Webcam", RIGHT, 2))

    def open(self, source: CameraSource) -> Capture | Unopened:
        assert all(capture.released for capture in self.opened), "one at a time"
        self.opened.append(Still(self, source))
        return self.opened[-1]

    def on_frame(self, _frame: Frame, _in_view: tuple[InView, ...]) -> None:
        self.frames += 1

    def on_scanned(self, event: ScanEvent) -> None:
        if isinstance(event, Scanned):
            self.scanned.append(event)

    def on_status(self, status: object) -> None:
        self.statuses(status)  # type: ignore[arg-type]

    def on_advice(self, advice: Advice | None) -> None:
        self.advice.append(advice)

    def sees_more(self) -> None:
        before = self.frames
        wait_until(lambda: self.frames > before)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.camera.stop()
    assert all(capture.released for capture in made.opened)


def test_the_camera_chosen_before_is_the_one_that_is_opened(site: Site) -> None:
    site.camera.start(site)
    wait_until(lambda: len(site.scanned) == 1)
    assert [capture.source for capture in site.opened] == [NamedSource(LEFT)]


def test_another_camera_takes_over_and_reads_what_lies_there(site: Site) -> None:
    site.camera.start(site)
    wait_until(lambda: len(site.scanned) == 1)
    site.camera.choose(RIGHT)
    wait_until(lambda: len(site.scanned) == 2)
    site.camera.choose("")
    wait_until(lambda: len(site.scanned) == 3)
    sources = [capture.source for capture in site.opened]
    assert sources == [NamedSource(LEFT), NamedSource(RIGHT), DeviceSource(0)]
    assert "Stopped" not in site.statuses.kinds, "nobody is told of the one that was let go"
    assert [entry.identity for entry in site.camera.listed()] == [LEFT, RIGHT]


def test_whoever_goes_through_the_list_gets_the_last_one(site: Site) -> None:
    site.camera.start(site)
    for _ in range(10):
        site.camera.choose(RIGHT)
        site.camera.choose(LEFT)
    site.camera.choose("")
    wait_until(lambda: bool(site.opened) and site.opened[-1].source == DeviceSource(0))
    site.sees_more()
    assert len(site.opened) < 10


@pytest.mark.expects_log("no pictures")
def test_a_source_that_is_none_can_be_replaced(site: Site) -> None:
    site.sources.chosen = Problem(ProblemKind.CAMERA_MISSING, "not a camera")
    site.camera.start(site)
    site.statuses.wait_for("Missing")
    site.camera.choose(RIGHT)
    wait_until(lambda: len(site.scanned) == 1)


def test_asleep_nothing_is_read_whichever_camera_is_chosen(site: Site) -> None:
    site.camera.start(site)
    site.sees_more()
    site.camera.sleep()
    site.statuses.wait_for("Running", "Asleep")
    site.camera.choose(RIGHT)
    site.statuses.wait_for("Asleep", "Starting", "Asleep")
    reads = site.reads
    assert [capture.source for capture in site.opened] == [NamedSource(LEFT)]
    site.camera.wake()
    site.sees_more()
    assert site.reads > reads
    assert site.opened[-1].source == NamedSource(RIGHT)


def test_what_was_only_tried_is_reported_again(site: Site) -> None:
    site.camera.start(site)
    wait_until(lambda: len(site.scanned) == 1)
    site.camera.look_anew()
    wait_until(lambda: len(site.scanned) == 2)


def test_what_would_help_is_told_and_taken_back(site: Site) -> None:
    import cv2

    studio = Studio(1)
    close = studio.photograph(with_code(studio.wood(), studio.code(1_200)))
    site.picture = cv2.cvtColor(close, cv2.COLOR_GRAY2BGR).astype("uint8")
    site.camera.start(site)
    wait_until(lambda: Advice.TOO_CLOSE in site.advice)
    site.picture = counter((qr_picture(TOKEN), (300, 200)))
    # Words stay for some seconds only: on a busy computer they may be gone, or told anew, by now.
    wait_until(lambda: bool(site.scanned) and site.advice[-1] is None)
    assert set(site.advice) == {Advice.TOO_CLOSE, None}
