"""The camera thread against real streams over loopback, real video files, and a scripted driver."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from merchant_app.clock import Clock, SystemClock
from merchant_app.errors import Bug, ProblemKind
from merchant_app.scanning.camera import (
    STALE_FRAMES,
    Busy,
    Camera,
    CameraStatus,
    Ended,
    Lost,
    Running,
    problem_of,
)
from merchant_app.scanning.capture import CaptureOpener, Unopened, open_capture
from merchant_app.scanning.frames import Frame, NewestFrame
from merchant_app.scanning.source import CameraSource, DeviceSource, FileSource, UrlSource
from tests.fakes.camera_capture import ScriptedCapture, ScriptedDriver, Statuses, wait_until
from tests.fakes.camera_scene import write_video
from tests.fakes.mjpeg_camera import mjpeg_camera
from tests.fakes.waiting import LIMIT_S

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage


def shade(value: int) -> BgrImage:
    return np.full((120, 160, 3), value, np.uint8)


SHADES = [shade(value) for value in range(20, 240, 20)]


class Watched:
    """A camera under test, its statuses and its frames."""

    def __init__(self, source: CameraSource, opener: CaptureOpener, clock: Clock) -> None:
        self.statuses = Statuses()
        self.frames = NewestFrame()
        self.camera = Camera(
            source, self.frames, clock=clock, on_status=self.statuses, open_capture=opener
        )

    def is_over(self) -> bool:
        return self.statuses.kinds[-1:] in (["Ended"], ["Unreadable"])

    def frame(self) -> Frame:
        frame = self.frames.take(timeout_s=LIMIT_S)
        assert frame is not None, f"no frame; statuses {self.statuses.kinds}"
        return frame


@contextmanager
def watching(
    source: CameraSource, *, opener: CaptureOpener = open_capture, clock: Clock | None = None
) -> Iterator[Watched]:
    watched = Watched(source, opener, clock if clock is not None else SystemClock())
    watched.camera.start()
    try:
        yield watched
    finally:
        assert watched.camera.stop(time_limit_s=LIMIT_S)


# A camera on the network: real HTTP, real FFmpeg


def test_pictures_of_a_network_camera_arrive() -> None:
    with mjpeg_camera(SHADES) as camera, watching(UrlSource(camera.url())) as watched:
        first, second = watched.frame(), watched.frame()
        assert first.image.shape == (120, 160, 3)
        assert second.number > first.number
        assert second.captured_at_s >= first.captured_at_s
        assert isinstance(watched.camera.status, Running)
        assert watched.statuses.kinds == ["Starting", "Running"]
    assert watched.statuses.kinds[-1] == "Stopped"


@pytest.mark.parametrize("failure", ["die", "half", "stall"])
def test_a_camera_that_fails_is_lost_and_found_again(failure: str) -> None:
    with mjpeg_camera(SHADES) as camera:
        source = UrlSource(camera.url("/cam", **{failure: 8}))
        with watching(source) as watched:
            watched.statuses.wait_for("Running", "Lost", "Running")
            assert watched.frame().number >= 0


def test_a_camera_unplugged_and_plugged_in_again_needs_no_restart() -> None:
    with mjpeg_camera(SHADES) as camera, watching(UrlSource(camera.url())) as watched:
        watched.statuses.wait_for("Running")
        camera.unplug()
        watched.statuses.wait_for("Lost")
        last = watched.frames.take(timeout_s=0)
        camera.plug_in()
        watched.statuses.wait_for("Lost", "Running")
        again = watched.frame()
        assert last is None or again.number > last.number, "numbers go on over a loss"


def test_a_camera_that_is_switched_on_later_is_found() -> None:
    with mjpeg_camera(SHADES) as camera:
        camera.unplug()
        with watching(UrlSource(camera.url())) as watched:
            watched.statuses.wait_for("Missing")
            camera.plug_in()
            watched.statuses.wait_for("Missing", "Running")


@pytest.mark.parametrize("path", ["/never", "/404"])
def test_an_address_without_a_camera_is_missing(path: str) -> None:
    with mjpeg_camera(SHADES) as camera, watching(UrlSource(camera.url(path))) as watched:
        watched.statuses.wait_for("Missing")
        assert problem_of(watched.camera.status) is ProblemKind.CAMERA_MISSING


# A camera of this computer


def test_an_index_without_a_camera_is_missing_and_does_not_crash() -> None:
    with watching(DeviceSource(63)) as watched:
        watched.statuses.wait_for("Missing")


def test_the_index_that_crashes_opencv_never_reaches_it() -> None:
    assert open_capture(DeviceSource(-1)) is Unopened.MISSING


def test_a_camera_that_another_program_uses_is_busy_and_taken_when_it_is_free() -> None:
    driver = ScriptedDriver([Unopened.BUSY, Unopened.BUSY, ScriptedCapture(5, blocks=False)])
    with watching(DeviceSource(0), opener=driver) as watched:
        watched.statuses.wait_for("Starting", "Busy", "Running")
    assert problem_of(Busy()) is ProblemKind.CAMERA_BUSY


def test_a_camera_that_opens_and_gives_no_picture_is_busy_too() -> None:
    """Windows opens a camera that another program reads; it just never gets a picture."""
    driver = ScriptedDriver([ScriptedCapture(0)])
    with watching(DeviceSource(0), opener=driver) as watched:
        watched.statuses.wait_for("Busy")


def test_a_camera_unplugged_while_running_stays_lost_until_it_is_back() -> None:
    driver = ScriptedDriver(
        [ScriptedCapture(3), Unopened.MISSING, Unopened.BUSY, ScriptedCapture(3)]
    )
    with watching(DeviceSource(0), opener=driver) as watched:
        watched.statuses.wait_for("Running", "Lost", "Running")
    kinds = watched.statuses.kinds
    assert kinds[:4] == ["Starting", "Running", "Lost", "Running"]
    assert problem_of(Lost()) is ProblemKind.CAMERA_LOST


def test_one_thread_reads_and_releases() -> None:
    """`release` from another thread during a read crashes OpenCV."""
    capture = ScriptedCapture(1_000_000)
    with watching(DeviceSource(0), opener=ScriptedDriver([capture])) as watched:
        watched.frame()
    assert capture.released.is_set()
    assert len(capture.threads) == 1
    assert threading.get_ident() not in capture.threads


@pytest.mark.expects_log("does not return from its driver")
def test_stopping_does_not_wait_for_a_driver_that_blocks_for_ever() -> None:
    capture = ScriptedCapture(1, blocks=True)
    watched = Watched(DeviceSource(0), ScriptedDriver([capture]), SystemClock())
    watched.camera.start()
    assert capture.blocked.wait(LIMIT_S)
    assert not watched.camera.stop(time_limit_s=0.05)
    capture.unblock.set()
    assert watched.camera.stop(time_limit_s=LIMIT_S)
    assert capture.released.is_set()


def test_stopping_a_camera_that_was_never_started_is_fine() -> None:
    watched = Watched(DeviceSource(0), ScriptedDriver([Unopened.MISSING]), SystemClock())
    assert watched.camera.stop(time_limit_s=LIMIT_S)


def test_stopping_from_its_own_thread_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for itself. And a bug in the thread is heard, and the camera released."""
    heard: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda hook: heard.append(hook.exc_type))
    capture = ScriptedCapture(5)

    def on_status(status: CameraStatus) -> None:
        if isinstance(status, Running):
            camera.stop()

    camera = Camera(
        DeviceSource(0),
        NewestFrame(),
        clock=SystemClock(),
        on_status=on_status,
        open_capture=ScriptedDriver([capture]),
    )
    camera.start()
    assert capture.released.wait(LIMIT_S)
    wait_until(lambda: heard == [Bug])
    assert camera.stop(time_limit_s=LIMIT_S)


