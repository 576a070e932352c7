"""From pictures to scans: the scanner's thread with real decoders."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from merchant_app.clock import SystemClock
from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.scanning.camera import Camera
from merchant_app.scanning.confirmation import InView, Left, ScanEvent, Scanned
from merchant_app.scanning.decoder import Decoder, Sight
from merchant_app.scanning.frames import Frame, NewestFrame
from merchant_app.scanning.readers import available_readers
from merchant_app.scanning.scanner import Scanner
from merchant_app.scanning.source import UrlSource
from merchant_app.vouchers.scan import Foreign, classify
from tests.fakes.camera_capture import wait_until
from tests.fakes.camera_scene import CODE, OTHER_TOKEN, TOKEN, counter, qr_picture
from tests.fakes.mjpeg_camera import mjpeg_camera
from tests.fakes.waiting import LIMIT_S

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage, GreyImage


class Counter:
    """A scanner under test: frames go in by hand, one at a time, and each is waited for."""

    def __init__(self, readers: Callable[[], Decoder] = available_readers) -> None:
        self.frames = NewestFrame()
        self.events: list[ScanEvent] = []
        self.views: list[tuple[Frame, tuple[InView, ...]]] = []
        self.problems: list[Problem] = []
        self.threads: set[str] = set()
        self._looked = threading.Semaphore(0)
        self._number = 0
        self.scanner = Scanner(
            self.frames,
            readers,
            on_frame=self._on_frame,
            on_scanned=self.events.append,
            on_problem=self.problems.append,
        )

    def _on_frame(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        self.threads.add(threading.current_thread().name)
        self.views.append((frame, in_view))
        self._looked.release()

    def put(self, image: BgrImage) -> None:
        self.frames.put(Frame(image, self._number, self._number / 5))
        self._number += 1

    def show(self, image: BgrImage, *, times: int = 1) -> None:
        for _ in range(times):
            self.put(image)
            assert self._looked.acquire(timeout=LIMIT_S)


@contextmanager
def a_counter(readers: Callable[[], Decoder] = available_readers) -> Iterator[Counter]:
    made = Counter(readers)
    made.scanner.start()
    try:
        yield made
    finally:
        assert made.scanner.stop(time_limit_s=LIMIT_S)


EMPTY = counter()
VOUCHER = counter((qr_picture(TOKEN), (300, 200)))
PRINTED_CODE = counter((qr_picture(CODE), (300, 200)))
BOTH = counter((qr_picture(TOKEN), (100, 200)), (qr_picture(OTHER_TOKEN), (700, 200)))


def test_a_voucher_is_scanned_from_its_first_frame_and_once() -> None:
    with a_counter() as till:
        till.show(EMPTY, times=2)
        till.show(VOUCHER, times=10)
    (event,) = till.events
    assert isinstance(event, Scanned)
    assert event.text == TOKEN
    assert event.frame_number == 2
    assert till.threads == {"scanner"}


def test_a_code_without_signature_takes_two_frames() -> None:
    with a_counter() as till:
        till.show(PRINTED_CODE, times=2)
    (event,) = till.events
    assert isinstance(event, Scanned)
    assert event.frame_number == 1


def test_a_voucher_shown_again_after_it_left_is_scanned_again() -> None:
    with a_counter() as till:
        till.show(VOUCHER, times=3)
        till.show(EMPTY, times=8)
        till.show(VOUCHER, times=2)
    assert [type(event) for event in till.events] == [Scanned, Left, Scanned]


def test_the_live_picture_comes_once_a_frame_with_the_codes_in_it() -> None:
    with a_counter() as till:
        till.show(BOTH, times=3)
    assert [frame.number for frame, _ in till.views] == [0, 1, 2]
    assert {code.text for code in till.views[-1][1]} == {TOKEN, OTHER_TOKEN}
    assert {event.text for event in till.events} == {TOKEN, OTHER_TOKEN}


def test_an_advert_beside_a_voucher_changes_nothing() -> None:
    """Each code is counted for itself: the advert's readings never confirm the voucher's, and it
    is known for what it is."""
    advert = "https://www.example.org/soldes-2026"
    with a_counter() as till:
        till.show(counter((qr_picture(advert), (700, 200))), times=2)
        till.show(counter((qr_picture(advert), (700, 200)), (qr_picture(TOKEN), (100, 200))))
        till.show(counter((qr_picture(advert), (700, 200)), (qr_picture(CODE), (100, 200))))
        till.show(counter((qr_picture(CODE), (100, 200))))
    scans = [event for event in till.events if isinstance(event, Scanned)]
    assert [(scan.text, scan.frame_number) for scan in scans] == [
        (advert, 1),
        (TOKEN, 2),
        (CODE, 4),
    ]
    assert [isinstance(classify(scan.text), Foreign) for scan in scans] == [True, False, False]


def test_nothing_is_decoded_while_paused_and_the_picture_after_it_is_fresh() -> None:
    with a_counter() as till:
        till.show(VOUCHER)
        till.scanner.pause()
        till.put(BOTH)
        till.put(BOTH)
        till.scanner.resume()
        till.show(VOUCHER)
        till.show(VOUCHER)
    assert OTHER_TOKEN not in [event.text for event in till.events]
    assert [event.text for event in till.events] == [TOKEN], "it had not left"


def test_forgetting_scans_what_lies_there_once_more() -> None:
    with a_counter() as till:
        till.show(VOUCHER, times=2)
        till.scanner.forget()
        till.show(VOUCHER, times=2)
    assert [event.text for event in till.events] == [TOKEN, TOKEN]


def test_stopping_ends_it_while_paused_and_while_waiting() -> None:
    with a_counter() as paused:
        paused.scanner.pause()
    with a_counter():
        pass
    assert Counter().scanner.stop(time_limit_s=LIMIT_S), "never started"


def test_without_decoders_the_problem_is_told() -> None:
    def none() -> Decoder:
        raise Problem(ProblemKind.DECODERS_MISSING)

    with a_counter(none) as till:
        till.put(VOUCHER)
        wait_until(lambda: bool(till.problems))
    assert till.problems[0].kind is ProblemKind.DECODERS_MISSING


def test_nothing_is_loaded_to_decode_with_until_a_camera_opens() -> None:
    loaded = threading.Event()

    def load() -> Decoder:
        loaded.set()
        return available_readers()

    with a_counter(load) as till:
        assert not loaded.wait(0.05)
        till.frames.expect()
        assert loaded.wait(LIMIT_S)


class Broken:
    """A decoder with a bug."""

    name = "broken"

    def decode(self, grey: GreyImage) -> Sight:
        raise Bug("a decoder may not raise")


def test_a_bug_in_the_thread_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda hook: heard.append(hook.exc_type))
    with a_counter(Broken) as till:
        till.put(VOUCHER)
        wait_until(lambda: heard == [Bug])


def test_a_scanner_that_stops_itself_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda hook: heard.append(hook.exc_type))
    frames = NewestFrame()

    def on_scanned(event: ScanEvent) -> None:
        scanner.stop()

    scanner = Scanner(
        frames,
        available_readers,
        on_frame=lambda frame, in_view: None,
        on_scanned=on_scanned,
        on_problem=lambda problem: None,
    )
    scanner.start()
    frames.put(Frame(VOUCHER, 0, 0.0))
    wait_until(lambda: heard == [Bug])
    assert scanner.stop(time_limit_s=LIMIT_S)


def test_from_a_camera_on_the_network_to_the_text_of_a_voucher() -> None:
    """And the voucher that was in view when the camera was lost is not scanned twice."""
    till = Counter()
    with mjpeg_camera([VOUCHER]) as served:
        source = UrlSource(served.url(die=10))
        camera = Camera(source, till.frames, clock=SystemClock(), on_status=lambda status: None)
        till.scanner.start()
        camera.start()
        wait_until(lambda: served.connections >= 3)
        assert camera.stop(time_limit_s=LIMIT_S)
        assert till.scanner.stop(time_limit_s=LIMIT_S)
    assert [event.text for event in till.events] == [TOKEN]
