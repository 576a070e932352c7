"""WCAG 2.2, computed from the palette itself: AA, and AAA with high contrast; for every eye."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor, QImage

from merchant_app.settings.options import Theme
from merchant_app.ui.palette import (
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LIGHT,
    Palette,
    Tone,
    contrast,
)
from merchant_app.ui.theme import Scheme, wanted_palette
from tests.ui.colour_blindness import MATRICES, Eyes, picture_seen, seen

PALETTES = {
    "light": LIGHT,
    "dark": DARK,
    "contrast-light": CONTRAST_LIGHT,
    "contrast-dark": CONTRAST_DARK,
}
EYES: dict[str, Callable[[str], str]] = {
    "all": lambda colour: colour,
    "protanopia": lambda colour: seen(colour, Eyes.PROTANOPIA),
    "deuteranopia": lambda colour: seen(colour, Eyes.DEUTERANOPIA),
    "tritanopia": lambda colour: seen(colour, Eyes.TRITANOPIA),
    "achromatopsia": lambda colour: seen(colour, Eyes.ACHROMATOPSIA),
}
every_palette = pytest.mark.parametrize("name", PALETTES)
every_eye = pytest.mark.parametrize("eyes", EYES)


def text_needs(name: str) -> float:
    """1.4.3, and 1.4.6 for those who ask for it."""
    return 7.0 if name.startswith("contrast") else 4.5


def shape_needs(name: str) -> float:
    """1.4.11; with high contrast as much as text elsewhere."""
    return 4.5 if name.startswith("contrast") else 3.0


@every_palette
@every_eye
@pytest.mark.parametrize("ground", ["window", "surface", "sunken"])
def test_text_is_readable_on_every_ground(name: str, eyes: str, ground: str) -> None:
    palette, see = PALETTES[name], EYES[eyes]
    for text in (palette.text, palette.muted):
        assert contrast(see(text), see(getattr(palette, ground))) >= text_needs(name)


@every_palette
@every_eye
def test_controls(name: str, eyes: str) -> None:
    palette, see = PALETTES[name], EYES[eyes]
    for ground in (palette.window, palette.surface):
        assert contrast(see(palette.edge), see(ground)) >= shape_needs(name)
        assert contrast(see(palette.accent), see(ground)) >= shape_needs(name)
    for accent in (palette.accent, palette.accent_hover, palette.accent_pressed):
        assert contrast(see(palette.on_accent), see(accent)) >= text_needs(name)
    assert contrast(see(palette.on_training), see(palette.training)) >= text_needs(name)


@every_palette
@every_eye
@pytest.mark.parametrize("tone", Tone)
def test_every_tone(name: str, eyes: str, tone: Tone) -> None:
    palette, see = PALETTES[name], EYES[eyes]
    colours = palette.tones[tone]
    window, soft = see(palette.window), see(colours.soft)
    assert contrast(see(colours.on_solid), see(colours.solid)) >= text_needs(name)
    # To other eyes a little less will do: what is told stands on it in text. A lighter vermilion
    # would be the amber of "accepted offline".
    assert contrast(see(colours.solid), window) >= (shape_needs(name) if eyes == "all" else 2.5)
    for ground in (soft, window, see(palette.surface)):
        assert contrast(see(colours.ink), ground) >= text_needs(name)
    assert contrast(see(palette.text), soft) >= text_needs(name), "lines on a soft card"
    assert contrast(see(colours.edge), soft) >= shape_needs(name)
    assert contrast(see(colours.edge), window) >= shape_needs(name)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("eyes", Eyes)
def test_what_is_grey_is_grey_to_every_eye(eyes: Eyes) -> None:
    assert all(sum(row) == pytest.approx(1, abs=2e-6) for row in MATRICES[eyes])
    assert seen("#7B7B7B", eyes) == "#7B7B7B"


def test_a_picture_is_seen_as_its_colours_are() -> None:
    colours = ("#D55E00", "#009E73", "#0072B2")
    picture = QImage(3, 1, QImage.Format.Format_RGB32)
    for x, colour in enumerate(colours):
        picture.setPixelColor(x, 0, QColor(colour))
    for eyes in Eyes:
        of = picture_seen(picture, eyes)
        assert [of.pixelColor(x, 0).name().upper() for x in range(3)] == [
            seen(colour, eyes) for colour in colours
        ]


def test_the_desktop_is_followed_and_what_was_asked_of_it_is_kept() -> None:
    def wanted(scheme: Scheme) -> list[Palette]:
        desktops = ((False, False), (True, False), (False, True), (True, True))
        return [wanted_palette(scheme, dark=dark, strong=strong) for dark, strong in desktops]

    assert wanted(Scheme.SYSTEM) == [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK]
    assert wanted(Scheme.LIGHT) == [LIGHT, LIGHT, CONTRAST_LIGHT, CONTRAST_LIGHT]
    assert wanted(Scheme.DARK) == [DARK, DARK, CONTRAST_DARK, CONTRAST_DARK]
    assert wanted(Scheme.CONTRAST) == [CONTRAST_LIGHT, CONTRAST_DARK] * 2


def test_every_choice_of_the_settings_is_one_of_the_window() -> None:
    assert [theme.value for theme in Theme] == [scheme.value for scheme in Scheme]
