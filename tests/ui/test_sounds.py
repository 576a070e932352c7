"""Sounds are loaded where the computer can play them; a till without them still works."""

from __future__ import annotations

import struct
import wave
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from merchant_app.resources import resource_path
from merchant_app.ui import sounds
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.ports import Silence


@pytest.mark.parametrize("sound", Sound)
def test_every_sound_ships_and_is_short(sound: Sound) -> None:
    with wave.open(str(resource_path("sounds", f"{sound.value}.wav"))) as file:
        assert 0 < file.getnframes() / file.getframerate() < 1


def pitches_hz(sound: Sound) -> tuple[float, float]:
    """Of the first and of the last note: a tone crosses zero twice in each period."""
    with wave.open(str(resource_path("sounds", f"{sound.value}.wav"))) as file:
        rate, frames = file.getframerate(), file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    window = round(0.05 * rate)
    late = min(len(samples) - 2 * window, round(0.24 * rate))
    found = []
    for start in (round(0.01 * rate), late):
        part = samples[start : start + window]
        rises = [i for i, (a, b) in enumerate(pairwise(part)) if a < 0 <= b]
        found.append((len(rises) - 1) * rate / (rises[-1] - rises[0]))
    return found[0], found[1]


def test_yes_rises_no_falls_and_look_does_neither() -> None:
    """Told apart without looking, and without knowing the pitch by heart."""
    first, last = pitches_hz(Sound.YES)
    assert last > 1.2 * first
    first, last = pitches_hz(Sound.NO)
    assert last < first / 1.2
    first, last = pitches_hz(Sound.LOOK)
    assert last == pytest.approx(first, rel=0.05)


@pytest.mark.qt_log_ignore(".")  # Qt names each sound and video library that this computer lacks
def test_loading_never_fails(qapp: QApplication) -> None:
    owner = QObject(qapp)
    loaded = sounds.load(owner)
    if isinstance(loaded, Silence):
        loaded.play(Sound.YES)
    else:
        assert isinstance(loaded, sounds.SpokenAloud)
