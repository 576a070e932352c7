"""The sample video, drawn, written, played and read back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import pytest

from merchant_app.scanning import zbar, zxing
from merchant_app.scanning.decoder import Decoder, grey_of
from merchant_app.scanning.sample_video import Appearance, SampleCard, write_sample_video
from tests.fakes.camera_scene import OTHER_TOKEN, TOKEN

CARDS = [
    SampleCard(TOKEN, "Bon d'achat", "50,00 €", "Librairie Cassiopée", "K7QF-9XAB-03TM-H2ZC-2M"),
    SampleCard(OTHER_TOKEN, "Bon d'achat", "20,00 €", "La Belle Histoire", note="jusqu’au 31 mai"),
]


def frames_of(path: Path) -> list[cv2.typing.MatLike]:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    frames: list[cv2.typing.MatLike] = []
    while True:
        good, image = capture.read()
        if not good:
            capture.release()
            return frames
        frames.append(image)


def read(decoder: Decoder, image: cv2.typing.MatLike) -> list[str]:
    grey = grey_of(image)  # type: ignore[arg-type]
    return [reading.text for reading in decoder.decode(grey).readings]


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Appearance, ...]]:
    path = tmp_path_factory.mktemp("video") / "bons.mp4"
    return path, write_sample_video(path, CARDS, seconds_per_card=2.0, gap_seconds=0.4)


@pytest.mark.parametrize("name", ["zxing", "zbar"])
def test_both_decoders_read_every_card_in_the_middle_of_its_appearance(
    moving: tuple[Path, tuple[Appearance, ...]], name: str
) -> None:
    decoder = {"zxing": zxing.load, "zbar": zbar.load}[name]()
    if isinstance(decoder, str):
        pytest.skip(decoder)
    path, appearances = moving
    frames = frames_of(path)
    assert [appearance.card for appearance in appearances] == [0, 1]
    assert appearances[0].first_frame > 0.4 * 30, "it comes from outside the picture"
    for appearance in appearances:
        middle = (appearance.first_frame + appearance.last_frame) // 2
        for number in (middle - 8, middle, middle + 8):
            assert read(decoder, frames[number]) == [CARDS[appearance.card].payload]


def test_the_truth_about_first_frames_is_right(
    moving: tuple[Path, tuple[Appearance, ...]],
) -> None:
    """A code that has just come whole into the picture is read within a tenth of a second."""
    decoder = zxing.load()
    assert not isinstance(decoder, str)
    frames = frames_of(moving[0])
    for appearance in moving[1]:
        first = appearance.first_frame
        early = [read(decoder, frames[number]) for number in range(first - 4, first)]
        assert early == [[]] * 4
        soon = [read(decoder, frames[number]) for number in range(first, first + 4)]
        assert [CARDS[appearance.card].payload] in soon


def test_the_film_is_as_long_and_large_as_asked(
    moving: tuple[Path, tuple[Appearance, ...]],
) -> None:
    frames = frames_of(moving[0])
    assert len(frames) == round((2 * 2.0 + 3 * 0.4) * 30)
    assert frames[0].shape == (720, 1280, 3)
    assert list(moving[0].parent.iterdir()) == [moving[0]], "nothing unfinished is left"


def test_a_steady_film_shows_each_code_from_a_known_frame(tmp_path: Path) -> None:
    path = tmp_path / "steady.mp4"
    appearances = write_sample_video(
        path, CARDS, seconds_per_card=0.5, gap_seconds=0.3, steady=True
    )
    assert appearances == (Appearance(0, 9, 23), Appearance(1, 33, 47))
    decoder = zxing.load()
    assert not isinstance(decoder, str)
    seen = [read(decoder, frame) for frame in frames_of(path)]
    for appearance in appearances:
        payload = CARDS[appearance.card].payload
        assert seen[appearance.first_frame - 1] == []
        assert seen[appearance.first_frame] == [payload]
        assert seen[appearance.last_frame] == [payload]
        assert seen[appearance.last_frame + 1] == []


def test_the_same_cards_and_seed_give_the_same_film(tmp_path: Path) -> None:
    sums = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        path = tmp_path / f"{name}.mp4"
        write_sample_video(
            path, CARDS[:1], size=(640, 360), seconds_per_card=1, gap_seconds=0.1, seed=seed
        )
        pictures = b"".join(frame.tobytes() for frame in frames_of(path))
        sums.append(hashlib.sha256(pictures).hexdigest())
    assert sums[0] == sums[1]
    assert sums[1] != sums[2]


def test_progress_is_told_and_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    class EnoughError(Exception):
        pass

    told: list[float] = []

    def progress(share: float) -> None:
        told.append(share)
        if share > 0.5:
            raise EnoughError

    with pytest.raises(EnoughError):
        write_sample_video(
            tmp_path / "film.mp4", CARDS[:1], size=(640, 360), seconds_per_card=1, progress=progress
        )
    assert told == sorted(told)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"):
        write_sample_video(tmp_path / "nowhere" / "film.mp4", CARDS, seconds_per_card=1)


def test_a_card_with_a_payload_that_needs_a_large_code(tmp_path: Path) -> None:
    """What people try: a whole letter in a QR code."""
    path = tmp_path / "long.mp4"
    card = SampleCard("x" * 1_200, "Lettre", "", "")
    write_sample_video(path, [card], size=(640, 360), seconds_per_card=0.5, gap_seconds=0.1)
    assert path.stat().st_size > 0
