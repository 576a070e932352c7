"""Sounds are loaded where the computer can play them; a till without them still works."""

from __future__ import annotations

import wave

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


@pytest.mark.qt_log_ignore(".")  # Qt names each sound and video library that this computer lacks
def test_loading_never_fails(qapp: QApplication) -> None:
    owner = QObject(qapp)
    loaded = sounds.load(owner)
    if isinstance(loaded, Silence):
        loaded.play(Sound.YES)
    else:
        assert isinstance(loaded, sounds.SpokenAloud)
