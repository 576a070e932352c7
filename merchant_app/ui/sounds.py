"""The sounds of verdicts: short files, loaded once, when the first of them may be heard."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from PySide6.QtCore import QLoggingCategory, QObject, QUrl

from merchant_app.resources import resource_path
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.turns import Turns

VOLUME_MAX_PERCENT = 100

_log = logging.getLogger(__name__)


class Effect(Protocol):
    """One sound: what is used of a QSoundEffect."""

    def setVolume(self, volume: float, /) -> None: ...

    def isPlaying(self) -> bool: ...

    def play(self) -> None: ...

    def stop(self) -> None: ...


class VerdictSounds:
    """Plays through the computer's sound card, as loud as was chosen, or not at all.

    A till without sound still works: the word, the shape and the colour say the same. GUI thread.
    """

    def __init__(
        self,
        parent: QObject,
        *,
        load: Callable[[QObject], Mapping[Sound, Effect]] | None = None,
    ) -> None:
        """Silent until `use`. `load` gives the sounds, owned by the object given; None: those of
        the sound card."""
        self._parent = parent
        self._load = load or _loaded
        self._on = False
        self._volume_percent = 0
        self._is_loading = False
        self._turns = Turns(parent)
        self._effects: Mapping[Sound, Effect] = {}

    def use(self, *, on: bool, volume_percent: int) -> None:
        """Be heard from now on, and how loud; 0 to 100. Off: what sounds is cut off.

        The first time that they are on they are loaded, in turns of the event loop of their own:
        to ask for the sound card takes a while.
        """
        self._on, self._volume_percent = on, volume_percent
        if on and not self._effects and not self._is_loading:  # or one was plugged in meanwhile
            self._is_loading = True
            self._turns.run(self._get_ready())
        self._set_volume()

    def play(self, sound: Sound) -> None:
        """Start the sound; a new verdict cuts the old one off. Without a device: nothing."""
        if not self._on or not self._effects:
            return
        for other in self._effects.values():
            if other.isPlaying():
                other.stop()
        self._effects[sound].play()

    def _get_ready(self) -> Iterator[None]:
        yield  # the till is painted first
        if self._load is _loaded:
            _quiet()
            with contextlib.suppress(ImportError):  # tried again below, where it says why
                import PySide6.QtMultimedia  # noqa: F401 - half of the time it takes
            yield
        self._is_loading = False
        self._effects = self._load(self._parent)
        self._set_volume()

    def _set_volume(self) -> None:
        for effect in self._effects.values():
            effect.setVolume(_share(self._volume_percent))
            if not self._on:
                effect.stop()


def _share(volume_percent: int) -> float:
    """An effect's volume for what a person means by so many percent: the ear hears in ratios, so
    that half the way along the scale is a quarter of the amplitude."""
    return (volume_percent / VOLUME_MAX_PERCENT) ** 2


def _quiet() -> None:
    # Ten lines about video libraries that a till does not need would hide what matters.
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")


def _loaded(parent: QObject) -> Mapping[Sound, Effect]:
    """The sounds of this computer; none, with a line in the log, where it cannot play any."""
    try:
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect
    except ImportError as error:  # a system library is missing, for instance libpulse
        _log.info("no sound: %s", error)
        return {}
    if QMediaDevices.defaultAudioOutput().isNull():
        # Asked first: each effect would complain on the terminal, and load a whole media library.
        _log.info("no sound: no device to play it")
        return {}
    effects: dict[Sound, Effect] = {}
    for sound in Sound:
        path = resource_path("sounds", f"{sound.value}.wav")
        effect = QSoundEffect(parent)
        effect.setSource(QUrl.fromLocalFile(str(path)))
        effects[sound] = effect
    return effects