# A video file


def number_in(frame: Frame) -> int:
    """The files of these tests say in their shade which frame it is."""
    return round(float(frame.image.mean()) / 20) - 1


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "bons d'été.mp4"
    write_video(str(path), SHADES)
    return path


def test_a_file_that_ends_says_so_and_is_no_error(video: Path) -> None:
    with watching(FileSource(video)) as watched:
        watched.statuses.wait_for("Starting", "Running", "Ended")
    assert watched.statuses.kinds == ["Starting", "Running", "Ended"]
    assert problem_of(Ended()) is None


def test_the_frames_of_a_file_are_numbered_and_shown_at_its_own_speed(video: Path) -> None:
    clock = SystemClock()
    seen: list[Frame] = []
    with watching(FileSource(video), clock=clock) as watched:
        while not isinstance(watched.camera.status, Ended):
            frame = watched.frames.take(timeout_s=0.05)
            if frame is not None:
                assert frame.captured_at_s <= clock.monotonic_s(), "never before it is due"
                seen.append(frame)
    assert [number_in(frame) for frame in seen] == [frame.number for frame in seen]
    for frame in seen:
        due_s = (frame.number - seen[0].number) / 30
        assert frame.captured_at_s - seen[0].captured_at_s == pytest.approx(due_s)


def test_a_file_begins_again_only_if_asked(video: Path) -> None:
    with watching(FileSource(video, loop=True)) as watched:
        wait_until(lambda: watched.frame().number > 2 * len(SHADES))
    assert watched.statuses.kinds == ["Starting", "Running", "Stopped"]


