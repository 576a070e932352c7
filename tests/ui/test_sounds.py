"""Sounds are loaded where the computer can play them; a till without them still works."""

from __future__ import annotations

import struct
import wave
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_app.resources import resource_path
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.sounds import VerdictSounds


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


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.qt_log_ignore(".")  # Qt names each sound and video library that this computer lacks
def test_no_computer_and_no_choice_makes_a_verdict_fail(qapp: QApplication, on: bool) -> None:
    sounds = VerdictSounds(QObject(qapp))
    sounds.play(Sound.YES)
    for percent in (0, 100):
        sounds.use(on=on, volume_percent=percent)
        qapp.processEvents()
        for sound in Sound:
            sounds.play(sound)


def test_yes_no_and_look_are_heard_apart() -> None:
    """By their melody, not by their loudness: each has its own notes."""
    contents = {
        sound: resource_path("sounds", f"{sound.value}.wav").read_bytes() for sound in Sound
    }
    assert len(set(contents.values())) == len(Sound)


def test_half_the_volume_sounds_half_as_loud(qtbot: QtBot) -> None:
    class Effect:
        def __init__(self) -> None:
            self.volume = -1.0
            self.played = self.stopped = 0

        def setVolume(self, volume: float) -> None:  # noqa: N802  # Qt's name
            self.volume = volume

        def isPlaying(self) -> bool:  # noqa: N802
            return self.played > self.stopped

        def play(self) -> None:
            self.played += 1

        def stop(self) -> None:
            self.stopped += 1

    effects = {sound: Effect() for sound in Sound}
    parent = QObject()
    sounds = VerdictSounds(parent, load=lambda _parent: effects)
    sounds.use(on=True, volume_percent=100)
    sounds.play(Sound.YES)
    assert not effects[Sound.YES].played, "not loaded yet: nothing waits for it"
    qtbot.waitUntil(lambda: {effect.volume for effect in effects.values()} == {1.0})
    sounds.use(on=True, volume_percent=50)
    assert {effect.volume for effect in effects.values()} == {0.25}
    sounds.play(Sound.YES)
    sounds.play(Sound.NO)
    assert (effects[Sound.YES].played, effects[Sound.YES].stopped) == (1, 1), "cut off"
    sounds.use(on=False, volume_percent=50)
    assert not effects[Sound.NO].isPlaying()
    sounds.play(Sound.LOOK)
    assert not effects[Sound.LOOK].played, "off is off"
