"""The sounds of verdicts: short files, loaded once, after the first paint."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QLoggingCategory, QObject, QUrl

from merchant_app.resources import resource_path
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.ports import Silence, Sounds

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect

_log = logging.getLogger(__name__)


class SpokenAloud:
    """Plays through the computer's sound card. GUI thread."""

    def __init__(self, effects: dict[Sound, QSoundEffect]) -> None:
        self._effects = effects

    def play(self, sound: Sound) -> None:
        """Start the sound; a new verdict cuts the old one off. Without a device: nothing."""
        for other in self._effects.values():
            if other.isPlaying():
                other.stop()
        self._effects[sound].play()


def load(parent: QObject) -> Sounds:
    """The sounds of this computer; silence, with a line in the log, where there are none.

    A till without sound still works: the word, the shape and the colour say the same.
    """
    # Ten lines about video libraries that a till does not need would hide what matters.
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")
    try:
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect
    except ImportError as error:  # a system library is missing, for instance libpulse
        _log.info("no sound: %s", error)
        return Silence()
    if QMediaDevices.defaultAudioOutput().isNull():
        # Asked first: each effect would complain on the terminal, and load a whole media library.
        _log.info("no sound: no device to play it")
        return Silence()
    effects = {}
    for sound in Sound:
        path = resource_path("sounds", f"{sound.value}.wav")
        effect = QSoundEffect(parent)
        effect.setSource(QUrl.fromLocalFile(str(path)))
        effects[sound] = effect
    return SpokenAloud(effects)
