"""Words that help: right where something is wrong, and none where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from merchant_app.scanning.quality import (
    ADVICE_AFTER_S,
    ADVICE_MAX_S,
    ADVICE_STAYS_S,
    Advice,
    Advisor,
    advise,
    measure,
)
from tests.fakes.light_and_lens import Studio, blurred, with_code, with_glare

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage
    from tests.fakes.light_and_lens import Levels

SEEDS = pytest.mark.parametrize("seed", range(4))


def told(studio: Studio, scene: Levels, *, unread: int = 0) -> Advice | None:
    return advise(measure(studio.photograph(scene)), unread=unread)


@SEEDS
def test_an_empty_counter_that_is_lit_gets_no_words(seed: int) -> None:
    studio = Studio(seed)
    for scene in (studio.wood(), studio.print_page(), studio.shelf()):
        for sigma in (0, 3, 7):
            assert told(studio, blurred(scene, sigma)) is None


@SEEDS
@pytest.mark.parametrize("side_px", [160, 250, 400, 600])
def test_a_code_that_is_well_seen_gets_no_words(seed: int, side_px: int) -> None:
    studio = Studio(seed)
    for scene in (studio.wood(), studio.shelf()):
        assert told(studio, with_code(scene, studio.code(side_px))) is None


@SEEDS
@pytest.mark.parametrize("level", [0.1, 0.18])
def test_in_the_dark_more_light_is_asked_for(seed: int, level: float) -> None:
    studio = Studio(seed)
    scene = with_code(studio.wood(), studio.code(300))
    assert told(studio, level * scene) is Advice.MORE_LIGHT
    assert told(studio, level * studio.wood()) is Advice.MORE_LIGHT


@SEEDS
@pytest.mark.parametrize("side_px", [1_000, 1_400])
@pytest.mark.parametrize("blur", [0, 4, 9])
def test_a_code_larger_than_the_picture_is_too_close(seed: int, side_px: int, blur: float) -> None:
    studio = Studio(seed)
    scene = with_code(studio.shelf(), studio.code(side_px, blur=blur))
    assert told(studio, scene) is Advice.TOO_CLOSE


@SEEDS
@pytest.mark.parametrize(("side_px", "blur"), [(400, 7), (600, 7), (600, 10)])
def test_a_code_blurred_before_a_sharp_counter_is_to_be_moved_back(
    seed: int, side_px: int, blur: float
) -> None:
    studio = Studio(seed)
    for scene in (studio.wood(), studio.print_page()):
        assert told(studio, with_code(scene, studio.code(side_px, blur=blur))) is Advice.MOVE_BACK


@SEEDS
def test_where_nothing_at_all_is_sharp_it_is_the_lens(seed: int) -> None:
    studio = Studio(seed)
    shelf = blurred(with_code(studio.shelf(), studio.code(500)), 7)
    assert told(studio, shelf) is Advice.WIPE_LENS
    # Wood shows no edges that could be sharp: the likelier reason is told.
    wood = blurred(with_code(studio.wood(), studio.code(500)), 7)
    assert told(studio, wood) is Advice.MOVE_BACK


@SEEDS
@pytest.mark.parametrize("radius_px", [80, 100])
def test_a_lamp_mirrored_in_a_code_is_glare(seed: int, radius_px: int) -> None:
    studio = Studio(seed)
    scene = with_glare(with_code(studio.wood(), studio.code(400)), radius_px)
    assert told(studio, scene) is Advice.GLARE


def test_a_symbol_too_small_to_be_seen_on_the_thumbnail_is_to_come_closer() -> None:
    studio = Studio(0)
    scene = with_code(studio.wood(), studio.code(80))
    assert told(studio, scene, unread=1) is Advice.CLOSER
    assert told(studio, scene) is None


@settings(max_examples=30, deadline=None)
@given(
    picture=arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 400))),
    unread=st.integers(0, 5),
)
def test_any_picture_gets_an_answer(picture: GreyImage, unread: int) -> None:
    advise(measure(picture), unread=unread)


# One thing at a time, late and for a while


class Watch:
    """An advisor and a clock; five looks a second."""

    def __init__(self) -> None:
        self.advisor = Advisor()
        self.at_s = 0.0
        self.said: list[Advice | None] = []

    def sees(self, advice: Advice | None, *, for_s: float) -> Advice | None:
        said: Advice | None = None
        for _ in range(max(1, round(for_s * 5))):
            said = self.advisor.look(advice, at_s=self.at_s)
            if not self.said or self.said[-1] is not said:
                self.said.append(said)
            self.at_s += 0.2
        return said


def test_a_moment_of_blur_is_not_commented_on() -> None:
    watch = Watch()
    for _ in range(5):
        assert watch.sees(Advice.MOVE_BACK, for_s=ADVICE_AFTER_S - 0.2) is None
        watch.sees(None, for_s=0.2)
    assert watch.said == [None]


def test_what_stays_wrong_is_said_and_the_words_do_not_flicker() -> None:
    watch = Watch()
    assert watch.sees(Advice.GLARE, for_s=ADVICE_AFTER_S + 0.4) is Advice.GLARE
    for _ in range(3):
        assert watch.sees(None, for_s=ADVICE_STAYS_S - 0.2) is Advice.GLARE
        assert watch.sees(Advice.GLARE, for_s=0.2) is Advice.GLARE
    assert watch.sees(None, for_s=ADVICE_STAYS_S + 0.4) is None
    assert watch.said == [None, Advice.GLARE, None]


def test_words_that_have_not_helped_are_not_said_for_ever() -> None:
    watch = Watch()
    watch.sees(Advice.TOO_CLOSE, for_s=ADVICE_MAX_S + 5)
    assert watch.said == [None, Advice.TOO_CLOSE, None], "a shelf that looks like a code"
    watch.sees(None, for_s=2)
    assert watch.sees(Advice.TOO_CLOSE, for_s=2) is Advice.TOO_CLOSE, "this time it is a voucher"


def test_darkness_is_told_for_as_long_as_it_lasts() -> None:
    watch = Watch()
    assert watch.sees(Advice.MORE_LIGHT, for_s=10 * ADVICE_MAX_S) is Advice.MORE_LIGHT


def test_a_code_that_is_read_ends_the_words_at_once() -> None:
    watch = Watch()
    watch.sees(Advice.CLOSER, for_s=2)
    watch.advisor.read()
    assert watch.sees(Advice.CLOSER, for_s=0.2) is None
