"""The live picture: freshness, two vouchers at once, and words when there is none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_app.scanning.camera import (
    Asleep,
    Busy,
    CameraStatus,
    Ended,
    Lost,
    Missing,
    Running,
    Starting,
    Stopped,
    Unreadable,
)
from merchant_app.scanning.confirmation import InView, Left, Scanned
from merchant_app.scanning.frames import Corners, Frame
from merchant_app.scanning.quality import Advice
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.camera_relay import CameraRelay
from merchant_app.ui.encaisser.one_at_a_time import OneAtATime
from merchant_app.ui.main_window import MainWindow
from tests.fakes.counter import code
from tests.fakes.held_camera import HeldCamera
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World
from tests.ui.gallery import camera_frame

BOX = ((10, 10), (90, 10), (90, 90), (10, 90))


BESIDE_IT = ((250, 10), (350, 10), (350, 90), (250, 90))


def in_view(text: str, *, missed: int = 0, at: Corners = BOX) -> InView:
    return InView(text=text, corners=at, is_bytes=False, confirmed=True, missed_frames=missed)


def scanned(text: str, *others: InView, frame: int = 1) -> Scanned:
    return Scanned(
        text=text,
        corners=BOX,
        is_bytes=False,
        frame_number=frame,
        captured_at_s=0.0,
        in_view=(in_view(text), *others),
    )


@pytest.fixture
def camera(world: World) -> HeldCamera:
    held = HeldCamera()
    world.camera = held
    world.counter.add(1)
    world.counter.add(2)
    return held


def test_a_code_in_front_of_the_camera_is_looked_up(camera: HeldCamera, till: Till) -> None:
    camera.does(Running(1280, 720, 30.0), camera_frame(), scanned(code(1)))
    till.comes_to(st.Debitable)
    assert till.view.camera.told == ""
    camera.does(Left(code(1)), Advice.MORE_LIGHT)
    # Handed out after it: by now the window knows that the code is gone.
    till.qtbot.waitUntil(lambda: bool(till.view.camera.advised), timeout=LIMIT_MS)
    assert isinstance(till.state, st.Debitable)


def test_of_two_vouchers_neither_is_taken_until_one_is_alone(
    camera: HeldCamera, till: Till
) -> None:
    frame, _ = camera_frame()
    both = (in_view(code(1)), in_view(code(2)))
    camera.does(scanned(code(1), in_view(code(2))), scanned(code(2), in_view(code(1))))
    camera.does((frame, both))
    till.qtbot.waitUntil(lambda: till.view.camera.is_crowded, timeout=LIMIT_MS)
    assert till.counter.asked("look_up") == 0
    camera.does((frame, (in_view(code(2)), in_view(code(1), missed=3))))
    till.comes_to(st.Debitable)
    state = till.state
    assert isinstance(state, st.Debitable)
    assert state.label == till.counter.vouchers[code(2)].label


def two_in_view(camera: HeldCamera, till: Till) -> Frame:
    """Two vouchers lie in front of the camera, side by side; the till asks which."""
    frame, _ = camera_frame()
    camera.does(scanned(code(1), in_view(code(2))), scanned(code(2), in_view(code(1))))
    camera.does((frame, (in_view(code(1)), in_view(code(2), at=BESIDE_IT))))
    till.qtbot.waitUntil(lambda: till.view.camera.is_crowded, timeout=LIMIT_MS)
    return frame


def label_at_hand(till: Till) -> str:
    state = till.state
    assert isinstance(state, st.Debitable)
    return state.label


@pytest.mark.parametrize("number", [1, 2])
def test_which_of_two_vouchers_is_answered_with_a_key(
    camera: HeldCamera, till: Till, number: int
) -> None:
    frame = two_in_view(camera, till)
    assert "1 ou 2" in till.view.camera.asks
    till.types(str(number))
    till.comes_to(st.Debitable)
    assert label_at_hand(till) == till.counter.vouchers[code(number)].label
    assert till.view.code.text() == ""
    # The chosen one is taken away, the other lies there still: the card does not change by itself.
    other = 3 - number
    camera.does((frame, (in_view(code(other)), in_view(code(number), missed=3))))
    till.qtbot.waitUntil(lambda: not till.view.camera.is_crowded, timeout=LIMIT_MS)
    assert till.counter.asked("look_up") == 1
    assert label_at_hand(till) == till.counter.vouchers[code(number)].label


def test_which_of_two_vouchers_is_answered_with_a_click(camera: HeldCamera, till: Till) -> None:
    two_in_view(camera, till)
    view = till.view.camera
    scale = view.width() / 1280
    at = QPoint(round(300 * scale), round(50 * scale))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() - 5, 5))
    assert till.counter.asked("look_up") == 0, "beside both"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    till.comes_to(st.Debitable)
    assert label_at_hand(till) == till.counter.vouchers[code(2)].label


def test_a_number_is_an_amount_where_amounts_are_typed(camera: HeldCamera, till: Till) -> None:
    frame = two_in_view(camera, till)
    till.types("1")
    till.comes_to(st.Debitable)
    camera.does((frame, (in_view(code(1)), in_view(code(2), at=BESIDE_IT))))
    till.qtbot.waitUntil(lambda: "1 ou 2" not in till.view.camera.asks, timeout=LIMIT_MS)
    till.types("2")
    assert till.view.amount.text() == "2"
    assert till.counter.asked("look_up") == 1


def test_vouchers_keep_their_numbers_while_they_are_in_view() -> None:
    rule = OneAtATime()
    rule.in_view([(code(1), 0), (code(2), 0)])
    assert dict(rule.numbers) == {code(1): 1, code(2): 2}
    rule.in_view([(code(3), 0), (code(2), 0), ("https://example.org", 0)])
    assert dict(rule.numbers) == {code(2): 2, code(3): 1}
    rule.in_view([(code(2), 0), ("https://example.org", 0)])
    assert dict(rule.numbers) == {}
    assert rule.choose(2) is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Starting(), "démarre"),
        (Missing(), "Branchez la caméra"),
        (Busy(), "autre programme"),
        (Lost(), "débranchée"),
        (Unreadable(), "n’est pas une vidéo"),
        (Ended(), "vidéo est finie"),
        (Asleep(), "dort"),
        (Stopped(), "Sans caméra"),
    ],
)
def test_no_picture_is_told_and_typing_works(
    camera: HeldCamera, till: Till, status: CameraStatus, words: str
) -> None:
    camera.does(Running(1280, 720, 30.0), camera_frame(), status)
    till.qtbot.waitUntil(lambda: words in till.view.camera.told, timeout=LIMIT_MS)
    till.gun(code(1))
    till.comes_to(st.Debitable)


def test_the_button_looks_again(camera: HeldCamera, till: Till) -> None:
    camera.does(Ended())
    till.qtbot.waitUntil(lambda: bool(till.view.camera.told), timeout=LIMIT_MS)
    till.view.camera.again.emit()
    assert camera.again_asked == 1


def test_closing_stops_the_camera(camera: HeldCamera, till: Till) -> None:
    till.window.close()
    assert camera.stopped
    camera.does(camera_frame(), scanned(code(1)))


def test_without_a_camera(till: Till) -> None:
    assert "Sans caméra" in till.view.camera.told


def test_only_the_newest_picture_is_handed_out(qtbot: QtBot, window: MainWindow) -> None:
    relay = CameraRelay(window)
    frames = [camera_frame(number) for number in range(3)]
    seen: list[int] = []
    relay.picture.connect(lambda frame, _codes: seen.append(frame.number))
    for frame, codes in frames:
        relay.on_frame(frame, codes)
    qtbot.waitUntil(lambda: bool(seen), timeout=LIMIT_MS)
    assert seen == [2]


def test_an_advert_beside_a_voucher_does_not_hold_it_up_in_the_window(
    camera: HeldCamera, till: Till
) -> None:
    frame, _ = camera_frame()
    advert = "https://www.example.org/soldes"
    both = (in_view(advert), in_view(code(1)))
    camera.does(scanned(code(1), in_view(advert)), (frame, both))
    till.comes_to(st.Debitable)
    assert not till.view.camera.is_crowded


def test_something_else_beside_a_voucher_does_not_hold_it_up() -> None:
    rule = OneAtATime()
    seen = [(code(1), 0), ("https://example.org", 0)]
    assert rule.takes(code(1), seen)
    assert rule.in_view(seen) == (False, None)


def test_the_next_voucher_need_not_wait_for_the_last_to_be_forgotten() -> None:
    rule = OneAtATime()
    assert rule.takes(code(2), [(code(2), 0), (code(1), 5)])


def test_a_voucher_passed_over_and_taken_away_is_not_scanned() -> None:
    rule = OneAtATime()
    assert not rule.takes(code(1), [(code(1), 0), (code(2), 0)])
    assert rule.in_view([(code(2), 0)]) == (False, None)
    assert rule.in_view([(code(1), 0)]) == (False, None)
