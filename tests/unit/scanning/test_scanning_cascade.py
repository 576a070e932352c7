"""Everything that can be tried on one picture: what it adds, and what it must never do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning import opencv_qr, zbar, zxing
from merchant_app.scanning.decoder import Decoder, Reading, Sight, grey_of
from merchant_app.scanning.frames import Corners
from merchant_app.scanning.preparation import CLOSE, CREASED, RING, WIDE, Preparation
from merchant_app.scanning.readers import Readers, available_readers
from merchant_app.scanning.tiles import SIDES_PX, cut_out
from tests.bench.counter_set import KINDS, Sample, samples
from tests.fakes.camera_scene import CODE, OTHER_TOKEN, TOKEN, counter, qr_picture, turned
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

GREY: Any = np.full((90, 90), 128, np.uint8)
HERE: Corners = ((10, 10), (60, 10), (60, 60), (10, 60))
AWAY: Corners = ((510, 10), (560, 10), (560, 60), (510, 60))


@dataclass
class Scripted:
    """A decoder that says what it is told to of a whole picture at its own size, and counts."""

    name: str
    says: Sight
    asked: int = field(default=0)

    def decode(self, grey: GreyImage) -> Sight:
        self.asked += 1
        return self.says if grey.shape == GREY.shape else Sight()


def unhurried(first: Decoder, *, clock: FakeClock | None = None, **given: Any) -> Readers:
    """Readers whose clock stands still: how busy the computer is decides nothing."""
    return Readers(first, clock=clock or FakeClock(), **given)


def reading(text: str, corners: Corners = HERE) -> Reading:
    return Reading(text=text, corners=corners, decoder="scripted")


def texts(readers: Readers, grey: GreyImage) -> list[str]:
    return sorted(found.text for found in readers.exhaust(grey).readings)


def test_two_decoders_that_disagree_about_one_place_are_no_read() -> None:
    first = Scripted("first", Sight((reading("ONE"),), unread=1, unread_at=(AWAY,)))
    readers = unhurried(first, witness=Scripted("witness", Sight((reading("OTHER"),))))
    for sight in (readers.exhaust(GREY), readers.decode(GREY)):
        assert sight.readings == ()
        assert set(sight.unread_at) == {HERE, AWAY}
        assert sight.unread == 2


def test_a_signature_or_check_characters_decide_between_them() -> None:
    first = Scripted("first", Sight((reading("ONE"),), unread=1, unread_at=(AWAY,)))
    witness = Scripted("witness", Sight((reading(TOKEN),)))
    signed = unhurried(first, witness=witness, proves=lambda text: text == TOKEN)
    assert [found.text for found in signed.exhaust(GREY).readings] == [TOKEN]
    witness.says = Sight((reading(CODE),))
    assert texts(unhurried(first, witness=witness), GREY) == [CODE]


def test_two_proofs_for_one_place_are_none() -> None:
    first = Scripted("first", Sight((reading("ONE"),), unread=1, unread_at=(AWAY,)))
    witness = Scripted("witness", Sight((reading("OTHER"),)))
    readers = unhurried(first, witness=witness, proves=lambda _text: True)
    assert readers.exhaust(GREY).readings == ()


def test_a_code_inside_another_contradicts_nobody() -> None:
    inner: Corners = ((25, 25), (45, 25), (45, 45), (25, 45))
    first = Scripted("first", Sight((reading("OUTER"),), unread=1, unread_at=(AWAY,)))
    witness = Scripted("witness", Sight((reading("INNER", inner),)))
    assert texts(unhurried(first, witness=witness), GREY) == ["INNER", "OUTER"]


def test_a_witness_that_guesses_at_accents_is_not_believed() -> None:
    first = Scripted("first", Sight(unread=1))
    witness = Scripted("witness", Sight((reading("蹬靼翌QR"),)))
    sight = unhurried(first, witness=witness).exhaust(GREY)
    assert sight.readings == ()
    assert sight.unread == 1


def test_what_was_read_at_once_costs_two_more_looks_for_others_in_the_shadow() -> None:
    first, witness = Scripted("first", Sight((reading(TOKEN),))), Scripted("witness", Sight())
    unhurried(first, witness=witness).exhaust(GREY)
    assert first.asked == 3
    assert witness.asked == 0


def test_no_look_begins_after_the_time_is_over() -> None:
    clock = FakeClock()

    class Slow(Scripted):
        def decode(self, grey: GreyImage) -> Sight:
            clock.advance(seconds=1)
            return super().decode(grey)

    first = Slow("first", Sight(unread=1, unread_at=(HERE,)))
    assert unhurried(first, clock=clock).exhaust(GREY, budget_s=4) == first.says
    assert first.asked == 4


def test_a_frame_has_a_time_of_its_own() -> None:
    clock = FakeClock()

    class Slow(Scripted):
        def decode(self, grey: GreyImage) -> Sight:
            clock.advance(milliseconds=20)
            return super().decode(grey)

    first = Slow("first", Sight(unread=1, unread_at=(HERE,)))
    unhurried(first, clock=clock).decode(GREY)
    assert first.asked == 2


def test_a_still_picture_teaches_the_frames_nothing() -> None:
    first = Scripted("first", Sight())
    readers = unhurried(first)
    readers.exhaust(GREY)
    first.asked = 0
    readers.decode(GREY)
    assert first.asked == 1


def test_a_code_that_was_just_read_is_looked_for_at_its_place() -> None:
    grey = grey_of(counter((qr_picture(TOKEN), (490, 210))))
    readers = available_readers(clock=FakeClock())
    assert readers.decode(grey).readings
    blurred = cv2.GaussianBlur(grey, (0, 0), 3.4).astype(np.uint8)
    assert zxing_alone().decode(blurred).readings == ()
    (found,) = readers.decode(blurred).readings
    assert found.text == TOKEN
    assert (
        np.abs(np.array(found.corners) - ((514, 234), (760, 234), (760, 480), (514, 480))).max() < 9
    )


def test_a_place_that_only_a_prepared_frame_shows_is_forgotten_soon() -> None:
    """Print that looks like a code must not cost every later frame its time."""

    class OnlyHalf(Scripted):
        def decode(self, grey: GreyImage) -> Sight:
            self.asked += 1
            return self.says if grey.shape[0] < 90 else Sight()

    first = OnlyHalf("first", Sight(unread=1, unread_at=(((5, 5), (30, 5), (30, 30), (5, 30)),)))
    readers = unhurried(first, ring=[WIDE[0]])
    for _ in range(2):
        readers.decode(GREY)
    asked_each = []
    for _ in range(40):
        first.asked = 0
        readers.decode(GREY)
        asked_each.append(first.asked)
    assert max(asked_each) > 2  # it is looked into
    assert readers.exhaust(GREY).readings == ()


def zxing_alone() -> Decoder:
    decoder = zxing.load()
    if isinstance(decoder, str):
        pytest.skip(decoder)
    return decoder


def of(kind: str, strength: int) -> list[Sample]:
    made = samples(seed=9, per_cell=3, kinds=(kind,))
    return [sample for sample in made if sample.strength == strength]


@pytest.mark.parametrize(
    ("kind", "strength"),
    [("fold", 2), ("fold", 3), ("curve", 4), ("blur", 3), ("glare", 2), ("low contrast", 5)],
)
def test_the_cascade_reads_what_no_single_decoder_reads(kind: str, strength: int) -> None:
    alone, readers = zxing_alone(), available_readers()
    made = of(kind, strength)
    assert sum(bool(alone.decode(sample.grey).readings) for sample in made) <= 1
    read = [texts(readers, sample.grey) for sample in made]
    assert all(found in ([], [sample.text]) for found, sample in zip(read, made, strict=True))
    assert sum(map(bool, read)) >= 2


def test_a_folded_print_is_read_within_a_few_frames_of_the_camera() -> None:
    clock = FakeClock()  # stands still: the time of a slow test computer decides nothing
    for sample in of("fold", 3):
        readers = available_readers(clock=clock)
        read = [f.text for _ in range(6) for f in readers.decode(sample.grey).readings]
        assert sample.text in read
        assert set(read) == {sample.text}


@pytest.mark.parametrize("quarters", range(4))
def test_two_codes_one_of_them_out_of_focus_turned_any_way(quarters: int) -> None:
    picture = cv2.GaussianBlur(qr_picture(OTHER_TOKEN), (0, 0), 3.2).astype(np.uint8)
    image = counter((qr_picture(TOKEN), (80, 200)), (picture, (700, 200)))
    grey = np.ascontiguousarray(np.rot90(grey_of(image), quarters))
    assert texts(available_readers(), grey) == sorted([TOKEN, OTHER_TOKEN])


@pytest.mark.parametrize("degrees", [7, 33, 160])
def test_light_on_dark_is_read(degrees: float) -> None:
    image = turned(counter((255 - qr_picture(TOKEN, scale=3), (490, 210))), degrees)
    assert texts(available_readers(), grey_of(image)) == [TOKEN]


def test_a_large_photograph_is_read_and_placed_at_its_full_size() -> None:
    image = counter((qr_picture(TOKEN, scale=10), (2500, 1500)), size=(4000, 3000))
    grey = cv2.GaussianBlur(grey_of(image), (0, 0), 5.6).astype(np.uint8)
    assert zxing_alone().decode(grey).readings == ()
    (found,) = available_readers(clock=FakeClock()).exhaust(grey).readings
    assert found.text == TOKEN
    assert np.abs(np.array(found.corners[0]) - (2540, 1540)).max() < 16


@given(
    seed=st.integers(0, 2**32 - 1),
    width=st.integers(0, 220),
    height=st.integers(0, 220),
    is_flat=st.booleans(),
)
def test_no_array_raises_or_is_read_as_a_code(
    seed: int, width: int, height: int, is_flat: bool
) -> None:
    random = np.random.default_rng(seed)
    high = 1 if is_flat else 256
    grey = random.integers(0, high, (height, width), dtype=np.uint8)
    readers = available_readers()
    assert readers.exhaust(grey, budget_s=0.3).readings == ()
    assert readers.decode(grey).readings == ()


@pytest.mark.parametrize("shape", [(0, 0), (0, 50), (1, 1), (1, 20_000), (20_000, 1), (5000, 6000)])
def test_any_shape_breaks_nothing(shape: tuple[int, int]) -> None:
    grey = np.full(shape, 90, np.uint8)
    assert available_readers().exhaust(grey, budget_s=1) == Sight()


@given(
    corners=st.tuples(*[st.tuples(st.integers(-200, 300), st.integers(-200, 300))] * 4),
    preparation=st.sampled_from((*CLOSE, *CREASED)),
)
def test_any_suspicion_can_be_looked_into(corners: Corners, preparation: Preparation) -> None:
    grey = np.random.default_rng(1).integers(0, 256, (90, 120), dtype=np.uint8)
    tile = cut_out(grey, corners, side_px=SIDES_PX[0])
    if tile is not None:
        assert preparation.apply(tile.grey).dtype == np.uint8
        tile.placed(reading("x"))


@given(width=st.integers(1, 90), height=st.integers(1, 90))
@pytest.mark.parametrize("preparation", {*RING, *WIDE, *CLOSE, *CREASED}, ids=lambda p: p.name)
def test_every_preparation_takes_every_picture(
    preparation: Preparation, width: int, height: int
) -> None:
    grey = np.random.default_rng(2).integers(0, 256, (height, width), dtype=np.uint8)
    prepared = preparation.apply(grey)
    assert prepared.dtype == np.uint8
    assert min(prepared.shape) >= 1


def test_opencv_reads_a_plain_code_and_survives_what_it_cannot() -> None:
    decoder = opencv_qr.load()
    assert not isinstance(decoder, str)
    (found,) = decoder.decode(grey_of(counter((qr_picture(TOKEN), (300, 200))))).readings
    assert found.text == TOKEN
    assert (
        decoder.decode(grey_of(counter((qr_picture(bytes(range(256))), (300, 20))))).readings == ()
    )


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 300), (20, 20), (21, 21), (300, 300)])
def test_opencv_takes_pictures_of_any_shape(shape: tuple[int, int]) -> None:
    decoder = opencv_qr.load()
    assert not isinstance(decoder, str)
    noise = np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)
    assert decoder.decode(noise).readings == ()


def test_what_is_missing_has_a_name() -> None:
    readers = available_readers(
        [lambda: "zxing-cpp is missing: no wheel", zbar.load, opencv_qr.load]
    )
    assert "zxing-cpp" in readers.missing
    assert available_readers([zxing.load, zbar.load, opencv_qr.load]).name


def test_without_zxing_the_others_still_read_a_still_picture() -> None:
    readers = available_readers([lambda: "zxing-cpp is missing: no wheel", opencv_qr.load])
    assert texts(readers, grey_of(counter((qr_picture(TOKEN), (300, 200))))) == [TOKEN]


def test_the_counter_set_is_the_same_each_time() -> None:
    kinds = ("jpeg", "moire")
    once, again = (list(samples(seed=3, per_cell=1, kinds=kinds)) for _ in range(2))
    assert [sample.text for sample in once] == [sample.text for sample in again]
    for one, other in zip(once, again, strict=True):
        assert np.array_equal(one.grey, other.grey)
    assert set(kinds) < set(KINDS)
