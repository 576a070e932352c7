"""WCAG 2.2 AA, computed from the palette itself."""

from __future__ import annotations

import pytest

from merchant_app.ui.palette import DARK, LIGHT, Palette, Tone, contrast

TEXT = 4.5
SHAPE = 3.0

both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@both
@pytest.mark.parametrize("ground", ["window", "surface", "sunken"])
def test_text_is_readable_on_every_ground(palette: Palette, ground: str) -> None:
    for text in (palette.text, palette.muted):
        assert contrast(text, getattr(palette, ground)) >= TEXT


@both
def test_controls(palette: Palette) -> None:
    for ground in (palette.window, palette.surface):
        assert contrast(palette.edge, ground) >= SHAPE
        assert contrast(palette.accent, ground) >= SHAPE
    for accent in (palette.accent, palette.accent_hover, palette.accent_pressed):
        assert contrast(palette.on_accent, accent) >= TEXT
    assert contrast(palette.on_training, palette.training) >= TEXT


@both
@pytest.mark.parametrize("tone", Tone)
def test_every_tone(palette: Palette, tone: Tone) -> None:
    colours = palette.tones[tone]
    assert contrast(colours.on_solid, colours.solid) >= TEXT
    assert contrast(colours.solid, palette.window) >= SHAPE
    for ground in (colours.soft, palette.window, palette.surface):
        assert contrast(colours.ink, ground) >= TEXT
    assert contrast(palette.text, colours.soft) >= TEXT, "lines on a soft card"
    assert contrast(colours.edge, colours.soft) >= SHAPE
    assert contrast(colours.edge, palette.window) >= SHAPE


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