class SlowClock:
    """A computer so slow that each look at the clock takes a tenth of a second."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self._at_s = 0.0
        self.now = self._real.now

    def monotonic_s(self) -> float:
        self._at_s += 0.1
        return self._at_s


def test_a_computer_too_slow_for_a_file_leaves_frames_out_as_a_camera_would() -> None:
    shown: list[Frame] = []

    class Slot(NewestFrame):
        def put(self, frame: Frame) -> None:
            shown.append(frame)

    statuses = Statuses()
    camera = Camera(
        FileSource(Path("film.mp4")),
        Slot(),
        clock=SlowClock(),
        on_status=statuses,
        open_capture=ScriptedDriver([ScriptedCapture(90)]),
    )
    camera.start()
    statuses.wait_for("Ended")
    assert camera.stop(time_limit_s=LIMIT_S)
    numbers = [frame.number for frame in shown]
    assert 0 < len(numbers) < 30
    assert numbers == sorted(set(numbers))
    first = shown[0].captured_at_s - shown[0].number / 30
    for frame in shown:
        assert frame.captured_at_s == pytest.approx(first + frame.number / 30)


@pytest.mark.parametrize(
    "content",
    [b"", b"this is no video", b"\x00" * 5_000, None],
    ids=["empty", "text", "zeros", "none"],
)
def test_what_is_no_video_is_unreadable_once_and_for_all(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with watching(FileSource(path, loop=True)) as watched:
        watched.statuses.wait_for("Unreadable")
    assert watched.statuses.kinds == ["Starting", "Unreadable"]
    assert problem_of(watched.camera.status) is ProblemKind.VIDEO_UNREADABLE


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    assert open_capture(FileSource(tmp_path)) is Unopened.UNREADABLE


def test_a_film_cut_off_in_the_middle_is_no_crash(video: Path, tmp_path: Path) -> None:
    whole = video.read_bytes()
    for keep in (len(whole) // 3, len(whole) * 2 // 3, len(whole) - 10):
        cut = tmp_path / f"cut{keep}.mp4"
        cut.write_bytes(whole[:keep])
        with watching(FileSource(cut)) as watched:
            wait_until(watched.is_over)


# Asleep: nothing is read, and the next picture is of the present


def test_a_sleeping_camera_is_held_open_and_not_read() -> None:
    capture = ScriptedCapture(1_000_000)
    with watching(DeviceSource(0), opener=ScriptedDriver([capture])) as watched:
        watched.frame()
        watched.camera.sleep()
        watched.statuses.wait_for("Running", "Asleep")
        watched.frames.take(timeout_s=0)
        last_read = capture.pictures_read
        assert watched.frames.take(timeout_s=0.05) is None
        assert capture.pictures_read == last_read
        assert not capture.released.is_set()
        watched.camera.wake()
        watched.statuses.wait_for("Asleep", "Running")
        watched.frame()
        assert capture.skipped == STALE_FRAMES, "the past is passed over"
    assert capture.released.is_set()


def test_a_camera_unplugged_while_it_sleeps_is_looked_for_when_it_wakes() -> None:
    driver = ScriptedDriver([ScriptedCapture(3, blocks=True), ScriptedCapture(1_000_000)])
    gone = driver.steps[0]
    assert isinstance(gone, ScriptedCapture)
    with watching(DeviceSource(0), opener=driver) as watched:
        watched.frame()
        watched.camera.sleep()
        gone.unblock.set()
        watched.statuses.wait_for("Running", "Asleep")
        watched.camera.wake()
        watched.statuses.wait_for("Asleep", "Running")
    assert driver.openings == 2


def test_a_network_camera_is_let_go_while_nobody_looks() -> None:
    with mjpeg_camera(SHADES) as camera, watching(UrlSource(camera.url())) as watched:
        watched.statuses.wait_for("Running")
        watched.camera.sleep()
        watched.statuses.wait_for("Running", "Asleep")
        before = camera.connections
        watched.camera.wake()
        watched.statuses.wait_for("Asleep", "Running")
        assert camera.connections == before + 1


def test_a_camera_put_to_sleep_before_it_starts_is_not_even_opened() -> None:
    driver = ScriptedDriver([ScriptedCapture(1_000_000)])
    watched = Watched(DeviceSource(0), driver, SystemClock())
    watched.camera.sleep()
    watched.camera.start()
    watched.statuses.wait_for("Asleep")
    assert driver.openings == 0
    watched.camera.wake()
    watched.frame()
    assert watched.camera.stop(time_limit_s=LIMIT_S)


def test_a_film_waits_for_its_audience(video: Path) -> None:
    watched = Watched(FileSource(video), open_capture, SystemClock())
    watched.camera.sleep()
    watched.camera.start()
    watched.statuses.wait_for("Asleep")
    watched.camera.wake()
    watched.statuses.wait_for("Asleep", "Running", "Ended")
    assert watched.camera.stop(time_limit_s=LIMIT_S)


def test_stopping_wakes_a_sleeper_for_the_last_time() -> None:
    for asleep_first in (True, False):
        watched = Watched(DeviceSource(0), ScriptedDriver([ScriptedCapture(10**6)]), SystemClock())
        if asleep_first:
            watched.camera.sleep()
        watched.camera.start()
        watched.camera.sleep()
        watched.statuses.wait_for("Asleep")
        assert watched.camera.stop(time_limit_s=LIMIT_S)
        watched.camera.sleep()
        assert watched.statuses.kinds[-1] == "Stopped"
