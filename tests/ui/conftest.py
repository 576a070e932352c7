"""A whole window over a fake counter, and a person at its keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.i18n import Language, install
from merchant_app.till.results import NoAnswerKind
from merchant_app.ui.crash import CrashHandler
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.places import Places
from merchant_app.ui.ports import CameraPort, FilesPort, FolderPort, Opened, ReceiptsPort, Start
from merchant_app.ui.theme import Look, Scheme
from tests.fakes.clock import FakeClock
from tests.fakes.counter import FakeCounter
from tests.fakes.waiting import LIMIT_MS

PERSON_MS = 120
GUN_MS = 5


class Heard:
    """Sounds, written down."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.used: list[tuple[bool, int]] = []

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def use(self, *, on: bool, volume_percent: int) -> None:
        self.used.append((on, volume_percent))


@dataclass
class World:
    """What a window is given; a test changes it before the window is shown.

    Attributes:
        start: called by the starter.
        enrol: called by the enrolment.
    """

    counter: FakeCounter = field(default_factory=FakeCounter)
    camera: CameraPort | None = None
    files: FilesPort | None = None
    folder: FolderPort | None = None
    receipts: ReceiptsPort | None = None
    heard: Heard = field(default_factory=Heard)
    start: Callable[[], Start] | None = None
    enrol: Callable[[str, str], NoAnswerKind | None] | None = None

    @property
    def clock(self) -> FakeClock:
        return self.counter.clock

    def starter(self) -> Start:
        if self.start:
            return self.start()
        return Opened(
            self.counter,
            self.camera,
            files=self.files,
            folder=self.folder,
            receipts=self.receipts,
        )

    def enrolment(self, *, address: str, code: str) -> NoAnswerKind | None:
        assert self.enrol is not None
        return self.enrol(address, code)

    def sounds(self, _parent: object) -> Heard:
        return self.heard


class Till:
    """A window and the person in front of it."""

    def __init__(self, qtbot: QtBot, world: World, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.world = world
        self.window = window
        self.counter = world.counter
        self._at_ms = 1_000_000

    @property
    def view(self) -> EncaisserView:
        view = self.window.findChild(EncaisserView)
        assert isinstance(view, EncaisserView)
        return view

    @property
    def state(self) -> st.State:
        assert self.window.screen_in_use is not None
        assert self.window.screen_in_use.screen is not None
        return self.window.screen_in_use.screen.state

    def comes_to(self, kind: type) -> None:
        """Wait until the screen is in this state; then a second passes."""
        self.qtbot.waitUntil(lambda: isinstance(self.state, kind), timeout=LIMIT_MS)
        self.world.clock.advance(seconds=1)

    def key(
        self,
        key: Qt.Key,
        text: str = "",
        *,
        after_ms: int = PERSON_MS,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        repeat: bool = False,
    ) -> None:
        """One key, pressed and let go."""
        self._at_ms += after_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text, repeat)
            event.setTimestamp(self._at_ms)
            QCoreApplication.sendEvent(self.window.windowHandle(), event)

    def types(self, text: str, *, after_ms: int = PERSON_MS) -> None:
        for character in text:
            self.key(Qt.Key.Key_unknown, character, after_ms=after_ms)

    def enter(self, *, repeat: bool = False) -> None:
        self.key(Qt.Key.Key_Return, "\r", repeat=repeat)

    def escape(self) -> None:
        self.key(Qt.Key.Key_Escape, "\x1b")

    def undo(self) -> None:
        self.key(Qt.Key.Key_Z, "\x1a", modifiers=Qt.KeyboardModifier.ControlModifier)

    def print(self) -> None:
        """Ctrl+P."""
        self.key(Qt.Key.Key_P, "\x10", modifiers=Qt.KeyboardModifier.ControlModifier)

    def function(self, key: str) -> None:
        """One of `function_keys`."""
        self.key(Qt.Key(Qt.Key.Key_F1 + int(key.removeprefix("F")) - 1))
        for _turn in ("it is made", "it is seen"):
            QApplication.processEvents()

    @property
    def places(self) -> Places:
        """The screens of the open till."""
        places = self.window.findChild(Places)
        assert isinstance(places, Places)
        return places

    def sees(self, view: QWidget) -> bool:
        """Whether the person looks at this screen."""
        return self.places.frame.screens.currentWidget() is view

    def gun(self, text: str, *, suffix: bool = True) -> None:
        """A scanner gun in keyboard mode."""
        self.key(Qt.Key.Key_unknown, text[:1], after_ms=500)
        self.types(text[1:], after_ms=GUN_MS)
        if suffix:
            self.key(Qt.Key.Key_Return, "\r", after_ms=GUN_MS)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def look(qapp: QApplication) -> Look:
    install(Language.FRENCH)
    qapp.setStyle("Fusion")
    return Look(qapp, Scheme.LIGHT, text_scale=1.0)


@pytest.fixture
def crash(qapp: QApplication) -> CrashHandler:
    return CrashHandler(qapp)


@pytest.fixture
def window(qtbot: QtBot, look: Look, crash: CrashHandler, world: World) -> Iterator[MainWindow]:
    """Built, not shown."""
    made = MainWindow(
        look,
        crash,
        starter=world.starter,
        enrol=world.enrolment,
        sounds=world.sounds,
        clock=world.clock,
    )
    yield made
    world.counter.gate.set()
    made.close()
    made.deleteLater()
    qtbot.wait(0)


@pytest.fixture
def till(qtbot: QtBot, window: MainWindow, world: World) -> Till:
    """Shown, open, and active."""
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LIMIT_MS)
    return Till(qtbot, world, window)
