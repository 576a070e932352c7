"""Sounds and fonts: what ships is what was made, and it can do what the screen needs of it."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QRawFont
from reportlab.pdfbase.ttfonts import TTFont

from merchant_app.resources import resource_path
from tests.fakes.waiting import LIMIT_S
from tests.house.sources import ROOT

SOUNDS = ("yes", "no", "look", "tick")
STYLES = ("Regular", "SemiBold", "Bold")
NEEDED = "ÀÉÈÊËÎÏÔÙÛÜÇàéèêëîïôùûüçŒœÆæŸÿ€£«»…’“”–—·→←✓✗⚠−×\u00a0\u202f\u2009\u2011"


def samples(data: bytes) -> tuple[int, ...]:
    with wave.open(io.BytesIO(data)) as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        assert shape == (1, 2, 44_100)
        frames = file.readframes(file.getnframes())
    return struct.unpack(f"<{len(frames) // 2}h", frames)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    program = ROOT / "build" / "make_sounds.py"
    subprocess.run([sys.executable, program, "--out", folder], check=True, timeout=LIMIT_S)
    return folder


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_what_the_program_makes(name: str, made: Path) -> None:
    shipped = samples(resource_path("sounds", f"{name}.wav").read_bytes())
    again = samples((made / f"{name}.wav").read_bytes())
    assert len(shipped) == len(again)
    # One step of 65,536: mathematical libraries differ in their last digit.
    assert max(abs(a - b) for a, b in zip(shipped, again, strict=True)) <= 1


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_short_soft_and_ends_in_silence(name: str) -> None:
    wave_form = samples(resource_path("sounds", f"{name}.wav").read_bytes())
    assert len(wave_form) < 0.6 * 44_100
    assert max(map(abs, wave_form)) <= 32_767 / 2  # -6 dBFS
    assert abs(wave_form[0]) < 50
    assert abs(wave_form[-1]) < 50


@pytest.mark.parametrize("style", STYLES)
def test_a_font_writes_what_a_french_till_writes(style: str, qapp: object) -> None:
    path = resource_path("fonts", f"Inter-{style}.ttf")
    font = QRawFont(str(path), 16)
    lacking = [f"U+{ord(sign):04X}" for sign in NEEDED if not font.supportsCharacter(ord(sign))]
    assert not lacking
    assert path.stat().st_size < 120_000


@pytest.mark.parametrize("style", STYLES)
def test_qt_knows_the_family_as_inter(style: str, qapp: object) -> None:
    number = QFontDatabase.addApplicationFont(str(resource_path("fonts", f"Inter-{style}.ttf")))
    assert "Inter" in QFontDatabase.applicationFontFamilies(number)


@pytest.mark.parametrize("feature", [b"tnum", b"zero", b"ss02", b"cv08"])
def test_figures_of_one_width_and_letters_told_apart(feature: bytes) -> None:
    for style in STYLES:
        data = resource_path("fonts", f"Inter-{style}.ttf").read_bytes()
        count = struct.unpack(">H", data[4:6])[0]
        tables = {
            data[at : at + 4]: struct.unpack(">II", data[at + 8 : at + 16])
            for at in range(12, 12 + 16 * count, 16)
        }
        offset, length = tables[b"GSUB"]
        assert feature in data[offset : offset + length]


@pytest.mark.parametrize("style", STYLES)
def test_printed_vouchers_can_embed_the_font(style: str) -> None:
    path = resource_path("fonts", f"Inter-{style}.ttf")
    assert TTFont(f"Inter-{style}", str(path)).stringWidth("50,00 €", 10) > 30


def test_the_licence_ships_with_the_font() -> None:
    assert "SIL OPEN FONT LICENSE" in resource_path("fonts", "OFL.txt").read_text(encoding="utf-8")
