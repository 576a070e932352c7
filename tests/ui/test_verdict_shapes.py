"""Any two verdicts differ in word and shape; where their colours differ too little, that is all
that tells them apart, and the pairs are named here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from merchant_app.i18n import Language, install
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.palette import (
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LIGHT,
    Palette,
    Tone,
)
from tests.ui.colour_blindness import Eyes, ciede2000, distance, seen
from tests.ui.gallery import SCENES
from tests.ui.windows import PLACE

PALETTES = (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)
VERDICTS = [tone for tone in Tone if tone is not Tone.QUIET]
PAIRS = [frozenset(pair) for pair in combinations(VERDICTS, 2)]
APART = 7.0
"""CIEDE2000 from which two cards are told apart by colour without one beside the other: about
three times what is just seen (2.3)."""
APART_TO_MOST = 13.0
ACCEPTED_AND_NO = frozenset({Tone.LATER, Tone.NO})
YES_AND_CHOICE = frozenset({Tone.YES, Tone.CHOICE})
NEAR = {
    Eyes.PROTANOPIA: {ACCEPTED_AND_NO},
    Eyes.DEUTERANOPIA: {ACCEPTED_AND_NO},
    Eyes.TRITANOPIA: {ACCEPTED_AND_NO, YES_AND_CHOICE},
    Eyes.ACHROMATOPSIA: set(PAIRS),
}
"""The pairs that colour does not tell apart for these eyes, in one palette at least. Amber and
vermilion are the same olive without red or green; white text of 4.5 to 1 on each leaves no room
to make one of them lighter."""


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Language.FRENCH)


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_verdicts_differ_in_word_and_shape(language: Language) -> None:
    """What stands for one answer stands for no other: not in grey, and not read aloud."""
    install(language)
    tones: dict[Shape, set[Tone]] = {}
    words: dict[str, set[tuple[Tone, Shape]]] = {}
    for scene in SCENES:
        card = card_of(scene.screen(1), PLACE)
        tones.setdefault(card.shape, set()).add(card.tone)
        words.setdefault(card.word, set()).add((card.tone, card.shape))
    # A question mark asks, or has read nothing that could be debited: no answer about a voucher.
    assert tones.pop(Shape.QUESTION) == {Tone.CHOICE, Tone.WAIT, Tone.QUIET}
    assert {shape: used for shape, used in tones.items() if len(used) > 1} == {}
    assert {word: used for word, used in words.items() if len(used) > 1} == {}
    for tone in VERDICTS:
        assert any(used == {tone} for used in tones.values())


@pytest.mark.parametrize("eyes", Eyes)
def test_colours_that_are_near_are_those_told_apart_by_shape(eyes: Eyes) -> None:
    found = {pair for palette in PALETTES for pair in _near(palette, eyes)}
    assert found == NEAR[eyes]


@pytest.mark.parametrize("part", ["solid", "ink", "edge"])
def test_most_eyes_tell_every_verdict_by_its_colour(part: str) -> None:
    for palette in PALETTES:
        for one, other in map(tuple, PAIRS):
            colours = getattr(palette.tones[one], part), getattr(palette.tones[other], part)
            assert distance(*colours) >= APART_TO_MOST


def _near(palette: Palette, eyes: Eyes) -> Iterator[frozenset[Tone]]:
    for pair in PAIRS:
        one, other = (palette.tones[tone] for tone in pair)
        for a, b in ((one.solid, other.solid), (one.ink, other.ink), (one.edge, other.edge)):
            if distance(seen(a, eyes), seen(b, eyes)) < APART:
                yield pair


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # Sharma, Wu, Dalal, table 1: pairs 1, 7, 9, 11, 17, 25, 34.
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_ciede2000(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    assert ciede2000(one, other) == pytest.approx(expected, abs=5e-5)
