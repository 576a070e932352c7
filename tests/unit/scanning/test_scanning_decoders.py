"""One suite for every decoder, and what the chain of them adds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning import zbar, zxing
from merchant_app.scanning.decoder import Decoder, Reading, Sight, clockwise, grey_of
from merchant_app.scanning.preparation import RING, Preparation
from merchant_app.scanning.readers import (
    KEEP_WORKED_FRAMES,
    SILENT_EVERY,
    WITNESS_EVERY,
    Readers,
    available_readers,
)
from merchant_app.vouchers.scan import Foreign, TokenText, classify
from tests.fakes.camera_scene import (
    CODE,
    OTHER_TOKEN,
    TOKEN,
    counter,
    qr_picture,
    series_part,
    turned,
)
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage, GreyImage


def the_decoder(name: str) -> Decoder:
    decoder = {"zxing": zxing.load, "zbar": zbar.load}[name]()
    if isinstance(decoder, str):
        pytest.skip(decoder)
    return decoder


@pytest.fixture(params=["zxing", "zbar"])
def decoder(request: pytest.FixtureRequest) -> Decoder:
    return the_decoder(request.param)


def texts(decoder: Decoder, image: BgrImage) -> list[str]:
    return sorted(reading.text for reading in decoder.decode(grey_of(image)).readings)


def test_a_voucher_is_read_and_found_where_it_lies(decoder: Decoder) -> None:
    image = counter((qr_picture(TOKEN), (300, 200)))
    (reading,) = decoder.decode(grey_of(image)).readings
    assert classify(reading.text) == TokenText(TOKEN)
    assert reading.decoder == decoder.name
    assert not reading.is_bytes
    # The margin is 4 modules of 6 px, the code 41 modules wide.
    wanted = ((324, 224), (570, 224), (570, 470), (324, 470))
    assert np.abs(np.array(reading.corners) - np.array(wanted)).max() <= 4


@pytest.mark.parametrize("degrees", [13, 45, 90, 180, 251])
def test_it_may_be_turned(decoder: Decoder, degrees: float) -> None:
    image = turned(counter((qr_picture(TOKEN), (490, 210))), degrees)
    (reading,) = decoder.decode(grey_of(image)).readings
    assert reading.text == TOKEN
    assert reading.corners == clockwise(reading.corners)


def test_it_may_be_out_of_focus_and_noisy(decoder: Decoder) -> None:
    image = cv2.GaussianBlur(counter((qr_picture(TOKEN), (490, 210))), (0, 0), 1.6)
    noise = np.random.default_rng(3).normal(0, 8, image.shape)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    assert texts(decoder, noisy) == [TOKEN]


def test_two_vouchers_are_both_read(decoder: Decoder) -> None:
    image = counter((qr_picture(TOKEN), (100, 200)), (qr_picture(OTHER_TOKEN), (700, 200)))
    assert texts(decoder, image) == sorted([TOKEN, OTHER_TOKEN])


def test_an_empty_counter_shows_nothing(decoder: Decoder) -> None:
    assert decoder.decode(grey_of(counter())) == Sight()


def test_accents_arrive() -> None:
    """With zxing-cpp: zbar guesses the character set, and guesses Shift JIS here."""
    text = "Librairie Cassiopée, Val d’Oingt"
    assert texts(the_decoder("zxing"), counter((qr_picture(text), (300, 100)))) == [text]


def test_right_to_left_text_arrives_as_it_is_and_is_no_voucher(decoder: Decoder) -> None:
    text = "\u202eשלום 50 €\u202c"
    (read,) = texts(decoder, counter((qr_picture(text), (300, 100))))
    assert read == text
    assert classify(read) is Foreign.OTHER_TEXT


@pytest.mark.parametrize(
    "payload",
    [
        bytes(range(256)),
        bytes(range(256)) * 8,
        b"\x00" * 40,
        b"\xff\xfe\xfd" * 30,
        b"V1:\x00\x01\x02",
        b"\xc3\x28 bad utf-8 \xa0\xa1",
    ],
    ids=["every byte", "2 KB", "zeros", "high", "token with control characters", "bad UTF-8"],
)
def test_bytes_are_no_voucher_and_break_nothing(decoder: Decoder, payload: bytes) -> None:
    picture = qr_picture(payload, scale=4)
    image = counter((picture, (40, 10)), size=(1280, 960))
    for reading in decoder.decode(grey_of(image)).readings:
        assert isinstance(classify(reading.text), Foreign)


def test_zxing_tells_bytes_from_text() -> None:
    image = counter((qr_picture(bytes(range(256)), scale=4), (40, 10)))
    (reading,) = the_decoder("zxing").decode(grey_of(image)).readings
    assert reading.is_bytes
    assert classify(reading.text) is Foreign.BINARY


def test_control_characters_are_not_spelled_out() -> None:
    image = counter((qr_picture("0112345\x1d10ABC"), (300, 200)))
    assert texts(the_decoder("zxing"), image) == ["0112345\x1d10ABC"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://example.org/?a=" + "x" * 900, Foreign.WEB_ADDRESS),
        ("BEGIN:VCARD\r\nFN:Claire\r\nEND:VCARD", Foreign.CONTACT),
        ("WIFI:S:boutique;T:WPA;P:geheim;;", Foreign.WIFI),
        (TOKEN[:-1], Foreign.DAMAGED_TOKEN),
        ("9782070360024", Foreign.PRODUCT),
        ("x" * 2_000, Foreign.TOO_LONG),
        ("<b>DÉBITÉ 50,00 €</b>", Foreign.OTHER_TEXT),
    ],
)
def test_what_people_really_scan_is_told_apart(decoder: Decoder, text: str, kind: Foreign) -> None:
    scale = 4 if len(text) > 500 else 6
    image = counter((qr_picture(text, scale=scale), (40, 10)), size=(1280, 960))
    (read,) = texts(decoder, image)
    assert classify(read) is kind


def test_one_part_of_a_series_breaks_no_decoder(decoder: Decoder) -> None:
    """ZBar reports no orientation for it, and pyzbar raises ValueError."""
    sight = decoder.decode(grey_of(counter((series_part(), (300, 200)))))
    for reading in sight.readings:
        assert isinstance(classify(reading.text), Foreign)


@pytest.mark.parametrize("shape", [(1, 1), (1, 100), (3, 3), (2000, 2), (0, 10)])
def test_pictures_of_any_shape_break_no_decoder(decoder: Decoder, shape: tuple[int, int]) -> None:
    assert decoder.decode(np.full(shape, 90, np.uint8)).readings == ()


@pytest.mark.parametrize("name", ["zxing", "zbar"])
@given(seed=st.integers(0, 2**32 - 1), width=st.integers(1, 300), height=st.integers(1, 300))
def test_noise_is_never_read_as_a_code(name: str, seed: int, width: int, height: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    assert the_decoder(name).decode(noise).readings == ()


@pytest.mark.parametrize("name", ["zxing", "zbar"])
@given(left=st.integers(0, 36), top=st.integers(0, 36), side=st.integers(3, 9), shade=st.booleans())
def test_a_damaged_code_is_read_right_or_not_at_all(
    name: str, left: int, top: int, side: int, shade: bool
) -> None:
    """A sticker, a stain or a thumb on the code."""
    picture = qr_picture(TOKEN, scale=5)
    x, y = (4 + left) * 5, (4 + top) * 5
    picture[y : y + side * 5, x : x + side * 5] = 255 * shade
    image = counter((picture, (500, 200)))
    assert texts(the_decoder(name), image) in ([], [TOKEN])


def test_corners_are_clockwise_from_the_top_left_whatever_their_order() -> None:
    wanted = ((10, 10), (90, 12), (95, 88), (8, 92))
    ring = list(wanted)
    for start in range(4):
        order = ring[start:] + ring[:start]
        assert clockwise(order) == wanted
        assert clockwise(order[::-1]) == wanted


@dataclass
class Scripted:
    """A decoder that says what it is told to."""

    name: str
    says: Sight
    asked: int = field(default=0)

    def decode(self, grey: GreyImage) -> Sight:
        self.asked += 1
        return self.says


def unhurried(first: Decoder, *, clock: FakeClock | None = None, **given: Any) -> Readers:
    """Readers whose clock stands still: how busy the computer is decides nothing."""
    return Readers(first, clock=clock or FakeClock(), **given)


GREY: Any = np.zeros((9, 9), np.uint8)
READ = Reading(text=CODE, corners=((0, 0), (1, 0), (1, 1), (0, 1)), decoder="witness")


def test_the_witness_is_not_asked_on_an_empty_counter() -> None:
    witness = Scripted("witness", Sight((READ,)))
    readers = unhurried(Scripted("first", Sight()), witness=witness)
    assert readers.decode(GREY) == Sight()
    assert witness.asked == 0


def test_the_witness_is_not_asked_when_the_first_has_read_all_it_sees() -> None:
    witness = Scripted("witness", Sight((READ,)))
    unhurried(Scripted("first", Sight((READ,))), witness=witness).decode(GREY)
    assert witness.asked == 0


def test_the_witness_adds_what_lies_elsewhere_and_does_not_contradict() -> None:
    sticker = Reading(text="Wi-Fi: café", corners=READ.corners, decoder="first")
    mangled = Reading(text="Wi-Fi: cafﾃｩ", corners=READ.corners, decoder="witness")
    away = ((500, 0), (510, 0), (510, 10), (500, 10))
    voucher = Reading(text=TOKEN, corners=away, decoder="witness")
    readers = unhurried(
        Scripted("first", Sight((sticker,), unread=1)),
        witness=Scripted("witness", Sight((mangled, voucher))),
    )
    assert readers.decode(GREY) == Sight((sticker, voucher), unread=0)


def test_the_witness_reads_what_the_first_sees_and_cannot_read() -> None:
    witness = Scripted("witness", Sight((READ,)))
    readers = unhurried(Scripted("first", Sight(unread=1)), witness=witness)
    assert readers.decode(GREY) == Sight((READ,))


def test_the_slow_witness_looks_at_some_of_the_doubtful_frames_only() -> None:
    witness = Scripted("witness", Sight())
    readers = unhurried(Scripted("first", Sight(unread=1)), witness=witness)
    for _ in range(3 * WITNESS_EVERY):
        assert readers.decode(GREY) == Sight(unread=1)
    assert witness.asked == 3


@pytest.mark.parametrize("preparation", RING, ids=lambda preparation: preparation.name)
def test_a_prepared_picture_shows_the_code_at_its_place(preparation: Preparation) -> None:
    grey = grey_of(counter((qr_picture(TOKEN), (300, 200))))
    prepared = preparation.apply(grey)
    (reading,) = the_decoder("zxing").decode(prepared).readings
    assert reading.text == TOKEN
    left, top = (value / preparation.scale for value in reading.corners[0])
    assert abs(left - 324) <= 4
    assert abs(top - 224) <= 4


@dataclass
class OnlyLarge:
    """A decoder that reads nothing below a width."""

    name: str = "only large"
    asked: int = 0

    def decode(self, grey: GreyImage) -> Sight:
        self.asked += 1
        if grey.shape[1] < 18:
            return Sight()
        corners = ((4, 4), (16, 4), (16, 16), (4, 16))
        return Sight((Reading(text=CODE, corners=corners, decoder=self.name),))


TWICE = next(preparation for preparation in RING if preparation.scale == 2.0)


def test_an_empty_counter_costs_five_looks_in_four_frames() -> None:
    first = Scripted("first", Sight())
    readers = unhurried(first)
    for _ in range(3 * SILENT_EVERY):
        readers.decode(GREY)
    assert first.asked == 3 * (SILENT_EVERY + 1)


def test_what_is_only_read_prepared_is_placed_in_the_picture_itself() -> None:
    readers = unhurried(OnlyLarge(), ring=[TWICE])
    (reading,) = [r for _ in range(SILENT_EVERY) for r in readers.decode(GREY).readings]
    assert reading.corners == ((2, 2), (8, 2), (8, 8), (2, 8))


def test_a_preparation_that_worked_is_used_in_the_next_frames_at_once() -> None:
    darker = next(preparation for preparation in RING if preparation.name == "darker")
    readers = unhurried(OnlyLarge(), ring=[darker, darker, TWICE, darker])
    read = [bool(readers.decode(GREY).readings) for _ in range(3 * SILENT_EVERY + 20)]
    assert read == [False] * (3 * SILENT_EVERY - 1) + [True] * 21


def test_a_preparation_that_no_longer_works_is_given_up() -> None:
    first = OnlyLarge()
    readers = unhurried(first, ring=[TWICE])
    for _ in range(SILENT_EVERY):
        readers.decode(GREY)
    tiny: Any = np.zeros((4, 4), np.uint8)
    for _ in range(KEEP_WORKED_FRAMES):
        readers.decode(tiny)
    asked = first.asked
    for _ in range(SILENT_EVERY):
        readers.decode(tiny)
    assert first.asked == asked + SILENT_EVERY + 1


@pytest.mark.parametrize("trouble", ["dark", "out of focus"])
def test_a_hard_code_is_read_within_a_second_with_preparations(trouble: str) -> None:
    """zxing-cpp alone reads none of these frames."""
    random = np.random.default_rng(11)
    image = turned(counter((qr_picture(TOKEN), (490, 210))), 17)
    if trouble == "dark":
        seen = grey_of(image) * 0.05 + 8
    else:
        seen = cv2.GaussianBlur(grey_of(image), (0, 0), 3.2).astype(np.float64)
    # The clock stands still: how busy the computer is decides nothing.
    first, readers = the_decoder("zxing"), available_readers(clock=FakeClock())
    alone, helped = 0, 0
    for _ in range(30):
        frame = np.clip(seen + random.normal(0, 5, seen.shape), 0, 255).astype(np.uint8)
        alone += len(first.decode(frame).readings)
        helped += len(readers.decode(frame).readings)
    assert alone == 0
    assert helped >= 2


def test_this_computer_has_readers() -> None:
    assert texts(available_readers(), counter((qr_picture(TOKEN), (300, 200)))) == [TOKEN]


def test_without_zxing_zbar_reads_alone() -> None:
    the_decoder("zbar")
    readers = available_readers([lambda: "zxing-cpp is missing: no wheel", zbar.load])
    assert readers.name == "zbar"
    assert texts(readers, counter((qr_picture(TOKEN), (300, 200)))) == [TOKEN]


def test_without_any_decoder_that_is_a_problem() -> None:
    with pytest.raises(Problem) as caught:
        available_readers([lambda: "zxing-cpp is missing", lambda: "zbar is missing"])
    assert caught.value.kind is ProblemKind.DECODERS_MISSING
