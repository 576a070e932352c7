"""Which camera was chosen: by what it is and where it is plugged in, never by its number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning.cameras import (
    Listed,
    find,
    identity_of,
    list_cameras,
    name_in,
)
from merchant_app.scanning.capture import Unopened, device_of, open_capture
from merchant_app.scanning.source import DeviceSource, NamedSource
from merchant_app.settings.options import CAMERA_IDENTITY


def camera(index: int, name: str = "HD Webcam", *, plug: str, product: int = 0x0825) -> Listed:
    identity = identity_of(name, 0x046D, product, plug)
    return Listed(name, identity, index, f"/dev/video{index}")


BUILT_IN = camera(0, "Integrated Camera", plug="usb-0:5:1.0", product=0x0001)
LEFT = camera(2, plug="usb-0:1:1.0")
RIGHT = camera(4, plug="usb-0:2:1.0")


def test_a_camera_is_found_whatever_its_number_is_today() -> None:
    today = (camera(0, plug="usb-0:1:1.0"), camera(6, "Integrated Camera", plug="x", product=1))
    assert find(LEFT.identity, today) == today[0]


def test_two_of_a_make_are_told_apart_by_where_they_are_plugged_in() -> None:
    assert find(LEFT.identity, (BUILT_IN, RIGHT, LEFT)) == LEFT
    assert find(RIGHT.identity, (BUILT_IN, RIGHT, LEFT)) == RIGHT


def test_a_camera_moved_to_another_plug_is_the_same_while_it_is_the_only_one_of_its_make() -> None:
    moved = camera(3, plug="usb-0:9:1.0")
    assert find(LEFT.identity, (BUILT_IN, moved)) == moved
    assert find(LEFT.identity, (moved, RIGHT)) is None


def test_another_camera_never_stands_in_for_the_one_that_was_chosen() -> None:
    assert find(LEFT.identity, (BUILT_IN,)) is None
    assert find(LEFT.identity, ()) is None
    assert device_of(LEFT.identity, (BUILT_IN,)) is None


def test_the_device_is_opened_by_its_path() -> None:
    assert device_of(RIGHT.identity, (LEFT, RIGHT)) == DeviceSource(4, "/dev/video4")


def test_where_cameras_cannot_be_listed_the_first_is_taken() -> None:
    assert device_of(LEFT.identity, None) == DeviceSource(0)


def test_a_chosen_camera_that_is_not_plugged_in_is_missing() -> None:
    source = NamedSource(LEFT.identity)
    assert open_capture(source, lister=lambda: (BUILT_IN,)) is Unopened.MISSING
    assert source.label == "camera HD Webcam"


def test_listing_never_fails() -> None:
    listed = list_cameras()
    assert listed is None or all(isinstance(entry, Listed) for entry in listed)


@given(name=st.text(), vendor=st.none() | st.integers(0, 0xFFFF), place=st.text())
def test_an_identity_can_be_kept_whatever_a_camera_calls_itself(
    name: str, vendor: int | None, place: str
) -> None:
    identity = identity_of(name, vendor, vendor, place)
    assert CAMERA_IDENTITY.from_json(identity) == identity
    assert find(identity, (Listed(name, identity, 0),)) is not None
    assert "|" not in name_in(identity)


@pytest.mark.parametrize("linked", [True, False])
def test_a_plug_is_known_by_the_name_that_udev_gives_it(tmp_path: Path, linked: bool) -> None:
    from merchant_app.scanning.cameras import _plug

    device = tmp_path / "video2"
    device.touch()
    places = tmp_path / "by-path"
    if linked:
        places.mkdir()
        (places / "pci-usb-0:2-video-index0").symlink_to(device)
    wanted = "pci-usb-0:2-video-index0" if linked else str(device)
    assert _plug(str(device), places) == wanted
